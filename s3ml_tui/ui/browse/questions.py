"""A screen that asks a service in a thread, and takes only the answer to what was asked last."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from textual import on, work
from textual.message import Message

from s3ml_tui.domain.errors import S3mlError, local_trouble
from s3ml_tui.domain.job_control import JobControl
from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.domain.storage.store import Cancelled
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.dialogs.plan_progress import Counting
from s3ml_tui.ui.keys import with_keys
from s3ml_tui.ui.messages import DialogWanted, PlanProposed, Trouble, asked_by_worker
from s3ml_tui.ui.screens.mode_screen import ModeScreen

WAITING_SHOWN_AFTER_S = 0.5
"""After so long the user is told that the server is being asked."""


class AskingScreen(ModeScreen):
    """Keys lead to questions; a newer question, or leaving the screen, makes an older one's answer unwanted."""

    @dataclass
    class Answered(Message):
        """The answer, or why there is none."""

        number: int
        take: Callable[[Any], object]
        answer: Any = None
        error: S3mlError | None = None
        asked: int | None = field(default_factory=asked_by_worker)

    @dataclass
    class Due(Message):
        """It may be taken: no key that is typed is meant for something else than the dialog it opens."""

        answered: "AskingScreen.Answered"

    _asked = 0
    _control: JobControl | None = None
    """Of the question that was asked last, until its answer is here."""
    _counting: Counting | None = None
    """The dialog that shows how far it is."""

    def ask(self, question: Callable[[Services], Any], take: Callable[[Any], object]) -> None:
        """Put `question` to the services in a thread; `take` its answer."""
        self._ask("", lambda services, _: question(services), take)

    def ask_many(
        self,
        title: str,
        question: Callable[[Services, Cancelled], Any],
        take: Callable[[Any], object],
        *,
        at: Place | None = None,
    ) -> None:
        """The same for a question that may take its time: a dialog of this title counts, and escape stops it.

        Where it leads to a change `at` a place, what is asked of that is asked meanwhile.
        """
        self._ask(title, question, take, at)

    def propose(
        self,
        question: Callable[[Services], Plan],
        size: Callable[[Any], int | None] = lambda _: None,
        *,
        at: Place | None = None,
    ) -> None:
        """Ask for a plan in a thread, and hand it to the app; `size` says how many bytes it moves.

        It changes something `at` a place, where that is known: what is asked of that is asked meanwhile.
        """
        self.propose_many("", lambda services, _: question(services), size, at=at)

    def propose_many(
        self,
        title: str,
        question: Callable[[Services, Cancelled], Plan],
        size: Callable[[Any], int | None] = lambda _: None,
        *,
        at: Place | None = None,
    ) -> None:
        """The same for a plan that may take its time."""
        self._ask(title, question, lambda plan: self.post_message(PlanProposed(plan, size(plan))), at)

    def _ask(
        self,
        title: str,
        question: Callable[[Services, Cancelled], Any],
        take: Callable[[Any], object],
        place: Place | None = None,
    ) -> None:
        if self.services is None:
            self.notify(with_keys("There is no session yet: {app.refresh_screen} connects again."), severity="warning")
            return
        self._forget()
        self._control = control = JobControl()
        number = self._asked
        self._put(self.services, number, question, take, control, place)
        self.set_timer(WAITING_SHOWN_AFTER_S, lambda: self._say_asking(number, title, control))

    def _forget(self) -> None:
        """No older answer is wanted any more, and whoever looks for one may stop."""
        self._asked += 1
        if self._control is not None:
            self._control.stop()
            self._control = None

    @work(thread=True, group="ask", exit_on_error=False)
    def _put(
        self,
        services: Services,
        number: int,
        question: Callable[[Services, Cancelled], Any],
        take: Callable[[Any], object],
        control: JobControl,
        place: Place | None,
    ) -> None:
        if place is not None:
            services.first_changes.foresee(place, self.workspace)
        try:
            answer = question(services, control)
        except S3mlError as error:
            self.post_message(self.Answered(number, take, error=error))
        except OSError as error:  # of a path that was typed
            self.post_message(self.Answered(number, take, error=local_trouble(error)))
        else:
            self.post_message(self.Answered(number, take, answer))

    @on(Answered)
    def _await_pause(self, message: Answered) -> None:
        if message.number == self._asked:
            self.post_message(DialogWanted(lambda: self.post_message(self.Due(message)), message.asked))

    @on(Due)
    async def _take_answer(self, due: Due) -> None:
        message = due.answered
        if message.number != self._asked:
            return
        self._forget()
        if self._counting is not None:
            dialog, self._counting = self._counting, None
            await dialog.end()
        if self not in self.app.screen_stack:
            return
        if message.error is not None:
            self.post_message(Trouble(message.error))
        else:
            message.take(message.answer)

    def _say_asking(self, number: int, title: str, control: JobControl) -> None:
        if number != self._asked:
            return
        if not title:
            self.notify("Asking the server …", timeout=2)
        elif self.is_current:
            self._counting = Counting(title, control)
            self.app.push_screen(self._counting, self._dialog_left)
        else:  # somewhere else meanwhile: no dialog may follow there
            self._forget()

    def _dialog_left(self, is_answered: bool | None) -> None:
        """The dialog was left."""
        if not is_answered:
            self._counting = None
            self._forget()
            self.notify("Stopped: nothing was changed.")
