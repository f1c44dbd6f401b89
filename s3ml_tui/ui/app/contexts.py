"""Working in another context without starting again: leave one session, open another, come back."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.screen import Screen

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Denied, NotSupported, S3mlError
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.settings import switchable
from s3ml_tui.ui import messages
from s3ml_tui.ui.app.navigation import GoingApp
from s3ml_tui.ui.dialogs.prompts import Choose
from s3ml_tui.ui.screens.mode_screen import ModeScreen, Search
from s3ml_tui.ui.widgets.header import Top

if TYPE_CHECKING:
    from s3ml_tui.services.browse.address_completion import Destination
    from s3ml_tui.services.runs.plans import CancelBatch, CancelRun

_BETWEEN = "between"


@dataclass(slots=True)
class _Left:
    """What one comes back to in a context."""

    place: Place | None
    kept: dict[str, Any] = field(default_factory=dict)
    """By mode: what its screen keeps."""


class SwitchingApp(GoingApp):
    """All screens begin anew with a context, so that nothing of another one can stay or arrive late."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._left: dict[Context, _Left] = {}
        self._to_bring: dict[str, Any] = {}
        """By mode: what its screen is handed once it is there."""
        self._sessions_left: list[Services] = []
        """Of contexts one has left while a job or run of theirs went on."""
        self._before: Services | None = None
        """The session one came from, until the new one is open."""
        self._then: Destination | None = None
        """Where to go once it is open."""
        self._browse_is_there = asyncio.Event()
        """Set once Browse can be shown a place."""

    # asking --------------------------------------------------------------------------------------------------------

    @work(exclusive=True, group="contexts")
    async def action_contexts(self) -> None:
        """Choose the context to work in."""
        from s3ml_tui.ui.dialogs.contexts import ContextList

        try:
            contexts = await asyncio.to_thread(switchable)
        except S3mlError as error:
            self.post_message(messages.Trouble(error))
            return
        chosen = await self.push_screen_wait(ContextList(contexts, self._at))
        if chosen is not None:
            await self.work_in(chosen)

    @on(Top.ContextClicked)
    def _context_clicked(self) -> None:
        self.action_contexts()

    async def go_in_context(self, name: str, destination: "Destination") -> None:
        """Go to a place of another context: work in that first."""
        try:
            contexts = await asyncio.to_thread(switchable)
        except S3mlError as error:
            self.post_message(messages.Trouble(error))
            return
        context = next((one for one in contexts if one.name == name), None)
        if context is None:
            self.notify(printable(f"There is no context {name} any more."), severity="warning", markup=False)
            return
        await self.work_in(context, destination)

    async def work_in(self, context: Context, then: "Destination | None" = None) -> None:
        """Leave this context for another one; asks while something goes on in this one."""
        if context == self._at and (self.services is not None or self._is_connecting):
            self.notify(printable(f"{context.name} is the context you are in."), markup=False)
        elif await self._may_leave():
            await self._leave(context, then)

    async def _may_leave(self) -> bool:
        jobs, runs = self.jobs_of(self._at), self._runs_of(self.services)
        if not jobs and not runs:
            return True
        names = ", ".join([run.name for run in runs] + [job.title for job in jobs])
        choices = [("stay", "Stay"), ("go on", "Switch; let it go on")]
        if jobs:
            choices.append(("cancel", f"Cancel {'the job' if len(jobs) == 1 else 'the jobs'}, then switch"))
        answer = await self.push_screen_wait(Choose(f"Still going on in {self._at.name}: {names}", choices))
        if answer == "cancel":
            for job in jobs:
                job.cancel()
        return answer in {"go on", "cancel"}

    @staticmethod
    def _runs_of(services: Services | None) -> "tuple[CancelRun | CancelBatch, ...]":
        return services.going_on() if services is not None else ()

    def runs_going_on(self) -> "list[tuple[Services, CancelRun | CancelBatch]]":
        """The runs and predictions that were started here and go on, in whichever context."""
        sessions = [*self._sessions_left, *([self.services] if self.services is not None else [])]
        return [(services, run) for services in sessions for run in services.going_on()]

    # switching -----------------------------------------------------------------------------------------------------

    async def _leave(self, context: Context, then: "Destination | None") -> None:
        """All panes go to loading, and another session is opened."""
        if self.services is not None:
            self._put_away(self._before)
            self._before = self.services
            self._left[self._at.account] = _Left(self.place, {one.MODE: one.keep() for one in self.screens_ready})
        left = self._left.get(context.account, _Left(None))
        self._to_bring, self._start, self._then = dict(left.kept), left.place, then
        self.services = self.workspace = self.place = self.trouble = None
        self.search = Search()
        self._at = context
        await self._begin_screens_anew()
        known = next((one for one in self._sessions_left if one.context == context), None)
        if known is None:
            self.connect_to(context)
        else:
            self._sessions_left.remove(known)
            self._attempt += 1
            self.use_session(known)

    async def _begin_screens_anew(self) -> None:
        mode = self.current_mode
        self._browse_is_there.clear()
        self.screens_ready.clear()
        self.add_mode(_BETWEEN, Screen)
        await self.switch_mode(_BETWEEN)
        for name, screen in self.MODES.items():
            await self.remove_mode(name)
            self.add_mode(name, screen)
        await self.switch_mode(self.DEFAULT_MODE)
        await self.switch_mode(mode)
        await self.remove_mode(_BETWEEN)
        await self._browse_is_there.wait()

    def hand_over(self, screen: ModeScreen) -> None:
        """Also what was kept of it when one was here before."""
        kept = self._to_bring.pop(screen.MODE, None)
        if kept is not None:
            screen.bring(kept)
        super().hand_over(screen)
        if screen.MODE == self.DEFAULT_MODE:
            self._browse_is_there.set()

    def open_session(self, context: Context) -> Services:
        """When one came from another context, only a session whose server answers is one."""
        services = super().open_session(context)
        if self._before is not None:
            try:
                services.browsing.buckets()
            except (Denied, NotSupported):
                pass  # buckets that are known by name may be open
            except S3mlError:
                services.close()
                raise
        return services

    def use_session(self, services: Services) -> None:
        """The one before is not needed any more, except for what goes on in it."""
        self._put_away(self._before)
        self._before = None
        super().use_session(services)
        if self._then is not None:
            then, self._then = self._then, None
            self.go(then)

    def session_failed(self, error: S3mlError) -> None:
        """Offer the way back."""
        super().session_failed(error)
        if self._before is not None:
            before = self._before
            self.when_free(lambda: self._offer_way_back(error, before))

    @work(exclusive=True, group="contexts")
    async def _offer_way_back(self, error: S3mlError, before: Services) -> None:
        from s3ml_tui.ui.dialogs.contexts import ContextTrouble

        goes_back = await self.push_screen_wait(ContextTrouble(error, self._at, before.context))
        if goes_back and self.services is None:
            self._sessions_left.append(before)
            self._before = None
            await self._leave(before.context, None)

    def _put_away(self, services: Services | None) -> None:
        """Close a session that one has left, once nothing goes on in it."""
        if services is not None:
            self._sessions_left.append(services)
        self._close_idle()

    @on(messages.JobEnded)
    def _close_idle(self) -> None:
        for services in list(self._sessions_left):
            if not self.jobs_of(services.context) and not self._runs_of(services):
                self._sessions_left.remove(services)
                self.close_session(services)
