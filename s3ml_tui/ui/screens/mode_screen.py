"""What the six mode screens share: the header, the job line, the footer, and the session they are handed."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.events import Key
from textual.reactive import reactive
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from s3ml_tui.domain.actions import Scope, actions_of
from s3ml_tui.domain.activity import ActivityRecord
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.plans.plan import Outcome
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui import keys
from s3ml_tui.ui.jobs import Job
from s3ml_tui.ui.messages import ScreenReady
from s3ml_tui.ui.widgets.footer import KeyFooter
from s3ml_tui.ui.widgets.header import Top
from s3ml_tui.ui.widgets.job_bar import JobBar
from s3ml_tui.ui.widgets.status_pane import Pane

if TYPE_CHECKING:
    from s3ml_tui.services.runs.plans import CancelBatch, CancelRun


def _changing_keys(scope: Scope) -> set[str]:
    return {key for action in actions_of(scope, Scope.EVERYWHERE) if action.changes for key in keys.keys_of(action)}


@dataclass(frozen=True, slots=True)
class Search:
    """How the search for a workspace stands, while there is none."""

    place: Place | None = None
    """Where it is looked for: here and above; None before any place was chosen."""
    is_over: bool = False
    error: S3mlError | None = None
    """Why it could not be looked for."""


class ModeScreen(Screen[None]):
    """A place you come back to. Subclasses compose `body` and react to the session."""

    MODE: ClassVar[str] = ""
    SCOPE: ClassVar[Scope] = Scope.EVERYWHERE
    BINDINGS = keys.bindings(Scope.EVERYWHERE)

    services: reactive[Services | None] = reactive(None, init=False)
    """None until connected, and while another context is connected to."""
    workspace: reactive[Place | None] = reactive(None, init=False)
    """The workspace at hand; None when there is none."""
    search: reactive[Search] = reactive(Search(), init=False)
    """Why `workspace` is None."""
    is_read_only: reactive[bool] = reactive(False, init=False, bindings=True)

    def compose(self) -> ComposeResult:
        """Header, body, job line, footer."""
        self._fit()
        yield Top()
        yield from self.body()
        yield JobBar()
        yield KeyFooter(show_command_palette=False)

    def _fit(self) -> None:
        """Take the classes of the breakpoints while the screen is empty.

        Textual gives them with the first size, and then works out the styles of all that is on the screen once more.
        """
        for dimension, breakpoints in zip(
            self.app.size, (self.HORIZONTAL_BREAKPOINTS, self.VERTICAL_BREAKPOINTS), strict=True
        ):
            reached = [name for least, name in sorted(breakpoints or []) if dimension >= least]
            self.add_class(*reached[-1:], update=False)

    @abstractmethod
    def body(self) -> ComposeResult:
        """What stands between header and footer."""

    def on_mount(self) -> None:
        """Ask for the session."""
        self.query_one(Top).mode = self.MODE
        self.post_message(ScreenReady(self))

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """Keys in the footer's order: help, which must never be cut off; the screen's own; those of everywhere."""
        ids = ["app.help", *(action.id for scope in (self.SCOPE, Scope.EVERYWHERE) for action in actions_of(scope))]
        order = {action_id: place for place, action_id in reversed(list(enumerate(ids)))}
        bindings = super().active_bindings.items()
        return dict(sorted(bindings, key=lambda item: order.get(item[1].binding.id or "", len(ids))))

    def say_no_workspace(self, pane: Pane, what_for: str) -> None:
        """Show in `pane` why there is no workspace: no place chosen, being looked for, out of reach, none there."""
        search = self.search
        if search.place is None:
            pane.empty(
                "No bucket chosen",
                keys.with_keys("{app.browse} opens Browse: choose one there, or {app.go_to} goes to an address"),
                what_for,
            )
        elif search.error is not None:
            pane.trouble(search.error)
        elif not search.is_over:
            pane.wait_for("the workspace")
        else:
            uri = search.place.uri
            pane.empty(
                f"{uri} is no workspace",
                keys.with_keys("{app.browse} and then {browse.make_workspace} makes it one; so does s3ml init ") + uri,
                what_for,
            )

    # what the app tells -------------------------------------------------------------------------------------------

    def connect_failed(self, error: S3mlError) -> None:
        """There is no session, because of this."""

    def after(self, _outcome: Outcome) -> None:
        """Something was done to the bucket: what shows it must be read again."""

    def refresh_all(self) -> None:
        """The user asked to read everything again."""

    def keep(self) -> Any:
        """What is to be there again when one comes back to this context; None for nothing."""
        return None

    def bring(self, kept: Any) -> None:
        """Take over what another one of this screen kept."""

    def run_to_cancel(self) -> tuple[Place, str] | None:
        """The workspace and run that ctrl+k means here; None when it means a job."""
        return None

    def plan_to_cancel(self) -> "CancelRun | CancelBatch | None":
        """What ctrl+k does here; None when it means a job."""
        from s3ml_tui.services.runs.plans import CancelRun

        target = self.run_to_cancel()
        return CancelRun(*target) if target is not None else None

    def show_jobs(self, jobs: list[Job]) -> None:
        """Paint the job line."""
        for bar in self.query(JobBar):  # none while the app ends
            bar.show(jobs)

    def show_activity(
        self, _records: tuple[ActivityRecord, ...] | None, _jobs: list[Job], _trouble: S3mlError | None = None
    ) -> None:
        """Paint what was done (None: not read yet) and what goes on, where the screen shows it."""

    def job_at_hand(self) -> Job | None:
        """The job that ctrl+k means here; None when it means the oldest."""
        return None

    def on_key(self, event: Key) -> None:
        """A dimmed key says why it does nothing."""
        if self.is_read_only and event.key in _changing_keys(self.SCOPE):
            self.say_read_only()

    def say_read_only(self) -> None:
        """Why a key does nothing."""
        self.notify("This context is read-only: nothing in the bucket can be changed.", severity="warning")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """An error of our own in a worker ends the app; this message does not bubble up to it."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            raise event.worker.error

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what would change the bucket in a read-only context."""
        if self.is_read_only and keys.is_change(action, parameters):
            return None
        return super().check_action(action, parameters)
