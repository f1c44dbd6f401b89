"""Questions that a screen puts to the services in a thread; only the answer to what was asked last is taken."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from s3ml_tui.domain.errors import S3mlError, local_trouble
from s3ml_tui.domain.job_control import JobControl
from s3ml_tui.domain.storage.store import Cancelled
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.dialogs.plan_progress import Counting
from s3ml_tui.ui.keys import with_keys
from s3ml_tui.ui.messages import DialogWanted, Trouble, asked_by_worker
from s3ml_tui.ui.screens.mode_screen import ModeScreen

T = TypeVar("T")
WAITING_SHOWN_AFTER_S = 0.5
"""After so long the user is told that the server is being asked."""


class Questions:
    """A newer question, or leaving the screen, makes an older one's answer unwanted."""

    def __init__(self, screen: ModeScreen) -> None:
        self._screen = screen
        self._asked = 0
        self.control: JobControl | None = None
        """Of the question that was asked last, until its answer is here."""
        self._counting: Counting | None = None
        """The dialog that shows how far it is."""

    async def ask(
        self, question: Callable[[Services, Cancelled], T], *, title: str = "", at: Place | None = None
    ) -> T | None:
        """As `BrowseContext.ask`; to be called in a worker."""
        screen, services = self._screen, self._screen.services
        if services is None:
            screen.notify(
                with_keys("There is no session yet: {app.refresh_screen} connects again."), severity="warning"
            )
            return None
        self._forget()
        number, control, workspace = self._asked, JobControl(), screen.workspace
        self.control = control

        def answered() -> T | S3mlError:
            if at is not None:
                services.first_changes.foresee(at, workspace)
            try:
                return question(services, control)
            except S3mlError as error:
                return error
            except OSError as error:  # of a path that was typed
                return local_trouble(error)

        screen.set_timer(WAITING_SHOWN_AFTER_S, lambda: self._say_asking(number, title, control))
        answer = await asyncio.to_thread(answered)
        if not await self._is_wanted(number):
            return None
        if isinstance(answer, S3mlError):
            screen.post_message(Trouble(answer))
            return None
        return answer

    async def _is_wanted(self, number: int) -> bool:
        """Whether an answer is to be taken; waits until the dialog it opens takes no key meant for something else."""
        if number != self._asked:
            return False
        self.control = None
        is_free = asyncio.Event()
        self._screen.post_message(DialogWanted(is_free.set, asked_by_worker()))
        await is_free.wait()
        if number != self._asked:
            return False
        self._forget()
        if self._counting is not None:
            dialog, self._counting = self._counting, None
            await dialog.end()
        return self._screen in self._screen.app.screen_stack

    def _forget(self) -> None:
        """No older answer is wanted any more, and whoever looks for one may stop."""
        self._asked += 1
        if self.control is not None:
            self.control.stop()
            self.control = None

    def _say_asking(self, number: int, title: str, control: JobControl) -> None:
        if number != self._asked or self.control is None:
            return
        if not title:
            self._screen.notify("Asking the server …", timeout=2)
        elif self._screen.is_current:
            self._counting = Counting(title, control)
            self._screen.app.push_screen(self._counting, self._dialog_left)
        else:  # somewhere else meanwhile: no dialog may follow there
            self._forget()

    def _dialog_left(self, is_answered: bool | None) -> None:
        if not is_answered:
            self._counting = None
            self._forget()
            self._screen.notify("Stopped: nothing was changed.")
