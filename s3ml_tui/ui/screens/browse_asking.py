"""A screen that asks a service in a thread, and takes only the answer to what was asked last."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual import on, work
from textual.message import Message

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.plans import Plan
from s3ml_tui.services.session import Services
from s3ml_tui.ui.keys import told
from s3ml_tui.ui.messages import PlanProposed, Trouble
from s3ml_tui.ui.screens.mode import ModeScreen

PATIENCE_S = 0.5
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

    _asked = 0

    def ask(self, question: Callable[[Services], Any], take: Callable[[Any], object]) -> None:
        """Put `question` to the services in a thread; `take` its answer."""
        if self.services is None:
            self.notify(told("There is no session yet: {app.refresh_screen} connects again."), severity="warning")
            return
        self._asked += 1
        number = self._asked
        self._put(self.services, number, question, take)
        self.set_timer(PATIENCE_S, lambda: self._say_asking(number))

    def propose(self, question: Callable[[Services], Plan], size: Callable[[Any], int | None] = lambda _: None) -> None:
        """Ask for a plan in a thread, and hand it to the app; `size` says how many bytes it moves."""
        self.ask(question, lambda plan: self.post_message(PlanProposed(plan, size(plan))))

    @work(thread=True, group="ask", exit_on_error=False)
    def _put(
        self, services: Services, number: int, question: Callable[[Services], Any], take: Callable[[Any], object]
    ) -> None:
        try:
            answer = question(services)
        except S3mlError as error:
            self.post_message(self.Answered(number, take, error=error))
        else:
            self.post_message(self.Answered(number, take, answer))

    @on(Answered)
    def _take_answer(self, message: Answered) -> None:
        if message.number != self._asked:
            return
        self._asked += 1
        if self not in self.app.screen_stack:
            return
        if message.error is not None:
            self.post_message(Trouble(message.error))
        else:
            message.take(message.answer)

    def _say_asking(self, number: int) -> None:
        if number == self._asked:
            self.notify("Asking the server …", timeout=2)
