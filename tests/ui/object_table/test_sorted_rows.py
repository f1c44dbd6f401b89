"""Sort, filter and marks of the object table over its columns, judged against the plain way to do the same."""

import fnmatch
import random
import re
import signal
from collections.abc import Callable, Sequence

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from s3ml_tui.domain.storage.listing import DeletedColumns, ListingPage
from s3ml_tui.domain.uri import Place
from s3ml_tui.ui import stylesheets
from s3ml_tui.ui.object_table import first_hits, sorted_rows
from s3ml_tui.ui.object_table.filter import filter_of
from s3ml_tui.ui.object_table.level import Level
from s3ml_tui.ui.object_table.marks import Marks
from s3ml_tui.ui.object_table.regex_timeout import TooSlow, within
from s3ml_tui.ui.object_table.sort import By, Sort, Stopped, breath
from s3ml_tui.ui.object_table.table import ObjectTable
from s3ml_tui.ui.object_table.view import Arrangement, View, arranged, rearranged
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


@pytest.mark.parametrize("count", [0, 1, 100, 30_000])
@pytest.mark.parametrize("by", list(By))
@pytest.mark.parametrize("is_descending", [False, True])
def test_a_sorted_view_is_what_sorting_the_entries_gives(count: int, by: By, *, is_descending: bool) -> None:
    level = level_of(count, folders=3)
    value: dict[By, Callable[[int], object]] = {
        By.NAME: lambda at: level.keys[at],
        By.SIZE: lambda at: level.sizes[at],
        By.TIME: lambda at: level.modified[at],
        By.CLASS: lambda at: level.object(at).storage_class,
    }
    view = arranged(level, Arrangement(Sort(by, is_descending)))
    assert list(view.objects) == sorted(range(count), key=value[by], reverse=is_descending)  # type: ignore[arg-type]  # comparable
    is_backwards = by is By.NAME and is_descending
    assert shown(view)[:3] == [level.folder(at).name for at in ((2, 1, 0) if is_backwards else (0, 1, 2))]


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
def test_a_filter_lets_through_what_looking_at_each_name_does(text: str) -> None:
    level = level_of(20_000, folders=5)
    names = shown(arranged(level, Arrangement()))
    assert shown(arranged(level, Arrangement(filter=filter_of(text)))) == [name for name in names if PLAIN[text](name)]


def test_a_key_with_a_newline_is_found_like_any_other() -> None:
    level = Level(PLACE)
    keys = [f"raw/{row:05}" for row in range(500)]
    keys[7] = "raw/00007\n\nodd.csv"
    level.append(ListingPage(PLACE, keys=keys, sizes=[0] * 500, modified=[0.0] * 500, storage_classes=[""] * 500))
    for text in ("odd", "\n", "7\n", "00499", "*.csv", "*99"):
        expected = [key[4:] for key in keys if (key.endswith(text[1:]) if text[0] == "*" else text in key)]
        assert shown(arranged(level, Arrangement(filter=filter_of(text)))) == expected


@pytest.mark.parametrize(
    ("text", "name", "hit"),
    [
        ("AR", "part-bar", ["ar", "ar"]),
        ("*.csv", "a.csv", [".csv"]),
        ("p*9?.csv", "part-99x.CSV", ["p", "9", ".CSV"]),
        ("*a*c*c?v*", "banana.csv.csv", ["a", "c", "c", "v"]),
        ("/[0-9]+/", "a12b3", ["12", "3"]),
        ("/x*", "aaa", []),
        ("[/]", "a[/]b", ["[/]"]),
    ],
)
def test_hits_are_marked_where_they_are(text: str, name: str, hit: list[str]) -> None:
    assert [name[start:end] for start, end in filter_of(text).spans(name)] == hit


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


def test_a_wrong_regular_expression_says_so_and_hides_nothing() -> None:
    wrong = filter_of("/[")
    assert "unterminated" in wrong.wrong
    assert not wrong.is_on


CATASTROPHES = ["/(a+)+$", "/(a|a)*$", "/(.*)*=", "/(a*)*(a*)*(a*)*b", r"/(a+)\1*\1*c", "/(?=(a+)+$)b?"]
"""Expressions that would take hours, some far longer, on `TRAP`."""
TRAP = "a" * 400 + "!"


