"""What widgets and screens tell the app: past-tense facts and requests, one line each."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from textual.app import App
from textual.message import Message
from textual.worker import NoActiveWorker, Worker, get_current_worker
from textual.worker_manager import WorkerManager

from s3ml_tui.domain.activity import ActivityRecord
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.plans.plan import Outcome, Plan
from s3ml_tui.domain.storage.store import Cancelled, Progress
from s3ml_tui.domain.uri import ObjectKey, Place

# when it was asked for ---------------------------------------------------------------------------------------------


class AskedWorkers(WorkerManager):
    """Workers, and how much had been typed when each was begun, or got its last answer from the user."""

    def __init__(self, app: App[Any], typed: Callable[[], int]) -> None:
        super().__init__(app)
        self._typed = typed
        self._asked: WeakKeyDictionary[Worker[Any], int] = WeakKeyDictionary()

    def add_worker(self, worker: Worker[Any], start: bool = True, exclusive: bool = True) -> None:
        """Begin it."""
        self.note(worker)
        super().add_worker(worker, start, exclusive)

    def note(self, worker: Worker[Any]) -> None:
        """What it does next is asked for now."""
        self._asked[worker] = self._typed()

    def asked(self, worker: Worker[Any]) -> int | None:
        """How much had been typed when the user asked for what it does."""
        return self._asked.get(worker)


def asked_by_worker() -> int | None:
    """How much had been typed when what a worker does was asked for; None outside a worker."""
    try:
        worker = get_current_worker()
    except NoActiveWorker:
        return None
    workers = worker.node.app.workers
    return workers.asked(worker) if isinstance(workers, AskedWorkers) else None


@dataclass
class DialogWanted(Message):
    """Do this, which opens a dialog, once no key that is typed is meant for something else."""

    do: Callable[[], object]
    asked: int | None = None
    """What had been typed when the user asked for it; None when nobody did."""


# to the app --------------------------------------------------------------------------------------------------------


@dataclass
class ScreenReady(Message):
    """A screen was mounted and wants the session: `screen` is a `ModeScreen`."""

    screen: Any


@dataclass
class PlanProposed(Message):
    """Show this plan, and perform it when the user agrees."""

    plan: Plan
    asked: int | None = field(default_factory=asked_by_worker)
    """What had been typed when it was asked for; None for what is shown at once."""


@dataclass
class JobWanted(Message):
    """Do this long work that changes nothing in the bucket (a download, a check)."""

    title: str
    work: Callable[[Progress, Cancelled], Any]
    done: Callable[[Any], str]
    """The result in a sentence for a toast; "" where it shows by itself."""
    total: int | None = None


@dataclass
class OutcomeArrived(Message):
    """A screen did something by itself; keep it in Activity and tell the others."""

    outcome: Outcome


@dataclass
class UndoWanted(Message):
    """Propose the plan that undoes this."""

    record: ActivityRecord


@dataclass
class RetryWanted(Message):
    """Do again what failed of a job: `job` is a jobs.Job."""

    job: Any


class ActivityWanted(Message):
    """Read again what was done; other sessions may have done something."""


@dataclass
class Trouble(Message):
    """An error that must be answered."""

    error: S3mlError
    asked: int | None = field(default_factory=asked_by_worker)
    """What had been typed when it was asked for; None for what is shown at once."""


@dataclass
class CredentialsFailed(Message):
    """A pane shows that there are no credentials, or none that are good."""

    error: S3mlError


@dataclass
class PlaceWanted(Message):
    """Go there in Browse."""

    place: Place
    key: ObjectKey | None = None
    """The object to put the cursor on."""


@dataclass
class RunWanted(Message):
    """Follow this run's log."""

    workspace: Place
    run_id: str


@dataclass
class TrainingWanted(Message):
    """Open Pipeline with these values of a spec."""

    values: dict[str, Any] = field(default_factory=dict)


@dataclass
class PredictionWanted(Message):
    """Ask for what is missing, then apply a model to an object."""

    model: str | None = None
    data: ObjectKey | None = None


@dataclass
class WhereChanged(Message):
    """The header's place changed."""

    place: Place | None


@dataclass
class LogEnded(Message):
    """All of a run's log was shown."""

    workspace: Place
    run_id: str


# from jobs ---------------------------------------------------------------------------------------------------------


class JobMoved(Message):
    """A job made progress; later ones replace earlier ones."""

    def can_replace(self, message: Message) -> bool:
        """Only the newest is worth painting."""
        return isinstance(message, JobMoved)


@dataclass
class JobEnded(Message):
    """A job is over: `job` is a jobs.Job."""

    job: Any
