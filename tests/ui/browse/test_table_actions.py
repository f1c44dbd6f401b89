"""Browse's table by its keys: sorted, filtered, marked, and what is marked downloaded, deleted and brought back."""

import gc
import weakref
from pathlib import Path
from typing import ClassVar

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.storage.listing import ListingPage
from s3ml_tui.domain.uri import Place
from s3ml_tui.ui import messages
from s3ml_tui.ui.dialogs.prompts import AskText, Choose, ConfirmPlan
from s3ml_tui.ui.object_table import pane
from s3ml_tui.ui.object_table import table as object_table
from tests.doubles import MemoryStore
from tests.ui.browse_app import BUCKET, ROOT, BrowseApp, key, pointed, toasts
from tests.ui.conftest import Opener
from tests.ui.harness import has, screen_lines, screen_text, services_over, until, until_shown
from tests.ui.lab import Gate


@pytest.fixture
def sizes(store: MemoryStore) -> dict[str, int]:
    """Objects of different sizes, and a folder."""
    sizes = {"a.csv": 5, "b.csv": 300, "c.pq": 20, "d.csv": 1, "e.pq": 4000}
    for name, size in sizes.items():
        store.write(key(name), b"x" * size)
    store.write(key("folder/inside.csv"), b"")
    return sizes


def names(app: BrowseApp) -> list[str]:
    view = app.browse.objects.table.view
    return [view.entry(row).name for row in range(len(view))]


async def test_s_sorts_by_column_after_column_and_folders_stay_first(
    store: MemoryStore, opener: Opener, sizes: dict[str, int]
) -> None:
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until_shown(pilot, "5 objects", "name ▲")
        await pilot.press("s")
        await until_shown(pilot, "size ▼")
        assert names(app) == ["folder/", "e.pq", "b.csv", "c.pq", "a.csv", "d.csv"]
        await pilot.press("s", "s", "s")
        await until_shown(pilot, "name ▼")
        assert names(app) == ["folder/", "e.pq", "d.csv", "c.pq", "b.csv", "a.csv"]
        await pilot.press("g", "j", "R")
        await until(pilot, lambda: not app.browse.objects.is_reading)
        assert pointed(app) == "e.pq"
        assert names(app)[1] == "e.pq"


async def test_a_filter_opened_before_a_folder_is_read_keeps_what_is_typed(
    store: MemoryStore, opener: Opener, sizes: dict[str, int]
) -> None:
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until_shown(pilot, "5 objects")
        gate = Gate("list_page")
        store.before = gate
        try:
            await pilot.press("g", "enter")
            await until(pilot, gate.arrived.is_set)
            await pilot.press("slash")
            await pilot.pause(2 * pane.WAITING_SHOWN_AFTER_S)
            await pilot.press(*"side")
            assert app.browse.objects.filter_line.has_focus
            assert app.browse.objects.filter_line.value == "side"
        finally:
            gate.opened.set()
        await until_shown(pilot, "1 of 1")
        assert names(app) == ["inside.csv"]


async def test_a_filter_is_typed_in_its_line_and_escape_clears_it(
    store: MemoryStore, opener: Opener, sizes: dict[str, int]
) -> None:
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until_shown(pilot, "5 objects")
        await pilot.press("slash", *"*.CSV")
        await until_shown(pilot, "3 of 6")
        assert names(app) == ["a.csv", "b.csv", "d.csv"]
        assert screen_lines(app)[2].count("*.CSV") == 1
        await pilot.press("enter", "j")
        assert app.browse.objects.table.has_focus
        assert pointed(app) == "b.csv"
        await pilot.press("R")
        await until(pilot, lambda: not app.browse.objects.is_reading)
        assert has(app, "3 of 6")
        assert pointed(app) == "b.csv"
        await pilot.press("escape")
        await until_shown(pilot, "1 folder, 5 objects")
        assert pointed(app) == "b.csv"
        assert not has(app, "*.CSV")
        assert app.browse.place == ROOT


