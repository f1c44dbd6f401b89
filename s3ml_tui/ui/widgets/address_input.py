"""An input for an address: the keys that choose among suggestions, and no second `s3://` however it is pasted."""

import re
from dataclasses import dataclass

from textual.binding import Binding
from textual.message import Message

from s3ml_tui.ui.widgets.line_input import LineInput

_WHOLE = re.compile(r"\s*(?:s3[an]?://|arn:)\S", re.IGNORECASE)
"""What is pasted like this is an address of its own."""
_DOUBLED = re.compile(r"s3[an]?://(?=s3[an]?://)", re.IGNORECASE)


class AddressInput(LineInput):
    """Up and down move through what is suggested; tab, and right at the end of the line, take it."""

    BINDINGS = [
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "move(8)", show=False),
        Binding("pageup", "move(-8)", show=False),
        Binding("tab", "take", show=False),
    ]

    class Moved(Message):
        """The user moves among the suggestions."""

        def __init__(self, rows: int) -> None:
            super().__init__()
            self.rows = rows

    @dataclass
    class TakeWanted(Message):
        """What is chosen among the suggestions is to be typed."""

    def replace(self, text: str, start: int, end: int) -> None:
        """Take in what is typed or pasted; a whole address takes the place of what is there, a second scheme goes."""
        if _WHOLE.match(text):
            start, end = 0, len(self.value)
        super().replace(text, start, end)
        doubled = _DOUBLED.match(self.value)
        if doubled is not None:
            at = self.cursor_position - doubled.end()
            self.value = self.value[doubled.end() :]
            self.cursor_position = max(at, 0)

    def action_move(self, rows: int) -> None:
        """Among the suggestions."""
        self.post_message(self.Moved(rows))

    def action_take(self) -> None:
        """Type what is chosen."""
        self.post_message(self.TakeWanted())

    def action_cursor_right(self, select: bool = False) -> None:
        """A character on; at the end of the line take what is chosen."""
        if not select and self.selection.is_empty and self.cursor_position == len(self.value):
            self.action_take()
        else:
            super().action_cursor_right(select)

    def put(self, value: str) -> None:
        """Write an address, the cursor behind it."""
        self.value = value
        self.cursor_position = len(value)
