"""The object table: one level of a bucket, drawn line by line from its columns, sorted, filtered and marked."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from textual import events, on, work
from textual.message import Message

from s3ml_tui.domain.text import age_text, size_text
from s3ml_tui.domain.uri import Place
from s3ml_tui.ui.object_table.filter import Filter, Span
from s3ml_tui.ui.object_table.level import Entry, Level
from s3ml_tui.ui.object_table.marks import Marks
from s3ml_tui.ui.object_table.view import Arrangement, By, View, arranged
from s3ml_tui.ui.widgets.rows import Cell, Column, Rows

REPAINT_S = 20.0
"""Ages are told from the clock at paint; so often they are painted again."""
PLAIN_ROWS = 20_000
"""Fewer are searched and sorted at once; more, and by regular expressions, in a thread."""
REST_FACTOR = 3.0
"""While rows come, the next look at all of them waits this many times as long as the last one took."""
_SORTABLE = (None, By.NAME, By.SIZE, By.TIME, By.CLASS)


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """What was asked for last; an answer to any other is dropped."""

    level: Level
    marks: Marks
    arrangement: Arrangement
    counts: tuple[int, int]
    """So many folders and objects there were; more may come meanwhile."""
    anchors: tuple[str, ...]
    """Whole keys or prefixes; the cursor comes to the first of them that is shown."""
    cursor: int
    """Where it was; if it is elsewhere by the answer, it stays on what it is on."""
    started_s: float

    @property
    def is_for_a_thread(self) -> bool:
        """Whether it takes long enough to be noticed."""
        is_regex = self.arrangement.filter.is_on and self.arrangement.filter.is_regex
        return is_regex or (sum(self.counts) >= PLAIN_ROWS and not self.arrangement.costs_nothing)


class ObjectTable(Rows):
    """Marker, name, size, age, class."""

    COLUMNS = (
        Column("", 1),
        Column("name"),
        Column("size", 9, "right", from_width=36),
        Column("modified", 19, from_width=56),
        Column("class", 12, from_width=86),
    )

    class Moved(Message):
        """Other rows came into view."""

    class EndWanted(Message):
        """The user went to the last row: all there is may be wanted."""

    @dataclass
    class SortWanted(Message):
        """The header of a column was clicked."""

        by: By

    class Arranged(Message):
        """Another level, order or filter is shown, or refused."""

    @dataclass
    class Ready(Message):
        """A thread has arranged what it was asked for."""

        request: Request | None
        view: View | None = None
        """None when that was not wanted any more, or not possible."""
        wrong: str = ""

    def __init__(self, clock: Callable[[], datetime], **options: Any) -> None:
        super().__init__(**options)
        self._clock = clock
        self.arrangement = Arrangement()
        """What the user chose; `view.arrangement` is what is shown until that is ready."""
        self.view = arranged(Level(Place("")), self.arrangement)
        self.marks = Marks(self.view.level)
        self.refused = ("", "")
        """The last filter that was none, and why."""
        self._request: Request | None = None
        self._is_at_work = False
        """Whether a thread is; there is one at most."""
        self._took_s = 0.0
        self._ended_s = 0.0
        self._is_following = False
        """Whether the cursor stays on the last row while more come."""

    def on_mount(self) -> None:
        """Let ages grow."""
        self.set_interval(REPAINT_S, self.refresh)

    @property
    def level(self) -> Level:
        """What is shown."""
        return self.view.level

    @property
    def row_count(self) -> int:
        """One row an entry."""
        return len(self.view)

    @property
    def entry(self) -> Entry | None:
        """What is under the cursor."""
        return self.view.entry(self.cursor) if self.row_count else None

    @property
    def rows_below(self) -> int:
        """How many rows are left below what can be seen, or below the cursor if that is less."""
        seen = max(int(self.scroll_offset.y) + self.size.height, self.cursor)
        return self.row_count - seen

    @property
    def is_arranging(self) -> bool:
        """Whether what the user chose is not shown yet."""
        asked, view = self._request, self.view
        return asked is not None and (asked.level is not view.level or asked.arrangement != view.arrangement)

    def is_coming(self, level: Level) -> bool:
        """Whether a level is being arranged."""
        return self._request is not None and self._request.level is level

    # which rows ----------------------------------------------------------------------------------------------------

    def show(self, level: Level, cursor: int, marks: Marks | None = None) -> None:
        """Show another level at once, one that is known to be small or new; without a filter."""
        self._request, self._is_following = None, False
        self.arrangement = replace(self.arrangement, filter=Filter())
        self._adopt(arranged(level, self.arrangement), marks or Marks(level))
        self.rows_changed(cursor)

    def replace(self, level: Level, marks: Marks, anchors: tuple[str, ...]) -> None:
        """Show another level, as soon as it is arranged."""
        self._arrange(level, marks, anchors)

    def rearrange(self, arrangement: Arrangement) -> None:
        """Show the level in this arrangement; the cursor stays on what it is on."""
        self.arrangement, self._is_following = arrangement, False
        self._arrange_again()
        self.refresh()

    def grow(self, moved: int = 0) -> None:
        """Take in a page that moved the objects down by some rows; the cursor stays on what it is on."""
        self.marks.grow()
        is_at_end = self.cursor == self.row_count - 1
        self._is_following = self._is_following and is_at_end
        if not self.view.arrangement.is_as_listed:
            self._catch_up()
            return
        old, folders, top = self.cursor, len(self.view.folders), int(self.scroll_offset.y)
        self.view = arranged(self.level, self.view.arrangement)
        if self._is_following:
            self.rows_changed(self.row_count - 1)
        elif moved and old >= folders:
            self.rows_changed(old + moved)
            if top:
                self.scroll_to(y=top + moved, animate=False, immediate=True, force=True)
        else:
            self.rows_changed()

    def row_of(self, text: str) -> int | None:
        """The row of a whole key or prefix; None when it is not here, not yet, or hidden by the filter."""
        return self.view.row_of(text)

    def _arrange_again(self) -> None:
        """As it is wanted now: the level that is shown, or the one that is about to take its place."""
        asked, entry = self._request, self.entry
        if asked is not None and asked.level is not self.level:
            self._arrange(asked.level, asked.marks, self._anchors(asked))
        else:
            self._arrange(self.level, self.marks, (entry.text,) if entry is not None else ())

    def _anchors(self, request: Request) -> tuple[str, ...]:
        """What the cursor was moved to meanwhile goes before what was asked for."""
        entry = self.entry
        return request.anchors if entry is None or self.cursor == request.cursor else (entry.text, *request.anchors)

    def _catch_up(self) -> None:
        """Arrange again with what came since, but not over and over while more is to come."""
        if self.view.is_whole or self._request is not None:
            return
        rest_s = self._ended_s + REST_FACTOR * self._took_s - time.monotonic()
        if rest_s > 0:
            self.set_timer(rest_s, self._catch_up)
        else:
            self._arrange_again()

    def _arrange(self, level: Level, marks: Marks, anchors: tuple[str, ...]) -> None:
        started_s = time.monotonic()
        self._request = Request(level, marks, self.arrangement, level.counts, anchors, self.cursor, started_s)
        if not self._request.is_for_a_thread:
            self._take(self._request, arranged(level, self.arrangement))
        elif not self._is_at_work:
            self._is_at_work = True
            self._work()

    def load_arrow(self) -> None:
        """A filter is about to be typed: large levels will be searched by pyarrow, which takes its time to load."""
        if len(self.level) >= PLAIN_ROWS:
            self.run_worker(_load_arrow, thread=True, group="arrange", exit_on_error=False)

    @work(thread=True, group="arrange", exit_on_error=False)
    def _work(self) -> None:
        """Do what was asked for last.

        It finds that here: Textual's workers keep what they are given until the garbage collector comes by, and that
        would be a level of a million keys.
        """
        from s3ml_tui.ui.object_table.arrow_columns import Arrow, NotWanted, WrongExpression

        request = self._request
        ready = self.Ready(request)
        if request is not None:
            try:
                means = Arrow(lambda: self._request is request)
                ready.view = arranged(request.level, request.arrangement, request.counts, means)
            except NotWanted:
                pass
            except WrongExpression as error:
                ready.wrong = str(error)
        self.post_message(ready)

    @on(Ready)
    def _ready(self, message: Ready) -> None:
        self._is_at_work, request, view = False, self._request, message.view
        if request is None:
            return
        if request is not message.request:
            self._is_at_work = True
            self._work()
        elif view is not None:
            self._take(request, view)
        else:
            refused, shown = request.arrangement.filter, self.view.arrangement.filter
            self.refused = refused.text, message.wrong
            self.arrangement = replace(self.arrangement, filter=Filter() if shown == refused else shown)
            self._arrange(request.level, request.marks, self._anchors(request))

    def _take(self, request: Request, view: View) -> None:
        """Show it; the cursor stays on what it is on, and where it is on the screen."""
        self._request, self._ended_s = None, time.monotonic()
        self._took_s = self._ended_s - request.started_s
        anchors = self._anchors(request)
        self._adopt(view, request.marks)
        found = (view.row_of(text) for text in anchors if text)
        row = next((row for row in found if row is not None), 0 if view.arrangement.filter.is_on else self.cursor)
        self.rows_moved(self.row_count - 1 if self._is_following else row)
        self.post_message(self.Arranged())
        self._catch_up()

    def _adopt(self, view: View, marks: Marks) -> None:
        if not view.arrangement.filter.is_on:
            view.level.forget_columns()
        self.view, self.marks = view, marks
        marks.grow()

    # marks -----------------------------------------------------------------------------------------------------------

    def mark(self) -> bool:
        """Mark the object under the cursor, or take its mark away, and go down; False on a folder."""
        at = self.view.object_at(self.cursor) if self.row_count else None
        if at is not None:
            self.marks.toggle(at)
        self.refresh()
        self.cursor += 1
        return at is not None

    def mark_range(self) -> bool:
        """Mark from the object marked last to the cursor; False when there is none to go from."""
        start = self.row_of(self.marks.last) if self.marks.last else None
        if start is None:
            return False
        first, last = sorted((start, self.cursor))
        folders = len(self.view.folders)
        self.marks.mark(self.view.objects[max(first - folders, 0) : max(last - folders + 1, 0)])
        self.refresh()
        return True

    def mark_all(self) -> None:
        """Mark all objects that are shown."""
        self.marks.mark(self.view.objects)
        self.refresh()

    def invert_marks(self) -> None:
        """Mark what is shown and not marked, and the other way round."""
        self.marks.invert(self.view.objects)
        self.refresh()

    def clear_marks(self) -> None:
        """Take all marks away."""
        self.marks.clear()
        self.refresh()

    # keys and mouse ------------------------------------------------------------------------------------------------

    def action_bottom(self) -> None:
        """To the last row; it may make more come."""
        super().action_bottom()
        self._is_following = True
        self.post_message(self.EndWanted())

    def on_click(self, event: events.Click) -> None:
        """A column's header sorts by it."""
        by = self._column_at(event.x) if event.y < self._header else None
        if by is not None:
            self.post_message(self.SortWanted(by))
            event.prevent_default()

    def _column_at(self, x: int) -> By | None:
        end = 1
        for by, width in zip(_SORTABLE, self._widths(self.scrollable_content_region.width), strict=True):
            end += width + self.GAP if width else 0
            if x < end:
                return by
        return None

    # drawing -------------------------------------------------------------------------------------------------------

    @property
    def titles(self) -> Sequence[str]:
        """The one it is sorted by has a sign; names that come in no order have none, and are called so backwards."""
        sort = self.arrangement.sort
        sign = sort.sign
        if sort.by is By.NAME and self.view.level.is_unordered:
            sign = "(last first)" if sort.is_descending else ""
        return [
            f"{column.title} {sign}".rstrip() if by is sort.by else column.title
            for column, by in zip(self.COLUMNS, _SORTABLE, strict=True)
        ]

    def lead(self, index: int) -> Cell | str:
        """A bar before what is marked."""
        at = self.view.object_at(index)
        return Cell("▌", "marked") if at is not None and at in self.marks else " "

    def row(self, index: int) -> Sequence[Cell | str]:
        """The cells of one entry."""
        entry = self.view.entry(index)
        shown, hits = self._shown(entry.name)
        if entry.is_folder:
            return (Cell("▸", "accent"), Cell(shown, "accent", hits), "", "", "")
        now = self._clock()
        age = age_text(datetime.fromtimestamp(entry.modified, UTC).astimezone(now.tzinfo), now)
        if entry.is_deleted:
            return (Cell("✗", "bad"), Cell(shown, "deleted", hits), "", Cell(f"deleted {age}", "bad"), "")
        at = self.view.object_at(index)
        look = "marked" if at is not None and at in self.marks else ""
        name = Cell(shown, look, hits)
        return ("", name, size_text(entry.size), Cell(age, "dim"), Cell(entry.storage_class, "dim"))

    def _shown(self, name: str) -> tuple[str, tuple[Span, ...]]:
        """A name as the filter of these rows looks at it, and where that hit."""
        wanted = self.view.arrangement.filter
        if wanted.is_on and wanted.is_regex:
            from s3ml_tui.ui.object_table.arrow_columns import hits  # loaded, since these rows were found by it

            return name, hits(wanted.expression, name)
        shown = wanted.seen(name)
        return shown, wanted.spans(shown)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Say that other rows came into view: more pages may be wanted."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.post_message(self.Moved())


def _load_arrow() -> None:
    import s3ml_tui.ui.object_table.arrow_columns  # noqa: F401 - for what is asked next
