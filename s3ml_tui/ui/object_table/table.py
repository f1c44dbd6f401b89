"""The object table: one level of a bucket, drawn line by line from its columns, sorted, filtered and marked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from textual import events, on
from textual.message import Message

from s3ml_tui.domain.text import age_text, size_text
from s3ml_tui.ui.object_table.level import Entry, Level
from s3ml_tui.ui.object_table.marks import Marks
from s3ml_tui.ui.object_table.regex_timeout import TooSlow
from s3ml_tui.ui.object_table.sort import By
from s3ml_tui.ui.object_table.sorted_rows import ArrangedRows
from s3ml_tui.ui.widgets.rows import Cell, Column

REPAINT_S = 20.0
"""Ages are told from the clock at paint; so often they are painted again."""
_SORTABLE = (None, By.NAME, By.SIZE, By.TIME, By.CLASS)


class ObjectTable(ArrangedRows):
    """Marker, name, size, age, class."""

    COLUMNS = (
        Column("", 1),
        Column("name"),
        Column("size", 9, "right", from_width=36),
        Column("modified", 19, from_width=56),
        Column("class", 12, from_width=86),
    )

    @dataclass
    class Moved(Message):
        """Other rows came into view."""

        rows: "ObjectTable"

        @property
        def control(self) -> "ObjectTable":
            """For selectors of `@on`."""
            return self.rows

    @dataclass
    class EndWanted(Message):
        """The user went to the last row: all there is may be wanted."""

        rows: "ObjectTable"

        @property
        def control(self) -> "ObjectTable":
            """For selectors of `@on`."""
            return self.rows

    @dataclass
    class SortWanted(Message):
        """The header of a column was clicked."""

        by: By

    def __init__(self, clock: Callable[[], datetime], **options: Any) -> None:
        super().__init__(**options)
        self._clock = clock
        self._is_following = False
        """Whether the cursor stays on the last row while more come."""

    def on_mount(self) -> None:
        """Let ages grow."""
        self.set_interval(REPAINT_S, self.refresh)

    @property
    def entry(self) -> Entry | None:
        """What is under the cursor."""
        return self.view.entry(self.cursor) if self.row_count else None

    @property
    def rows_below(self) -> int:
        """How many rows are left below what can be seen, or below the cursor if that is less."""
        seen = max(int(self.scroll_offset.y) + self.size.height, self.cursor)
        return self.row_count - seen

    def show(self, level: Level, cursor: int, marks: Marks | None = None) -> None:
        """Show another level at once."""
        self._is_following = False
        self.adopt_at_once(level, marks or Marks(level))
        self.rows_changed(cursor)

    def grow(self, moved: int = 0) -> None:
        """Take in a page that moved the objects down by some rows; the cursor stays on what it is on."""
        old, folders, rows = self.cursor, len(self.view.folders), self.row_count
        is_on_object = old >= folders and self.arrangement.sort.is_as_listed
        self.marks.grow()
        try:
            self.view.grow()
        except TooSlow:
            self.give_up_filter()
            self.rearrange()
            return
        moved = len(self.view.folders) - folders if moved else 0
        if self._is_following and old == rows - 1:
            self.rows_changed(self.row_count - 1)
        elif moved and is_on_object:
            top = int(self.scroll_offset.y)
            self.rows_changed(old + moved)
            if top:
                self.scroll_to(y=top + moved, animate=False, immediate=True, force=True)
        else:
            self._is_following = False
            self.rows_changed()

    def row_of(self, text: str) -> int | None:
        """The row of a whole key or prefix; None when it is not here, not yet, or hidden by the filter."""
        return self.view.row_of(self.view.level.find(text))

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
        self.post_message(self.EndWanted(self))

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

    @on(ArrangedRows.Arranged)
    def _follow(self) -> None:
        self._is_following = False

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
        shown = self.arrangement.filter.seen(entry.name)
        hits = self.arrangement.filter.spans(shown)
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

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Say that other rows came into view: more pages may be wanted."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.post_message(self.Moved(self))
