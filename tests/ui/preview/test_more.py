"""Reading more of an object than is usual: asked for, told, stopped; and never more than there is a most."""

import threading
from collections.abc import Callable

import pytest

from s3ml_tui.domain.preview.content import READ_BYTES
from s3ml_tui.ui.preview.rows import PreviewRows
from tests.doubles import MemoryStore
from tests.ui.browse_app import BrowseApp, history_rows, key, toasts
from tests.ui.conftest import Opener
from tests.ui.harness import TIMEOUT_S, has, screen_text, until, until_shown

LARGE = (120, 36)
LINE = b"2026-11-23 14:02:41 train candidate 7 of 12 and more of the same\n"
BODY = LINE * 184_000


def rows(app: BrowseApp) -> PreviewRows:
    return app.browse.looking.preview.rows


async def test_more_is_read_when_asked_and_the_cursor_stays(store: MemoryStore, opener: Opener) -> None:
    store.write(key("a.log"), BODY)
    app = BrowseApp(opener)
    async with app.run_test(size=LARGE) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        await pilot.press("i")
        await until_shown(pilot, "lines are shown, 262.1 kB of 12.0 MB were read: M reads up to 8.4 MB")
        usual = rows(app).row_count
        await pilot.press("enter", "G")
        await pilot.press("M")
        await until(pilot, lambda: rows(app).row_count > 4 * usual)
        assert rows(app).cursor == usual - 1
        await until_shown(pilot, "8.3 MB of 12.0 MB were read: M reads up to 12.0 MB")
        await pilot.press("M")
        await until(pilot, lambda: app.browse.looking.preview.budget == 64 * READ_BYTES)
        await until_shown(pilot, "The first 153,847 lines are shown: D downloads all of it.")
        await pilot.press("M")
        await until(pilot, lambda: "No more than 67.1 MB are read" in toasts(app))
        await pilot.press("G")
        assert rows(app).cursor == rows(app).row_count - 1


async def test_another_object_begins_with_what_is_usual(store: MemoryStore, opener: Opener) -> None:
    store.write(key("a.log"), BODY)
    store.write(key("b.log"), BODY)
    app = BrowseApp(opener)
    async with app.run_test(size=LARGE) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        await pilot.press("i")
        await until_shown(pilot, "262.1 kB of 12.0 MB were read")
        await pilot.press("M")
        await until_shown(pilot, "8.3 MB of 12.0 MB were read")
        await pilot.press("j")
        await until_shown(pilot, "b.log · Preview", "262.1 kB of 12.0 MB were read")


@pytest.mark.parametrize("is_inside", [False, True])
async def test_reading_more_says_how_far_it_is_and_escape_stops_it(
    store: MemoryStore, opener: Opener, *, is_inside: bool
) -> None:
    store.write(key("a.log"), BODY)
    waits, goes_on = threading.Event(), threading.Event()
    app = BrowseApp(opener)
    async with app.run_test(size=LARGE) as pilot:
        try:
            await until(pilot, lambda: history_rows(app) == 1)
            await pilot.press("i")
            await until_shown(pilot, "a.log · Preview", "262.1 kB of 12.0 MB were read")
            if is_inside:
                await pilot.press("enter")
            store.before = _holding(waits, goes_on)
            await pilot.press("M")
            await until(pilot, waits.is_set)
            await until_shown(pilot, "Reading ", "escape stops")
            assert has(app, "train candidate")
            await pilot.press("M")
            await until(pilot, lambda: "It is being read: escape stops that." in toasts(app))
            await pilot.press("escape")
            await until_shown(pilot, "262.1 kB of 12.0 MB were read")
            assert "Reading" not in screen_text(app).partition("a.log · Preview")[2]
            assert rows(app).has_focus == is_inside
        finally:
            goes_on.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.browse.looking.preview.budget == READ_BYTES
        assert has(app, "262.1 kB of 12.0 MB were read")
        await pilot.press("M")
        await until_shown(pilot, "8.3 MB of 12.0 MB were read")


async def test_where_there_is_no_more_the_key_says_so(store: MemoryStore, opener: Opener) -> None:
    store.write(key("a.csv"), b"id\n1\n")
    app = BrowseApp(opener)
    async with app.run_test(size=LARGE) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        await pilot.press("M")
        await until(pilot, lambda: "i leads to the preview" in toasts(app))
        await pilot.press("i")
        await until_shown(pilot, "id:int")
        await pilot.press("M")
        await until(pilot, lambda: "All of it is shown." in toasts(app))


async def test_a_table_of_many_rows_shows_more_without_reading_more(store: MemoryStore, opener: Opener) -> None:
    store.write(key("a.csv"), b"id,name\n" + b"1,Ada\n" * 5000)
    app = BrowseApp(opener)
    async with app.run_test(size=LARGE) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        await pilot.press("i")
        await until_shown(pilot, "The first 1,000 rows of 5,000 are shown: M shows more, D downloads all of it.")
        await pilot.press("M")
        await until(pilot, lambda: rows(app).row_count == 5000)
        assert not has(app, "are shown")


def _holding(waits: threading.Event, goes_on: threading.Event) -> Callable[[str, str], None]:
    def hold(verb: str, _address: str) -> None:
        if verb == "read":
            waits.set()
            assert goes_on.wait(TIMEOUT_S)

    return hold
