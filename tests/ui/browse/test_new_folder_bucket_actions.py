"""A new folder, and archived objects made readable, by their keys."""

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.ui.dialogs.prompts import ConfirmPlan
from tests.doubles import MemoryStore
from tests.ui.browse_app import ROOT, BrowseApp, key, pointed, toasts
from tests.ui.conftest import Opener
from tests.ui.harness import until, until_shown

A, B = key("a.csv"), key("b.csv")


async def test_a_folder_is_made_shown_and_undone(store: MemoryStore, opener: Opener) -> None:
    store.write(A, b"x")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("F")
        await until_shown(pilot, "New folder in s3://acme-ml/", "S3 has no folders")
        await pilot.press(*"a//b", "enter")
        await until_shown(pilot, "cannot be a folder's name")
        await pilot.press(*["backspace"] * 3, *"b/c", "enter")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        await until_shown(pilot, "New folder c/", "An empty object with the key ab/c/")
        await pilot.press("enter")
        await until_shown(pilot, "▸ ab/")
        assert store.keys(ROOT) == ("a.csv", "ab/c/")
        await until(pilot, lambda: "Made the folder c/" in toasts(app))
        await pilot.press("u")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        await pilot.press("y")
        await until(pilot, lambda: store.keys(ROOT) == ("a.csv",))
        await pilot.press("F")
        await until_shown(pilot, "New folder in")
        await pilot.press(*"a.csv", "enter")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))


async def test_archived_objects_are_made_readable_for_some_days(store: MemoryStore, opener: Opener) -> None:
    for one in (A, B):
        store.write(one, b"cold")
    store.describe(A, storage_class="GLACIER")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("A")
        await until_shown(pilot, "For how many days")
        await pilot.press("backspace", "0", "enter")
        await until_shown(pilot, "Write a number from 1 to 365")
        await pilot.press("backspace", "3", "enter")
        await until_shown(pilot, "How fast?", "Bulk, the cheapest")
        await pilot.press("j", "enter")
        await until_shown(pilot, "(GLACIER) can be read in 5 to 12 hours, for", "3 days")
        await pilot.press("enter")
        await until(pilot, lambda: "Asked for a.csv from the archive" in toasts(app))
        assert "ongoing-request" in store.facts(A).states["Restore"]
        await pilot.press("A", "enter", "enter")
        await until_shown(pilot, "being restored already")
        await pilot.press("enter", "j", "A")
        await until(pilot, lambda: "b.csv is in no archive (STANDARD)" in toasts(app))


async def test_of_what_is_marked_the_archived_ones_are_restored(store: MemoryStore, opener: Opener) -> None:
    for one in (A, B, key("c.csv")):
        store.write(one, b"cold")
    for one in (A, B):
        store.describe(one, storage_class="DEEP_ARCHIVE")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("ctrl+a", "A", "enter", "enter")
        await until_shown(pilot, "Restore 2 objects from the archive", "in 12 hours", "1 object that can be read")
        await pilot.press("enter")
        await until(pilot, lambda: "Asked for 2 objects" in toasts(app))


@pytest.mark.parametrize("pressed", ["F", "A"])
async def test_in_a_read_only_context_the_keys_say_why_they_do_nothing(
    store: MemoryStore, opener: Opener, pressed: str
) -> None:
    store.write(A, b"x")
    app = BrowseApp(opener, Context(read_only=True))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press(pressed)
        await pilot.pause()
        assert "read-only" in toasts(app)
        assert app.screen is app.browse
