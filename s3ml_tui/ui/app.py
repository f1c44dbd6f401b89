"""The app: modes on number keys, one session, plans asked and performed, outcomes kept, a quiet end."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual import on, work
from textual.app import App, ReturnType
from textual.message import Message
from textual.worker import Worker, WorkerState

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Cancelled, S3mlError
from s3ml_tui.domain.plans import Outcome, Plan
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import Place, is_uri, parse_object, parse_place
from s3ml_tui.services.session import Services
from s3ml_tui.ui import messages, theme
from s3ml_tui.ui.commands import ActionCommands
from s3ml_tui.ui.jobs import Job, Jobs
from s3ml_tui.ui.screens.activity import ActivityScreen
from s3ml_tui.ui.screens.browse import BrowseScreen
from s3ml_tui.ui.screens.dialogs import AskText, Choose, ConfirmPlan, TroubleDialog
from s3ml_tui.ui.screens.first_run import FirstRun, FirstRunScreen
from s3ml_tui.ui.screens.help import HelpScreen
from s3ml_tui.ui.screens.logs import LogsScreen
from s3ml_tui.ui.screens.mode import ModeScreen
from s3ml_tui.ui.screens.models import ModelsScreen
from s3ml_tui.ui.screens.pipeline import PipelineScreen
from s3ml_tui.ui.screens.runs import RunsScreen
from s3ml_tui.ui.widgets.top import Top


@dataclass
class _Connected(Message):
    context: Context
    services: Services


@dataclass
class _ConnectFailed(Message):
    context: Context
    error: S3mlError


@dataclass
class _WorkspaceFound(Message):
    place: Place
    workspace: Place | None


class S3mlApp(App[int]):
    """Handed `open`, which makes a session; first called in a worker after the first frame."""

    TITLE = "s3ml"
    CSS_PATH = theme.style_files()
    COMMANDS = App.COMMANDS | {ActionCommands}
    ENABLE_COMMAND_PALETTE = True
    MODES = {
        "browse": BrowseScreen,
        "pipeline": PipelineScreen,
        "runs": RunsScreen,
        "models": ModelsScreen,
        "logs": LogsScreen,
        "activity": ActivityScreen,
    }
    DEFAULT_MODE = "browse"

    def __init__(
        self,
        open: Callable[[Context], Services],  # noqa: A002 - what it does
        context: Context,
        *,
        start: Place | None = None,
        first_run: FirstRun | None = None,
        on_crash: Callable[[Exception], str] | None = None,
    ) -> None:
        super().__init__()
        self._open_session = open
        self._at = context
        self._start = start
        self._first_run = first_run
        self._on_crash = on_crash
        self._screens_ready: list[ModeScreen] = []
        self._done: dict[int, Callable[[Any], str]] = {}
        self._looked_for: Place | None = None
        self.services: Services | None = None
        self.workspace: Place | None = None
        self.trouble: S3mlError | None = None
        self.outcomes: list[Outcome] = []
        self.jobs = Jobs(self.post_message)

    # the session ---------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Paint first, connect then."""
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        if self._first_run is None:
            self._connect(self._at)
        else:
            self.push_screen(FirstRunScreen(self._first_run), self._chosen)

    def _chosen(self, context: Context | None) -> None:
        self._at = context or self._at
        self._connect(self._at)

    @work(thread=True, group="connect", exit_on_error=False)
    def _connect(self, context: Context) -> None:
        try:
            services = self._open_session(context)
        except S3mlError as error:
            self.post_message(_ConnectFailed(context, error))
        else:
            self.post_message(_Connected(context, services))

    @on(_Connected)
    def _use(self, message: _Connected) -> None:
        self.services, self.trouble = message.services, None
        for screen in self._screens_ready:
            self._hand_over(screen)
        wanted = self._start
        if wanted is None and message.context.workspace:
            wanted = parse_place(message.context.workspace)
        if wanted is not None:
            self._show_place(wanted)

    @on(_ConnectFailed)
    def _say_failed(self, message: _ConnectFailed) -> None:
        self.trouble = message.error
        for screen in self._screens_ready:
            screen.connect_failed(message.error)

    @on(messages.ScreenReady)
    def _welcome(self, message: messages.ScreenReady) -> None:
        screen = message.control
        if isinstance(screen, ModeScreen):
            self._screens_ready.append(screen)
            self._hand_over(screen)

    def _hand_over(self, screen: ModeScreen) -> None:
        top = screen.query_one(Top)
        top.context = self._at
        screen.is_read_only = self._at.read_only
        screen.workspace = self.workspace
        screen.services = self.services
        if self.trouble is not None:
            screen.connect_failed(self.trouble)

    # where we are --------------------------------------------------------------------------------------------------

    @on(messages.WhereChanged)
    def _look_for_workspace(self, message: messages.WhereChanged) -> None:
        place = message.place
        if place is None or self.services is None:
            return
        for screen in self._screens_ready:
            screen.query_one(Top).place = place
        is_known = self.workspace is not None and _holds(self.workspace, place)
        if not is_known and place != self._looked_for:
            self._looked_for = place
            self._find_workspace(self.services, place)

    @work(thread=True, group="workspace", exit_on_error=False)
    def _find_workspace(self, services: Services, place: Place) -> None:
        try:
            workspace = services.workspaces.find(place)
        except S3mlError:
            workspace = None  # the pane that lists the place says what is wrong with it
        self.post_message(_WorkspaceFound(place, workspace))

    @on(_WorkspaceFound)
    def _use_workspace(self, message: _WorkspaceFound) -> None:
        if message.place == self._looked_for and message.workspace is not None:
            self.workspace = message.workspace
            for screen in self._screens_ready:
                screen.workspace = message.workspace

    @on(messages.PlaceWanted)
    def _go(self, message: messages.PlaceWanted) -> None:
        self._show_place(message.place, message)

    def _show_place(self, place: Place, message: messages.PlaceWanted | None = None) -> None:
        self.switch_mode("browse")
        browse = self.screen_stack[0]
        if isinstance(browse, BrowseScreen):
            browse.show_place(place, message.key if message else None)

    @on(messages.RunWanted)
    async def _follow_run(self, message: messages.RunWanted) -> None:
        await self.switch_mode("logs")
        logs = self.screen_stack[0]
        if isinstance(logs, LogsScreen):
            logs.show_run(message.workspace, message.run_id)

    @on(messages.TrainingWanted)
    async def _open_pipeline(self, message: messages.TrainingWanted) -> None:
        await self.switch_mode("pipeline")
        pipeline = self.screen_stack[0]
        if isinstance(pipeline, PipelineScreen):
            pipeline.fill(message.values)

    @on(messages.PredictionWanted)
    async def _open_prediction(self, message: messages.PredictionWanted) -> None:
        await self.switch_mode("pipeline")
        pipeline = self.screen_stack[0]
        if isinstance(pipeline, PipelineScreen):
            pipeline.predict(message.model, message.data)

    @on(Top.ModeClicked)
    def _switch(self, message: Top.ModeClicked) -> None:
        self.switch_mode(message.mode)

    # plans, jobs, outcomes -------------------------------------------------------------------------------------------

    @on(messages.PlanProposed)
    def _ask(self, message: messages.PlanProposed) -> None:
        self._propose(message.plan, message.total)

    @work
    async def _propose(self, plan: Plan, total: int | None = None) -> None:
        services = self.services
        if not await self.push_screen_wait(ConfirmPlan(plan)) or services is None:
            return
        self.jobs.start(
            plan.title,
            total,
            lambda progress, cancelled: services.perform(plan, progress=progress, cancelled=cancelled),
        )

    @on(messages.JobWanted)
    def _start_job(self, message: messages.JobWanted) -> None:
        job = self.jobs.start(message.title, message.total, message.work)
        self._done[job.number] = message.done

    @on(messages.JobMoved)
    def _paint_jobs(self) -> None:
        for screen in self._screens_ready:
            screen.show_jobs(self.jobs.active)

    @on(messages.JobEnded)
    def _end_job(self, message: messages.JobEnded) -> None:
        job: Job = message.job
        self._paint_jobs()
        done = self._done.pop(job.number, None)
        if isinstance(job.error, Cancelled):
            self.notify(f"Cancelled: {printable(job.title)}", markup=False)
        elif isinstance(job.error, S3mlError):
            self.push_screen(TroubleDialog(job.error))
        elif job.error is not None:
            raise job.error
        elif isinstance(job.result, Outcome):
            self._keep(job.result)
        elif done is not None:
            self.notify(printable(done(job.result)), markup=False)

    @on(messages.OutcomeArrived)
    def _note(self, message: messages.OutcomeArrived) -> None:
        self._keep(message.outcome)

    def _keep(self, outcome: Outcome) -> None:
        self.outcomes.insert(0, outcome)
        hint = "u undoes it" if outcome.undo else outcome.no_undo
        self.notify(printable(hint), title=printable(outcome.title), markup=False)
        for screen in self._screens_ready:
            screen.after(outcome)

    @on(messages.Trouble)
    def _say(self, message: messages.Trouble) -> None:
        self.push_screen(TroubleDialog(message.error))

    def undo(self, outcome: Outcome) -> None:
        """Propose the plan that undoes `outcome`."""
        if outcome.undo is None:
            self.notify(printable(outcome.no_undo or "It has no undo."), severity="warning", markup=False)
        else:
            self._propose(outcome.undo)

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

    def action_undo(self) -> None:
        """Undo the last outcome."""
        if self.outcomes:
            self.undo(self.outcomes[0])
        else:
            self.notify("Nothing was done yet that could be undone.", severity="warning")

    def action_refresh_screen(self) -> None:
        """Read everything on the screen again; connect when there is no session."""
        if self.services is None:
            self.trouble = None
            self._connect(self._at)
        if isinstance(self.screen, ModeScreen):
            self.screen.refresh_all()

    def action_zoom(self) -> None:
        """Let the pane in focus fill the screen, and back."""
        if self.screen.maximized:
            self.screen.minimize()
        elif self.screen.focused is not None:
            self.screen.maximize(self.screen.focused)

    @work
    async def action_go_to(self) -> None:
        """Ask for an address and go there."""
        address = await self.push_screen_wait(
            AskText("Go to", value="s3://", hint="s3://bucket/prefix/ or s3://bucket/key", check=_wrong_address)
        )
        if address:
            if address.endswith("/") or address.count("/") == 2:
                self._show_place(parse_place(address))
            else:
                key = parse_object(address)
                self._show_place(key.place, messages.PlaceWanted(key.place, key))

    def action_help(self) -> None:
        """Help for where you are."""
        if isinstance(self.screen, ModeScreen):
            self.push_screen(HelpScreen(self.screen.SCOPE))

    @work
    async def action_cancel_job(self) -> None:
        """Cancel the run of the screen at hand, or the oldest job; asks first."""
        screen = self.screen
        target = screen.run_to_cancel() if isinstance(screen, ModeScreen) else None
        if target is not None and self.services is not None:
            self._propose(self.services.runs.plan_cancel(*target))
        elif self.jobs.active:
            job = self.jobs.active[0]
            answer = await self.push_screen_wait(
                Choose(f"Cancel “{job.title}”?", [("stay", "Let it go on"), ("cancel", "Cancel it")])
            )
            if answer == "cancel":
                job.cancel()
        else:
            self.notify("Nothing is going on that could be cancelled.", severity="warning")

    @work
    async def action_quit(self) -> None:  # type: ignore[override]  # a worker may ask
        """Leave; asks while a job or run goes on."""
        going_on = self.services.runs.running_here() if self.services else ()
        if self.jobs.active or going_on:
            choices = [("stay", "Stay"), ("leave", "Quit; leave the run going" if going_on else "Quit; cancel the job")]
            if going_on:
                choices.append(("cancel", "Cancel the run, then quit"))
            names = ", ".join([run.run_id for run in going_on] + [job.title for job in self.jobs.active])
            answer = await self.push_screen_wait(Choose(f"Still going on: {names}", choices))
            if answer in {None, "stay"}:
                return
            if answer == "cancel" and self.services is not None:
                self._cancel_runs_and_exit(self.services)
                return
        self.exit(0)

    @work(thread=True, group="cancel", exit_on_error=False)
    def _cancel_runs_and_exit(self, services: Services) -> None:
        try:
            for run in services.runs.running_here():
                services.runs.cancel(run.workspace, run.run_id)
        except S3mlError as error:
            self.post_message(messages.Trouble(error))
        else:
            self.call_from_thread(self.exit, 0)

    # the end -----------------------------------------------------------------------------------------------------------

    def exit(self, result: ReturnType | None = None, return_code: int = 0, message: Any = None) -> None:  # type: ignore[override]
        """Let go of jobs and connections."""
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
        self._exit_renderables.append(printable(sentence))
        self._close_messages_no_wait()


def _holds(workspace: Place, place: Place) -> bool:
    return workspace.bucket == place.bucket and place.prefix.startswith(workspace.prefix)


def _wrong_address(address: str) -> str:
    try:
        parse_place(address) if address.count("/") < 4 or not is_uri(address) else parse_object(address.rstrip("/"))
    except S3mlError as error:
        return error.sentence
    return ""
