"""Runs: every run of the workspace, newest first."""

from collections.abc import Sequence

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
from s3ml_tui.ui.widgets.rows import Cell, Column, ItemRows, Rows

SIGNS = {
    RunState.RUNNING: ("●", "accent"),
    RunState.SUCCEEDED: ("✓", "good"),
    RunState.FAILED: ("✗", "bad"),
    RunState.CANCELLED: ("⊘", "warn"),
    RunState.LOST: ("?", "warn"),
}


class RunRows(ItemRows[RunSummary]):
    """Runs, newest first."""

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

    def identity(self, item: RunSummary) -> str:
        """Its id."""
        return item.run_id

    def cells(self, item: RunSummary) -> Sequence[Cell | str]:
        """State, name, result, model, times."""
        sign, look = SIGNS[item.state]
        return (
            Cell(f"{sign} {item.state}", look),
            item.run_id,
            item.name,
            _result(item, look),
            Cell(item.model or "", "accent"),
            Cell(moment_text(item.started, local_now()), "dim"),
            elapsed_text(item.elapsed_s) if item.elapsed_s is not None else "",
            Cell(item.host, "dim"),
        )


def _result(run: RunSummary, look: str) -> Cell | str:
    """Why it failed, else its headline and what speaks against it, else which estimator it is."""
    if run.reason:
        return Cell(run.reason, look)
    if run.doubt:
        return Cell(f"{run.headline}  {run.doubt}", "warn")
    return run.headline or Cell(run.estimator, "dim")


def read_runs(services: Services, workspace: Place) -> tuple[tuple[RunSummary, ...], bool]:
    """All records, and whether a run goes on: one of them, or one started here that has written nothing yet."""
    runs = services.runs.summaries(workspace)
    return runs, any(run.state is RunState.RUNNING for run in runs) or bool(services.runs.running_here())


class RunsScreen(ListScreen[RunSummary]):
    """The list, and ways to a run's log, report and spec."""

    MODE = "runs"
    SCOPE = Scope.RUNS
    BINDINGS = keys.bindings(Scope.RUNS)
    NOUN = "run"
    EMPTY_STEP = "{app.pipeline} opens Pipeline: describe a run and start it"

    def __init__(self) -> None:
        super().__init__(RunRows())

    def read(self, services: Services, workspace: Place) -> tuple[tuple[RunSummary, ...], bool]:
        """All records."""
        return read_runs(services, workspace)

    @on(Rows.Opened, "#runs")
    def _opened(self) -> None:
        self.action_follow_log()

    def action_follow_log(self) -> None:
        """Follow the log of the run under the cursor."""
        run = self.chosen_item()
        if run is not None and self.workspace is not None:
            self.post_message(RunWanted(self.workspace, run.run_id))

    def action_open_output(self) -> None:
        """Go to the run's report; to its record when it made none."""
        run, workspace = self.chosen_item(), self.workspace
        if run is None or workspace is None:
            return
        layout = Layout(workspace)
        if run.state is RunState.SUCCEEDED:
            self.post_message(PlaceWanted(layout.report(run.run_id)))
        else:
            self.post_message(PlaceWanted(layout.runs.under(run.run_id)))

    def action_again(self) -> None:
        """Open Pipeline with this run's spec and its data at the version it read."""
        run, workspace, services = self.chosen_item(), self.workspace, self.services
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
        run = self.rows.chosen
        if run is None or self.workspace is None or run.state is not RunState.RUNNING:
            return None
        return self.workspace, run.run_id
