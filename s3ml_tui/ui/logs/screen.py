"""Logs: the runs on the left, the log of the chosen one on the right, following."""

from collections.abc import Sequence

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal

from s3ml_tui.domain.actions import Scope
from s3ml_tui.domain.errors import NotFound, S3mlError
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.ml.runs import RunSummary
from s3ml_tui.domain.plans.plan import Outcome
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui import keys
from s3ml_tui.ui.logs.pane import LogPane
from s3ml_tui.ui.messages import LogEnded, PlaceWanted, Trouble
from s3ml_tui.ui.runs.screen import SIGNS, read_runs
from s3ml_tui.ui.screens.workspace_list import ListScreen
from s3ml_tui.ui.widgets.rows import Cell, Column, ItemRows, Rows


class LogRows(ItemRows[RunSummary]):
    """Runs that have a log, newest first."""

    GAP = 1
    COLUMNS = (Column("", 1), Column("run"))

    def __init__(self) -> None:
        super().__init__(id="log-runs")

    def identity(self, item: RunSummary) -> str:
        """Its id."""
        return item.run_id

    def cells(self, item: RunSummary) -> Sequence[Cell | str]:
        """Sign and id."""
        sign, look = SIGNS[item.state]
        return (Cell(sign, look), item.run_id)


class LogsScreen(ListScreen[RunSummary]):
    """Follows one log at a time; pauses on scroll up, End resumes."""

    MODE = "logs"
    SCOPE = Scope.LOGS
    BINDINGS = keys.bindings(Scope.LOGS)
    NOUN = "run"
    EMPTY_STEP = "{app.pipeline} opens Pipeline, which starts one"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]

    def __init__(self) -> None:
        super().__init__(LogRows(), "log-runs-pane")
        self._wanted: str | None = None
        """The run that was asked for, until it is in the list or another is chosen."""

    def body(self) -> ComposeResult:
        """Two panes."""
        with Horizontal():
            yield self._pane
            yield LogPane()

    def on_mount(self) -> None:
        """Say what is waited for."""
        self._log_pane.empty("No run chosen", "Choose one on the left")

    @property
    def _log_pane(self) -> LogPane:
        return self.query_one(LogPane)

    def on_descendant_focus(self) -> None:
        """Where there is little room, the log takes all of it while it is read."""
        self.set_class(self._log_pane.has_focus or self._log_pane.has_focus_within, "-reading")

    # the runs ------------------------------------------------------------------------------------------------------

    def refresh_all(self) -> None:
        """Read the runs anew, and the log without waiting for the next poll."""
        super().refresh_all()
        self._ask_for_log()

    def _ask_for_log(self) -> None:
        if self.services is not None:
            self._log_pane.ask_now(self.services)

    def heading(self, _workspace: Place) -> str:
        """There is little room."""
        return self._heading

    def read(self, services: Services, workspace: Place) -> tuple[tuple[RunSummary, ...], bool]:
        """All records."""
        return read_runs(services, workspace)

    def ask(self, is_quiet: bool) -> None:
        """For the list, and for what was written to a log that goes on while nobody looked."""
        super().ask(is_quiet)
        if not is_quiet and not self._log_pane.is_over:
            self._ask_for_log()

    def take(self, found: tuple[RunSummary, ...]) -> int | None:
        """The cursor belongs on the run that is followed, or was asked for."""
        self.rows.items = found
        self._pane.title(self._heading, count_text(len(found), self.NOUN))
        return self.rows.row_of(self._wanted or (self._log_pane.run or (None, None))[1])

    def show_run(self, workspace: Place, run_id: str) -> None:
        """Follow this run's log, and read it."""
        self._wanted = run_id
        row = self.rows.row_of(run_id)
        if row is not None:
            self.rows.cursor = row
        self._follow(workspace, run_id)
        self._log_pane.take_focus()

    @on(Rows.Highlighted, "#log-runs")
    def _chosen(self, event: Rows.Highlighted) -> None:
        rows = self.rows
        if self.workspace is None or event.row >= rows.row_count:
            return
        run_id = rows.items[event.row].run_id
        if self._wanted is not None and self._wanted != run_id and rows.row_of(self._wanted) is None:
            return  # the run that was asked for is not in the list yet
        self._wanted = None
        self._follow(self.workspace, run_id)

    @on(Rows.Opened, "#log-runs")
    def _opened(self) -> None:
        self._log_pane.take_focus()

    @on(LogEnded)
    def _log_ended(self) -> None:
        self.reading.now()

    def run_to_cancel(self) -> tuple[Place, str] | None:
        """The run whose log is followed, while it goes on."""
        return None if self._log_pane.is_over else self._log_pane.run

    def after(self, outcome: Outcome) -> None:
        """A run may have been cancelled."""
        super().after(outcome)
        if self.is_current:
            self._ask_for_log()

    # the log -------------------------------------------------------------------------------------------------------

    def _follow(self, workspace: Place, run_id: str) -> None:
        if self.services is not None and self._log_pane.run != (workspace, run_id):
            self._log_pane.follow(self.services, workspace, run_id)

    @on(Rows.Left, "#log")
    def _left_log(self) -> None:
        self._pane.take_focus()

    def action_follow(self) -> None:
        """Follow the end again, or stop."""
        self._log_pane.toggle_follow()

    def action_level(self) -> None:
        """The next level up; after errors, everything."""
        self._log_pane.cycle_level()

    def action_search(self) -> None:
        """Ask what to search for and go to the first hit."""
        self._log_pane.ask_search()

    def action_next_hit(self) -> None:
        """To the next hit."""
        self._log_pane.next_hit()

    def action_previous_hit(self) -> None:
        """To the hit before."""
        self._log_pane.previous_hit()

    def action_open_output(self) -> None:
        """Go to the log's object, or its chunks while it goes on."""
        if self._log_pane.run is not None and self.services is not None:
            self._go_to_log(self.services, *self._log_pane.run)
        else:
            self.notify("There is no log here: choose a run on the left.", severity="warning")

    @work(thread=True, group="open", exit_on_error=False)
    def _go_to_log(self, services: Services, workspace: Place, run_id: str) -> None:
        layout = Layout(workspace)
        log = layout.training_log(run_id)
        try:
            services.objects.facts(log)
        except NotFound:
            self.post_message(PlaceWanted(layout.training_chunks(run_id)))  # it goes on: the chunks are all there is
        except S3mlError as error:
            self.post_message(Trouble(error))
        else:
            self.post_message(PlaceWanted(layout.training_logs, log))
