"""Logs: the runs on the left, the log of the chosen one on the right, following."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message

from s3ml_tui.domain.actions import Scope
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.layout import Layout
from s3ml_tui.domain.logs import Cursor, LogPage
from s3ml_tui.domain.plans import Outcome
from s3ml_tui.domain.runs import RunSummary
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui import keys
from s3ml_tui.ui.messages import PlaceWanted
from s3ml_tui.ui.screens.dialogs import AskText
from s3ml_tui.ui.screens.mode import ModeScreen
from s3ml_tui.ui.screens.runs import SIGNS
from s3ml_tui.ui.widgets.log_view import LogView
from s3ml_tui.ui.widgets.notice import Pane
from s3ml_tui.ui.widgets.rows import Cell, Column, Rows

POLL_S = 1.0
MAX_POLL_S = 8.0
"""Between polls once the server has stopped answering."""


class LogRows(Rows):
    """Runs that have a log, newest first."""

    COLUMNS = (Column("run"),)

    def __init__(self) -> None:
        super().__init__(id="log-runs")
        self.runs: tuple[RunSummary, ...] = ()

    @property
    def row_count(self) -> int:
        """One row a run."""
        return len(self.runs)

    def row(self, index: int) -> Sequence[Cell | str]:
        """Sign and id."""
        sign, look = SIGNS[self.runs[index].state]
        return (Cell(f"{sign} {self.runs[index].run_id}", look),)


class LogsScreen(ModeScreen):
    """Follows one log at a time; pauses on scroll up, End resumes."""

    MODE = "logs"
    SCOPE = Scope.LOGS
    BINDINGS = keys.bindings(Scope.LOGS)

    @dataclass
    class RunsArrived(Message):
        """The runs were read, or why not."""

        workspace: Place
        runs: tuple[RunSummary, ...]
        error: S3mlError | None = None

    def __init__(self) -> None:
        super().__init__()
        self._run: tuple[Place, str] | None = None
        self._wanted: tuple[Place, str] | None = None
        self._is_over = False

    def body(self) -> ComposeResult:
        """Two panes."""
        with Horizontal():
            yield Pane(LogRows(), title="Runs", id="log-runs-pane")
            yield Pane(LogView(id="log"), title="Log", id="log-pane")

    def on_mount(self) -> None:
        """Say what is waited for."""
        super().on_mount()
        self._runs_pane.wait_for("the session")
        self._log_pane.empty("No run chosen", "Choose one on the left")
        self.query_one(LogRows).focus()

    @property
    def _runs_pane(self) -> Pane:
        return self.query_one("#log-runs-pane", Pane)

    @property
    def _log_pane(self) -> Pane:
        return self.query_one("#log-pane", Pane)

    @property
    def _log(self) -> LogView:
        return self.query_one("#log", LogView)

    # the runs ------------------------------------------------------------------------------------------------------

    def on_screen_resume(self) -> None:
        """Runs move on while one looks elsewhere."""
        self._read_runs()

    def watch_services(self) -> None:
        """A session came."""
        self._read_runs()

    def watch_workspace(self) -> None:
        """Another workspace."""
        self._read_runs()

    def connect_failed(self, error: S3mlError) -> None:
        """No session, and why."""
        self._runs_pane.trouble(error)

    def refresh_all(self) -> None:
        """Read runs and log anew."""
        self._read_runs()
        if self._run is not None:
            self._follow(*self._run)

    def _read_runs(self) -> None:
        if self.services is None:
            return
        if self.workspace is None:
            self._runs_pane.empty("This is no workspace", "W in Browse makes one")
            return
        if not self.query_one(LogRows).row_count:
            self._runs_pane.wait_for("runs")
        self._load_runs(self.services, self.workspace)

    @work(thread=True, group="runs", exit_on_error=False)
    def _load_runs(self, services: Services, workspace: Place) -> None:
        try:
            runs = services.runs.summaries(workspace)
        except S3mlError as error:
            self.post_message(self.RunsArrived(workspace, (), error))
        else:
            self.post_message(self.RunsArrived(workspace, runs))

    @on(RunsArrived)
    def _show_runs(self, message: RunsArrived) -> None:
        if message.workspace != self.workspace:
            return
        if message.error is not None:
            self._runs_pane.trouble(message.error)
            return
        rows = self.query_one(LogRows)
        rows.runs = message.runs
        self._runs_pane.title("Runs", count_text(len(message.runs), "run"))
        if not message.runs:
            self._runs_pane.empty("No runs yet", "2 opens Pipeline")
            return
        self._runs_pane.ready()
        rows.rows_changed(self._row_of(self._wanted))

    def _row_of(self, wanted: tuple[Place, str] | None) -> int | None:
        ids = [run.run_id for run in self.query_one(LogRows).runs]
        return ids.index(wanted[1]) if wanted is not None and wanted[1] in ids else None

    def show_run(self, workspace: Place, run_id: str) -> None:
        """Follow this run's log."""
        self._wanted = (workspace, run_id)
        row = self._row_of(self._wanted)
        if row is not None:
            self.query_one(LogRows).cursor = row
        self._follow(workspace, run_id)
        self._log.focus()

    @on(Rows.Highlighted, "#log-runs")
    def _chosen(self, event: Rows.Highlighted) -> None:
        run = self.query_one(LogRows).runs[event.row]
        if self.workspace is not None and self._run != (self.workspace, run.run_id):
            if self._wanted is not None and self._wanted[1] != run.run_id and self._row_of(self._wanted) is None:
                return  # the run that was asked for is not in the list yet
            self._wanted = None
            self._follow(self.workspace, run.run_id)

    @on(Rows.Opened, "#log-runs")
    def _opened(self) -> None:
        self._log.focus()

    def run_to_cancel(self) -> tuple[Place, str] | None:
        """The run whose log is followed, while it goes on."""
        return self._run if self._run is not None and not self._is_over else None

    # the log -------------------------------------------------------------------------------------------------------

    def _follow(self, workspace: Place, run_id: str) -> None:
        if self.services is None:
            return
        self._run, self._is_over = (workspace, run_id), False
        self._log.clear()
        self._log_pane.title(run_id)
        self._log_pane.wait_for("the log")
        self._poll(self.services, workspace, run_id)

    @work(group="log", exclusive=True, exit_on_error=False)
    async def _poll(self, services: Services, workspace: Place, run_id: str) -> None:
        cursor, pause_s = Cursor(), POLL_S
        while self._run == (workspace, run_id) and self.is_attached:
            try:
                page = await asyncio.to_thread(services.logs.poll_run, workspace, run_id, cursor)
            except S3mlError as error:
                if self._run == (workspace, run_id):
                    self._log_pane.trouble(error)
                pause_s = min(pause_s * 2, MAX_POLL_S)
                await asyncio.sleep(pause_s)
                continue
            if self._run != (workspace, run_id):
                return
            cursor, pause_s = page.cursor, POLL_S
            self._show_page(page)
            if page.is_over:
                return
            await asyncio.sleep(POLL_S)

    def _show_page(self, page: LogPage) -> None:
        if page.was_replaced:
            self._log.clear()
        self._log.extend(page.lines)
        self._is_over = page.is_over
        if page.cursor.lines:
            self._log_pane.ready()
        else:
            self._log_pane.empty(
                "No lines yet" if not page.is_over else "The log is empty",
                "" if page.is_over else "They show here as the run writes them",
            )
        self._subtitle()

    def _subtitle(self) -> None:
        log = self._log
        state = "over" if self._is_over else "following" if log.follow else "paused · end resumes"
        run_id = self._run[1] if self._run else ""
        self._log_pane.title(run_id, f"{state} · level {log.min_level}")

    @on(LogView.FollowChanged)
    def _follow_changed(self) -> None:
        self._subtitle()

    def action_follow(self) -> None:
        """Follow the end again, or stop."""
        self._log.follow = not self._log.follow
        self._subtitle()

    def action_level(self) -> None:
        """The next level up; after errors, everything."""
        self._log.cycle_level()
        self._subtitle()

    @work
    async def action_search(self) -> None:
        """Ask what to search for and go to the first hit."""
        wanted = await self.app.push_screen_wait(
            AskText("Search the log", hint="n and N go to the next and previous hit")
        )
        if wanted is not None:
            hits = self._log.search(wanted)
            self._log.focus()
            self.notify(count_text(hits, "hit") if wanted else "Search cleared")

    def action_next_hit(self) -> None:
        """To the next hit."""
        self._log.next_hit()

    def action_previous_hit(self) -> None:
        """To the hit before."""
        self._log.previous_hit()

    @work(thread=True, group="open", exit_on_error=False)
    def _go_to_log(self, services: Services, workspace: Place, run_id: str) -> None:
        layout = Layout(workspace)
        key: ObjectKey | None = layout.training_log(run_id)
        place = layout.training_logs
        try:
            services.objects.facts(layout.training_log(run_id))
        except S3mlError:
            key, place = None, layout.training_chunks(run_id)  # it still goes on: the chunks are all there is
        self.post_message(PlaceWanted(place, key))

    def action_open_output(self) -> None:
        """Go to the log's object, or its chunks while it goes on."""
        if self._run is not None and self.services is not None:
            self._go_to_log(self.services, *self._run)

    def after(self, _outcome: Outcome) -> None:
        """A run may have been cancelled."""
        if self.is_current:
            self._read_runs()
