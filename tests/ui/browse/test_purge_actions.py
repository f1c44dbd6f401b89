"""Purging by its key: in History only, marked or chosen, the name typed."""

from textual.widgets import Button, Input

from s3ml_tui.domain.context import Context
from s3ml_tui.ui.dialogs.confirm import ConfirmLoud
from tests.doubles import MemoryStore
from tests.ui.browse_app import BrowseApp, history_rows, key, pointed, toasts
from tests.ui.conftest import Opener
from tests.ui.harness import has, until, until_shown

A = key("a.csv")


def sizes(store: MemoryStore) -> list[int]:
    return [version.size for version in next(iter(store.history(A))).versions]


async def test_marked_versions_are_purged_once_the_name_is_typed(store: MemoryStore, opener: Opener) -> None:
    for size in (1, 2, 3, 4):
        store.write(A, b"x" * size)
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: history_rows(app) == 4)
        await pilot.press("enter", "j", "space", "j", "v")
        await until_shown(pilot, "4 versions · 3 marked, 6 B")
        await pilot.press("space")
        await until_shown(pilot, "2 marked, 5 B")
        await pilot.press("X")
        await until(pilot, lambda: isinstance(app.screen, ConfirmLoud))
        await until_shown(pilot, "Purge 2 versions of a.csv", "destroyed for good", "Type a.csv to go on")
        agree = app.screen.query_one("#agree", Button)
        assert agree.disabled
        await pilot.press(*"a.cs", "enter")
        assert "This is not its name" in toasts(app)
        assert sizes(store) == [4, 3, 2, 1]
        await pilot.press("v")
        await until(pilot, lambda: not agree.disabled)
        await pilot.press("enter")
        await until(pilot, lambda: sizes(store) == [4, 1])
        await until(pilot, lambda: history_rows(app) == 2)
        assert "gone for good" in toasts(app)
        await until(pilot, lambda: not has(app, "marked"))


async def test_escape_takes_the_marks_away_and_then_leaves(store: MemoryStore, opener: Opener) -> None:
    for size in (1, 2):
        store.write(A, b"x" * size)
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: history_rows(app) == 2)
        await pilot.press("enter", "v")
        assert "no mark to go from" in toasts(app)
        await pilot.press("space", "asterisk")
        await until_shown(pilot, "1 marked, 1 B")
        await pilot.press("ctrl+a")
        await until_shown(pilot, "2 marked, 3 B")
        await pilot.press("escape")
        await until(pilot, lambda: not has(app, "marked"))
        assert app.browse.selection.is_in_history
        await pilot.press("escape")
        assert not app.browse.selection.is_in_history


async def test_outside_of_history_it_says_where_to_go_and_cancel_destroys_nothing(
    store: MemoryStore, opener: Opener
) -> None:
    store.write(A, b"x")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        await pilot.press("X")
        assert "Only versions are purged" in toasts(app)
        await pilot.press("enter", "X")
        await until(pilot, lambda: isinstance(app.screen, ConfirmLoud))
        await until_shown(pilot, "Nothing of it is left then")
        app.screen.query_one(Input).value = "a.csv"
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.browse)
        assert sizes(store) == [1]


async def test_the_name_of_a_hostile_key_is_typed_as_it_is_shown(store: MemoryStore, opener: Opener) -> None:
    odd = key("x\x1b[b]y")
    store.write(odd, b"1")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        await pilot.press("enter", "X")
        await until_shown(pilot, "Type x\\x1b[b]y to go on")
        await pilot.press(*"x\\x1b[b]y", "enter")
        await until(pilot, lambda: not next(iter(store.history(odd))).versions)


async def test_in_a_read_only_context_it_says_why_it_does_nothing(store: MemoryStore, opener: Opener) -> None:
    store.write(A, b"x")
    app = BrowseApp(opener, Context(read_only=True))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv" and history_rows(app) == 1)
        await pilot.press("enter", "X")
        await pilot.pause()
        assert "read-only" in toasts(app)
        assert app.screen is app.browse


async def test_without_an_object_nothing_is_said_to_be_read(store: MemoryStore, opener: Opener) -> None:
    store.write(key("folder/a.csv"), b"x")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until_shown(pilot, "folder/", "No object chosen")
        await pilot.press("tab", "X")
        await until(pilot, lambda: "move the cursor to" in toasts(app) or "tab goes to" in toasts(app))
        assert "being read" not in toasts(app)
