"""Activity: the jobs of this session and what was done, each with its undo."""

from collections.abc import Sequence
from datetime import UTC, datetime

from textual import on
from textual.app import ComposeResult

from s3ml_tui.domain.actions import Scope
from s3ml_tui.domain.plans import Outcome
from s3ml_tui.domain.text import age_text, size_text
from s3ml_tui.ui import keys
from s3ml_tui.ui.jobs import Job
from s3ml_tui.ui.messages import UndoWanted
from s3ml_tui.ui.screens.mode import ModeScreen
from s3ml_tui.ui.widgets.notice import Pane
from s3ml_tui.ui.widgets.rows import Cell, Column, Rows

_LOOKS = {"done": "good", "failed": "bad", "cancelled": "warn", "running": "accent", "cancelling": "warn"}


class OutcomeRows(Rows):
    """Outcomes, newest first."""

    COLUMNS = (Column("when", 12), Column("what"), Column("undo", 28, from_width=70))

    def __init__(self) -> None:
        super().__init__(id="outcomes")
        self.outcomes: list[Outcome] = []

    @property
    def row_count(self) -> int:
        """One row an outcome."""
        return len(self.outcomes)

    def row(self, index: int) -> Sequence[Cell | str]:
        """When, what, and how to undo it."""
        outcome = self.outcomes[index]
        undo = Cell("enter undoes it", "good") if outcome.undo else Cell(outcome.no_undo or "no undo", "dim")
        return (Cell(age_text(outcome.at, datetime.now(UTC)), "dim"), outcome.title, undo)


class JobRows(Rows):
    """Jobs of this session, newest first."""

    COLUMNS = (Column("state", 10), Column("job"), Column("moved", 10, "right"))

    def __init__(self) -> None:
        super().__init__(id="jobs")
        self.jobs: list[Job] = []

    @property
    def row_count(self) -> int:
        """One row a job."""
        return len(self.jobs)

    def row(self, index: int) -> Sequence[Cell | str]:
        """State, title, bytes."""
        job = self.jobs[index]
        return (Cell(job.state, _LOOKS[job.state]), job.title, size_text(job.moved) if job.moved else "")


class ActivityScreen(ModeScreen):
    """Two lists."""

    MODE = "activity"
    SCOPE = Scope.ACTIVITY
    BINDINGS = keys.bindings(Scope.ACTIVITY)

    def body(self) -> ComposeResult:
        """Outcomes above, jobs below."""
        yield Pane(OutcomeRows(), title="Done", id="outcome-pane")
        yield Pane(JobRows(), title="Jobs", id="job-pane")

    def on_mount(self) -> None:
        """Nothing was done yet."""
        super().on_mount()
        self._paint()
        self.query_one(OutcomeRows).focus()

    def show_activity(self, outcomes: list[Outcome], jobs: list[Job]) -> None:
        """Paint both lists."""
        self.query_one(OutcomeRows).outcomes = list(outcomes)
        self.query_one(JobRows).jobs = list(reversed(jobs))
        self._paint()

    def _paint(self) -> None:
        for rows, pane_id, nothing, step in (
            (
                self.query_one(OutcomeRows),
                "#outcome-pane",
                "Nothing was done yet",
                "What you change shows here, with its undo",
            ),
            (self.query_one(JobRows), "#job-pane", "No jobs yet", "Uploads, downloads and other long work show here"),
        ):
            pane = self.query_one(pane_id, Pane)
            if rows.row_count:
                pane.ready()
            else:
                pane.empty(nothing, step)
            rows.rows_changed()

    @on(Rows.Opened, "#outcomes")
    def _opened(self, event: Rows.Opened) -> None:
        self._undo(event.row)

    def action_undo_this(self) -> None:
        """Undo the outcome under the cursor."""
        self._undo(self.query_one(OutcomeRows).cursor)

    def _undo(self, row: int) -> None:
        outcomes = self.query_one(OutcomeRows).outcomes
        if outcomes:
            self.post_message(UndoWanted(outcomes[row]))
