"""A list drawn line by line: only what is on screen is rendered, however many rows there are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.style import Style
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from s3ml_tui.ui.cells import fit, parted
from s3ml_tui.ui.widgets.rows_line import Line


@dataclass(frozen=True, slots=True)
class Column:
    """A column's title, its width in cells (0: what is left), and when it gives way."""

    title: str
    width: int = 0
    align: Literal["left", "right"] = "left"
    from_width: int = 0
    """The list's width from which on it is shown."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Text of one cell and its looks."""

    text: str
    look: str = ""
    """The end of a component class: `dim`, `deleted`, `good`, `bad`, `accent`; "" is plain."""
    hits: tuple[tuple[int, int], ...] = ()
    """What a search hit in `text`, from character to character, in order; shown so."""


class DrawnRows(ScrollView):
    """Rows and where the cursor is; subclasses say how many there are and what stands in one."""

    COLUMNS: ClassVar[tuple[Column, ...]] = ()
    GAP: ClassVar[int] = 1
    """Cells between two columns."""
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "rows--header",
        "rows--cursor",
        "rows--cursor-blurred",
        "rows--dim",
        "rows--deleted",
        "rows--good",
        "rows--bad",
        "rows--warn",
        "rows--accent",
        "rows--marked",
        "rows--hit",
    }

    cursor: reactive[int] = reactive(0, repaint=False)
    _plain: Style | None = None

    # what subclasses say -------------------------------------------------------------------------------------------

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def row(self, index: int) -> Sequence[Cell | str]:
        """The cells of one row, one for each of COLUMNS."""
        raise NotImplementedError

    @property
    def columns(self) -> Sequence[Column]:
        """The columns: COLUMNS, unless what is shown decides."""
        return self.COLUMNS

    @property
    def titles(self) -> Sequence[str]:
        """What stands above the columns."""
        return [column.title for column in self.columns]

    def lead(self, _index: int) -> Cell | str:
        """The one cell before the first column of a row."""
        return " "

    # drawing -------------------------------------------------------------------------------------------------------

    @property
    def _header(self) -> int:
        """Lines of the header: none where no column has a title."""
        return int(any(column.title for column in self.columns))

    def _widths(self, width: int) -> list[int]:
        shown = [column for column in self.columns if column.from_width <= width]
        taken = sum(column.width for column in shown) + self.GAP * (len(shown) - 1) + 2  # a cell at either end
        flexible = sum(1 for column in shown if not column.width) or 1
        share = max((width - taken) // flexible, 4)
        return [0 if column.from_width > width else column.width or share for column in self.columns]

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width = self.scrollable_content_region.width
        if y < self._header:
            return self._draw(" ", self.titles, width, "rows--header")
        index = y - self._header + int(self.scroll_offset.y)
        if not 0 <= index < self.row_count:
            return Strip.blank(width, self._plain_style)
        base = ""
        if index == self.cursor:
            base = "rows--cursor" if self.has_focus else "rows--cursor-blurred"
        return self._draw(self.lead(index), self.row(index), width, base)

    def _draw(self, lead: Cell | str, cells: Sequence[Cell | str], width: int, base: str) -> Strip:
        style = self.get_component_rich_style(base) if base else self._plain_style
        inks = self._inks(style, is_under_cursor=base == "rows--cursor")
        line = Line()
        line.add(*((lead, style) if isinstance(lead, str) else (lead.text, inks(lead.look))))
        gap = " " * self.GAP
        for column, cell, cell_width in zip(self.columns, cells, self._widths(width), strict=True):
            if not cell_width:
                continue
            text, look, hits = (cell, "", ()) if isinstance(cell, str) else (cell.text, cell.look, cell.hits)
            shown, ink = fit(text, cell_width, is_right=column.align == "right"), inks(look)
            if hits:
                for part, is_hit in parted(text, shown, hits):
                    line.add(part, ink + inks("hit") if is_hit else ink)
            else:
                line.add(shown, ink)
            line.add(gap, style if ink.strike else ink)
        return Strip(line.segments()).adjust_cell_length(width, style)

    def _inks(self, style: Style, *, is_under_cursor: bool) -> Callable[[str], Style]:
        """The style of a look on a line of this style."""

        def ink(look: str) -> Style:
            return style + self._ink(look, is_under_cursor=is_under_cursor) if look else style

        return ink

    @property
    def _plain_style(self) -> Style:
        """The widget's own; to work it out for every line would take longer than to draw the line."""
        if self._plain is None:
            self._plain = self.rich_style
        return self._plain

    def notify_style_update(self) -> None:
        """Colours changed."""
        self._plain = None
        super().notify_style_update()

    def _ink(self, look: str, *, is_under_cursor: bool) -> Style:
        """What a look adds: its colour, which the cursor's own goes before, and its attributes."""
        own = self.get_component_rich_style(f"rows--{look}")
        color = None if is_under_cursor else own.color
        return Style(
            color=color,
            bold=own.bold or None,
            italic=own.italic or None,
            strike=own.strike or None,
            underline=own.underline or None,
        )
