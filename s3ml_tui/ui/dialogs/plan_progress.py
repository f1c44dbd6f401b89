"""A dialog while it is looked at what there is, before a plan can be shown: how much was found; escape stops it."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Static

from s3ml_tui.domain.job_control import JobControl
from s3ml_tui.ui import render
from s3ml_tui.ui.dialogs.dialog import Dialog

EVERY_S = 0.1


class Counting(Dialog[bool]):
    """True when the answer came, False when the user stopped it."""

    BINDINGS = [Binding("escape,ctrl+k", "stop", "Stop")]

    def __init__(self, title: str, control: JobControl) -> None:
        super().__init__()
        self._title = title
        self._control = control

    def compose(self) -> ComposeResult:
        """What is planned, how far it is, and the way out."""
        with Vertical(classes="dialog"):
            yield Static(render.plain(self._title), classes="dialog--title")
            yield Static(id="count")
            yield Static("escape stops it; nothing is changed yet", classes="dialog--hint")

    def on_mount(self) -> None:
        """Count."""
        self._paint()
        self.set_interval(EVERY_S, self._paint)

    def _paint(self) -> None:
        for count in self.query("#count").results(Static):  # none, when it is closed as soon as it was opened
            count.update(render.plain(self._control.progress_text or "Asking the server …"))

    async def end(self) -> None:
        """The answer came; whatever lies over this dialog is closed first."""
        await self.dismiss(True)

    def action_stop(self) -> None:
        """No plan is wanted any more."""
        self._control.stop()
        self.dismiss(False)
