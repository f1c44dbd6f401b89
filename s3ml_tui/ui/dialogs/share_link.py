"""The dialog that shows a link; the only place where it is seen.

A link as a QR code over the whole screen, which a camera can read; it is forgotten when the screen closes.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Static

from s3ml_tui.domain.text import moment_text
from s3ml_tui.ui import render
from s3ml_tui.ui.dialogs.dialog import Dialog

if TYPE_CHECKING:
    from s3ml_tui.domain.plans.download_share import SharedLink


class ShareScreen(Dialog[None]):
    """The link, what it opens and until when. It is forgotten when the dialog closes."""

    BINDINGS = [
        Binding("escape,q", "close", "Close"),
        Binding("y", "copy", "Copy the link"),
        Binding("r", "draw", "QR code"),
    ]

    def __init__(self, link: "SharedLink", now: datetime) -> None:
        super().__init__()
        self._link = link
        self._now = now

    def compose(self) -> ComposeResult:
        """What it opens, the link, two buttons."""
        link = self._link
        which = f"exactly version {link.version_id}" if link.version_id else "whatever is there when it is opened"
        with Vertical(classes="dialog share"):
            yield Static(render.plain(f"A link to {link.key.name}"), classes="dialog--title")
            yield Static(
                render.plain(
                    f"Whoever has it can read {link.key.uri}, {which}, until {moment_text(link.expires, self._now)}. "
                    "It cannot be revoked before. Activity keeps that it was shared, not the link."
                ),
                classes="dialog--sentence",
            )
            with VerticalScroll(classes="share--link", can_focus=False):
                yield Static(render.plain(link.url), id="link")
            with Horizontal(classes="dialog--buttons"):
                yield Button("Copy (y)", variant="primary", id="copy")
                yield Button("QR code (r)", id="draw")
                yield Button("Close", id="close")

    def on_mount(self) -> None:
        """Copying is what it is for."""
        self.query_one("#copy").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Copy or close."""
        if event.button.id == "copy":
            self.action_copy()
        elif event.button.id == "draw":
            self.action_draw()
        else:
            self.dismiss()

    def action_copy(self) -> None:
        """To the clipboard of the terminal."""
        self.app.copy_to_clipboard(self._link.url)
        self.notify("The link is copied, if this terminal lets programs write its clipboard.", timeout=4)

    def action_draw(self) -> None:
        """For a camera."""
        self.app.push_screen(QrScreen(self._link.url))

    def action_close(self) -> None:
        """Forget it."""
        self.dismiss()


class QrScreen(Dialog[None]):
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
        from s3ml_tui.services.objects.share import TooSmall, qr_code

        code = qr_code(self._text, columns=event.size.width, rows=event.size.height)
        static = self.query_one("#qr", Static)
        static.set_class(isinstance(code, TooSmall), "-too-small")
        if isinstance(code, TooSmall):
            static.update(
                render.lines(
                    f"The code needs {code.columns} columns and {code.rows} lines;",
                    f"this terminal has {event.size.width} and {event.size.height}.",
                    "Make it larger, or its letters smaller; escape closes.",
                )
            )
        else:
            static.update(render.lines(*code.lines))
