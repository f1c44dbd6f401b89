"""The object table: one level of a bucket, drawn line by line from its columns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from textual.message import Message

from s3ml_tui.domain.text import age_text, size_text
from s3ml_tui.ui.widgets.object_table_level import Entry, Level
from s3ml_tui.ui.widgets.rows import Cell, Column, Rows

REPAINT_S = 20.0
"""Ages are told from the clock at paint; so often they are painted again."""


class ObjectTable(Rows):
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

    def __init__(self, clock: Callable[[], datetime], **options: Any) -> None:
        super().__init__(**options)
        self.level: Level | None = None
        self._clock = clock

    def on_mount(self) -> None:
        """Let ages grow."""
        self.set_interval(REPAINT_S, self.refresh)

    @property
    def row_count(self) -> int:
        """One row an entry."""
        return len(self.level) if self.level is not None else 0

    @property
    def entry(self) -> Entry | None:
        """What is under the cursor."""
        return self.level.entry(self.cursor) if self.level is not None and self.row_count else None

    @property
    def rows_below(self) -> int:
        """How many rows are left below what can be seen, or below the cursor if that is less."""
        seen = max(int(self.scroll_offset.y) + self.size.height, self.cursor)
        return self.row_count - seen

    def show(self, level: Level, cursor: int) -> None:
        """Show another level, or the same read again."""
        self.level = level
        self.rows_changed(cursor)

    def grow(self, moved: int) -> None:
        """Paint after a page came that moved the objects down by some rows; the cursor stays on what it is on."""
        level = self.level
        is_on_object = level is not None and self.cursor >= len(level.folders) - moved
        if moved and is_on_object:
            top = int(self.scroll_offset.y)
            self.rows_changed(self.cursor + moved)
            if top:
                self.scroll_to(y=top + moved, animate=False, immediate=True, force=True)
        else:
            self.rows_changed()

    def row(self, index: int) -> Sequence[Cell | str]:
        """The cells of one entry."""
        assert self.level is not None  # noqa: S101 - rows are only asked for while there are some
        entry = self.level.entry(index)
        if entry.is_folder:
            return (Cell("▸", "accent"), Cell(entry.name, "accent"), "", "", "")
        now = self._clock()
        age = age_text(datetime.fromtimestamp(entry.modified, UTC).astimezone(now.tzinfo), now)
        if entry.is_deleted:
            return (Cell("✗", "bad"), Cell(entry.name, "deleted"), "", Cell(f"deleted {age}", "bad"), "")
        return ("", entry.name, size_text(entry.size), Cell(age, "dim"), Cell(entry.storage_class, "dim"))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Say that other rows came into view: more pages may be wanted."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.post_message(self.Moved(self))
