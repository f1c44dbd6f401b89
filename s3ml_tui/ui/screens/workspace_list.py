"""A mode screen that is one list read from the workspace: Runs and Models.

A mode screen that shows what a workspace holds, and reads it again whenever that may have changed.

A list that is read again by itself, every few seconds, as long as a run goes on and the list is looked at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.plans.plan import Outcome
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.keys import with_keys
from s3ml_tui.ui.screens.mode_screen import ModeScreen
from s3ml_tui.ui.widgets.rows import Rows
from s3ml_tui.ui.widgets.status_pane import Pane

if TYPE_CHECKING:
    from textual.timer import Timer


LOOKED_AT_S = 0.1
"""So long a screen is looked at before anything is asked for: who passes through it wants nothing of it."""


class WorkspaceScreen(ModeScreen):
    """Reads once it is looked at, and when the session or the workspace becomes another meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self._soon: Timer | None = None

    def may_read(self) -> bool:
        """Whether there is a workspace to read; shows what is waited for, or why there is none."""
        raise NotImplementedError

    def ask(self) -> None:
        """Ask for what is shown. Called only where `may_read`."""
        raise NotImplementedError

    def read_again(self) -> None:
        """Ask for what is shown, or say why that cannot be."""
        self._drop_timer()
        if self.may_read():
            self.ask()

    def ask_once_looked_at(self) -> None:
        """The same, but only if this screen is still looked at in a moment: then it asks once for all that changed."""
        self._drop_timer()
        if self.may_read():
            self._soon = self.set_timer(LOOKED_AT_S, self._ask_if_current)

    def _drop_timer(self) -> None:
        if self._soon is not None:
            self._soon.stop()

    def _ask_if_current(self) -> None:
        if self.is_current:  # else it asks when it is shown
            self.ask()

    def on_screen_resume(self) -> None:
        """Runs move on while one looks elsewhere."""
        self.ask_once_looked_at()

    def watch_services(self) -> None:
        """A session came."""
        self.ask_once_looked_at()

    def watch_workspace(self) -> None:
        """Another workspace."""
        self.ask_once_looked_at()

    def watch_search(self) -> None:
        """Why there is no workspace."""
        self.ask_once_looked_at()


EVERY_S = 10.0


