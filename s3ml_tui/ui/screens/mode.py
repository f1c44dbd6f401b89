"""What the six mode screens share: the header, the job line, the footer, and the session they are handed."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Footer

from s3ml_tui.domain.actions import ACTIONS, Scope
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.plans import Outcome
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui import keys
from s3ml_tui.ui.jobs import Job
from s3ml_tui.ui.messages import ScreenReady
from s3ml_tui.ui.widgets.job_bar import JobBar
from s3ml_tui.ui.widgets.top import Top

_CHANGES = {action.id.partition(".")[2] for action in ACTIONS if action.changes}


class ModeScreen(Screen[None]):
    """A place you come back to. Subclasses compose `body` and react to the session."""

    MODE: ClassVar[str] = ""
    SCOPE: ClassVar[Scope] = Scope.EVERYWHERE
    BINDINGS = keys.bindings(Scope.EVERYWHERE)

    services: reactive[Services | None] = reactive(None, init=False)
    """None until connected, and while another context is connected to."""
    workspace: reactive[Place | None] = reactive(None, init=False)
    """The workspace at hand; None when there is none."""
    is_read_only: reactive[bool] = reactive(False, init=False, bindings=True)

    def compose(self) -> ComposeResult:
        """Header, body, job line, footer."""
        yield Top()
        yield from self.body()
        yield JobBar()
        yield Footer(show_command_palette=False)

    def body(self) -> ComposeResult:
        """What stands between header and footer."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Ask for the session."""
        self.query_one(Top).mode = self.MODE
        self.post_message(ScreenReady())

    # what the app tells -------------------------------------------------------------------------------------------

    def connect_failed(self, error: S3mlError) -> None:
        """There is no session, because of this."""

    def after(self, _outcome: Outcome) -> None:
        """Something was done to the bucket: what shows it must be read again."""

    def refresh_all(self) -> None:
        """The user asked to read everything again."""

    def run_to_cancel(self) -> tuple[Place, str] | None:
        """The workspace and run that ctrl+k means here; None when it means a job."""
        return None

    def show_jobs(self, jobs: list[Job]) -> None:
        """Paint the job line."""
        self.query_one(JobBar).show(jobs)

    def show_activity(self, _outcomes: list[Outcome], _jobs: list[Job]) -> None:
        """Paint what was done and what goes on, where the screen shows it."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what would change the bucket in a read-only context."""
        if action in _CHANGES and self.is_read_only:
            return None
        return super().check_action(action, parameters)
