"""Working in another context without starting again: leave one session, open another, come back."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Denied, NotSupported, S3mlError
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.settings import switchable
from s3ml_tui.ui import messages
from s3ml_tui.ui.app.pauses import PausingApp
from s3ml_tui.ui.app.perform import Changes
from s3ml_tui.ui.app.session import Session
from s3ml_tui.ui.app.sign_in import SignIn
from s3ml_tui.ui.dialogs.prompts import Choose
from s3ml_tui.ui.screens.mode_screen import ModeScreen

if TYPE_CHECKING:
    from s3ml_tui.services.browse.address_completion import Destination
    from s3ml_tui.services.runs.plans import CancelBatch, CancelRun

_BETWEEN = "between"


@dataclass(slots=True)
class _Left:
    """What one comes back to in a context."""

    place: Place | None
    kept: dict[str, Any]
    """By mode: what its screen keeps."""


class Contexts:
    """All screens begin anew with a context, so that nothing of another one can stay or arrive late."""

    def __init__(
        self,
        app: PausingApp,
        session: Session,
        sign_in: SignIn,
        changes: Changes,
        use: Callable[[Services], None],
    ) -> None:
        """`use` is called with a session that is still there."""
        self._app, self._session, self._sign_in, self._changes, self._use = app, session, sign_in, changes, use
        self._left: dict[Context, _Left] = {}
        self._to_bring: dict[str, Any] = {}
        """By mode: what its screen is handed once it is there."""
        self._sessions_left: list[Services] = []
        """Of contexts one has left while a job or run of theirs went on."""
        self._before: Services | None = None
        """The session one came from, until the new one is open."""
        self._then: Destination | None = None
        """Where to go once it is open."""
        self._first_is_there = asyncio.Event()
        """Set once the first mode's screen can be shown a place."""

    # asking --------------------------------------------------------------------------------------------------------

    def choose(self) -> None:
        """Choose the context to work in."""
        self._app.begin_alone("contexts", self._choose)

    async def _choose(self) -> None:
        from s3ml_tui.ui.dialogs.contexts import ContextList

        contexts = await self._known()
        if contexts is not None:
            chosen = await self._app.push_screen_wait(ContextList(contexts, self._session.context))
            if chosen is not None:
                await self._work_in(chosen)

    async def _known(self) -> tuple[Context, ...] | None:
        """Those of the settings file; None, and the user told why, when it cannot be read."""
        try:
            return await asyncio.to_thread(switchable)
        except S3mlError as error:
            self._app.post_message(messages.Trouble(error))
            return None

    async def go_in(self, name: str, destination: "Destination") -> None:
        """Go to a place of another context: work in that first."""
        contexts = await self._known()
        if contexts is None:
            return
        context = next((one for one in contexts if one.name == name), None)
        if context is not None:
            await self._work_in(context, destination)
        else:
            self._app.notify(printable(f"There is no context {name} any more."), severity="warning", markup=False)

    async def _work_in(self, context: Context, then: "Destination | None" = None) -> None:
        """Leave this context for another one; asks while something goes on in this one."""
        session = self._session
        if context == session.context and (session.services is not None or session.is_connecting):
            self._app.notify(printable(f"{context.name} is the context you are in."), markup=False)
        elif await self._may_leave():
            await self._leave(context, then)

    async def _may_leave(self) -> bool:
        here = self._session.context
        jobs, runs = self._changes.jobs_of(here), _runs_of(self._session.services)
        if not jobs and not runs:
            return True
        names = ", ".join([run.name for run in runs] + [job.title for job in jobs])
        choices = [("stay", "Stay"), ("go on", "Switch; let it go on")]
        if jobs:
            choices.append(("cancel", f"Cancel {'the job' if len(jobs) == 1 else 'the jobs'}, then switch"))
        answer = await self._app.push_screen_wait(Choose(f"Still going on in {here.name}: {names}", choices))
        if answer == "cancel":
            for job in jobs:
                job.cancel()
        return answer in {"go on", "cancel"}

    def runs_going_on(self) -> "list[tuple[Services, CancelRun | CancelBatch]]":
        """The runs and predictions that were started here and go on, in whichever context."""
        here = self._session.services
        sessions = [*self._sessions_left, *([here] if here is not None else [])]
        return [(services, run) for services in sessions for run in services.going_on()]

    # switching -----------------------------------------------------------------------------------------------------

    async def _leave(self, context: Context, then: "Destination | None") -> None:
        """All panes go to loading, and another session is opened."""
        session = self._session
        if session.services is not None:
            self._put_away(self._before)
            self._before = session.services
            self._left[session.context.account] = _Left(
                session.place, {one.MODE: one.keep() for one in session.screens}
            )
        if context.account != session.context.account:
            self._sign_in.forget()
        left = self._left.get(context.account, _Left(None, {}))
        self._to_bring, session.start, self._then = dict(left.kept), left.place, then
        session.leave_for(context)
        await self._begin_screens_anew()
        known = next((one for one in self._sessions_left if one.context == context), None)
        if known is None:
            session.connect_to(context)
        else:
            self._sessions_left.remove(known)
            self._use(known)

    async def _begin_screens_anew(self) -> None:
        app = self._app
        mode = app.current_mode
        self._first_is_there.clear()
        app.add_mode(_BETWEEN, Screen)
        await app.switch_mode(_BETWEEN)
        for name, screen in app.MODES.items():
            await app.remove_mode(name)
            app.add_mode(name, screen)
        await app.switch_mode(app.DEFAULT_MODE)
        await app.switch_mode(mode)
        await app.remove_mode(_BETWEEN)
        await self._first_is_there.wait()

    def bring(self, screen: ModeScreen) -> None:
        """Hand a screen what was kept of it when one was here before."""
        kept = self._to_bring.pop(screen.MODE, None)
        if kept is not None:
            screen.bring(kept)

    def is_there(self, screen: ModeScreen) -> None:
        """A screen was handed all there is."""
        if screen.MODE == self._app.DEFAULT_MODE:
            self._first_is_there.set()

    def try_out(self, services: Services) -> None:
        """When one came from another context, only a session whose server answers is one; in a thread.

        Raises S3mlError, and closes the session then.
        """
        if self._before is None:
            return
        try:
            services.browsing.buckets()
        except (Denied, NotSupported):
            pass  # buckets that are known by name may be open
        except S3mlError:
            services.close()
            raise

    def arrived(self) -> "Destination | None":
        """The session is open, and the one before not needed any more, except for what goes on in it.

        Answers where to go now.
        """
        self._put_away(self._before)
        self._before = None
        then, self._then = self._then, None
        return then

    def offer_way_back(self, error: S3mlError) -> None:
        """The session could not be opened."""
        before = self._before
        if before is not None:
            self._app.when_free(lambda: self._app.begin_alone("contexts", self._ask_way_back, error, before))

    async def _ask_way_back(self, error: S3mlError, before: Services) -> None:
        from s3ml_tui.ui.dialogs.contexts import ContextTrouble

        goes_back = await self._app.push_screen_wait(ContextTrouble(error, self._session.context, before.context))
        if goes_back and self._session.services is None:
            self._sessions_left.append(before)
            self._before = None
            await self._leave(before.context, None)

    def _put_away(self, services: Services | None) -> None:
        """Close a session that one has left, once nothing goes on in it."""
        if services is not None:
            self._sessions_left.append(services)
        self.close_idle()

    def close_idle(self) -> None:
        """Close the sessions one has left in which nothing goes on any more."""
        for services in list(self._sessions_left):
            if not self._changes.jobs_of(services.context) and not _runs_of(services):
                self._sessions_left.remove(services)
                self._session.close(services)


def _runs_of(services: Services | None) -> "tuple[CancelRun | CancelBatch, ...]":
    return services.going_on() if services is not None else ()