async def test_a_wrong_pattern_is_said_while_it_is_typed(
    store: MemoryStore, opener: Opener, sizes: dict[str, int]
) -> None:
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until_shown(pilot, "5 objects")
        await pilot.press("slash", "slash", "left_square_bracket")
        await until_shown(pilot, "no regular expression: missing ]")
        await pilot.press("a", "b", "right_square_bracket")
        await until_shown(pilot, "2 of 6")
        assert names(app) == ["a.csv", "b.csv"]
        assert not has(app, "no regular expression")
        store.write(key("a" * 60 + "!"), b"")
        await pilot.press("f5")
        await until_shown(pilot, "3 of 7")
        await pilot.press("ctrl+u", *"/(a+)+", "dollar_sign")
        await until_shown(pilot, "0 of 7")
        await pilot.press("ctrl+u", *"/a(", "question_mark", "equals_sign", *"a)")
        await until_shown(pilot, "regular expressions here have no look-around")
        await pilot.press("ctrl+u")
        await until(pilot, lambda: not has(app, "look-around"))
        await pilot.press("ctrl+u", "z", "z", "z")
        await until_shown(pilot, "0 of 7", "No object chosen")
        await pilot.press("escape")
        await until_shown(pilot, "6 objects")
        assert app.browse.objects.table.has_focus


async def test_a_filter_that_nothing_matches_says_so(store: MemoryStore, opener: Opener, sizes: dict[str, int]) -> None:
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until_shown(pilot, "5 objects")
        await pilot.press("slash", *"nowhere")
        await until_shown(pilot, "0 of 6", "nothing here matches the filter; escape shows all")
        await pilot.press("enter")
        await until(pilot, lambda: app.focused is app.browse.objects.table)
        await pilot.press("escape")
        await until_shown(pilot, "5 objects", "a.csv")
        assert not has(app, "nothing here matches")


async def test_marks_have_a_running_total_and_survive_sort_filter_refresh_and_coming_back(
    store: MemoryStore, opener: Opener, sizes: dict[str, int]
) -> None:
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until_shown(pilot, "5 objects")
        await pilot.press("space")
        assert "Folders cannot be marked" in toasts(app)
        await pilot.press("space", "j", "v")
        await until_shown(pilot, "3 marked, 325 B", "▌  a.csv", "▌  c.pq")
        await pilot.press("s", "slash", *"pq", "enter")
        await until_shown(pilot, "2 of 6 · 3 marked, 325 B")
        await pilot.press("asterisk")
        await until_shown(pilot, "3 marked, 4.3 kB")
        await pilot.press("escape", "R")
        await until_shown(pilot, "5 objects · 3 marked, 4.3 kB")
        await until(pilot, lambda: not app.browse.objects.is_reading)
        await pilot.press("g", "enter")
        await until(pilot, lambda: pointed(app) == "inside.csv")
        assert not has(app, "3 marked")
        await pilot.press("h")
        await until_shown(pilot, "3 marked, 4.3 kB")
        await pilot.press("ctrl+a")
        await until_shown(pilot, "5 marked, 4.3 kB")
        await pilot.press("escape")
        await until_shown(pilot, "5 objects")
        assert not has(app, "5 marked")
        assert "escape again goes up" in toasts(app)


async def test_what_is_marked_is_deleted_by_one_plan_and_undone_and_brought_back_by_one(
    store: MemoryStore, opener: Opener, sizes: dict[str, int]
) -> None:
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until_shown(pilot, "5 objects")
        await pilot.press("j", "space", "space", "x")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        assert has(app, "Delete 2 objects", "a.csv, b.csv: 305 B together", "A delete marker is put on top of each")
        await pilot.press("y")
        await until_shown(pilot, "3 objects")
        assert [name for name in sizes if name in store.keys(ROOT)] == ["c.pq", "d.csv", "e.pq"]
        await until(pilot, lambda: "Deleted 2 objects" in toasts(app))
        await pilot.press("u")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        assert has(app, "Bring back 2 objects")
        await pilot.press("enter")
        await until_shown(pilot, "5 objects")
        assert store.read(key("b.csv")) == b"x" * 300
        await until(pilot, lambda: any(record.undoes for record in app.records.all or ()), "it is remembered")
        app.post_message(messages.UndoWanted((app.records.all or ())[0]))
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        await pilot.press("y")
        await until_shown(pilot, "3 objects")
        await pilot.press("full_stop")
        await until_shown(pilot, "3 objects, 2 deleted")
        await pilot.press("ctrl+a", "r")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        assert has(app, "Bring back 2 objects", "3 objects not deleted stay as they are")
        await pilot.press("enter")
        await until_shown(pilot, "5 objects ")
        assert store.read(key("a.csv")) == b"x" * 5


