"""The line under the table's title in which its filter is typed."""

from dataclasses import dataclass
from typing import Any

from textual.binding import Binding
from textual.message import Message

from s3ml_tui.ui.widgets.line_input import LineInput


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
