"""How much lies under a place: the biggest folders first, counted while one looks, gone into and out of."""

from typing import Any

import pytest
from textual.pilot import Pilot

from s3ml_tui.domain.errors import Denied, Unreachable
from s3ml_tui.domain.uri import Place
from s3ml_tui.ui.dialogs.folder_size import UsageRows, UsageScreen
from tests.doubles import MemoryStore
from tests.services.memory import changes, refusing
from tests.ui.browse_app import BUCKET, ROOT, BrowseApp, key
from tests.ui.conftest import Opener
from tests.ui.harness import has, screen_lines, until, until_shown
from tests.ui.lab import HOSTILE, LARGE, SHOWN, SIZES, Gate, dangerous_texts


@pytest.fixture
def filled(store: MemoryStore) -> MemoryStore:
    store.write(key("top.txt"), b"1")
    for number in range(3):
        store.write(key(f"big/raw/{number}.bin"), b"x" * 2000)
    store.write(key("big/notes.md"), b"x" * 500)
    for number in range(12):
        store.write(key(f"many/{number:02}.csv"), b"22")
    store.requests.clear()
    return store


async def counted(pilot: Pilot[Any], *shown: str) -> UsageScreen:
    """The dialog, over Browse at the root, once it has counted."""
    await until_shown(pilot, "many/")
    await pilot.press("G", "equals_sign")
    await until_counted(pilot, *shown)
    dialog = pilot.app.screen
    assert isinstance(dialog, UsageScreen)
    return dialog


async def until_counted(pilot: Pilot[Any], *shown: str) -> None:
    """What is shown stands for all there is, and not for what was found so far."""
    await until(pilot, lambda: has(pilot.app, *shown) and not has(pilot.app, "counting"), f"{shown} on the screen")


@SIZES
async def test_folders_are_listed_by_what_lies_in_them(
    filled: MemoryStore, opener: Opener, size: tuple[int, int]
) -> None:
    app = BrowseApp(opener, start=ROOT)
    async with app.run_test(size=size) as pilot:
        await counted(pilot, f"All that lies in s3://{BUCKET}/", "17 objects, 6.5 kB", "newest: many/11.csv")
        shown = [line for line in screen_lines(app) if "▓" in line or "on this level" in line]
        assert [next(name for name in ("big/", "many/", "on this level") if name in line) for line in shown] == [
            "big/",
            "many/",
            "on this level",
        ]
        assert "▓" * 14 in shown[0]
        assert "6.5 kB" in shown[0]
        assert " 4 " in shown[0]
        assert changes(filled) == []


async def test_one_goes_into_a_folder_and_out_again_and_what_was_counted_is_still_there(
    filled: MemoryStore, opener: Opener
) -> None:
    app = BrowseApp(opener, start=ROOT)
    async with app.run_test(size=LARGE) as pilot:
        dialog = await counted(pilot, "17 objects")
        assert not has(app, "h goes up")
        await pilot.press("enter")
        await until_counted(pilot, "All that lies in s3://acme-ml/big/", "4 objects", "raw/", "h goes up")
        filled.before = refusing("list_page", Unreachable("It is not to be asked again"))
        await pilot.press("h")
        await until_counted(pilot, "17 objects", "many/")
        assert dialog.query_one(UsageRows).folder == Place(BUCKET, "big/")
        await pilot.press("h")
        assert has(app, "All that lies in s3://acme-ml/ ", "17 objects")
        filled.before = lambda _verb, _address: None
        filled.write(key("big/more.bin"), b"1")
        await pilot.press("R")
        await until_shown(pilot, "18 objects")


async def test_o_goes_there_in_browse(filled: MemoryStore, opener: Opener) -> None:
    app = BrowseApp(opener, start=ROOT)
    async with app.run_test(size=LARGE) as pilot:
        await counted(pilot, "17 objects")
        await pilot.press("j", "o")
        await until(pilot, lambda: app.browse.place == Place(BUCKET, "many/"))
        await until_shown(pilot, "12 objects")


async def test_it_is_asked_of_the_folder_under_the_cursor(filled: MemoryStore, opener: Opener) -> None:
    app = BrowseApp(opener, start=ROOT)
    async with app.run_test(size=LARGE) as pilot:
        await until_shown(pilot, "many/")
        await pilot.press("g", "equals_sign")
        await until_counted(pilot, "All that lies in s3://acme-ml/big/", "4 objects", "h goes up")
        await pilot.press("h")
        await until_counted(pilot, "All that lies in s3://acme-ml/ ", "17 objects", "many/")
        dialog = app.screen
        assert isinstance(dialog, UsageScreen)
        assert dialog.query_one(UsageRows).folder == Place(BUCKET, "big/")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, UsageScreen))
        assert app.browse.place == ROOT


async def test_what_is_found_so_far_is_shown_and_leaving_stops_the_counting(
    filled: MemoryStore, opener: Opener
) -> None:
    app = BrowseApp(opener, start=ROOT)
    async with app.run_test(size=LARGE) as pilot:
        await until_shown(pilot, "many/")
        gate = filled.before = Gate("list_page")
        try:
            await pilot.press("G", "equals_sign")
            await until_shown(pilot, "Asking the server", "counting")
            await until(pilot, gate.arrived.is_set)
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(app.screen, UsageScreen))
        finally:
            gate.opened.set()
        await app.workers.wait_for_complete()
        await pilot.press("equals_sign")
        await until_shown(pilot, "17 objects, 6.5 kB")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Denied("You may not list that", action="s3:ListBucket"), "You may not list that"),
        (Unreachable("Nobody answers", advice="Start the server"), "Start the server"),
    ],
)
async def test_why_it_cannot_be_counted_is_said(
    filled: MemoryStore, opener: Opener, error: Exception, said: str
) -> None:
    app = BrowseApp(opener, start=ROOT)
    async with app.run_test(size=LARGE) as pilot:
        await until_shown(pilot, "many/")
        filled.before = refusing("list_page", error)
        await pilot.press("G", "equals_sign")
        await until_shown(pilot, said)
        filled.before = lambda _verb, _address: None
        await pilot.press("R")
        await until_shown(pilot, "17 objects")


async def test_nothing_is_said_to_be_nothing(store: MemoryStore, opener: Opener) -> None:
    app = BrowseApp(opener, start=ROOT)
    async with app.run_test(size=LARGE) as pilot:
        await until(pilot, lambda: app.browse.objects.state == "empty")
        await pilot.press("equals_sign")
        await until_shown(pilot, "There is nothing in it.")


async def test_names_that_mean_harm_are_shown_as_they_are(store: MemoryStore, opener: Opener) -> None:
    store.write(key(f"raw/{HOSTILE.replace('/', '')}/a"), b"1")
    app = BrowseApp(opener, start=ROOT)
    async with app.run_test(size=LARGE) as pilot:
        await until_shown(pilot, "raw/")
        await pilot.press("equals_sign")
        await until_shown(pilot, SHOWN.replace("/", "")[:20])
        assert dangerous_texts(app) == []
