"""Tags, metadata and headers by their key, through the small editor, judged by the bucket and by the screen."""

from textual.pilot import Pilot
from textual.widgets import Input

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.storage.store import OURS
from s3ml_tui.ui.dialogs.key_values import PairsEditor
from s3ml_tui.ui.dialogs.prompts import AskText, Choose, ConfirmPlan
from tests.doubles import MemoryStore
from tests.ui.browse_app import BrowseApp, history_rows, key, pointed, toasts
from tests.ui.conftest import Opener
from tests.ui.harness import has, until, until_shown

A, B = key("a.csv"), key("b.csv")


async def give(app: BrowseApp, pilot: Pilot[int], text: str) -> None:
    """Type a pair in place of what is there."""
    await until(pilot, lambda: isinstance(app.screen, AskText))
    app.screen.query_one(Input).value = text
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, PairsEditor))


async def agree(app: BrowseApp, pilot: Pilot[int], *texts: str) -> None:
    await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
    await until_shown(pilot, *texts)
    await pilot.press("y")
    await until(pilot, lambda: app.screen is app.browse)


async def test_tags_are_changed_added_and_removed_and_u_puts_them_back(store: MemoryStore, opener: Opener) -> None:
    store.write(A, b"bytes")
    store.describe(A, tags={"team": "a", "old": "1"})
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("E")
        await until_shown(pilot, "Describe a.csv")
        await pilot.press("enter")
        await until_shown(pilot, "Tags of a.csv", "team = a", "old = 1", "+ add")
        await pilot.press("enter")
        await give(app, pilot, "team=b c")
        await until_shown(pilot, "team = b c")
        await pilot.press("j", "x", "a")
        await give(app, pilot, "stage = gold")
        await until_shown(pilot, "stage = gold")
        assert not has(app, "old = 1")
        await pilot.press("w")
        await agree(app, pilot, "Tag a.csv", "old is removed (it was 1); stage = gold; team: a → b c", "No new version")
        await until(pilot, lambda: "Tagged a.csv" in toasts(app))
        assert store.tags(A) == {"team": "b c", "stage": "gold"}
        await until(pilot, lambda: history_rows(app) == 1)
        await pilot.press("u")
        await agree(app, pilot, "team: b c → a")
        await until(pilot, lambda: store.tags(A) == {"team": "a", "old": "1"})


async def test_a_wrong_pair_is_said_while_it_is_typed_and_all_together_before_the_plan(
    store: MemoryStore, opener: Opener
) -> None:
    store.write(A, b"bytes")
    store.describe(A, tags={str(number): "x" for number in range(10)})
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("E", "enter")
        await until_shown(pilot, "Tags of a.csv")
        await pilot.press("w")
        assert "Nothing was changed" in toasts(app)
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press(*"bad;name=1", "enter")
        await until_shown(pilot, "';' in bad;name is not allowed")
        app.screen.query_one(Input).value = "0=again"
        await pilot.press("enter")
        await until_shown(pilot, "0 is there already")
        await give(app, pilot, "fine=1")
        await until_shown(pilot, "These are 11 tags; 10 are the most")
        await pilot.press("w")
        assert "These are 11 tags" in toasts(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await until_shown(pilot, "Leave without 1 change?")
        await pilot.press("j", "enter")
        await until(pilot, lambda: app.screen is app.browse)
        assert len(store.tags(A)) == 10


async def test_an_old_versions_tags_are_its_own_and_its_metadata_stays(store: MemoryStore, opener: Opener) -> None:
    old = store.write(A, b"old").version_id
    store.write(A, b"new")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: history_rows(app) == 2)
        await pilot.press("enter", "j", "E", "enter")
        await until_shown(pilot, f"version {old}")
        await pilot.press("a")
        await give(app, pilot, "kept=yes")
        await pilot.press("w")
        await agree(app, pilot, "Tag a.csv", str(old))
        await until(pilot, lambda: store.tags(A, old) == {"kept": "yes"})
        assert store.tags(A) == {}
        await until_shown(pilot, "#kept=yes")
        await pilot.press("j", "E", "j", "enter")
        await until(pilot, lambda: "old version cannot be changed" in toasts(app))


async def test_metadata_and_headers_make_a_new_version_and_u_brings_the_old_one_back(
    store: MemoryStore, opener: Opener
) -> None:
    store.write(A, b"bytes", content_type="text/plain", metadata={"rows": "3"})
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("E", "j", "enter")
        await until_shown(pilot, "Metadata and headers of a.csv", "content-type = text/plain", "rows = 3")
        assert not has(app, OURS)
        await pilot.press("enter")
        await give(app, pilot, "content-type=text/csv")
        await pilot.press("w")
        await agree(app, pilot, "content-type: text/plain → text/csv", "this makes a new")
        await until(pilot, lambda: history_rows(app) == 2)
        assert store.facts(A).content_type == "text/csv"
        assert store.read(A) == b"bytes"
        await pilot.press("u")
        await agree(app, pilot, "Bring back a.csv")
        await until(pilot, lambda: store.facts(A).content_type == "text/plain")


async def test_what_is_marked_is_tagged_alike(store: MemoryStore, opener: Opener) -> None:
    for one in (A, B):
        store.write(one, b"x")
    store.describe(A, tags={"old": "1", "stays": "2"})
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("space", "space", "E", "enter")
        await until_shown(pilot, "Tags for 2 objects", "-name removes it")
        await pilot.press("enter")
        await give(app, pilot, "stage=gold")
        await pilot.press("a")
        await give(app, pilot, "-old")
        await until_shown(pilot, "stage = gold", "- old (removed)")
        await pilot.press("w")
        await agree(app, pilot, "Tag 2 objects")
        await until(pilot, lambda: "Tagged 2 objects" in toasts(app))
        assert (store.tags(A), store.tags(B)) == ({"stays": "2", "stage": "gold"}, {"stage": "gold"})


async def test_all_of_a_folder_gets_a_content_type(store: MemoryStore, opener: Opener) -> None:
    for name in ("f/1", "f/deep/2"):
        store.write(key(name), b"x")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "f/")
        await pilot.press("E", "j", "enter")
        await until_shown(pilot, "Metadata and headers for all of f/")
        await pilot.press("enter")
        await give(app, pilot, "content-type=text/csv")
        await pilot.press("x", "a")
        await give(app, pilot, "content-type=text/tab")
        await pilot.press("tab", "enter")
        await agree(app, pilot, "Change the metadata of 2 objects")
        await until(
            pilot, lambda: {store.facts(key(name)).content_type for name in ("f/1", "f/deep/2")} == {"text/tab"}
        )


async def test_in_a_read_only_context_it_says_why_it_does_nothing(store: MemoryStore, opener: Opener) -> None:
    store.write(A, b"x")
    app = BrowseApp(opener, Context(read_only=True))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("E")
        await pilot.pause()
        assert "read-only" in toasts(app)
        assert app.screen is app.browse
