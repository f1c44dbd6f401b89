"""A link as a QR code over the whole screen, which a camera can read; it is forgotten when the screen closes."""

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import ModalScreen
from textual.widgets import Static

from s3ml_tui.services.qr_codes import TooSmall, qr_code
from s3ml_tui.ui import cells


class QrScreen(ModalScreen[None]):
    """Drawn anew when the terminal grows."""

    BINDINGS = [Binding("escape,enter,q,r", "dismiss", "Close")]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        """The code, or what it takes."""
        yield Static(id="qr")

    def on_resize(self, event: events.Resize) -> None:
        """As large as it fits."""
        if self.app.has_class("-ascii"):
            self.query_one("#qr", Static).update("The code cannot be drawn with ASCII alone; escape closes.")
            self.query_one("#qr").add_class("-too-small")
            return
        code = qr_code(self._text, columns=event.size.width, rows=event.size.height)
        static = self.query_one("#qr", Static)
        static.set_class(isinstance(code, TooSmall), "-too-small")
        if isinstance(code, TooSmall):
            static.update(
                cells.lines(
                    f"The code needs {code.columns} columns and {code.rows} lines;",
                    f"this terminal has {event.size.width} and {event.size.height}.",
                    "Make it larger, or its letters smaller; escape closes.",
                )
            )
        else:
            static.update(cells.lines(*code.lines))
