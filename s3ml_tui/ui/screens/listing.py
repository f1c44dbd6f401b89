"""A mode screen that is one list read from the workspace: Runs and Models."""

from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.plans import Outcome
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.screens.mode import ModeScreen
from s3ml_tui.ui.widgets.notice import Pane
from s3ml_tui.ui.widgets.rows import Rows


class ListScreen(ModeScreen):
    """Loads when it is shown, when the workspace changes, and on R; late answers are dropped."""

    NOUN: ClassVar[str] = ""
    EMPTY_STEP: ClassVar[str] = ""

    @dataclass
    class Arrived(Message):
        """What was read, or why it could not be."""

        workspace: Place
        found: tuple[Any, ...]
        error: S3mlError | None = None

    def rows(self) -> Rows:
        """The list widget, made once."""
        raise NotImplementedError

    def read(self, services: Services, workspace: Place) -> tuple[Any, ...]:
        """Ask the service; in a thread."""
        raise NotImplementedError

    def show(self, found: tuple[Any, ...]) -> None:
        """Hand the rows over to the widget."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        """One pane."""
        yield Pane(self.rows(), title=self.NOUN.title() + "s", id="list")

    def on_mount(self) -> None:
        """Say what is waited for."""
        super().on_mount()
        self._pane.wait_for("the session")
        self.query_one(Rows).focus()

    @property
    def _pane(self) -> Pane:
        return self.query_one("#list", Pane)

    def on_screen_resume(self) -> None:
        """Read again: runs move on while one looks elsewhere."""
        self.refresh_all()

    def watch_services(self) -> None:
        """A session came."""
        self.refresh_all()

    def watch_workspace(self) -> None:
        """Another workspace."""
        self.refresh_all()

    def connect_failed(self, error: S3mlError) -> None:
        """No session, and why."""
        self._pane.trouble(error)

    def after(self, _outcome: Outcome) -> None:
        """Whatever was done may show here."""
        if self.is_current:
            self.refresh_all()

    def refresh_all(self) -> None:
        """Read the list again; the old one stays until the answer is there."""
        if self.services is None:
            return
        if self.workspace is None:
            self._pane.empty(
                "This is no workspace",
                "W in Browse makes one, or s3ml init s3://bucket",
                f"{self.NOUN.title()}s are kept in a workspace: a bucket or prefix with .s3ml/workspace.json.",
            )
            return
        if not self.query_one(Rows).row_count:
            self._pane.wait_for(f"{self.NOUN}s")
        self._load(self.services, self.workspace)

    @work(thread=True, group="list", exit_on_error=False)
    def _load(self, services: Services, workspace: Place) -> None:
        try:
            found = self.read(services, workspace)
        except S3mlError as error:
            self.post_message(self.Arrived(workspace, (), error))
        else:
            self.post_message(self.Arrived(workspace, found))

    @on(Arrived)
    def _arrived(self, message: Arrived) -> None:
        if message.workspace != self.workspace:
            return
        if message.error is not None:
            self._pane.trouble(message.error)
            return
        self.show(message.found)
        self._pane.title(f"{self.NOUN.title()}s ▸ {message.workspace.uri}", count_text(len(message.found), self.NOUN))
        if message.found:
            self._pane.ready()
        else:
            self._pane.empty(f"No {self.NOUN}s yet", self.EMPTY_STEP)
        self.query_one(Rows).rows_changed()
