"""Browse where there is much: page by page, as far as is wanted, and whole again after a page that failed."""

import pytest

from s3ml_tui.domain.errors import Unreachable
from tests.doubles import MemoryStore
from tests.ui.browse_app import ROOT, BrowseApp, history_rows, key, pointed
from tests.ui.conftest import Opener
from tests.ui.harness import has, until, until_shown

A = key("a.csv")


def fine(_verb: str, _address: str) -> None:
    """A hook that lets everything through."""


async def test_five_thousand_objects_come_page_by_page(store: MemoryStore, opener: Opener) -> None:
    for row in range(5000):
        store.write(key(f"{row:05}.csv"), b"")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until_shown(pilot, "5,000 objects")
        listings = [address for verb, address in store.requests if verb == "list_page"]
        assert len(listings) == 5
        await pilot.press("G")
        assert pointed(app) == "04999.csv"
        assert has(app, "04999.csv", "04990.csv")
        await pilot.press("R")
        await until(pilot, lambda: sum(verb == "list_page" for verb, _ in store.requests) >= 10)
        await until(pilot, lambda: not app.browse.objects.is_reading)
        assert pointed(app) == "04999.csv"


async def test_beyond_what_is_loaded_unasked_coming_near_the_end_asks_for_more_and_the_end_for_all(
    store: MemoryStore, opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("s3ml_tui.ui.object_table.pane.AUTO_ROWS", 1000)
    store.page_size = 500
    for row in range(3000):
        store.write(key(f"{row:05}.csv"), b"")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until_shown(pilot, "1,000+ loaded")
        app.browse.objects.table.cursor = 900
        await until_shown(pilot, "1,500+ loaded")
        app.browse.objects.table.cursor = 1400
        await until_shown(pilot, "2,000+ loaded")
        await pilot.press("G")
        await until_shown(pilot, "3,000 objects")
        assert pointed(app) == "02999.csv"


async def test_the_end_of_a_long_level_with_deleted_objects_is_reached_with_all_of_them(
    store: MemoryStore, opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("s3ml_tui.ui.object_table.pane.AUTO_ROWS", 100)
    store.page_size = 50
    for row in range(600):
        store.write(key(f"{row:05}.csv"), b"")
        if row % 3 == 2:
            store.delete(key(f"{row:05}.csv"))
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until_shown(pilot, "+ loaded")
        await pilot.press("full_stop")
        await until_shown(pilot, "+ loaded · deleted shown")
        await pilot.press("G")
        await until_shown(pilot, "400 objects, 200 deleted")
        assert pointed(app) == "00599.csv"
        level = app.browse.objects.table.level
        assert list(level.keys) == [f"{row:05}.csv" for row in range(600)]
        assert [at for at, is_deleted in enumerate(level.is_deleted) if is_deleted] == list(range(2, 600, 3))


async def test_a_page_that_fails_leaves_the_rows_that_are_there(store: MemoryStore, opener: Opener) -> None:
    store.page_size = 10
    for row in range(25):
        store.write(key(f"{row:05}.csv"), b"")
    answers: list[str] = []

    def fail_later(verb: str, _address: str) -> None:
        if verb == "list_page":
            answers.append(verb)
            if len(answers) > 2:
                raise Unreachable("Nobody answers at memory://")

    store.before = fail_later
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until_shown(pilot, "20+ loaded", "more cannot be loaded")
        assert has(app, "00009.csv")
        store.before = fine
        await pilot.press("R")
        await until_shown(pilot, "25 objects")


async def test_many_versions_come_page_by_page(store: MemoryStore, opener: Opener) -> None:
    for row in range(2500):
        store.write(A, b"x" * (row % 7))
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: history_rows(app) == 2500)
        assert has(app, "2,500 versions")
        await pilot.press("enter", "G")
        assert app.browse.versions.rows.cursor == 2499


@pytest.mark.parametrize("is_whole", [False, True])
async def test_in_a_sorted_level_one_comes_back_to_what_is_far_from_the_first_page(
    store: MemoryStore, opener: Opener, monkeypatch: pytest.MonkeyPatch, *, is_whole: bool
) -> None:
    monkeypatch.setattr("s3ml_tui.ui.object_table.pane.AUTO_ROWS", 100)
    monkeypatch.setattr("s3ml_tui.ui.object_table.pane.SEEK_STEP", 50)
    store.page_size = 50
    for number in range(400):
        store.write(key(f"raw/{number:03}.csv"), b"x" * number)
    app = BrowseApp(opener, start=ROOT.under("raw"))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.browse.objects.table.row_count >= 100)
        await pilot.press("s")
        await until(pilot, lambda: not app.browse.objects.table.arrangement.is_as_listed)
        if is_whole:
            await pilot.press("G")
            await until(pilot, lambda: app.browse.objects.table.level.is_complete)
        app.show_place(ROOT.under("raw"), key("raw/250.csv"))
        await until(pilot, lambda: pointed(app) == "250.csv")
        await until(pilot, lambda: not app.browse.objects.is_reading)
        app.show_place(ROOT)
        await until(pilot, lambda: pointed(app) == "raw/")
        await pilot.press("enter")
        await until(pilot, lambda: app.browse.place == ROOT.under("raw") and pointed(app) == "250.csv")
        await until(pilot, lambda: not app.browse.objects.is_reading)
        assert pointed(app) == "250.csv"
