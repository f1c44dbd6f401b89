"""Runs: every run of the workspace, newest first."""

from collections.abc import Sequence
from typing import Any, cast

from textual import on, work

from s3ml_tui.domain.actions import Scope
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.ml.runs import RunState, RunSummary
from s3ml_tui.domain.text import elapsed_text, moment_text
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui import keys
from s3ml_tui.ui.clock import local_now
from s3ml_tui.ui.messages import PlaceWanted, RunWanted, TrainingWanted, Trouble
from s3ml_tui.ui.screens.workspace_list import ListScreen
from s3ml_tui.ui.widgets.rows import Cell, Column, Rows

SIGNS = {
    RunState.RUNNING: ("●", "accent"),
    RunState.SUCCEEDED: ("✓", "good"),
    RunState.FAILED: ("✗", "bad"),
    RunState.CANCELLED: ("⊘", "warn"),
    RunState.LOST: ("?", "warn"),
}


class RunRows(Rows):
    """Runs, newest first."""

    GAP = 2
    COLUMNS = (
        Column("state", 11),
        Column("run", 19),
        Column("pipeline", 16, from_width=100),
        Column("result"),
        Column("model", 11, from_width=76),
        Column("started", 15, from_width=100),
        Column("took", 7, "right"),
        Column("host", 12, from_width=130),
    )

    def __init__(self) -> None:
        super().__init__(id="runs")
        self.runs: tuple[RunSummary, ...] = ()

    @property
    def row_count(self) -> int:
        """One row a run."""
        return len(self.runs)

    def row(self, index: int) -> Sequence[Cell | str]:
        """State, name, result, model, times."""
        run = self.runs[index]
        sign, look = SIGNS[run.state]
        return (
            Cell(f"{sign} {run.state}", look),
            run.run_id,
            run.name,
            _result(run, look),
            Cell(run.model or "", "accent"),
            Cell(moment_text(run.started, local_now()), "dim"),
            elapsed_text(run.elapsed_s) if run.elapsed_s is not None else "",
            Cell(run.host, "dim"),
        )


def _result(run: RunSummary, look: str) -> Cell | str:
    """Why it failed, else its headline and what speaks against it, else which estimator it is."""
    if run.reason:
        return Cell(run.reason, look)
    if run.doubt:
        return Cell(f"{run.headline}  {run.doubt}", "warn")
    return run.headline or Cell(run.estimator, "dim")


class RunsScreen(ListScreen):
    """The list, and ways to a run's log, report and spec."""

    MODE = "runs"
    SCOPE = Scope.RUNS
    BINDINGS = keys.bindings(Scope.RUNS)
    NOUN = "run"
    EMPTY_STEP = "{app.pipeline} opens Pipeline: describe a run and start it"

    def rows(self) -> Rows:
        """The list widget."""
        return RunRows()

    def read(self, services: Services, workspace: Place) -> tuple[Any, ...]:
        """All records."""
        return services.runs.summaries(workspace)

    def goes_on(self, services: Services, _workspace: Place, found: tuple[Any, ...]) -> bool:
        """One of them, or one that was started here and has written nothing yet."""
        return any(run.state is RunState.RUNNING for run in found) or bool(services.runs.running_here())

    def show(self, found: tuple[Any, ...]) -> None:
        """Hand them over."""
        self.query_one(RunRows).runs = found

    def identity(self, item: Any) -> object:
        """Its id."""
        return item.run_id

    def _chosen(self) -> RunSummary | None:
        return cast("RunSummary | None", self.chosen_item())

    @on(Rows.Opened, "#runs")
    def _opened(self) -> None:
        self.action_follow_log()

    def action_follow_log(self) -> None:
        """Follow the log of the run under the cursor."""
        run = self._chosen()
        if run is not None and self.workspace is not None:
            self.post_message(RunWanted(self.workspace, run.run_id))

    def action_open_output(self) -> None:
        """Go to the run's report; to its record when it made none."""
        run, workspace = self._chosen(), self.workspace
        if run is None or workspace is None:
            return
        layout = Layout(workspace)
        if run.state is RunState.SUCCEEDED:
            self.post_message(PlaceWanted(layout.report(run.run_id)))
        else:
            self.post_message(PlaceWanted(layout.runs.under(run.run_id)))

    def action_again(self) -> None:
        """Open Pipeline with this run's spec and its data at the version it read."""
        run, workspace, services = self._chosen(), self.workspace, self.services
        if run is not None and workspace is not None and services is not None:
            self._read_spec(services, workspace, run)

    @work(thread=True, group="spec", exit_on_error=False)
    def _read_spec(self, services: Services, workspace: Place, run: RunSummary) -> None:
        try:
            start = services.runs.start_record(workspace, run.run_id)
        except S3mlError as error:
            self.post_message(Trouble(error))
            return
        if start is None:
            self.notify("This run has no spec that could be read.", severity="warning")
            return
        values = start.spec.model_dump(exclude_defaults=True)
        self.post_message(TrainingWanted({**values, "version_id": start.data.version_id}))

    def run_to_cancel(self) -> tuple[Place, str] | None:
        """The run under the cursor while it goes on."""
        run = self.found[self.query_one(RunRows).cursor] if self.found else None
        if run is None or self.workspace is None or run.state is not RunState.RUNNING:
            return None
        return self.workspace, run.run_id
