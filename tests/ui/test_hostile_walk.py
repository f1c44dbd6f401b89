"""Names that mean harm, through every screen and dialog: shown as they are, obeyed by nothing, acted on exactly."""

from typing import Any

import pytest
from textual.pilot import Pilot

from s3ml_tui.domain.text import is_inert, printable
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.domain.yank import Yank
from s3ml_tui.ui.app.app import S3mlApp
from s3ml_tui.ui.browse.screen import BrowseScreen
from s3ml_tui.ui.dialogs.confirm import ConfirmLoud
from s3ml_tui.ui.dialogs.key_values import PairsEditor
from s3ml_tui.ui.dialogs.prompts import AskText, Choose, ConfirmPlan
from s3ml_tui.ui.dialogs.yank_menu import YankMenu
from tests.exhaustive import beyond
from tests.hostile import BY_ID, Hostile
from tests.services.arranged import WORKSPACE
from tests.ui.harness import at_rest, screen_text, until, until_shown
from tests.ui.lab import Lab, dangerous_texts

FIRST, SECOND = b"a,b\n1,2\n", b"a,b\n1,2\n3,4\n"
SIZE = (190, 44)


class Walk:
    """The app over one name, and what is looked at after every step."""

    def __init__(self, lab: Lab, one: Hostile) -> None:
        self.lab, self.one = lab, one
        self.key = WORKSPACE.under("zone").key(one.name)
        lab.store.write(self.key, FIRST)
        lab.store.write(self.key, SECOND)
        lab.store.write_tags(self.key, {"team": "a b"})
        self.pilot: Pilot[Any]

    @property
    def app(self) -> S3mlApp:
        app = self.pilot.app
        assert isinstance(app, S3mlApp)
        return app

    @property
    def browse(self) -> BrowseScreen:
        screen = self.app.screen_stack[0]
        assert isinstance(screen, BrowseScreen)
        return screen

    @property
    def name(self) -> str:
        """The object's own, as it must be shown."""
        return printable(self.key.name)

    async def begin(self, pilot: Pilot[Any]) -> None:
        self.pilot = pilot
        await self.ready(2)

    async def ready(self, versions: int) -> None:
        """The history shows so many."""

        def condition() -> bool:
            pane = self.browse.versions
            history = pane.history
            return pane.state == "ready" and history is not None and len(history.versions) == versions

        await until(self.pilot, condition, f"{versions} versions")
        self.check()

    async def press(self, *keys: str, until_is: type | None = None) -> None:
        await self.pilot.press(*keys)
        if until_is is not None:
            await until(self.pilot, lambda: isinstance(self.app.screen, until_is), f"{until_is.__name__}")
        await self.pilot.pause()
        self.check()

    async def back(self) -> None:
        """Out of whatever is open."""
        await self.pilot.press("escape")
        await until(self.pilot, lambda: len(self.app.screen_stack) == 1, "the dialog to close")
        self.check()

    def check(self) -> None:
        """Nothing raw is on the screen; and where the name is, it is whole."""
        assert dangerous_texts(self.app) == []
        for text in (self.app.title, self.app.sub_title):
            assert printable(text) == text

    async def shows(self, *texts: str) -> None:
        await until_shown(self.pilot, *texts)
        self.check()

    def shows_name(self) -> None:
        flat = "".join(screen_text(self.app).split())
        assert "".join(self.name.split())[:40] in flat, screen_text(self.app)

    def body(self, key: ObjectKey | None = None) -> bytes:
        return self.lab.store.read(key or self.key)


@pytest.fixture
def walk(request: pytest.FixtureRequest, lab: Lab) -> Walk:
    return Walk(lab, BY_ID[request.param])


def through(*name_ids: str) -> pytest.MarkDecorator:
    """A journey for each of these names; no two journeys need the same ones."""
    ids = [pytest.param(name_id, marks=beyond(1, number)) for number, name_id in enumerate(name_ids)]
    return pytest.mark.parametrize("walk", ids, indirect=True)


@through("c1", "closing", "link", "combining", "leading-slash")
async def test_it_is_looked_at_and_taken_along(walk: Walk) -> None:
    async with walk.lab.app(start=walk.key.place).run_test(size=SIZE, notifications=True) as pilot:
        await walk.begin(pilot)
        walk.shows_name()
        for text in ("Preview", "Details", "History"):
            await walk.press("i")
            await walk.shows(f"· {text}")
        await walk.press("y", until_is=YankMenu)
        walk.shows_name()
        await walk.press("y")
        assert walk.app.clipboard == Yank("URI", walk.key.uri).pasted
        assert is_inert(walk.app.clipboard)
        await walk.press("slash")
        await walk.press(*walk.key.name.strip()[-4:])
        await until(pilot, lambda: walk.browse.objects.entry is not None, "the name passes its own filter")
        walk.check()


