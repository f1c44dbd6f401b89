"""Where one is: the context, the session that was opened in it, the place that is shown, and the workspace of that."""

import asyncio
from collections.abc import Callable

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.app.pauses import PausingApp
from s3ml_tui.ui.screens.mode_screen import ModeScreen, Search
from s3ml_tui.ui.widgets.header import Top


class Session:
    """Opens sessions, only the last of which is wanted, and tells the screens of it and of the workspace."""

    def __init__(
        self,
        app: PausingApp,
        context: Context,
        start: Place | None,
        *,
        open_services: Callable[[Context], Services],
        opened: Callable[[Services], None],
        failed: Callable[[S3mlError], None],
    ) -> None:
        """`open_services` is called in a thread; it raises S3mlError."""
        self._app = app
        self._open_services, self._opened, self._failed = open_services, opened, failed
        self.context = context
        self.start = start
        """Where the next session begins; None for where its context says."""
        self.screens: list[ModeScreen] = []
        """Those that are mounted."""
        self.services: Services | None = None
        self.trouble: S3mlError | None = None
        """Why there is no session."""
        self.place: Place | None = None
        """The last one that was gone to."""
        self.workspace: Place | None = None
        self.search = Search()
        """For the workspace of `place`."""
        self.is_connecting = False
        self._attempt = 0
        """Counts the sessions that were asked for."""

    # opening ---------------------------------------------------------------------------------------------------------

    def connect_again(self) -> None:
        """Try once more for a session; look once more for a workspace where there was none."""
        if self.services is not None:
            self.search_again()
        elif not self.is_connecting:
            self.trouble = None
            self.connect_to(self.context)

    def connect_to(self, context: Context) -> None:
        """Open a session; one that is still being opened is not wanted any more."""
        self.context, self.is_connecting = context, True
        self._attempt += 1
        self._app.begin("connect", self._connect, context, self._attempt)

    async def _connect(self, context: Context, attempt: int) -> None:
        try:
            services = await asyncio.to_thread(self._open_services, context)
        except S3mlError as error:
            if attempt == self._attempt:
                self.is_connecting, self.trouble = False, error
                for screen in self.screens:
                    screen.connect_failed(error)
                self._failed(error)
            return
        is_ending = any(not screen.query(Top) for screen in self.screens)  # they are being taken down
        if attempt == self._attempt and not is_ending:
            self._opened(services)
        else:
            self.close(services)

    def use(self, services: Services) -> None:
        """From now on this one; what is still being opened is not wanted any more."""
        self._attempt += 1
        self.is_connecting = False
        self.services, self.trouble = services, None

    def leave_for(self, context: Context) -> None:
        """Nothing of the context one was in holds in this one."""
        self.context = context
        self.services = self.workspace = self.place = self.trouble = None
        self.search = Search()
        self.screens.clear()

    def close(self, services: Services) -> None:
        """Let go of one that is not wanted any more."""
        self._app.run_worker(services.close, thread=True, group="close", exit_on_error=False)

    def hand_over(self, screen: ModeScreen) -> None:
        """Tell a screen what there is."""
        if not screen.query(Top):
            return  # the app ends, and has begun to take it down
        top = screen.query_one(Top)
        top.context, top.place = self.context, self.place
        screen.is_read_only = self.context.read_only
        screen.search = self.search
        screen.workspace = self.workspace
        screen.services = self.services
        if self.trouble is not None:
            screen.connect_failed(self.trouble)

    # the workspace ---------------------------------------------------------------------------------------------------

    def show_place(self, place: Place) -> None:
        """It is gone to: the headers say so, and its workspace is looked for."""
        self.place = place
        for screen in self.screens:
            for top in screen.query(Top):  # none in a screen that is being taken down
                top.place = place
        is_known = self.workspace is not None and _holds(self.workspace, place)
        if not is_known and place != self.search.place:
            self._begin_search(place)

    def search_again(self) -> None:
        """Look once more, where there was no workspace; one may have been made, or have come within reach."""
        if self.workspace is None and self.place is not None and (self.search.is_over or self.search.place is None):
            self._begin_search(self.place)

    def _begin_search(self, place: Place) -> None:
        if self.services is not None:
            self._set_search(Search(place))
            self._app.begin("workspace", self._find_workspace, self.services, place)

    async def _find_workspace(self, services: Services, place: Place) -> None:
        workspace, error = None, None
        try:
            workspace = await asyncio.to_thread(services.workspaces.find, place)
        except S3mlError as trouble:
            error = trouble
        if place != self.search.place or services is not self.services:
            return
        self._set_search(Search(place, is_over=True, error=error))
        if workspace is not None:
            self.workspace = workspace
            for screen in self.screens:
                screen.workspace = workspace

    def _set_search(self, search: Search) -> None:
        self.search = search
        for screen in self.screens:
            screen.search = search


def _holds(workspace: Place, place: Place) -> bool:
    return workspace.bucket == place.bucket and place.prefix.startswith(workspace.prefix)
