"""A mode screen that is one list read from the workspace, Runs and Models; and when a screen reads what it shows."""

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Generic

from textual import work
from textual.app import ComposeResult

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.plans.plan import Outcome
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.keys import with_keys
from s3ml_tui.ui.screens.mode_screen import ModeScreen
from s3ml_tui.ui.widgets.rows import Item, ItemRows
from s3ml_tui.ui.widgets.status_pane import Pane

if TYPE_CHECKING:
    from textual.timer import Timer


LOOKED_AT_S = 0.1
"""So long a screen is looked at before anything is asked for: who passes through it wants nothing of it."""
EVERY_S = 10.0
"""So long after a reading the next one, while a run goes on."""


class Reading:
    """When a screen reads what it shows of a workspace.

    Once it is looked at, and when the session or the workspace becomes another meanwhile; and by itself while a run
    goes on. `may_read` says whether there is a workspace to read, and shows what is waited for, or why there is none.
    `ask` is told whether it asks quietly: nobody wanted to see anything anew.
    """

    def __init__(self, screen: ModeScreen, may_read: Callable[[], bool], ask: Callable[[bool], None]) -> None:
        self._screen, self._may_read, self._ask = screen, may_read, ask
        self._soon: Timer | None = None
        self._later: Timer | None = None
        for name in ("services", "workspace", "search"):
            screen.watch(screen, name, self.once_looked_at, init=False)

    def now(self) -> None:
        """Ask for what is shown, or say why that cannot be."""
        _stop(self._soon)
        if self._may_read():
            self._ask(False)

    def once_looked_at(self) -> None:
        """The same, but only if the screen is still looked at in a moment: then it asks once for all that changed."""
        _stop(self._soon)
        if self._may_read():
            self._soon = self._screen.set_timer(LOOKED_AT_S, self._ask_if_current)

    def _ask_if_current(self) -> None:
        if self._screen.is_current:  # else it asks when it is shown
            self._ask(False)

    def go_on(self, *, is_wanted: bool) -> None:
        """A reading is over: read again later, or not any more."""
        _stop(self._later)
        self._later = self._screen.set_timer(EVERY_S, self._again) if is_wanted else None

    def _again(self) -> None:
        if self._screen.is_current:
            self._ask(True)
        else:
            self.go_on(is_wanted=True)  # another mode is looked at


def _stop(timer: "Timer | None") -> None:
    if timer is not None:
        timer.stop()


class ListScreen(ModeScreen, Generic[Item]):
    """Loads when it is shown, when the workspace changes, on R, and by itself while a run goes on."""

    NOUN: ClassVar[str] = ""
    EMPTY_STEP: ClassVar[str] = ""

    def __init__(self, rows: ItemRows[Item], pane_id: str = "list") -> None:
        super().__init__()
        self.rows = rows
        self.reading = Reading(self, self._may_read, self.ask)
        self._heading = f"{self.NOUN.title()}s"
        self._pane = Pane(rows, title=self._heading, id=pane_id)
        self._shown: Place | None = None
        """The workspace whose list was read."""

    @abstractmethod
    def read(self, services: Services, workspace: Place) -> tuple[tuple[Item, ...], bool]:
        """Ask the service, in a thread: the list, newest first, and whether a run goes on. Raises S3mlError."""

    def heading(self, workspace: Place) -> str:
        """What stands above the list of a workspace."""
        return f"{self._heading} ▸ {workspace.uri}"

    def take(self, found: tuple[Item, ...]) -> int | None:
        """Hand the rows over; answers where the cursor belongs."""
        return self.rows.replace(found)

    def body(self) -> ComposeResult:
        """One pane."""
        yield self._pane

    def on_mount(self) -> None:
        """Say what is waited for."""
        self._pane.wait_for("the session")
        self._pane.take_focus()

    def chosen_item(self) -> Item | None:
        """What is under the cursor; None, and the user told why, when there is nothing."""
        if self._pane.state == "ready" and self.rows.items:
            return self.rows.chosen
        self.notify(f"There is no {self.NOUN} here to do that with.", severity="warning")
        return None

    # when to read --------------------------------------------------------------------------------------------------

    def on_screen_resume(self) -> None:
        """Runs move on while one looks elsewhere."""
        self.reading.once_looked_at()

    def connect_failed(self, error: S3mlError) -> None:
        """No session, and why."""
        self._pane.trouble(error)

    def after(self, _outcome: Outcome) -> None:
        """Whatever was done may show here."""
        if self.is_current:
            self.reading.now()

    def refresh_all(self) -> None:
        """Read the list again; the old one stays until the answer is there."""
        if self._pane.state != "ready":
            self._pane.wait_for("the session" if self.services is None else self._heading.lower())
        self.reading.now()

    def _may_read(self) -> bool:
        """What is shown of the same workspace stays until the answer is there."""
        if self.services is None:
            return False
        if self.workspace is None:
            self.say_no_workspace(self._pane, f"{self._heading} are kept in a workspace.")
            return False
        if self._shown != self.workspace:
            self._pane.wait_for(self._heading.lower())
        return True

    def ask(self, is_quiet: bool) -> None:
        """For the list. What is shown stays until the answer is there; of a quiet question also when there is none."""
        if self.services is not None and self.workspace is not None and (self._shown == self.workspace or not is_quiet):
            self._load(self.services, self.workspace, is_quiet=is_quiet)

    @work(exclusive=True, group="list", exit_on_error=False)
    async def _load(self, services: Services, workspace: Place, *, is_quiet: bool) -> None:
        heading = self.heading(workspace)
        try:
            found, goes_on = await asyncio.to_thread(self.read, services, workspace)
        except S3mlError as error:
            if workspace != self.workspace:
                return
            is_kept = is_quiet and self._pane.state == "ready"
            self.reading.go_on(is_wanted=is_kept)
            self._pane.title(heading, f"⚡ as it was before: {error.title}" if is_kept else "")
            if not is_kept:
                self._pane.trouble(error)
        else:
            if workspace == self.workspace:
                self.reading.go_on(is_wanted=goes_on)
                self._show(workspace, found, heading)

    def _show(self, workspace: Place, found: tuple[Item, ...], heading: str) -> None:
        self._shown = workspace
        self._pane.title(heading, count_text(len(found), self.NOUN) if found else "")
        cursor = self.take(found)
        if found:
            self._pane.ready()
        else:
            self._pane.empty(f"No {self._heading.lower()} yet", with_keys(self.EMPTY_STEP))
        self.rows.rows_moved(cursor)
