"""The object table's columns: merged, counted, found, and painted without a raw character of theirs."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pyarrow.compute as pc
import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.worker import WorkerFailed

from s3ml_tui.domain.storage.listing import DeletedColumns, ListingPage
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.ui import stylesheets
from s3ml_tui.ui.object_table.arrow_columns import Arrow
from s3ml_tui.ui.object_table.filter import Filter
from s3ml_tui.ui.object_table.level import Level
from s3ml_tui.ui.object_table.marks import Marks
from s3ml_tui.ui.object_table.table import ObjectTable
from s3ml_tui.ui.object_table.view import Arrangement, View, arranged

PLACE = Place("bucket", "raw/")
NOW = datetime(2026, 11, 23, 14, 2, tzinfo=UTC)
EARLIER = NOW.timestamp() - 120


def page(
    *keys: str, prefixes: tuple[str, ...] = (), deleted: tuple[str, ...] = (), more: str | None = None
) -> ListingPage:
    return ListingPage(
        PLACE,
        prefixes=[f"raw/{name}" for name in prefixes],
        keys=[f"raw/{name}" for name in keys],
        sizes=[1000] * len(keys),
        modified=[EARLIER] * len(keys),
        etags=["e"] * len(keys),
        storage_classes=["STANDARD"] * len(keys),
        deleted=DeletedColumns([f"raw/{name}" for name in deleted], [EARLIER] * len(deleted), ["v"] * len(deleted)),
        next=more,
    )


def names(level: Level) -> list[str]:
    return [view_of(level).entry(row).name for row in range(len(level))]


def view_of(level: Level) -> View:
    return arranged(level, Arrangement())


def test_folders_come_first_whatever_page_they_come_on() -> None:
    level = Level(PLACE)
    assert level.append(page("b", "c", prefixes=("a/",), more="t")) == 1
    assert level.append(page("e", prefixes=("d/", "a/"))) == 1
    assert names(level) == ["a/", "d/", "b", "c", "e"]
    assert view_of(level).entry(1).folder == Place("bucket", "raw/d/")
    assert view_of(level).entry(2).key == ObjectKey("bucket", "raw/b")


def test_deleted_objects_stand_in_key_order_among_the_others() -> None:
    level = Level(PLACE)
    level.append(page("a", "c", deleted=("b", "d")))
    assert [(view_of(level).entry(row).name, view_of(level).entry(row).is_deleted) for row in range(4)] == [
        ("a", False),
        ("b", True),
        ("c", False),
        ("d", True),
    ]
    assert level.count() == "2 objects, 2 deleted"


def test_the_count_is_exact_only_when_all_is_here() -> None:
    level = Level(PLACE)
    level.append(page(*[f"{row:05}" for row in range(1000)], more="t"))
    assert level.count() == "1,000+ loaded"
    level.append(page("x", prefixes=("y/",)))
    assert level.count() == "1 folder, 1,001 objects"


def test_it_knows_whether_a_key_would_be_here_by_now() -> None:
    level = Level(PLACE)
    level.append(page("b", more="t"))
    assert view_of(level).row_of("raw/b") == 0
    assert view_of(level).row_of("raw/a") is None
    assert level.has_passed("raw/a")
    assert not level.has_passed("raw/c")


def test_an_object_named_like_its_folder_has_a_name() -> None:
    level = Level(PLACE)
    level.append(page(""))
    assert view_of(level).entry(0).name == "raw/ itself"


class TableApp(App[None]):
    CSS_PATH = stylesheets.style_files()

    def compose(self) -> ComposeResult:
        yield ObjectTable(lambda: NOW)

    @property
    def table(self) -> ObjectTable:
        return self.query_one(ObjectTable)

    def lines(self) -> list[str]:
        return [self.table.render_line(y).text.rstrip() for y in range(self.table.size.height)]


async def test_a_row_tells_name_size_age_and_class() -> None:
    app = TableApp()
    async with app.run_test(size=(100, 10)) as pilot:
        level = Level(PLACE)
        level.append(page("a.csv", prefixes=("2026/",), deleted=("gone.csv",)))
        app.table.show(level, 0)
        await pilot.pause()
        header, folder, object_, deleted = (line.split() for line in app.lines()[:4])
        assert header == ["name", "▲", "size", "modified", "class"]
        assert folder == ["▸", "2026/"]
        assert object_ == ["a.csv", "1.0", "kB", "2", "min", "ago", "STANDARD"]
        assert deleted == ["✗", "gone.csv", "deleted", "2", "min", "ago"]


async def test_narrow_tables_keep_name_size_and_age() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 10)) as pilot:
        level = Level(PLACE)
        level.append(page("a.csv"))
        app.table.show(level, 0)
        await pilot.pause()
        assert app.lines()[1].split() == ["a.csv", "1.0", "kB", "2", "min", "ago"]


async def test_a_page_with_folders_leaves_the_cursor_on_its_object() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 12)) as pilot:
        level = Level(PLACE)
        level.append(page(*[f"{row:04}" for row in range(500)], more="t"))
        app.table.show(level, 0)
        app.table.focus()
        await pilot.press("G", "k")
        entry = app.table.entry
        assert entry is not None
        assert entry.name == "0498"
        before = app.lines()
        app.table.grow(level.append(page("x", prefixes=("y/", "z/"))))
        await pilot.pause()
        assert app.table.entry == entry
        assert app.lines() == before


async def arranged_in(pilot: Pilot[None], table: ObjectTable) -> None:
    """Until no thread is at work for the table."""
    while table.is_arranging:
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


async def test_typing_on_while_another_level_is_searched_does_not_lose_it() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 12)) as pilot:
        old, new = Level(PLACE), Level(PLACE)
        old.append(page("a1", "b"))
        new.append(page("a1", "a2", "b"))
        app.table.show(old, 0)
        app.table.rearrange(Arrangement(filter=Filter("/a")))
        await arranged_in(pilot, app.table)
        marks = Marks(new)
        app.table.replace(new, marks, ("raw/a2",))
        app.table.rearrange(Arrangement(filter=Filter("/a[0-9]")))
        await arranged_in(pilot, app.table)
        assert app.table.level is new
        assert app.table.marks is marks
        assert app.table.row_count == 2
        assert app.table.entry is not None
        assert app.table.entry.name == "a2"


async def test_a_wrong_expression_is_refused_before_any_row_came() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 12)) as pilot:
        level = Level(PLACE)
        app.table.show(level, 0)
        app.table.rearrange(Arrangement(filter=Filter("/(")))
        await arranged_in(pilot, app.table)
        assert app.table.refused[0] == "/("
        assert not app.table.arrangement.filter.is_on
        level.append(page("a"))
        app.table.grow()
        await arranged_in(pilot, app.table)
        assert app.table.row_count == 1


async def test_a_cursor_moved_while_a_thread_arranges_stays_where_it_was_moved_to() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 12)) as pilot:
        level = Level(PLACE)
        level.append(page("a1", "a2", "a3", "b"))
        app.table.show(level, 0)
        app.table.rearrange(Arrangement(filter=Filter("/a")))
        app.table.action_cursor_down()
        app.table.action_cursor_down()
        await arranged_in(pilot, app.table)
        assert app.table.row_count == 3
        assert app.table.entry is not None
        assert app.table.entry.name == "a3"


async def test_to_paint_hits_again_compiles_no_regular_expression(monkeypatch: pytest.MonkeyPatch) -> None:
    looks, look = [], pc.replace_substring_regex

    def counted(name: Any, *how: Any) -> Any:
        looks.append(name)
        return look(name, *how)

    monkeypatch.setattr(pc, "replace_substring_regex", counted)
    app = TableApp()
    async with app.run_test(size=(80, 12)) as pilot:
        level = Level(PLACE)
        level.append(page("painted1", "painted2", "b"))
        app.table.show(level, 0)
        app.table.rearrange(Arrangement(filter=Filter("/d[0-9]")))
        await arranged_in(pilot, app.table)
        assert app.lines() == app.lines()
        assert len(looks) == 2


async def searched(app: TableApp) -> None:
    """A name was looked for by a regular expression."""
    async with app.run_test(size=(80, 12)) as pilot:
        level = Level(PLACE)
        level.append(page("a"))
        app.table.show(level, 0)
        app.table.rearrange(Arrangement(filter=Filter("/a")))
        with suppress(WorkerFailed):
            await app.workers.wait_for_complete()
        await pilot.pause()


async def test_a_thread_that_cannot_arrange_ends_the_app_with_its_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(Arrow, "passing", fail)
    with pytest.raises(MemoryError, match="no room"):
        await searched(TableApp())
