"""Activity: the jobs of this session and what was done, each with its undo."""

from collections.abc import Sequence
from datetime import UTC, datetime

from textual import on
from textual.app import ComposeResult

from s3ml_tui.domain.actions import Scope
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.plans import Outcome
from s3ml_tui.domain.text import age_text, count_text, printable, size_text
from s3ml_tui.ui import keys
from s3ml_tui.ui.jobs import Job
from s3ml_tui.ui.messages import UndoWanted
from s3ml_tui.ui.screens.dialogs import TroubleDialog
from s3ml_tui.ui.screens.mode import ModeScreen
from s3ml_tui.ui.widgets.notice import Pane
from s3ml_tui.ui.widgets.rows import Cell, Column, Rows

_LOOKS = {"done": "good", "failed": "bad", "cancelled": "warn", "running": "accent", "cancelling": "warn"}
_SIGNS = {"done": "✓", "failed": "✗", "cancelled": "⊘", "running": "●", "cancelling": "●"}
_WORDS = {
    "outcome": ("Done", "Nothing was done yet", "What you change shows here, with its undo"),
    "job": ("Jobs", "No jobs yet", "Uploads, downloads and other long work show here"),
}
"""Of each list: its title, what it says when empty, the next step."""


class OutcomeRows(Rows):
    """Outcomes, newest first."""

    GAP = 2
    COLUMNS = (Column("when", 12), Column("what"), Column("undo", 32, from_width=70))
    BINDINGS = keys.bindings(Scope.ACTIVITY)

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

    def action_undo_this(self) -> None:
        """What opening a row means here."""
        self.action_open()


class JobRows(Rows):
    """Jobs of this session, newest first."""

    GAP = 2
    COLUMNS = (Column("state", 12), Column("job"), Column("moved", 10, "right"))

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
        state = Cell(f"{_SIGNS[job.state]} {job.state}", _LOOKS[job.state])
        return (state, job.title, size_text(job.moved) if job.moved else "")


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
        self._show(self._outcome_rows, "#outcome-pane", None, "outcome")
        self._show(self._job_rows, "#job-pane", None, "job")
        self.query_one("#outcome-pane", Pane).take_focus()

    @property
    def _outcome_rows(self) -> OutcomeRows:
        return self.query_one(OutcomeRows)

    @property
    def _job_rows(self) -> JobRows:
        return self.query_one(JobRows)

    def show_activity(self, outcomes: list[Outcome], jobs: list[Job]) -> None:
        """Paint both lists; the cursors stay on what they were on."""
        done, going = self._outcome_rows, self._job_rows
        outcome = done.outcomes[done.cursor] if done.outcomes else None
        job = going.jobs[going.cursor] if going.jobs else None
        done.outcomes, going.jobs = list(outcomes), list(reversed(jobs))
        is_news = bool(outcomes) and outcomes[0] is not outcome and done.cursor == 0
        at = next((row for row, one in enumerate(outcomes) if one is outcome), None)
        self._show(done, "#outcome-pane", 0 if is_news else at, "outcome")
        self._show(going, "#job-pane", going.jobs.index(job) if job in going.jobs else None, "job")

    def _show(self, rows: Rows, pane_id: str, cursor: int | None, noun: str) -> None:
        pane = self.query_one(pane_id, Pane)
        name, nothing, step = _WORDS[noun]
        if rows.row_count:
            pane.ready()
            pane.title(name, count_text(rows.row_count, noun))
        else:
            pane.empty(nothing, step)
        rows.rows_changed(cursor)

    @on(Rows.Opened, "#outcomes")
    def action_undo_this(self) -> None:
        """Undo the outcome under the cursor."""
        rows = self._outcome_rows
        if self.is_read_only:
            self.say_read_only()
        elif rows.outcomes:
            self.post_message(UndoWanted(rows.outcomes[rows.cursor]))
        else:
            self.notify("Nothing was done yet that could be undone.", severity="warning")

    @on(Rows.Opened, "#jobs")
    def _job_opened(self) -> None:
        rows = self._job_rows
        job = rows.jobs[rows.cursor]
        if isinstance(job.error, S3mlError):
            self.app.push_screen(TroubleDialog(job.error))
        else:
            self.notify(printable(f"{job.title}: {job.state}"), markup=False)
