"""The rows of a preview: a sheet, and the sheets opened from it."""

from functools import lru_cache
from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.strip import Strip

from s3ml_tui.domain.text import printable
from s3ml_tui.ui.preview.sheet import Line, Sheet
from s3ml_tui.ui.render import fit, width_of
from s3ml_tui.ui.widgets.rows import Column, Rows


class PreviewRows(Rows):
    """Draws a sheet; enter opens a row of it, and back comes back."""

    COLUMNS = (Column(""),)
    GAP = 2
    BINDINGS = [
        Binding("escape", "close", "Back", show=False),
        Binding("l,right", "inward", "Unfold", show=False),
    ]
    COMPONENT_CLASSES = {
        "rows--title",
        "rows--strong",
        "rows--emphasis",
        "rows--keyword",
        "rows--string",
        "rows--number",
        "rows--comment",
        "rows--name",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.sheet = Sheet([])
        self._before: list[tuple[Sheet, int]] = []
        """Where back leads, each with its cursor."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The sheet's."""
        return tuple(self.sheet.columns)

    @property
    def row_count(self) -> int:
        """The sheet's."""
        return self.sheet.count

    def row(self, index: int) -> tuple[str, ...]:
        """The cells of a row of a table, raw."""
        row = self.sheet.row(index)
        cells = (row.text,) if isinstance(row, Line) else row
        return tuple(cell if isinstance(cell, str) else cell.text for cell in cells)

    def show(self, sheet: Sheet, cursor: int = 0) -> None:
        """Another sheet, or what was read anew."""
        self._before = []
        self._turn_to(sheet, cursor)

    @property
    def place(self) -> int:
        """Where the cursor is in the sheet that is shown when all that was opened is closed again."""
        return self._before[0][1] if self._before else self.cursor

    def action_open(self) -> None:
        """Open or fold the row under the cursor."""
        if not self.row_count:
            return
        opened = self.sheet.opened(self.cursor, self._room[0])
        if opened is self.sheet:
            self.rows_changed()
        elif opened is not None:
            self._before.append((self.sheet, self.cursor))
            self._turn_to(opened, 0)
        else:
            self.notify("It is all shown.", timeout=2)

    def action_inward(self) -> None:
        """Unfold the row, then go into it; what does not fold is opened."""
        row = self.sheet.unfolded(self.cursor) if self.row_count else None
        if row is None:
            self.action_open()
        else:
            self.rows_changed(row)

    def action_back(self) -> None:
        """Fold the row, then go to the one around it; from the outermost, and where nothing folds, as `close`."""
        row = self.sheet.folded(self.cursor) if self.row_count else None
        if row is None:
            self.action_close()
        else:
            self.rows_changed(row)

    def action_close(self) -> None:
        """From what was opened to where it was; from there to the objects."""
        if self._before:
            self._turn_to(*self._before.pop())
        else:
            super().action_back()

    def on_click(self, event: events.Click) -> None:
        """A click on a sign folds or unfolds at once; all others are as in every list."""
        index = self._row_at(event.y)
        if index is not None and self.sheet.is_sign(index, event.x - 1):
            event.prevent_default()
            self.cursor = index
            self.action_open()

    def on_resize(self) -> None:
        """Wrapped text is wrapped anew."""
        if self.sheet.fit(*self._room):
            self.rows_changed()

    @property
    def _room(self) -> tuple[int, int]:
        """Cells for what is shown: wide and high."""
        region = self.scrollable_content_region
        return max(20, region.width - 2), max(4, region.height)

    def _turn_to(self, sheet: Sheet, cursor: int) -> None:
        self.sheet = sheet
        if self.size.width:
            sheet.fit(*self._room)
        self.rows_changed(cursor)

    # drawing -------------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """A line across, or the cells of a table."""
        index = y - self._header + int(self.scroll_offset.y)
        if y < self._header or not 0 <= index < self.row_count:
            return super().render_line(y)
        row = self.sheet.row(index)
        return (
            self._draw_across(row, is_cursor=index == self.cursor) if isinstance(row, Line) else super().render_line(y)
        )

    def _draw_across(self, line: Line, *, is_cursor: bool) -> Strip:
        width = self.scrollable_content_region.width
        style = self._plain_style
        if is_cursor and not any(look.startswith("#") for _, look in line.parts):  # a bar would cut a picture in two
            style = self.get_component_rich_style("rows--cursor" if self.has_focus else "rows--cursor-blurred")
        segments, left = [Segment(" ", style)], width - 2
        for text, look in line.parts:
            if left <= 0:
                break
            shown = printable(text[: left * 2 + 1])
            taken = width_of(shown)
            if taken > left:
                shown, taken = fit(shown, left), left
            segments.append(Segment(shown, style + self._ink_of(look, is_cursor=is_cursor)))
            left -= taken
        return Strip(segments).adjust_cell_length(width, style)

    def _ink_of(self, look: str, *, is_cursor: bool) -> Style:
        if look.startswith("#"):
            return _painted(look)
        return self._ink(look, is_under_cursor=is_cursor and self.has_focus) if look else Style.null()


@lru_cache(maxsize=16_384)
def _painted(look: str) -> Style:
    """A look that is colours itself: `#ff0000`, or with the background's behind a slash."""
    above, _, below = look.partition("/")
    return Style(color=above, bgcolor=below or None)
