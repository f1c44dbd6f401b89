"""Sort, filter and marks of the object table over its columns, judged against the plain way to do the same."""

import fnmatch
import random
import re
from array import array
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from s3ml_tui.domain.storage.listing import DeletedColumns, ListingPage
from s3ml_tui.domain.uri import Place
from s3ml_tui.ui import stylesheets
from s3ml_tui.ui.object_table import table as object_table
from s3ml_tui.ui.object_table.arrow_columns import Arrow
from s3ml_tui.ui.object_table.filter import Filter
from s3ml_tui.ui.object_table.level import Level
from s3ml_tui.ui.object_table.marks import Marks
from s3ml_tui.ui.object_table.table import ObjectTable
from s3ml_tui.ui.object_table.view import Arrangement, By, Means, Plain, Sort, Values, View, arranged
from s3ml_tui.ui.render import fit, parted
from tests.ui.harness import clock, until

PLACE = Place("bucket", "raw/")
CLASSES = ("STANDARD", "GLACIER", "DEEP_ARCHIVE")


def level_of(count: int, *, folders: int = 0, pages: int = 1, seed: int = 1, keys: Sequence[str] = ()) -> Level:
    """Names with letters in both cases, and sizes, times and classes of which many are equal; `keys` besides."""
    chance = random.Random(seed)
    level = Level(PLACE)
    for page in range(pages):
        rows = range(page * count // pages, (page + 1) * count // pages)
        level.append(
            ListingPage(
                PLACE,
                prefixes=[f"raw/{row:03}Dir.csv/" for row in range(page * folders, (page + 1) * folders)],
                keys=[
                    f"raw/{row:06}-{chance.choice(('Part', 'raw', 'x'))}.{'csv' if row % 3 else 'PQ'}" for row in rows
                ],
                sizes=[chance.choice((0, 1000, chance.randrange(10**6))) for _ in rows],
                modified=[chance.choice((1.0, chance.random() * 1e9)) for _ in rows],
                etags=[""] * len(rows),
                storage_classes=[chance.choice(CLASSES) for _ in rows],
                next="t" if page < pages - 1 else None,
            )
        )
    if keys:
        level.append(page_of(list(keys)))
    return level


def page_of(names: list[str]) -> ListingPage:
    """A page of small objects."""
    count = len(names)
    keys = [f"raw/{name}" for name in names]
    return ListingPage(PLACE, keys=keys, sizes=[0] * count, modified=[0.0] * count, storage_classes=[""] * count)


def shown(view: View) -> list[str]:
    return [view.entry(row).name for row in range(len(view))]


both = pytest.mark.parametrize("means", [Plain(), Arrow()], ids=["plain", "arrow"])


@both
@pytest.mark.parametrize("count", [0, 1, 100, 30_000])
@pytest.mark.parametrize("by", list(By))
@pytest.mark.parametrize("is_descending", [False, True])
def test_a_sorted_view_is_what_sorting_the_entries_gives(
    count: int, by: By, means: Means, *, is_descending: bool
) -> None:
    level = level_of(count, folders=3)
    value: dict[By, Callable[[int], object]] = {
        By.NAME: lambda at: level.keys[at],
        By.SIZE: lambda at: level.sizes[at],
        By.TIME: lambda at: level.modified[at],
        By.CLASS: lambda at: level.object(at).storage_class,
    }
    view = arranged(level, Arrangement(Sort(by, is_descending)), means=means)
    assert list(view.objects) == sorted(range(count), key=value[by], reverse=is_descending)  # type: ignore[arg-type]  # comparable
    for row in (*range(min(len(view), 20)), *range(0, len(view), 997)):
        assert view.row_of(view.entry(row).text) == row
    is_backwards = by is By.NAME and is_descending
    assert shown(view)[:3] == [level.folder(at).name for at in ((2, 1, 0) if is_backwards else (0, 1, 2))]


numbers = st.one_of(
    st.lists(st.one_of(st.just(0), st.integers(0, 5 * 2**40))).map(lambda sizes: array("q", sizes)),
    st.lists(st.one_of(st.just(1.0), st.floats(0, 4e9))).map(lambda times: array("d", times)),
    st.binary(),
)


@settings(deadline=None)
@given(numbers, st.data(), st.booleans())
def test_pyarrow_sorts_as_python_does_and_leaves_equal_ones_as_they_are(
    values: Values, data: st.DataObject, is_descending: bool
) -> None:
    some = data.draw(st.sets(st.integers(0, len(values) - 1))) if values else ()
    for rows in (range(len(values)), array("I", sorted(some))):
        expected = sorted(rows, key=values.__getitem__, reverse=is_descending)
        assert list(Arrow().ordered(values, rows, is_descending=is_descending)) == expected
        assert list(Plain().ordered(values, rows, is_descending=is_descending)) == expected


def test_going_through_all_sorts_comes_back_to_the_first_and_the_biggest_and_newest_come_first() -> None:
    seen = [Sort()]
    while (following := seen[-1].following) != Sort():
        seen.append(following)
    assert len(set(seen)) == 8
    assert seen[1:4] == [Sort(By.SIZE, is_descending=True), Sort(By.TIME, is_descending=True), Sort(By.CLASS)]
    assert Sort().clicked(By.SIZE) == Sort(By.SIZE, is_descending=True)
    assert Sort().clicked(By.NAME) == Sort(By.NAME, is_descending=True)


PLAIN: dict[str, Callable[[str], bool]] = {
    "part": lambda name: "part" in name.lower(),
    "PART.C": lambda name: "part.c" in name.lower(),
    "raw": lambda name: "raw" in name.lower(),
    "w/0": lambda name: "w/0" in name,
    "00-": lambda name: "00-" in name,
    "000777": lambda name: "000777" in name,
    "*.csv": lambda name: name.rstrip("/").lower().endswith(".csv"),
    "*.pq": lambda name: name.lower().endswith(".pq"),
    "0001*": lambda name: name.startswith("0001"),
    "*raw*": lambda name: "raw" in name.lower(),
    "00?3*.CSV": lambda name: fnmatch.fnmatchcase(name.rstrip("/").lower(), "00?3*.csv"),
    "/^0+1/": lambda name: re.search("^0+1", name) is not None,
    "/P(art|Q)$": lambda name: re.search("P(art|Q)$", name) is not None,
}


@pytest.mark.parametrize("text", list(PLAIN))
@pytest.mark.parametrize("sort", [Sort(), Sort(By.NAME, is_descending=True), Sort(By.TIME)])
def test_a_filter_lets_through_what_looking_at_each_name_does(text: str, sort: Sort) -> None:
    level = level_of(20_000, folders=5)
    arrangement = Arrangement(sort, Filter(text))
    names = shown(arranged(level, Arrangement(sort)))
    expected = [name for name in names if PLAIN[text](name)]
    ways: list[Means] = [Arrow()] if arrangement.filter.is_regex else [Arrow(), Plain()]
    for means in ways:
        view = arranged(level, arrangement, means=means)
        assert shown(view) == expected
        hidden = set(level.keys) - {f"raw/{name}" for name in expected}
        assert {view.row_of(key) for key in list(hidden)[:50]} <= {None}


def test_a_key_with_a_newline_is_found_like_any_other() -> None:
    level = Level(PLACE)
    keys = [f"raw/{row:05}" for row in range(500)]
    keys[7] = "raw/00007\n\nodd.csv"
    level.append(ListingPage(PLACE, keys=keys, sizes=[0] * 500, modified=[0.0] * 500, storage_classes=[""] * 500))
    for text in ("odd", "\n", "7\n", "00499", "*.csv", "*99"):
        expected = [key[4:] for key in keys if (key.endswith(text[1:]) if text[0] == "*" else text in key)]
        assert shown(arranged(level, Arrangement(filter=Filter(text)))) == expected


def test_hits_are_found_in_what_is_shown_of_a_name_with_control_characters_and_an_ellipsis() -> None:
    name = "a\x1bcd\x1bef"
    assert parted(name, fit(name, 16), [(2, 4), (5, 6)]) == [
        ("a\\x1b", False),
        ("cd", True),
        ("\\x1b", False),
        ("e", True),
        ("f" + " " * 3, False),
    ]
    assert parted("abcdef", "abc…", [(2, 5)]) == [("ab", False), ("c…", True)]
    assert parted("abcdef", "abc…", [(4, 5)]) == [("abc…", False)]


def test_a_view_of_the_rows_that_were_there_when_it_was_asked_for_knows_that_more_came() -> None:
    level = level_of(1000, folders=2)
    counts = level.counts
    whole = arranged(level, Arrangement(Sort(By.SIZE)))
    level.extend(page_of(["zzz"]))
    assert not whole.is_whole
    assert shown(arranged(level, whole.arrangement, counts)) == shown(whole)
    assert arranged(level, whole.arrangement).is_whole


def test_keys_that_a_server_lists_out_of_order_are_found() -> None:
    level = Level(PLACE)
    keys = ["raw/b", "raw/a", "raw/c"]
    level.append(ListingPage(PLACE, keys=keys, sizes=[0] * 3, modified=[0.0] * 3, storage_classes=[""] * 3))
    assert not level.is_in_order
    assert [arranged(level, Arrangement()).row_of(key) for key in keys] == [0, 1, 2]


def test_columns_cost_little_more_than_the_keys_themselves() -> None:
    level = level_of(10_000)
    columns = (level.sizes, level.modified, level.classes, level.is_deleted)
    held = sum(column.itemsize * len(column) if hasattr(column, "itemsize") else len(column) for column in columns)
    assert held <= 20 * 10_000


# marks ----------------------------------------------------------------------------------------------------------------


def test_marks_are_counted_inverted_and_carried_to_the_level_read_again() -> None:
    level = level_of(1000)
    marks = Marks(level)
    marks.toggle(3)
    marks.mark(range(5, 8))
    assert (marks.count, marks.size) == (4, sum(level.sizes[at] for at in (3, 5, 6, 7)))
    again = Level(PLACE)
    carried = Marks(again, marks.texts())
    waited = [carried.is_waiting]
    again.append(ListingPage(PLACE, keys=level.keys[4:], sizes=level.sizes[4:], modified=level.modified[4:],
                             storage_classes=[""] * 996))  # fmt: skip
    carried.grow()
    assert [again.keys[at] for at in carried.places()] == level.keys[5:8]
    assert [*waited, carried.is_waiting] == [True, False]
    assert carried.texts() == frozenset(level.keys[5:8])
    marks.invert(range(1000))
    assert marks.count == 996
    marks.clear()
    assert (marks.count, marks.size, marks.places()) == (0, 0, [])


# the widget -----------------------------------------------------------------------------------------------------------


class TableApp(App[None]):
    CSS_PATH = stylesheets.style_files()

    def compose(self) -> ComposeResult:
        yield ObjectTable(clock)

    @property
    def table(self) -> ObjectTable:
        return self.query_one(ObjectTable)

    def lines(self) -> list[str]:
        return [self.table.render_line(y).text.rstrip() for y in range(self.table.size.height)]


async def settled(pilot: Pilot[None], table: ObjectTable) -> None:
    await until(pilot, lambda: not table.is_arranging, "arranged")


@pytest.mark.parametrize("threshold", [50_000, 10])
async def test_the_cursor_stays_on_its_object_through_sort_and_filter(
    threshold: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_table, "PLAIN_ROWS", threshold)
    app = TableApp()
    async with app.run_test(size=(100, 12)) as pilot:
        table = app.table
        table.show(level_of(2000, folders=2), 1000)
        entry = table.entry
        assert entry is not None
        table.rearrange(Arrangement(Sort(By.SIZE, is_descending=True)))
        await settled(pilot, table)
        assert table.entry == entry
        assert any(entry.name in line for line in app.lines())
        assert "size ▼" in app.lines()[0]
        table.rearrange(Arrangement(table.arrangement.sort, Filter(entry.name[:7])))
        await settled(pilot, table)
        assert [table.entry, table.row_count] == [entry, 1]
        table.rearrange(Arrangement())
        await settled(pilot, table)
        assert table.entry == entry
        assert table.cursor == 1000


async def test_a_regular_expression_is_searched_for_in_a_thread_and_a_wrong_one_changes_nothing() -> None:
    app = TableApp()
    async with app.run_test(size=(100, 12)) as pilot:
        table = app.table
        table.show(level_of(100, keys=["a" * 400 + "!"]), 0)
        table.focus()
        for sort in (Sort(), Sort(By.SIZE)):
            table.rearrange(Arrangement(sort, Filter("/^0{4}1.*csv$/")))
            assert table.is_arranging
            await settled(pilot, table)
            assert table.row_count == 7
            for wrong in ("/^0(", "/(?=a)"):
                table.rearrange(Arrangement(sort, Filter(wrong)))
                await settled(pilot, table)
                assert table.refused[0] == wrong
                assert table.arrangement == Arrangement(sort, Filter("/^0{4}1.*csv$/"))
                assert table.row_count == 7
            table.rearrange(Arrangement(sort, Filter("/(a+)+$/")))
            await settled(pilot, table)
            assert table.row_count == 0
            table.rearrange(Arrangement(sort, Filter("/(a+)+!/")))
            await settled(pilot, table)
            assert "a" * 20 in app.lines()[1]


async def test_a_wrong_expression_for_another_level_shows_that_level_as_the_last_one_was_shown() -> None:
    app = TableApp()
    async with app.run_test(size=(100, 12)) as pilot:
        table = app.table
        table.show(level_of(100), 0)
        table.rearrange(Arrangement(filter=Filter("0001")))
        table.arrangement = Arrangement(filter=Filter("/["))
        other = level_of(200)
        table.replace(other, Marks(other), ())
        await settled(pilot, table)
        assert table.level is other
        assert table.row_count == sum("0001" in key[4:] for key in other.keys)
        assert table.view.arrangement == table.arrangement == Arrangement(filter=Filter("0001"))


@pytest.mark.parametrize("threshold", [50_000, 10])
@pytest.mark.parametrize("sort", [Sort(), Sort(By.NAME, is_descending=True), Sort(By.SIZE)])
@pytest.mark.parametrize("text", ["", "part", "/p.rt/"])
async def test_rows_that_come_later_are_shown_where_they_belong_and_the_cursor_stays_on_its_object(
    threshold: int, sort: Sort, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_table, "PLAIN_ROWS", threshold)
    whole = level_of(4000, folders=2, pages=4)
    arrangement = Arrangement(sort, Filter(text))
    level = Level(PLACE)
    app = TableApp()
    async with app.run_test(size=(100, 12)) as pilot:
        table = app.table
        table.show(level, 0)
        table.rearrange(arrangement)
        pointed = None
        for page in range(4):
            rows = slice(page * 1000, (page + 1) * 1000)
            moved = level.extend(
                ListingPage(
                    PLACE,
                    prefixes=whole.folders[page * 2 : page * 2 + 2],
                    keys=whole.keys[rows],
                    sizes=whole.sizes[rows],
                    modified=whole.modified[rows],
                    storage_classes=["x"] * 1000,
                )
            )
            table.grow(moved)
            await until(pilot, lambda: table.view.is_whole and not table.is_arranging, "all that came is shown")
            if pointed is None:
                table.cursor = 20
            assert pointed in {None, table.entry}
            pointed = table.entry
        assert shown(table.view) == shown(arranged(whole, arrangement, means=Arrow()))
        for row in range(0, table.row_count, 97):
            assert table.row_of(table.view.entry(row).text) == row
        table.action_bottom()
        table.grow(level.extend(page_of(["~part"])))
        await until(pilot, lambda: table.view.is_whole and not table.is_arranging, "all that came is shown")
        assert table.cursor == table.row_count - 1


async def test_a_newer_wish_makes_an_older_answer_unwanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(object_table, "PLAIN_ROWS", 10)
    app = TableApp()
    async with app.run_test(size=(100, 12)) as pilot:
        table = app.table
        table.show(level_of(30_000), 0)
        for text in ("p", "pa", "raw", "0001"):
            table.rearrange(Arrangement(Sort(By.TIME), Filter(text)))
        await settled(pilot, table)
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert table.view.arrangement == Arrangement(Sort(By.TIME), Filter("0001"))
        assert table.row_count == sum("0001" in key[4:] for key in table.level.keys)


async def test_a_level_shown_before_a_thread_has_begun_leaves_the_next_wish_to_be_met() -> None:
    app = TableApp()
    async with app.run_test(size=(100, 12)) as pilot:
        table = app.table
        table.show(level_of(100), 0)
        table.rearrange(Arrangement(filter=Filter("/7-/")))
        table.show(level_of(200), 0)
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert (table.row_count, table.arrangement) == (200, Arrangement())
        table.rearrange(Arrangement(filter=Filter("/7-/")))
        await settled(pilot, table)
        assert table.row_count == 20


async def test_what_is_marked_and_what_was_hit_look_different() -> None:
    app = TableApp()
    async with app.run_test(size=(100, 12)) as pilot:
        table = app.table
        level = Level(PLACE)
        level.append(
            ListingPage(
                PLACE,
                keys=["raw/a.csv", "raw/b.csv"],
                sizes=[1, 2],
                modified=[0.0, 0.0],
                storage_classes=["", ""],
                deleted=DeletedColumns(["raw/gone.csv"], [0.0], ["v"]),
            )
        )
        table.show(level, 0)
        table.focus()
        assert table.mark()
        table.rearrange(Arrangement(filter=Filter(".C")))
        await pilot.pause()
        lines = app.lines()
        assert [line[:1] for line in lines[1:4]] == ["▌", " ", " "]
        hits = [s.text for s in table.render_line(3) if s.style is not None and s.style.underline]
        assert hits == [".c"]
        assert table.cursor == 1


async def test_a_click_on_a_header_asks_to_sort_by_that_column() -> None:
    asked: list[By] = []

    class Clicked(TableApp):
        def on_object_table_sort_wanted(self, message: ObjectTable.SortWanted) -> None:
            asked.append(message.by)

    app = Clicked()
    async with app.run_test(size=(100, 12)) as pilot:
        app.table.show(level_of(5), 2)
        await pilot.pause()
        header = app.lines()[0]
        for title in ("name", "size", "modified", "class"):
            await pilot.click(ObjectTable, offset=(header.index(title), 0))
        assert asked == list(By)
        assert app.table.cursor == 2
