"""The pane around the object table as far as it is about what is shown of a level: sort, filter, marks, titles.

The line under the table's title in which its filter is typed.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual import on
from textual.binding import Binding
from textual.message import Message

from s3ml_tui.domain.text import count_text, size_text
from s3ml_tui.ui.object_table.filter import Filter, filter_of
from s3ml_tui.ui.object_table.level import Entry
from s3ml_tui.ui.object_table.sort import Sort
from s3ml_tui.ui.object_table.sorted_rows import ArrangedRows
from s3ml_tui.ui.object_table.table import ObjectTable
from s3ml_tui.ui.widgets.line_input import LineInput
from s3ml_tui.ui.widgets.status_pane import Pane

if TYPE_CHECKING:
    from s3ml_tui.domain.uri import Place


class FilterLine(LineInput):
    """Is seen while it is typed in, and as long as it hides something."""

    BINDINGS = [
        Binding("escape", "clear", "Clear the filter", show=False),
        Binding("enter,down,tab", "keep", "To the table", show=False),
    ]

    @dataclass
    class Left(Message):
        """The user is done with it."""

        is_cleared: bool

    def __init__(self, **options: Any) -> None:
        super().__init__(placeholder="part of a name · *.csv · /regex/", compact=True, **options)

    def action_clear(self) -> None:
        """Show everything."""
        self.post_message(self.Left(is_cleared=True))

    def action_keep(self) -> None:
        """Go to what is left."""
        self.post_message(self.Left(is_cleared=False))


class ArrangingPane(Pane):
    """A table, and the line its filter is typed in."""

    @dataclass
    class Changed(Message):
        """Other rows, or other marks, are shown."""

    def __init__(self, clock: Callable[[], datetime], **options: Any) -> None:
        self.table = ObjectTable(clock, id="objects")
        self.filter_line = FilterLine(id="filter")
        super().__init__(self.table, self.filter_line, title="Objects", **options)
        self.place: Place | None = None
        self.with_deleted = False
        self._said = ""
        """What went wrong while reading on."""

    @property
    def entry(self) -> Entry | None:
        """What is under the cursor; None behind a notice."""
        return self.table.entry if self.state == "ready" else None

    # sort ----------------------------------------------------------------------------------------------------------

    def sort_next(self) -> None:
        """By the next column; after the last, all once more the other way round."""
        self._sort(self.table.arrangement.sort.following)

    @on(ObjectTable.SortWanted)
    def _header_clicked(self, message: ObjectTable.SortWanted) -> None:
        self._sort(self.table.arrangement.sort.clicked(message.by))

    def _sort(self, sort: Sort) -> None:
        self.table.rearrange(replace(self.table.arrangement, sort=sort))
        self.table.refresh()
        self.paint_title()

    # filter --------------------------------------------------------------------------------------------------------

    def open_filter(self) -> None:
        """Let the user type."""
        self.filter_line.add_class("-open")
        self.screen.set_focus(self.filter_line)

    @on(FilterLine.Changed)
    def _filter_typed(self, message: FilterLine.Changed) -> None:
        message.stop()
        wanted = filter_of(message.value)
        if wanted != self.table.arrangement.filter and not wanted.wrong:
            self._filter(wanted)
        self.paint_title()

    def _filter(self, wanted: Filter) -> None:
        self.table.rearrange(replace(self.table.arrangement, filter=wanted))

    @on(FilterLine.Left)
    def _filter_left(self, message: FilterLine.Left) -> None:
        if message.is_cleared:
            self.clear_filter()
        elif not self.filter_line.value:
            self.filter_line.remove_class("-open")
        self.take_focus()

    def clear_filter(self) -> None:
        """Show everything again."""
        with self.filter_line.prevent(FilterLine.Changed):
            self.filter_line.value = ""
        self.filter_line.remove_class("-open", "-wrong")
        if self.table.arrangement.filter != Filter():
            self._filter(Filter())
        self.paint_title()

    @on(ArrangedRows.Arranged)
    def _arranged(self) -> None:
        self.paint_title()
        self.post_message(self.Changed())

    # marks ---------------------------------------------------------------------------------------------------------

    def mark(self) -> bool:
        """Mark the object under the cursor, or take its mark away; False when there is none."""
        return self._has_marked(self.table.mark())

    def mark_range(self) -> bool:
        """Mark from the object marked last to the cursor; False when none was."""
        return self._has_marked(self.table.mark_range())

    def _has_marked(self, is_done: bool) -> bool:
        self.paint_title()
        return is_done

    def mark_all(self) -> None:
        """Mark all objects that are shown."""
        self.table.mark_all()
        self.paint_title()

    def invert_marks(self) -> None:
        """Mark the objects that are shown and not marked, and the other way round."""
        self.table.invert_marks()
        self.paint_title()

    def clear_marks(self) -> None:
        """Take all marks away, those of hidden rows too."""
        self.table.clear_marks()
        self.paint_title()

    def marked(self) -> list[Entry]:
        """What is marked, hidden or not, in key order; empty behind a notice."""
        if self.state != "ready" or not self.table.marks.count:
            return []
        return [self.table.level.object(at) for at in self.table.marks.places()]

    # painting ------------------------------------------------------------------------------------------------------

    @property
    def place_name(self) -> str:
        """The prefix, or the bucket."""
        return "" if self.place is None else self.place.prefix or self.place.bucket

    @property
    def reading(self) -> str:
        """What is being waited for; "" when nothing is."""
        return ""

    def paint_title(self) -> None:
        """Where, how much, what is marked, what goes on; on the lower border what is wrong."""
        marks = self.table.marks
        parts = [
            self.place_name,
            self._count() if self.state == "ready" else "",
            f"{marks.count:,} marked, {size_text(marks.size)}" if marks.count else "",
            "arranging …" if self.table.is_arranging else "",
            self.reading,
            "deleted shown" if self.with_deleted else "",
        ]
        wrong = self._wrong()
        self.filter_line.set_class(bool(wrong), "-wrong")
        said = f"✗ {wrong}" if wrong else self._said or self._hides_all()
        self.title(" · ".join(part for part in parts if part), said)

    def _wrong(self) -> str:
        """What is wrong with the filter that is typed: as text, or since it was tried."""
        typed, tried = self.filter_line.value, self.table.arrangement.filter
        return tried.wrong if tried.text == typed else filter_of(typed).wrong

    def _hides_all(self) -> str:
        """Why no row is there though the level has some; "" when that is not so, or not known yet."""
        view, level = self.table.view, self.table.level
        is_empty = (
            view.arrangement.filter.is_on and not len(view) and not view.is_partial and len(level) and level.is_complete
        )
        return "∅ nothing here matches the filter; escape shows all" if is_empty and self.state == "ready" else ""

    def _count(self) -> str:
        level, wanted = self.table.level, self.table.view.arrangement.filter
        if not len(level) and not level.is_complete:
            return ""
        if not wanted.is_on:
            return level.count()
        more, view = "" if level.is_complete else "+", self.table.view
        return f"{len(view):,}{'+' if view.is_partial else ''} of {len(level):,}{more}"

    def marked_text(self) -> str:
        """As `3 marked objects`."""
        return count_text(self.table.marks.count, "marked object")