@pytest.mark.parametrize("text", CATASTROPHES)
def test_an_expression_that_would_go_on_for_hours_is_broken_off(text: str) -> None:
    level = level_of(10, keys=[TRAP])
    with pytest.raises(TooSlow):
        arranged(level, Arrangement(filter=filter_of(text)))
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGVTALRM) is signal.SIG_DFL
    assert not filter_of(text).given_up.is_on


def test_rows_that_come_later_and_take_too_long_leave_the_view_as_it_was() -> None:
    level = level_of(10)
    view = arranged(level, Arrangement(filter=filter_of(CATASTROPHES[0])))
    level.append(page_of([TRAP]))
    with pytest.raises(TooSlow):
        view.grow()
    assert (view.objects_seen, len(view)) == (10, 0)


def test_hits_that_take_too_long_to_mark_are_not_marked_any_more() -> None:
    wanted = filter_of("/x|(a+)+b/")
    assert wanted.spans("x-aab") == ((0, 1), (2, 5))
    assert wanted.spans("x" + TRAP) == ()
    assert wanted.spans("x-aab") == ()


@pytest.mark.parametrize("text", ["*a" * 40 + "*b", "*" + "a?" * 40 + "*!*b"])
def test_no_glob_takes_long(text: str) -> None:
    level = level_of(10, keys=["a" * 1000])
    assert within(1, lambda: shown(arranged(level, Arrangement(filter=filter_of(text))))) == []


def test_typing_on_looks_only_at_what_is_left_and_gives_the_same() -> None:
    level = level_of(20_000)
    arrangement = Arrangement(Sort(By.SIZE, is_descending=True), filter_of("part"))
    narrowed = rearranged(arranged(level, Arrangement(arrangement.sort, filter_of("p"))), arrangement)
    assert list(narrowed.objects) == list(arranged(level, arrangement).objects)
    assert filter_of("part").narrows(filter_of("p"))
    assert not filter_of("p*t").narrows(filter_of("p"))


@pytest.mark.parametrize("sort", [Sort(), Sort(By.NAME, is_descending=True), Sort(By.SIZE)])
@pytest.mark.parametrize("text", ["", "part"])
def test_rows_that_come_later_are_filtered_and_stand_where_they_belong_once_sorted_again(sort: Sort, text: str) -> None:
    whole = level_of(4000, folders=2, pages=4)
    arrangement = Arrangement(sort, filter_of(text))
    level = level_of(1000, folders=2)
    level = Level(PLACE)
    view = arranged(level, arrangement)
    for page in range(4):
        rows = range(page * 1000, (page + 1) * 1000)
        level.extend(
            ListingPage(
                PLACE,
                prefixes=whole.folders[page * 2 : page * 2 + 2],
                keys=whole.keys[rows.start : rows.stop],
                sizes=whole.sizes[rows.start : rows.stop],
                modified=whole.modified[rows.start : rows.stop],
                storage_classes=["x"] * 1000,
            )
        )
        view.grow()
    expected = arranged(whole, arrangement)
    assert sorted(shown(view)) == sorted(shown(expected))
    if sort.by is By.NAME:
        assert shown(view) == shown(expected)
        assert view.is_sorted
    else:
        assert not view.is_sorted
    for row in range(0, len(view), 97):
        assert view.row_of(level.find(view.entry(row).text)) == row


def test_an_answer_nobody_waits_for_stops_in_the_middle() -> None:
    with pytest.raises(Stopped):
        arranged(level_of(30_000), Arrangement(Sort(By.SIZE)), breath(lambda: False))


def test_keys_that_a_server_lists_out_of_order_are_found() -> None:
    level = Level(PLACE)
    keys = ["raw/b", "raw/a", "raw/c"]
    level.append(ListingPage(PLACE, keys=keys, sizes=[0] * 3, modified=[0.0] * 3, storage_classes=[""] * 3))
    assert not level.is_in_order
    assert [level.row_of(key) for key in keys] == [0, 1, 2]


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
    monkeypatch.setattr(sorted_rows, "THREAD_ROWS", threshold)
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
        table.rearrange(Arrangement(table.arrangement.sort, filter_of(entry.name[:7])))
        await settled(pilot, table)
        assert [table.entry, table.row_count] == [entry, 1]
        table.rearrange(Arrangement())
        await settled(pilot, table)
        assert table.entry == entry
        assert table.cursor == 1000