@through("colour", "ends-blank", "dots")
async def test_it_is_copied_renamed_and_deleted_and_brought_back(walk: Walk) -> None:
    async with walk.lab.app(start=walk.key.place).run_test(size=SIZE, notifications=True) as pilot:
        await walk.begin(pilot)
        await walk.press("c", until_is=AskText)
        await walk.press("end", *".2", "enter", until_is=ConfirmPlan)
        await walk.press("y")
        copied = ObjectKey(walk.key.bucket, walk.key.key + ".2")
        await until(pilot, lambda: _is_there(walk, copied), "the copy")
        assert walk.body(copied) == SECOND
        await until(pilot, lambda: walk.browse.objects.entry is not None and walk.browse.objects.entry.key == copied)
        await walk.press("m", until_is=AskText)
        await walk.press("end", *"3", "enter", until_is=ConfirmPlan)
        await walk.press("y")
        moved = ObjectKey(walk.key.bucket, walk.key.key + ".23")
        await until(pilot, lambda: _is_there(walk, moved) and not _is_there(walk, copied), "the move")
        await until(pilot, lambda: walk.browse.objects.entry is not None and walk.browse.objects.entry.key == moved)
        await walk.press("x", until_is=ConfirmPlan)
        walk.shows_name()
        await walk.press("y")
        await until(pilot, lambda: not _is_there(walk, moved), "the delete")
        await walk.press("u", until_is=ConfirmPlan)
        await walk.press("y")
        await until(pilot, lambda: _is_there(walk, moved), "the undo")
        assert walk.body(moved) == SECOND
        assert walk.body() == SECOND


def _is_there(walk: Walk, key: ObjectKey) -> bool:
    return key.key in walk.lab.store.list_page(key.place).keys


@through("clipboard", "spaces")
async def test_an_old_version_is_brought_back_and_purged_by_typing_the_name_as_it_is_shown(walk: Walk) -> None:
    async with walk.lab.app(start=walk.key.place).run_test(size=SIZE, notifications=True) as pilot:
        await walk.begin(pilot)
        await walk.press("tab", "j")
        await until(pilot, lambda: walk.browse.selection.is_in_history, "the history to have the focus")
        await walk.press("r", until_is=ConfirmPlan)
        await walk.press("y")
        await walk.ready(3)
        assert walk.body() == FIRST
        await walk.press("G", "X", until_is=ConfirmLoud)
        walk.shows_name()
        await walk.press(*[_key(character) for character in walk.name])
        await walk.press("enter")
        await walk.ready(2)


def _key(character: str) -> str:
    return character


@through("isolate", "action")
async def test_its_tags_are_edited_and_a_link_is_made(walk: Walk) -> None:
    async with walk.lab.app(start=walk.key.place).run_test(size=SIZE, notifications=True) as pilot:
        await walk.begin(pilot)
        await walk.press("E", until_is=Choose)
        await walk.press("enter", until_is=PairsEditor)
        await walk.shows("team = a b")
        await walk.press("a", until_is=AskText)
        await walk.press(*"x=1", "enter", until_is=PairsEditor)
        await walk.press("w", until_is=ConfirmPlan)
        walk.shows_name()
        await walk.press("y")
        await until(pilot, lambda: walk.lab.store.tags(walk.key) == {"team": "a b", "x": "1"}, "the tags")
        await walk.press("S")
        await until(pilot, lambda: len(walk.app.screen_stack) > 1, "the link's dialog")
        walk.shows_name()


@through("line-feed", "ends-blank", "double-slash")
async def test_it_is_gone_to_bookmarked_and_remembered(walk: Walk) -> None:
    async with walk.lab.app(start=walk.key.place).run_test(size=SIZE, notifications=True) as pilot:
        await walk.begin(pilot)
        await walk.press("B", until_is=AskText)
        walk.check()
        await walk.press("enter")
        await until(pilot, lambda: len(walk.app.screen_stack) == 1)
        await walk.press("b")
        await walk.shows("Bookmarks")
        await walk.back()
        walk.app.show_place(WORKSPACE)
        await walk.shows("dataset/", "zone/")
        await walk.press("b")
        await walk.shows("Bookmarks")
        await walk.press("enter")
        await until(pilot, lambda: walk.browse.place == walk.key.place, "the bookmarked place")
        await walk.ready(2)
        walk.app.show_place(WORKSPACE)
        await walk.shows("dataset/", "zone/")
        await walk.press("colon")
        await walk.shows("Go to")
        await walk.press("ctrl+u")
        await walk.press(*printable(walk.key.uri).rstrip())
        await at_rest(pilot)
        walk.check()
