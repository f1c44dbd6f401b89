"""What widgets and screens tell the app: past-tense facts and requests, one line each."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from textual.message import Message

from s3ml_tui.domain.activity import ActivityRecord
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.plans.plan import Outcome, Plan
from s3ml_tui.domain.storage.store import Cancelled, Progress
from s3ml_tui.domain.uri import ObjectKey, Place

# to the app --------------------------------------------------------------------------------------------------------


@dataclass
class ScreenReady(Message):
    """A screen was mounted and wants the session: `screen` is a mode.ModeScreen."""

    screen: Any


@dataclass
class PlanProposed(Message):
    """Show this plan, and perform it when the user agrees."""

    plan: Plan
    total: int | None = None
    """Bytes that will move, for the progress bar; None when unknown."""


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
