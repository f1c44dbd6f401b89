"""Back and forward through the places seen in Browse, each as it was left."""

from typing import Any

import pytest
from textual.pilot import Pilot

from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.ui.browse.navigation import MOST, Trail
from s3ml_tui.ui.object_table.cursor_place import AUTO_ROWS, MOST_SEEN_ROWS, PlaceMemory
from s3ml_tui.ui.object_table.level import Level
from tests.doubles import MemoryStore
from tests.ui.browse_app import BUCKET, ROOT, BrowseApp, pointed, toasts
from tests.ui.conftest import Opener
from tests.ui.harness import has, until, until_shown
from tests.ui.lab import LARGE, SIZES, Gate


def test_one_goes_back_and_forward() -> None:
    trail = Trail()
    assert trail.step(-1) is None
    assert trail.step(1) is None
    for name in "abc":
        trail.visit(Place(name))
    assert trail.step(-1) == Place("b")
    assert trail.step(-1) == Place("a")
    assert trail.step(-1) is None
    assert trail.step(1) == Place("b")
    assert trail.step(1) == Place("c")
    assert trail.step(1) is None


def test_going_elsewhere_from_the_middle_forgets_what_lay_ahead() -> None:
    trail = Trail()
    for name in "abc":
        trail.visit(Place(name))
    trail.step(-1)
    trail.visit(Place("b"))  # where one is already
    assert trail.step(1) == Place("c")
    trail.step(-1)
    trail.visit(Place("d"))
    assert trail.step(1) is None
    assert trail.step(-1) == Place("b")


def test_only_so_many_are_kept() -> None:
    trail = Trail()
    for number in range(MOST + 50):
        trail.visit(Place(f"b{number}"))
    steps = 0
    while trail.step(-1) is not None:
        steps += 1
    assert steps == MOST - 1


@pytest.fixture
def deep(store: MemoryStore) -> MemoryStore:
    for number in range(200):
        store.write(ObjectKey(BUCKET, f"a/k{number:03}"), b"x")
    store.write(ObjectKey(BUCKET, "b/deeper/x"), b"x")
    return store


async def until_at(pilot: Pilot[Any], app: BrowseApp, place: Place, name: str) -> None:
    await until(pilot, lambda: app.browse.place == place and pointed(app) == name, f"{name} at {place}")


@SIZES
async def test_the_place_before_is_as_it_was_left(deep: MemoryStore, opener: Opener, size: tuple[int, int]) -> None:
    app = BrowseApp(opener, start=ROOT)
    async with app.run_test(size=size) as pilot:
        await until_at(pilot, app, ROOT, "a/")
        await pilot.press("enter")
        await until_at(pilot, app, Place(BUCKET, "a/"), "k000")
        table = app.browse.objects.table
        await pilot.press(*["pagedown"] * 5, "space", "k", "k", "k", "k")
        row, top = table.cursor, int(table.scroll_offset.y)
        here = pointed(app)
        assert 0 < top < row
        await pilot.press("h")
        await until_at(pilot, app, ROOT, "a/")
        await pilot.press("j", "enter")
        await until_at(pilot, app, Place(BUCKET, "b/"), "deeper/")
        await pilot.press("enter")
        await until_at(pilot, app, Place(BUCKET, "b/deeper/"), "x")
        await pilot.press("less_than_sign")
        await until_at(pilot, app, Place(BUCKET, "b/"), "deeper/")
        await pilot.press("alt+left")
        await until_at(pilot, app, ROOT, "b/")
        await pilot.press("alt+left")
        await until_at(pilot, app, Place(BUCKET, "a/"), here)
        await until(pilot, lambda: int(table.scroll_offset.y) == top, "scrolled as it was")
        assert table.cursor == row
        assert table.marks.count == 1
        await pilot.press("greater_than_sign", "alt+right")
        await until_at(pilot, app, Place(BUCKET, "b/"), "deeper/")
        await pilot.press(">")
        await until_at(pilot, app, Place(BUCKET, "b/deeper/"), "x")


async def test_back_and_forward_show_what_was_seen_while_it_is_read_again(deep: MemoryStore, opener: Opener) -> None:
    app = BrowseApp(opener, start=ROOT)
    async with app.run_test(size=LARGE) as pilot:
        await until_at(pilot, app, ROOT, "a/")
        await pilot.press("enter")
        await until_at(pilot, app, Place(BUCKET, "a/"), "k000")
        await pilot.press(*["pagedown"] * 3, "space", "k", "k", "k")
        table, here = app.browse.objects.table, pointed(app)
        top = int(table.scroll_offset.y)
        gate = deep.before = Gate("list_page")
        await pilot.press("<")
        await until_at(pilot, app, ROOT, "a/")
        await until_shown(pilot, "b/", "reading …")
        await pilot.press(">")
        await until_at(pilot, app, Place(BUCKET, "a/"), here)
        assert gate.arrived.is_set()
        assert (int(table.scroll_offset.y), table.marks.count) == (top, 1)
        deep.before = lambda *_: None
        deep.write(ObjectKey(BUCKET, f"a/{here}-new"), b"x")
        gate.opened.set()
        await until_shown(pilot, f"{here}-new", "201 objects")
        assert (pointed(app), int(table.scroll_offset.y), table.marks.count) == (here, top, 1)
        await until(pilot, lambda: not has(pilot.app, "reading …"), "it was read again")


def test_only_so_many_rows_are_kept_and_none_of_a_large_place() -> None:
    memory = PlaceMemory()

    def level(name: str, rows: int) -> Level:
        made = Level(Place(name))
        made.folders.extend(f"{row:05}/" for row in range(rows))
        return made

    memory.keep_level(level("large", AUTO_ROWS + 1), with_deleted=False)
    assert memory.level(Place("large"), with_deleted=False) is None
    names = [f"b{number}" for number in range(MOST_SEEN_ROWS // AUTO_ROWS + 1)]
    for name in names:
        memory.keep_level(level(name, AUTO_ROWS), with_deleted=False)
    kept = [name for name in names if memory.level(Place(name), with_deleted=False) is not None]
    assert kept == names[1:]
    assert memory.level(Place(names[-1]), with_deleted=True) is None


async def test_at_either_end_the_user_is_told(deep: MemoryStore, opener: Opener) -> None:
    app = BrowseApp(opener, start=ROOT)
    async with app.run_test(size=LARGE, notifications=True) as pilot:
        await until_at(pilot, app, ROOT, "a/")
        await pilot.press("<")
        await until(pilot, lambda: "no place to go back to" in toasts(app))
        await pilot.press(">")
        await until(pilot, lambda: "no place to go forward to: < goes back first" in toasts(app))
        await until_shown(pilot, "a/")


async def test_reading_again_is_no_step(deep: MemoryStore, opener: Opener) -> None:
    app = BrowseApp(opener, start=ROOT)
    async with app.run_test(size=LARGE) as pilot:
        await until_at(pilot, app, ROOT, "a/")
        await pilot.press("enter")
        await until_at(pilot, app, Place(BUCKET, "a/"), "k000")
        await pilot.press("R", "full_stop", "R")
        await pilot.press("<")
        await until_at(pilot, app, ROOT, "a/")
