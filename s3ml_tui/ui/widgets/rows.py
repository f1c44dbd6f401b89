"""A list of rows to move about in, drawn line by line: only what is on screen is rendered, however many there are."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, Literal, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.worker import Worker, WorkerState

from s3ml_tui.domain.actions import Scope
from s3ml_tui.ui import keys
from s3ml_tui.ui.render import fit, parted

Item = TypeVar("Item")


class Line:
    """Texts of a line; those of one style become one segment, since a frame's time goes with their number."""

    def __init__(self) -> None:
        self._parts: list[tuple[list[str], Style]] = []

    def add(self, text: str, style: Style) -> None:
        """What follows."""
        if self._parts and self._parts[-1][1] == style:
            self._parts[-1][0].append(text)
        else:
            self._parts.append(([text], style))

    def segments(self) -> list[Segment]:
        """All of it."""
        return [Segment("".join(texts), style) for texts, style in self._parts]


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


class Rows(ScrollView, can_focus=True):
    """Rows with a cursor that keys and mouse move; subclasses say how many there are and what stands in one."""

    BINDINGS = keys.bindings(Scope.LIST)
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

    @dataclass
    class Highlighted(Message):
        """The cursor came to a row; also after the rows changed."""

        rows: "Rows"
        row: int

        @property
        def control(self) -> "Rows":
            """For selectors of `@on`."""
            return self.rows

    @dataclass
    class Opened(Message):
        """A row was opened by key or double click."""

        rows: "Rows"
        row: int

        @property
        def control(self) -> "Rows":
            """For selectors of `@on`."""
            return self.rows

    @dataclass
    class Left(Message):
        """The user wants up a level."""

        rows: "Rows"

        @property
        def control(self) -> "Rows":
            """For selectors of `@on`."""
            return self.rows

    # what subclasses say -------------------------------------------------------------------------------------------

    @property
    @abstractmethod
    def row_count(self) -> int:
        """How many rows there are."""

    @abstractmethod
    def row(self, index: int) -> Sequence[Cell | str]:
        """The cells of one row, one for each of COLUMNS."""

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

    # what they may do ----------------------------------------------------------------------------------------------

    def rows_changed(self, cursor: int | None = None) -> None:
        """Paint anew after the rows changed; keep the cursor, or put it on a row."""
        self._resize(Size(self.scrollable_content_region.width, self.row_count + self._header))
        wanted = self.cursor if cursor is None else cursor
        self.set_reactive(Rows.cursor, max(0, min(wanted, self.row_count - 1)))
        self._show_cursor()
        self.refresh()
        if self.row_count:
            self.post_message(self.Highlighted(self, self.cursor))

    def rows_moved(self, cursor: int | None) -> None:
        """The same; the row under the cursor stays where it is on the screen."""
        height = self.cursor - int(self.scroll_offset.y)
        self.rows_changed(cursor)
        if 0 <= height < self.scrollable_content_region.height - self._header:
            self.scroll_to(y=self.cursor - height, animate=False, immediate=True, force=True)

    def _resize(self, size: Size) -> None:
        """Lay the screen out anew only where the scroll bar comes or goes: that is most of the work while rows come."""
        old, room = self.virtual_size, self.size.height
        if self.show_vertical_scrollbar and old.width == size.width and min(old.height, size.height) > room > 0:
            self.set_reactive(Rows.virtual_size, size)
            self.vertical_scrollbar.window_virtual_size = size.height
            self.scroll_y = self.validate_scroll_y(self.scroll_y)
        else:
            self.virtual_size = size

    def validate_cursor(self, cursor: int) -> int:
        """Within the rows."""
        return max(0, min(cursor, self.row_count - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        """Scroll to it and say so."""
        if old != new:
            top = self.scroll_offset.y
            self._show_cursor()
            if self.scroll_offset.y == top:
                self.refresh_lines(old + self._header)
                self.refresh_lines(new + self._header)
            self.post_message(self.Highlighted(self, new))

    def _page(self) -> int:
        return max(1, self.size.height - self._header)

    def _show_cursor(self) -> None:
        if not self.size.height:
            return  # not laid out, or hidden behind a notice; on_resize comes later
        page, top = self._page(), int(self.scroll_offset.y)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, immediate=True, force=True)
        elif self.cursor >= top + page:
            self.scroll_to(y=self.cursor - page + 1, animate=False, immediate=True, force=True)

    # keys and mouse ------------------------------------------------------------------------------------------------

    def action_cursor_down(self) -> None:
        """One row down."""
        self.cursor += 1

    def action_cursor_up(self) -> None:
        """One row up."""
        self.cursor -= 1

    def action_half_down(self) -> None:
        """Half a page down."""
        self.cursor += self._page() // 2

    def action_half_up(self) -> None:
        """Half a page up."""
        self.cursor -= self._page() // 2

    def action_page_down(self) -> None:
        """A page down."""
        self.cursor += self._page()

    def action_page_up(self) -> None:
        """A page up."""
        self.cursor -= self._page()

    def action_top(self) -> None:
        """To the first row."""
        self.cursor = 0

    def action_bottom(self) -> None:
        """To the last row."""
        self.cursor = self.row_count - 1

    def action_open(self) -> None:
        """Open the row under the cursor."""
        if self.row_count:
            self.post_message(self.Opened(self, self.cursor))

    def action_back(self) -> None:
        """Up a level."""
        self.post_message(self.Left(self))

    def on_click(self, event: events.Click) -> None:
        """The cursor comes to the row clicked; a double click opens it."""
        index = self._row_at(event.y)
        if index is None:
            return
        self.cursor = index
        if event.chain == 2:
            self.action_open()

    def _row_at(self, y: int) -> int | None:
        index = y - self._header + int(self.scroll_offset.y)
        return index if y >= self._header and 0 <= index < self.row_count else None

    def on_resize(self) -> None:
        """Columns adapt to the width."""
        self.virtual_size = Size(self.scrollable_content_region.width, self.row_count + self._header)
        self._show_cursor()

    def on_focus(self) -> None:
        """The cursor's looks depend on it."""
        self.refresh()

    def on_blur(self) -> None:
        """The cursor's looks depend on it."""
        self.refresh()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """An error of our own in a worker ends the app; this message does not bubble up to it."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            raise event.worker.error


class ItemRows(Rows, Generic[Item]):
    """A row an item; the cursor stays on its item when others come."""

    GAP = 2
    items: Sequence[Item] = ()

    @abstractmethod
    def cells(self, item: Item) -> Sequence[Cell | str]:
        """What stands in the row of an item, a cell for each of COLUMNS."""

    @abstractmethod
    def identity(self, item: Item) -> object:
        """By what an item is known again in a later list."""

    @property
    def row_count(self) -> int:
        """As many as there are items."""
        return len(self.items)

    def row(self, index: int) -> Sequence[Cell | str]:
        """The cells of its item."""
        return self.cells(self.items[index])

    @property
    def chosen(self) -> Item | None:
        """The one under the cursor."""
        return self.items[self.cursor] if self.items else None

    def row_of(self, identity: object) -> int | None:
        """Where an item stands; None when it is not there."""
        return next((row for row, item in enumerate(self.items) if self.identity(item) == identity), None)

    def replace(self, items: Sequence[Item], *, follows_newest: bool = False) -> int | None:
        """Other items, newest first; answers the row where the cursor belongs now, None when its item is gone.

        With `follows_newest` a cursor on the newest item belongs on one that is newer.
        """
        before, newest = self.chosen, self.items[0] if self.items else None
        self.items = items
        is_news = bool(items) and (newest is None or self.identity(items[0]) != self.identity(newest))
        if follows_newest and is_news and self.cursor == 0:
            return 0
        return self.row_of(self.identity(before)) if before is not None else None
