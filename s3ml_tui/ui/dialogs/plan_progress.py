"""A dialog while it is looked at what there is, before a plan can be shown: how much was found; escape stops it."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from s3ml_tui.domain.job_control import JobControl
from s3ml_tui.ui import render

EVERY_S = 0.1


class Counting(ModalScreen[bool]):
    """True when the answer came, False when the user stopped it."""

    BINDINGS = [Binding("escape,ctrl+k", "stop", "Stop")]

    def __init__(self, title: str, control: JobControl) -> None:
        super().__init__()
        self._title = title
        self._control = control
        self._is_over = False

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
        self._is_over = True
        if self.is_active:
            await self.dismiss(True)

    def on_screen_resume(self) -> None:
        """What lay over it was closed; or it was closed itself before it heard of having been opened."""
        if self._is_over and self.is_active:
            self.dismiss(True)

    def action_stop(self) -> None:
        """No plan is wanted any more."""
        self._control.stop()
        if self.is_active:
            self.dismiss(False)
