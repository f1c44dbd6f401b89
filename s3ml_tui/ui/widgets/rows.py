"""A list of rows to move about in; how it is drawn is `rows_drawing`'s."""

from dataclasses import dataclass

from textual import events
from textual.geometry import Size
from textual.message import Message

from s3ml_tui.domain.actions import Scope
from s3ml_tui.ui import keys
from s3ml_tui.ui.widgets.rows_drawing import Cell, Column, DrawnRows

__all__ = ["Cell", "Column", "Rows"]


class Rows(DrawnRows, can_focus=True):
    """Rows with a cursor that keys and mouse move."""

    BINDINGS = keys.bindings(Scope.LIST)

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
