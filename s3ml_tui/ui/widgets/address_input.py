"""An input for an address: the keys that choose among suggestions, and no second `s3://` however it is pasted.

Completes an s3:// address as it is typed, from what is there.
"""

import asyncio
import re
from dataclasses import dataclass

from textual.binding import Binding
from textual.message import Message
from textual.suggester import Suggester

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import is_uri
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


class AddressSuggester(Suggester):
    """Offers the first address that goes on as it was typed; places alone where only those are wanted."""

    def __init__(self, store: Store, *, only_places: bool = False) -> None:
        from s3ml_tui.services.browse.address_completion import Completing

        super().__init__(use_cache=False, case_sensitive=True)
        self._completing = Completing(store)
        self._only_places = only_places

    async def get_suggestion(self, value: str) -> str | None:
        """The whole address, or None; what cannot be asked for is not offered, and not told."""
        if not is_uri(value):
            return None
        try:
            found = await asyncio.to_thread(self._completing.candidates, value)
        except S3mlError:
            return None
        shown = (printable(uri) for uri in found.uris if uri.endswith("/") or not self._only_places)
        return next((uri for uri in shown if uri.startswith(value) and uri != value), None)
