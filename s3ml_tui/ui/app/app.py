"""The app: six modes on number keys, going from one to another, and a quiet end."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from rich.text import Text
from textual import on
from textual.app import App, ScreenStackError
from textual.theme import ThemeProvider
from textual.worker import Worker, WorkerState

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.session import Services
from s3ml_tui.settings import Settings
from s3ml_tui.ui import messages, stylesheets
from s3ml_tui.ui.app.palette import ActionCommands
from s3ml_tui.ui.app.quit import LeavingApp
from s3ml_tui.ui.browse.screen import BrowseScreen
from s3ml_tui.ui.dialogs.dialog import Palette
from s3ml_tui.ui.screens.first_run import FirstRun
from s3ml_tui.ui.screens.mode_screen import ModeScreen
from s3ml_tui.ui.widgets.header import Top

__all__ = ["FirstRun", "S3mlApp"]


# Only Browse is there from the beginning; what another mode needs is loaded when one goes there.


def _pipeline() -> ModeScreen:
    from s3ml_tui.ui.pipeline.screen import PipelineScreen

    return PipelineScreen()


def _runs() -> ModeScreen:
    from s3ml_tui.ui.runs.screen import RunsScreen

    return RunsScreen()


def _models() -> ModeScreen:
    from s3ml_tui.ui.models.screen import ModelsScreen

    return ModelsScreen()


def _logs() -> ModeScreen:
    from s3ml_tui.ui.logs.screen import LogsScreen

    return LogsScreen()


def _activity() -> ModeScreen:
    from s3ml_tui.ui.activity.screen import ActivityScreen

    return ActivityScreen()


class S3mlApp(LeavingApp):
    """Handed `open`, which makes a session for a context."""

    TITLE = "s3ml"
    CSS_PATH = stylesheets.style_files()
    COMMANDS = App.COMMANDS | {ActionCommands}
    MODES = {
        "browse": BrowseScreen,
        "pipeline": _pipeline,
        "runs": _runs,
        "models": _models,
        "logs": _logs,
        "activity": _activity,
    }
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
        super().__init__(open, context, start=start, start_run=start_run, first_run=first_run, settings=settings)
        self._on_crash = on_crash

    # going about ---------------------------------------------------------------------------------------------------

    def show_place(self, place: Place, key: ObjectKey | None = None) -> None:
        """Go there in Browse."""
        self.switch_mode("browse")
        browse = self.screen_stack[0]
        if isinstance(browse, BrowseScreen):
            browse.show_place(place, key)

    def begin_at(self, place: Place) -> None:
        """Show it in Browse, and leave the user where they went meanwhile."""
        for screen in self.screens_ready:
            if isinstance(screen, BrowseScreen):
                screen.show_place(place)

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
    async def _open_pipeline(self, message: messages.TrainingWanted) -> None:
        from s3ml_tui.ui.pipeline.screen import PipelineScreen

        await self.switch_mode("pipeline")
        pipeline = self.screen_stack[0]
        if isinstance(pipeline, PipelineScreen):
            pipeline.fill(message.values)

    @on(messages.PredictionWanted)
    async def _open_prediction(self, message: messages.PredictionWanted) -> None:
        from s3ml_tui.ui.pipeline.screen import PipelineScreen

        await self.switch_mode("pipeline")
        pipeline = self.screen_stack[0]
        if isinstance(pipeline, PipelineScreen):
            pipeline.predict(message.model, message.data)

    @on(Top.ModeClicked)
    def _switch(self, message: Top.ModeClicked) -> None:
        self.switch_mode(message.mode)

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
        self.connect_again()
        if isinstance(self.screen, ModeScreen):
            self.screen.refresh_all()

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

    def exit(self, result: int | None = None, return_code: int = 0, message: Any = None) -> None:
        """Let go of jobs and connections."""
        if not self.ended_by:  # else jobs stay as they are, for whoever takes them up again
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