async def test_what_is_marked_is_downloaded_into_a_folder_and_over_no_file_unasked(
    store: MemoryStore, opener: Opener, sizes: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "b.csv").write_bytes(b"mine")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until_shown(pilot, "5 objects")
        await pilot.press("ctrl+a", "D")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        assert has(app, "1 name is taken there already: b.csv", "What is overwritten is lost on this machine.")
        await pilot.press("escape", "D")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press(*"out", "enter")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        assert has(app, "Download 5 objects", "5 objects, 4.3 kB, go from 5 places to")
        await pilot.press("enter")
        await until(pilot, lambda: "Downloaded 5 objects" in toasts(app))
        assert {path.name: path.stat().st_size for path in (tmp_path / "out").iterdir()} == sizes
        assert (tmp_path / "b.csv").read_bytes() == b"mine"


async def test_marks_in_a_read_only_context_may_be_downloaded_and_not_deleted(
    store: MemoryStore, opener: Opener, sizes: dict[str, int]
) -> None:
    app = BrowseApp(opener, Context(read_only=True))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until_shown(pilot, "5 objects")
        await pilot.press("ctrl+a", "x")
        await until(pilot, lambda: "read-only" in toasts(app))
        assert app.screen is app.browse
        await pilot.press("D")
        await until(pilot, lambda: isinstance(app.screen, AskText))


async def test_the_end_loads_everything_and_escape_stops_it(
    store: MemoryStore, opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pane, "AUTO_ROWS", 100)
    store.page_size = 100
    for row in range(1500):
        store.write(key(f"{row:05}.csv"), b"")
    pages: list[str] = []

    def stall(verb: str, _address: str) -> None:
        if verb == "list_page" and app.browse.objects.is_loading_all:
            pages.append(verb)
            if len(pages) == 6:
                app.call_from_thread(app.browse.action_take_back)

    store.before = stall
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until_shown(pilot, "+ loaded")
        await pilot.press("G")
        await until(pilot, lambda: "Loading stopped" in toasts(app))
        objects = app.browse.objects
        assert not objects.table.level.is_complete
        await pilot.press("G")
        await until_shown(pilot, "1,500 objects")
        assert pointed(app) == "01499.csv"
        assert len(set(objects.table.level.keys)) == 1500
        await pilot.press("R")
        await until(pilot, lambda: not objects.is_reading)
        assert pointed(app) == "01499.csv"
        await pilot.press("escape")
        assert app.browse.buckets.has_focus_within


async def test_deleted_objects_that_were_not_loaded_are_not_said_to_be_shown(
    store: MemoryStore, opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pane, "AUTO_ROWS", 100)
    store.page_size = 100
    for row in range(500):
        store.write(key(f"{row:05}.csv"), b"")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until_shown(pilot, "+ loaded")
        await pilot.press("G")
        await until_shown(pilot, "500 objects")
        gate = store.before = Gate("list_page")
        try:
            await pilot.press("full_stop")
            await until_shown(pilot, "escape stops", "deleted shown")
            await until(pilot, gate.arrived.is_set)
            await pilot.press("escape")
            await until(pilot, lambda: "Loading stopped" in toasts(app))
            await until(pilot, lambda: has(app, "500 objects") and not has(app, "deleted shown"))
        finally:
            gate.opened.set()
        await pilot.press("full_stop")
        await until_shown(pilot, "500 objects", "deleted shown")