async def test_the_first_hits_of_a_big_table_are_seen_before_all_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorted_rows, "THREAD_ROWS", 10)
    monkeypatch.setattr(first_hits, "GLIMPSE_ROWS", 30)
    app = TableApp()
    async with app.run_test(size=(100, 12)) as pilot:
        table = app.table
        table.show(level_of(30_000), 0)
        table.rearrange(Arrangement(filter=filter_of("part")))
        assert table.is_arranging
        assert table.view.is_partial
        first = shown(table.view)
        assert len(first) == 30
        await settled(pilot, table)
        assert shown(table.view)[:30] == first
        assert table.row_count == sum("part" in key[4:].lower() for key in table.level.keys)
        assert not table.view.is_partial


@pytest.mark.parametrize("text", ["needle", "*needle.csv", "/ne+dle/", "/^ne+dle.*v$/"])
async def test_the_first_hits_are_seen_before_all_are_found_also_where_they_are_far_away(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sorted_rows, "THREAD_ROWS", 10)
    monkeypatch.setattr(first_hits, "GLIMPSE_S", 0)
    monkeypatch.setattr(first_hits, "PAUSE_S", 0)
    seen: list[tuple[list[str], bool]] = []

    class Watched(ObjectTable):
        def rows_changed(self, cursor: int | None = None) -> None:
            super().rows_changed(cursor)
            if self.view.arrangement.filter.is_on:
                seen.append((shown(self.view), self.view.is_partial))

    class WatchedApp(App[None]):
        CSS_PATH = stylesheets.style_files()

        def compose(self) -> ComposeResult:
            yield Watched(clock)

    app = WatchedApp()
    async with app.run_test(size=(100, 12)) as pilot:
        table = app.query_one(Watched)
        hits = ["needle.csv"]
        table.show(level_of(30_000, keys=[*hits, *(f"z{number:05}" for number in range(20_000))]), 0)
        table.rearrange(Arrangement(filter=filter_of(text)))
        await settled(pilot, table)
        assert seen[0] == (hits, True)
        assert seen[-1] == (hits, False)


@pytest.mark.parametrize("threshold", [50_000, 10])
async def test_a_regular_expression_that_takes_too_long_hides_nothing_and_keys_go_on(
    threshold: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sorted_rows, "THREAD_ROWS", threshold)
    app = TableApp()
    async with app.run_test(size=(100, 12)) as pilot:
        table = app.table
        table.show(level_of(20_000, keys=[TRAP]), 0)
        table.focus()
        for sort in (Sort(), Sort(By.SIZE)):
            table.rearrange(Arrangement(sort, filter_of(CATASTROPHES[0])))
            await settled(pilot, table)
            assert "takes too long" in table.arrangement.filter.wrong
            assert table.row_count == 20_001
            await pilot.press("g", "j")
            assert table.cursor == 1
            table.rearrange(Arrangement(sort, filter_of("/^00.*csv$")))
            await settled(pilot, table)
            assert table.row_count == sum(key.startswith("raw/00") and key.endswith("csv") for key in table.level.keys)
        table.rearrange(Arrangement(filter=filter_of("/(x+)+$")))
        await settled(pilot, table)
        table.level.append(page_of(["x" * 400 + "!"]))
        table.grow()
        await settled(pilot, table)
        assert table.row_count == 20_002


async def test_a_newer_wish_makes_an_older_answer_unwanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorted_rows, "THREAD_ROWS", 10)
    app = TableApp()
    async with app.run_test(size=(100, 12)) as pilot:
        table = app.table
        table.show(level_of(30_000), 0)
        for text in ("p", "pa", "raw", "0001"):
            table.rearrange(Arrangement(Sort(By.TIME), filter_of(text)))
        await settled(pilot, table)
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert table.view.arrangement == Arrangement(Sort(By.TIME), filter_of("0001"))
        assert table.row_count == sum("0001" in key[4:] for key in table.level.keys)


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
        table.rearrange(Arrangement(filter=filter_of(".C")))
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
