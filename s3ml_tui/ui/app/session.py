"""The app's session: connect after the first frame, hand it to the screens, find the workspace of where they are."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual import on, work
from textual.message import Message

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.uri import ObjectKey, Place, parse_place
from s3ml_tui.services.session import Services
from s3ml_tui.ui import messages
from s3ml_tui.ui.app.appearance import LooksApp
from s3ml_tui.ui.screens.first_run import FirstRun, FirstRunScreen
from s3ml_tui.ui.screens.mode_screen import ModeScreen, Search
from s3ml_tui.ui.threads import LeavingExecutor
from s3ml_tui.ui.widgets.header import Top


@dataclass
class _Connected(Message):
    attempt: int
    services: Services


@dataclass
class _ConnectFailed(Message):
    attempt: int
    error: S3mlError


@dataclass
class _WorkspaceFound(Message):
    place: Place
    workspace: Place | None
    error: S3mlError | None = None


class ConnectingApp(LooksApp):
    """Handed `open`, which makes a session; first called in a worker after the first frame."""

    def __init__(
        self,
        open: Callable[[Context], Services],  # noqa: A002 - what it does
        context: Context,
        *,
        start: Place | None = None,
        start_run: str | None = None,
        first_run: FirstRun | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self._open_session = open
        self._at = context
        self._start = start
        self._start_run = start_run
        """A run of the workspace `start` that is shown first."""
        self._first_run = first_run
        self._is_connecting = False
        self._attempt = 0
        """Counts the sessions that were asked for; only the last one is wanted."""
        self.search = Search()
        """For the workspace of `place`."""
        self.place: Place | None = None
        """The last one that was gone to."""
        self.screens_ready: list[ModeScreen] = []
        self.services: Services | None = None
        self.workspace: Place | None = None
        self.trouble: S3mlError | None = None

    def show_place(self, place: Place, key: ObjectKey | None = None) -> None:
        """Go there in Browse."""
        raise NotImplementedError

    def begin_at(self, place: Place) -> None:
        """The session begins at this place."""
        self.show_place(place)

    def on_mount(self) -> None:
        """Paint first, connect then."""
        asyncio.get_running_loop().set_default_executor(LeavingExecutor())
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        if self._first_run is None:
            self._connect(self._at)
        else:
            self.push_screen(FirstRunScreen(self._first_run), self._chosen)

    def _chosen(self, context: Context | None) -> None:
        self._connect(context or self._at)

    def connect_again(self) -> None:
        """Try once more for a session; look once more for a workspace where there was none."""
        if self.services is None:
            self.trouble = None
            self._connect(self._at)
        else:
            self.search_again()

    def _connect(self, context: Context) -> None:
        if not self._is_connecting:
            self.connect_to(context)

    def connect_to(self, context: Context) -> None:
        """Open a session; one that is still being opened is not wanted any more."""
        self._attempt += 1
        self._at, self._is_connecting = context, True
        self._open(context, self._attempt)

    def open_session(self, context: Context) -> Services:
        """A session; in a thread. Raises S3mlError."""
        return self._open_session(context)

    @work(thread=True, group="connect", exit_on_error=False)
    def _open(self, context: Context, attempt: int) -> None:
        try:
            services = self.open_session(context)
        except S3mlError as error:
            self.post_message(_ConnectFailed(attempt, error))
        else:
            if attempt == self._attempt:
                self.post_message(_Connected(attempt, services))
            else:
                services.close()

    @on(_Connected)
    def _connected(self, message: _Connected) -> None:
        is_ending = any(not screen.query(Top) for screen in self.screens_ready)  # they are being taken down
        if message.attempt == self._attempt and not is_ending:
            self.use_session(message.services)
        else:
            self.close_session(message.services)

    @work(thread=True, group="close", exit_on_error=False)
    def close_session(self, services: Services) -> None:
        """Let go of one that is not wanted any more."""
        services.close()

    def use_session(self, services: Services) -> None:
        """Hand it to the screens, and begin where it begins."""
        self._is_connecting = False
        self.services, self.trouble = services, None
        for screen in self.screens_ready:
            self.hand_over(screen)
        wanted = self._start
        if wanted is None and self._at.workspace:
            wanted = parse_place(self._at.workspace)
        if wanted is not None:
            self.begin_at(wanted)
        if wanted is not None and self._start_run is not None:
            run_id, self._start_run = self._start_run, None
            self.post_message(messages.RunWanted(wanted, run_id))

    @on(_ConnectFailed)
    def _connect_failed(self, message: _ConnectFailed) -> None:
        if message.attempt == self._attempt:
            self.session_failed(message.error)

    def session_failed(self, error: S3mlError) -> None:
        """There is no session, because of this."""
        self._is_connecting = False
        self.trouble = error
        for screen in self.screens_ready:
            screen.connect_failed(error)

    @on(messages.ScreenReady)
    def _welcome(self, message: messages.ScreenReady) -> None:
        screen = message.screen
        if isinstance(screen, ModeScreen) and screen not in self.screens_ready:
            self.screens_ready.append(screen)
            self.hand_over(screen)

    def hand_over(self, screen: ModeScreen) -> None:
        """Tell a screen what there is."""
        if not screen.query(Top):
            return  # the app ends, and has begun to take it down
        top = screen.query_one(Top)
        top.context, top.place = self._at, self.place
        screen.is_read_only = self._at.read_only
        screen.search = self.search
        screen.workspace = self.workspace
        screen.services = self.services
        if self.trouble is not None:
            screen.connect_failed(self.trouble)

    @on(messages.WhereChanged)
    def _look_for_workspace(self, message: messages.WhereChanged) -> None:
        place = message.place
        if place is None:
            return
        self.place = place
        for screen in self.screens_ready:
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
            self._find_workspace(self.services, place)

    def _set_search(self, search: Search) -> None:
        self.search = search
        for screen in self.screens_ready:
            screen.search = search

    @work(thread=True, group="workspace", exit_on_error=False)
    def _find_workspace(self, services: Services, place: Place) -> None:
        try:
            workspace = services.workspaces.find(place)
        except S3mlError as error:
            self.post_message(_WorkspaceFound(place, None, error))
        else:
            self.post_message(_WorkspaceFound(place, workspace))

    @on(_WorkspaceFound)
    def _use_workspace(self, message: _WorkspaceFound) -> None:
        if message.place != self.search.place:
            return
        self._set_search(Search(message.place, is_over=True, error=message.error))
        if message.workspace is not None:
            self.workspace = message.workspace
            for screen in self.screens_ready:
                screen.workspace = message.workspace


def _holds(workspace: Place, place: Place) -> bool:
    return workspace.bucket == place.bucket and place.prefix.startswith(workspace.prefix)