async def test_a_filter_does_not_load_what_was_not_asked_for(
    store: MemoryStore, opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pane, "AUTO_ROWS", 300)
    monkeypatch.setattr(object_table, "PLAIN_ROWS", 50)
    store.page_size = 100
    for row in range(1500):
        store.write(key(f"{row:05}.csv"), b"")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until_shown(pilot, "300+ loaded")
        await pilot.press("slash", *"99", "enter")
        await until_shown(pilot, "3 of 300+")
        await pilot.press("G")
        await until_shown(pilot, "24 of 1,500")
        assert names(app)[-1] == "01499.csv"
        await pilot.press("s", "s", "s", "s")
        await until(pilot, lambda: names(app)[0] == "01499.csv")


async def test_the_tree_shows_every_folder_of_a_level_of_five_thousand(store: MemoryStore, opener: Opener) -> None:
    for row in range(5000):
        store.write(key(f"{row:05}/a.csv"), b"")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until_shown(pilot, "5,000 folders")
        tree = app.browse.buckets.tree_rows
        await until(pilot, lambda: tree.row_count == 5001)
        await pilot.press("shift+tab", "G")
        await until_shown(pilot, "▸ 04999")
        await pilot.press("enter")
        await until(pilot, lambda: pointed(app) == "a.csv")
        assert app.browse.place == Place(BUCKET, "04999/")
        assert len(tree.nodes.roots[0]._made) < 200
        app.show_place(Place(BUCKET, "02500/"))
        await until(pilot, lambda: app.browse.buckets.pointed == Place(BUCKET, "02500/"))
        assert "02500" in screen_text(app)


class Folders(MemoryStore):
    """A bucket with fifty thousand folders, listed without making them; an object in each."""

    NAMES: ClassVar = [f"{row:05}/" for row in range(50_000)]

    def list_page(
        self, place: Place, *, token: str | None = None, is_recursive: bool = False, with_deleted: bool = False
    ) -> ListingPage:
        if place.prefix:
            return ListingPage(place, (), [f"{place.prefix}a"], [1], [1.0], [""], ["STANDARD"])
        start = int(token or 0)
        end = start + 1000
        return ListingPage(place, self.NAMES[start:end], next=str(end) if end < len(self.NAMES) else None)


async def test_the_tree_shows_every_folder_of_a_level_of_fifty_thousand(tmp_path: Path) -> None:
    store = Folders(BUCKET)
    app = BrowseApp(lambda context: services_over(store, tmp_path, context))
    async with app.run_test(size=(120, 36)) as pilot:
        await until_shown(pilot, "20,000+ loaded")
        tree = app.browse.buckets.tree_rows
        await until(pilot, lambda: tree.row_count >= 20_001)
        await pilot.press("shift+tab", "G")
        await until_shown(pilot, "… more in the table")
        await pilot.press("tab", "G")
        await until_shown(pilot, "50,000 folders")
        assert pointed(app) == "49999/"
        await until(pilot, lambda: tree.row_count == 50_001)
        await pilot.press("shift+tab", "G")
        await until_shown(pilot, "▸ 49999")
        await pilot.press("enter")
        await until(pilot, lambda: pointed(app) == "a" and app.browse.place == Place(BUCKET, "49999/"))
        assert len(tree.nodes.roots[0]._made) < 200
        await pilot.press("tab", "h")
        await until(pilot, lambda: pointed(app) == "49999/")


async def test_a_large_level_that_was_read_again_leaves_nothing_behind(
    store: MemoryStore, opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("s3ml_tui.ui.object_table.table.PLAIN_ROWS", 10)
    monkeypatch.setattr("s3ml_tui.ui.object_table.loader.LARGE_ROWS", 100)
    for row in range(500):
        store.write(key(f"{row:03}.csv"), b"")
    app = BrowseApp(opener)
    try:
        async with app.run_test(size=(120, 36)) as pilot:
            await until_shown(pilot, "500 objects")
            table = app.browse.objects.table
            await pilot.press("s")
            await until(pilot, lambda: not table.is_arranging)
            seen = []
            for _ in range(3):
                old = weakref.ref(table.level)
                seen.append(old)
                await pilot.press("R")
                await until(pilot, lambda old=old: table.level is not old() and table.level.is_complete)  # type: ignore[misc]  # bound by its default
                await until(pilot, lambda: not table.is_arranging and not app.browse.objects.is_reading)
            assert [old() for old in seen] == [None] * 3
    finally:
        gc.unfreeze()