class Refresher:
    """Waits after each reading; what is read, and what becomes of it, is the screen's."""

    def __init__(self, screen: Screen[Any], read: Callable[[], None]) -> None:
        self._screen = screen
        self._read = read
        self._timer: Timer | None = None

    def go_on(self, *, is_wanted: bool) -> None:
        """A reading is over: read again later, or not any more."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._screen.set_timer(EVERY_S, self._again) if is_wanted else None

    def _again(self) -> None:
        if self._screen.is_current:
            self._read()
        else:
            self.go_on(is_wanted=True)  # another mode is looked at


class ListScreen(WorkspaceScreen):
    """Loads when it is shown, when the workspace changes, on R, and by itself while a run goes on.

    Late answers are dropped.
    """

    NOUN: ClassVar[str] = ""
    EMPTY_STEP: ClassVar[str] = ""

    @dataclass
    class Arrived(Message):
        """What was read, or why it could not be."""

        number: int
        """Of the question."""
        workspace: Place
        found: tuple[Any, ...]
        goes_on: bool = False
        """Whether a run goes on, so that there will be news."""
        error: S3mlError | None = None
        is_quiet: bool = False
        """Whether nobody asked for it."""

    def __init__(self) -> None:
        super().__init__()
        self._refresher = Refresher(self, self._read_quietly)
        self.found: tuple[Any, ...] = ()
        self._asked = 0
        self._shown: Place | None = None
        """The workspace whose list was read."""

    def rows(self) -> Rows:
        """The list widget, made once."""
        raise NotImplementedError

    def read(self, services: Services, workspace: Place) -> tuple[Any, ...]:
        """Ask the service; in a thread."""
        raise NotImplementedError

    def goes_on(self, services: Services, workspace: Place, found: tuple[Any, ...]) -> bool:
        """Whether a run goes on; in a thread."""
        raise NotImplementedError

    def show(self, found: tuple[Any, ...]) -> None:
        """Hand the rows over to the widget."""
        raise NotImplementedError

    def identity(self, item: Any) -> object:
        """By what a row is known again after the list was read anew."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        """One pane."""
        yield Pane(self.rows(), title=self._heading, id="list")

    def on_mount(self) -> None:
        """Say what is waited for."""
        super().on_mount()
        self._pane.wait_for("the session")
        self.query_one(Rows).focus()

    @property
    def _heading(self) -> str:
        return f"{self.NOUN.title()}s"

    @property
    def _pane(self) -> Pane:
        return self.query_one("#list", Pane)

    def chosen_item(self) -> Any | None:
        """What is under the cursor; None, and the user told why, when there is nothing."""
        if self._pane.state == "ready" and self.found:
            return self.found[self.query_one(Rows).cursor]
        self.notify(f"There is no {self.NOUN} here to do that with.", severity="warning")
        return None

    # when to read --------------------------------------------------------------------------------------------------

    def connect_failed(self, error: S3mlError) -> None:
        """No session, and why."""
        self._pane.trouble(error)

    def after(self, _outcome: Outcome) -> None:
        """Whatever was done may show here."""
        if self.is_current:
            self.read_again()

    def refresh_all(self) -> None:
        """Read the list again; the old one stays until the answer is there."""
        if self._pane.state != "ready":
            self._pane.wait_for("the session" if self.services is None else self._heading.lower())
        self.read_again()

    def may_read(self) -> bool:
        """What is shown of the same workspace stays until the answer is there."""
        if self.services is None:
            return False
        if self.workspace is None:
            self.say_no_workspace(self._pane, f"{self._heading} are kept in a workspace.")
            return False
        if self._shown != self.workspace:
            self._pane.wait_for(self._heading.lower())
        return True

    def ask(self) -> None:
        """For the list."""
        self._load_again(is_quiet=False)

    def _read_quietly(self) -> None:
        """What is shown stays until the answer is there, and also when there is none."""
        if self._shown == self.workspace:
            self._load_again(is_quiet=True)

    def _load_again(self, *, is_quiet: bool) -> None:
        if self.services is not None and self.workspace is not None:
            self._asked += 1
            self._load(self.services, self.workspace, self._asked, is_quiet=is_quiet)

    # what came -----------------------------------------------------------------------------------------------------

    @work(thread=True, group="list", exit_on_error=False)
    def _load(self, services: Services, workspace: Place, number: int, *, is_quiet: bool) -> None:
        try:
            found = self.read(services, workspace)
            goes_on = self.goes_on(services, workspace, found)
        except S3mlError as error:
            self.post_message(self.Arrived(number, workspace, (), error=error, is_quiet=is_quiet))
        else:
            self.post_message(self.Arrived(number, workspace, found, goes_on, is_quiet=is_quiet))

    @on(Arrived)
    def _arrived(self, message: Arrived) -> None:
        if message.number != self._asked or message.workspace != self.workspace:
            return
        heading = f"{self._heading} ▸ {message.workspace.uri}"
        if message.error is not None and message.is_quiet and self._pane.state == "ready":
            self._pane.title(heading, f"⚡ as it was before: {message.error.title}")
            self._refresher.go_on(is_wanted=True)
            return
        self._refresher.go_on(is_wanted=message.goes_on)
        self._pane.title(heading)
        if message.error is not None:
            self._pane.trouble(message.error)
            return
        cursor = self._row_again(message.found)
        self._shown, self.found = message.workspace, message.found
        self.show(message.found)
        if message.found:
            self._pane.title(heading, count_text(len(message.found), self.NOUN))
            self._pane.ready()
        else:
            self._pane.empty(f"No {self._heading.lower()} yet", with_keys(self.EMPTY_STEP))
        self.query_one(Rows).rows_moved(cursor)

    def _row_again(self, found: tuple[Any, ...]) -> int | None:
        """Where the row under the cursor is now; None when it is gone."""
        if not self.found:
            return None
        wanted = self.identity(self.found[self.query_one(Rows).cursor])
        return next((row for row, item in enumerate(found) if self.identity(item) == wanted), None)
