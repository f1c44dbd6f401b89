"""The app: six modes on number keys, going from one to another, and a quiet end."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from rich.text import Text
from textual import on
from textual.app import App, ScreenStackError
from textual.theme import ThemeProvider
from textual.worker import Worker, WorkerState

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey, Place, parse_place
from s3ml_tui.services.session import Services
from s3ml_tui.settings import Settings
from s3ml_tui.ui import messages, stylesheets
from s3ml_tui.ui.app.activity_records import ActivityRecords
from s3ml_tui.ui.app.appearance import LooksApp
from s3ml_tui.ui.app.contexts import Contexts
from s3ml_tui.ui.app.modes import MODES
from s3ml_tui.ui.app.navigation import Navigation
from s3ml_tui.ui.app.palette import ActionCommands
from s3ml_tui.ui.app.perform import TICK_S, Changes
from s3ml_tui.ui.app.quit import Quit
from s3ml_tui.ui.app.session import Session
from s3ml_tui.ui.app.sign_in import SignIn
from s3ml_tui.ui.app.signals import Signals
from s3ml_tui.ui.app.undo import Undo
from s3ml_tui.ui.app.unfinished_transfers import UnfinishedTransfers
from s3ml_tui.ui.browse.screen import BrowseScreen
from s3ml_tui.ui.dialogs.dialog import Palette
from s3ml_tui.ui.jobs import Jobs
from s3ml_tui.ui.screens.first_run import FirstRun, FirstRunScreen
from s3ml_tui.ui.screens.mode_screen import ModeScreen
from s3ml_tui.ui.threads import LeavingExecutor
from s3ml_tui.ui.widgets.header import Top

__all__ = ["FirstRun", "S3mlApp"]


class S3mlApp(LooksApp):
    """Owns the parts, tells them of each other's news, and gives them what messages and keys are for."""

    TITLE = "s3ml"
    CSS_PATH = stylesheets.style_files()
    COMMANDS = App.COMMANDS | {ActionCommands}
    MODES = MODES
    DEFAULT_MODE = "browse"

    def __init__(
        self,
        open: Callable[[Context], Services],  # noqa: A002 - what it does
        context: Context,
        *,
        start: Place | None = None,
        start_run: str | None = None,
        first_run: FirstRun | None = None,
        settings: Settings | None = None,
        on_crash: Callable[[Exception], str] | None = None,
    ) -> None:
        """`open` makes the session of a context, in a thread; `start_run` is a run of `start` that is shown first."""
        super().__init__(settings=settings)
        self._open_services, self._first_run, self._on_crash = open, first_run, on_crash
        self._start_run = start_run
        self.signals = Signals(self)
        self.jobs = Jobs(self.post_message)
        self.session = Session(
            self,
            context,
            start,
            open_services=self._make_session,
            opened=self.use_session,
            failed=self._session_failed,
        )
        self.sign_in = SignIn(self, self.session)
        self.records = ActivityRecords(self, self.session, self._paint_activity)
        self.changes = Changes(self, self.session, self.sign_in, self.records, self.jobs)
        self.undo = Undo(self, self.session, self.sign_in, self.records, self.changes)
        self.contexts = Contexts(self, self.session, self.sign_in, self.changes, self.use_session)
        self.navigation = Navigation(
            self, self.session, self.settings, show_place=self.show_place, go_in_context=self.contexts.go_in
        )
        self.unfinished = UnfinishedTransfers(self, self.session, self.changes)
        self.quitting = Quit(self, self.jobs, self.contexts)

    # the session -----------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Paint first, connect then."""
        asyncio.get_running_loop().set_default_executor(LeavingExecutor())
        self.signals.listen()
        self.set_interval(TICK_S, self.changes.tick)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        if self._first_run is None:
            self.session.connect_again()
        else:
            connect = self.session.connect_to
            self.push_screen(FirstRunScreen(self._first_run), lambda chosen: connect(chosen or self.session.context))

    def _make_session(self, context: Context) -> Services:
        """In a thread."""
        services = self._open_services(context)
        if services.sign_in is not None:
            services.sign_in.asked_by(self.sign_in.ask_code)
        self.contexts.try_out(services)
        return services

    def use_session(self, services: Services) -> None:
        """A session is there: hand it to the screens, begin where it begins, and do what waited for it."""
        last, then = self.session.services, self.contexts.arrived()
        self.session.use(services)
        for screen in self.session.screens:
            self._hand_over(screen)
        self._show_start()
        if last is not None and last is not services:
            self.session.close(last)
        self.session.search_again()
        self.sign_in.go_on(services)
        self.records.read()
        if then is not None:
            self.navigation.go(then)
        self.unfinished.look_later(services)

    def _session_failed(self, error: S3mlError) -> None:
        self.contexts.offer_way_back(error)

    def begin_at(self, place: Place) -> None:
        """Show it in Browse, and leave the user where they went meanwhile."""
        for screen in self.session.screens:
            if isinstance(screen, BrowseScreen):
                screen.show_place(place)

    def _show_start(self) -> None:
        start, workspace = self.session.start, self.session.context.workspace
        if start is None and workspace:
            start = parse_place(workspace)
        if start is None:
            return
        self.begin_at(start)
        if self._start_run is not None:
            self.post_message(messages.RunWanted(start, self._start_run))
            self._start_run = None

    @on(messages.ScreenReady)
    def _welcome(self, message: messages.ScreenReady) -> None:
        screen = message.screen
        if isinstance(screen, ModeScreen) and screen not in self.session.screens:
            self.session.screens.append(screen)
            self._hand_over(screen)

    def _hand_over(self, screen: ModeScreen) -> None:
        self.contexts.bring(screen)
        self.session.hand_over(screen)
        self.changes.show_on(screen)
        self.contexts.is_there(screen)

    def _paint_activity(self) -> None:
        for screen in self.session.screens:
            self.changes.show_activity_on(screen)

    # going about ---------------------------------------------------------------------------------------------------

    def show_place(self, place: Place, key: ObjectKey | None = None) -> None:
        """Go there in Browse."""
        self.switch_mode("browse")
        browse = self.screen_stack[0]
        if isinstance(browse, BrowseScreen):
            browse.show_place(place, key)

    @on(messages.PlaceWanted)
    def _go(self, message: messages.PlaceWanted) -> None:
        self.show_place(message.place, message.key)

    @on(messages.RunWanted)
    async def _follow_run(self, message: messages.RunWanted) -> None:
        from s3ml_tui.ui.logs.screen import LogsScreen

        await self.switch_mode("logs")
        logs = self.screen_stack[0]
        if isinstance(logs, LogsScreen):
            logs.show_run(message.workspace, message.run_id)

    @on(messages.TrainingWanted)
    @on(messages.PredictionWanted)
    async def _open_pipeline(self, message: messages.TrainingWanted | messages.PredictionWanted) -> None:
        from s3ml_tui.ui.pipeline.screen import PipelineScreen

        await self.switch_mode("pipeline")
        pipeline = self.screen_stack[0]
        if not isinstance(pipeline, PipelineScreen):
            return
        if isinstance(message, messages.TrainingWanted):
            pipeline.fill(message.values)
        else:
            pipeline.predict(message.model, message.data)

    @on(Top.ModeClicked)
    def _switch(self, message: Top.ModeClicked) -> None:
        self.switch_mode(message.mode)

    @on(messages.WhereChanged)
    def _where_changed(self, message: messages.WhereChanged) -> None:
        if message.place is not None:
            self.session.show_place(message.place)

    # what screens want and jobs tell ---------------------------------------------------------------------------------

    @on(messages.PlanProposed)
    def _ask(self, message: messages.PlanProposed) -> None:
        asked = self.typed if message.asked is None else message.asked
        self.when_free(lambda: self.changes.propose(message.plan), asked)

    @on(messages.Trouble)
    def _say(self, message: messages.Trouble) -> None:
        asked = self.typed if message.asked is None else message.asked
        self.when_free(lambda: self.sign_in.show_trouble(message.error), asked)

    @on(messages.CredentialsFailed)
    def _credentials_failed(self, message: messages.CredentialsFailed) -> None:
        self.sign_in.note_failure(message.error)

    @on(messages.OutcomeArrived)
    def _note(self, message: messages.OutcomeArrived) -> None:
        self.changes.note(message.outcome)

    @on(messages.ActivityWanted)
    def _read_activity(self) -> None:
        self.records.read()

    @on(messages.UndoWanted)
    def _undo(self, message: messages.UndoWanted) -> None:
        self.undo.undo(message.record)

    @on(messages.RetryWanted)
    def _retry(self, message: messages.RetryWanted) -> None:
        self.undo.retry(message.job)

    @on(messages.JobWanted)
    def _start_job(self, message: messages.JobWanted) -> None:
        self.changes.start(message)

    @on(messages.JobMoved)
    def _paint_jobs(self) -> None:
        self.changes.paint()

    @on(messages.JobEnded)
    def _job_ended(self, message: messages.JobEnded) -> None:
        self.quitting.note_end(message.job)
        self.contexts.close_idle()
        self.changes.end(message.job)

    # actions of the registry -----------------------------------------------------------------------------------------

    def action_browse(self) -> None:
        """Mode 1."""
        self.switch_mode("browse")

    def action_pipeline(self) -> None:
        """Mode 2."""
        self.switch_mode("pipeline")

    def action_runs(self) -> None:
        """Mode 3."""
        self.switch_mode("runs")

    def action_models(self) -> None:
        """Mode 4."""
        self.switch_mode("models")

    def action_logs(self) -> None:
        """Mode 5."""
        self.switch_mode("logs")

    def action_activity(self) -> None:
        """Mode 6."""
        self.switch_mode("activity")

    def action_refresh_screen(self) -> None:
        """Read everything on the screen again; connect when there is no session."""
        self.sign_in.connect_again()
        if isinstance(self.screen, ModeScreen):
            self.screen.refresh_all()

    @on(Top.PlaceClicked)
    def action_go_to(self) -> None:
        """Ask for an address and go there."""
        self.navigation.ask()

    def action_bookmark(self) -> None:
        """Keep the place that is shown."""
        self.navigation.bookmark()

    def action_bookmarks(self) -> None:
        """Choose a bookmark and go there."""
        self.navigation.choose_bookmark()

    @on(Top.ContextClicked)
    def action_contexts(self) -> None:
        """Choose the context to work in."""
        self.contexts.choose()

    def action_undo(self) -> None:
        """Undo the last thing that was done and can be undone; once more, the one before it."""
        self.undo.undo_last()

    def action_cancel_job(self) -> None:
        """Cancel the run or the prediction of the screen at hand, or the oldest job; asks first."""
        self.changes.cancel()

    async def action_quit(self) -> None:
        """Leave; asks while a job or run goes on."""
        self.quitting.quit()

    def action_zoom(self) -> None:
        """Let the pane in focus fill the screen, and back."""
        if self.screen.maximized:
            self.screen.minimize()
        elif self.screen.focused is not None:
            self.screen.maximize(self.screen.focused)

    def action_command_palette(self) -> None:
        """The list of commands."""
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def search_themes(self) -> None:
        """The list of themes."""
        self.push_screen(Palette([ThemeProvider], placeholder="Search for themes…"))

    def action_help(self) -> None:
        """Help for where you are."""
        from s3ml_tui.ui.screens.help import HelpScreen

        if isinstance(self.screen, ModeScreen):
            self.push_screen(HelpScreen(self.screen.SCOPE))

    # the end -----------------------------------------------------------------------------------------------------

    def clear_selection(self) -> None:
        """On Python 3.12 and later an input of the first screen asks for this before that screen is on the stack."""
        with suppress(ScreenStackError):  # then nothing can be selected
            super().clear_selection()

    def on_unmount(self) -> None:
        """Nobody is here any more."""
        self.signals.ignore()
        self.sign_in.end()

    def exit(self, result: int | None = None, return_code: int = 0, message: Any = None) -> None:
        """Let go of jobs and connections."""
        if not self.signals.ended_by:  # else jobs stay as they are, for whoever takes them up again
            self.jobs.close()
        super().exit(result, return_code, message)

    @on(Worker.StateChanged)
    def _crash_of_worker(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR and isinstance(event.worker.error, Exception):
            self._handle_exception(event.worker.error)

    def _fatal_error(self) -> None:
        """Textual's own would print locals, secrets included."""
        error = self._exception
        sentence = self._on_crash(error) if self._on_crash and error is not None else "s3ml met an error of its own."
        self._exit_renderables.append(Text(printable(sentence)))
        self._close_messages_no_wait()
