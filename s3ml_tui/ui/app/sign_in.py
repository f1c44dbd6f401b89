"""What the app asks of a person so that a session has credentials: MFA codes, and a new sign-in."""

import shlex
import shutil
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.message import Message

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import ExpiredCredentials, LocalTrouble, NoCredentials, S3mlError
from s3ml_tui.domain.text import printable
from s3ml_tui.services.session import Services
from s3ml_tui.ui import messages
from s3ml_tui.ui.app.session import ConnectingApp
from s3ml_tui.ui.dialogs.prompts import AskText, Choose, TroubleDialog
from s3ml_tui.ui.external_program import run_outside
from s3ml_tui.ui.keys import key_for

if TYPE_CHECKING:
    from s3ml_tui.domain.sign_in import CodeWanted

Again = Callable[[Services], None]
"""Does once more, with a new session, what failed for want of credentials."""


@dataclass
class _CodeNeeded(Message):
    """A thread waits for `answer`."""

    wanted: "CodeWanted"
    answer: "Future[str | None]"


class SigningInApp(ConnectingApp):
    """Asks for codes and offers to sign in, once; R asks the AWS configuration anew."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._questions: list[Future[str | None]] = []
        self._is_over = False
        self._is_signed_out = False
        """Whether something failed for want of credentials in this session."""
        self._was_offered = self._is_offering = False
        self._again: list[Again] = []

    # codes -----------------------------------------------------------------------------------------------------------

    def open_session(self, context: Context) -> Services:
        """A session that asks here for codes."""
        services = super().open_session(context)
        if services.sign_in is not None:
            services.sign_in.asked_by(self._ask_code)
        return services

    def _ask_code(self, wanted: "CodeWanted") -> str | None:
        """Ask, and wait for the answer; in the thread that needs the credentials."""
        answer: Future[str | None] = Future()
        self._questions.append(answer)
        if self._is_over or not self.post_message(_CodeNeeded(wanted, answer)):
            return None
        return answer.result()

    @on(_CodeNeeded)
    def _show_question(self, message: _CodeNeeded) -> None:
        from s3ml_tui.domain.sign_in import wrong_code

        def answered(code: str | None) -> None:
            if not message.answer.done():
                message.answer.set_result(code)

        title, hint = message.wanted.title, f"{message.wanted.hint} Escape leaves it."
        dialog = AskText(title, placeholder="six digits", hint=hint, check=wrong_code)
        self.when_free(lambda: self.push_screen(dialog, answered))

    def on_unmount(self) -> None:
        """Nobody is here any more to answer."""
        self._is_over = True
        for answer in self._questions:
            if not answer.done():
                answer.set_result(None)

    # signing in ------------------------------------------------------------------------------------------------------

    @on(messages.CredentialsFailed)
    def _credentials_failed(self, message: messages.CredentialsFailed) -> None:
        self._note_failure(message.error)

    def show_trouble(self, error: S3mlError, again: Again | None = None) -> None:
        """An error that must be answered; where signing in helps that is offered, and then `again` is done."""
        if not self._note_failure(error, again):
            self.push_screen(TroubleDialog(error))

    def _note_failure(self, error: S3mlError, again: Again | None = None) -> bool:
        """Remember what credentials have to do with it; answers whether signing in is offered."""
        if not isinstance(error, ExpiredCredentials | NoCredentials):
            return False
        self._is_signed_out = True
        if not isinstance(error, ExpiredCredentials) or not error.command:
            return False
        if again is not None:
            self._again.append(again)
        if not self._is_offering and (again is not None or not self._was_offered):
            self._was_offered = self._is_offering = True
            self.when_free(lambda: self._offer(error))
        return True

    @work(group="sign-in")
    async def _offer(self, error: ExpiredCredentials) -> None:
        words, program = printable(shlex.join(error.command)), error.command[0]
        if shutil.which(program) is None:
            advice = f"Run it where {program} is: {words}; then {key_for('app.refresh_screen')} asks again"
            trouble = ExpiredCredentials(error.title, cause=f"{program} is not on this machine's PATH", advice=advice)
            await self.push_screen_wait(TroubleDialog(trouble))
            wants = False
        else:
            not_now = f"Not now; {key_for('app.refresh_screen')} asks again"
            choices = [("sign in", f"Run it here: {words}"), ("stay", not_now)]
            hint = "The screens step aside for it, and what failed is tried again."
            wants = await self.push_screen_wait(Choose(error.title, choices, hint=hint)) == "sign in"
        self._is_offering = False
        if wants:
            self._sign_in(error.command)
        else:
            self._again.clear()

    def _sign_in(self, command: tuple[str, ...]) -> None:
        try:
            code = run_outside(self, command)
        except LocalTrouble as error:
            self.push_screen(TroubleDialog(error))
            return
        if code:
            words = printable(shlex.join(command))
            advice = f"R offers it again; or run it in another terminal: {words}"
            self.push_screen(
                TroubleDialog(LocalTrouble("You are not signed in", cause=f"It ended with {code}", advice=advice))
            )
            return
        self.notify("What failed is tried again.", title="Signed in")
        self.reconnect()

    # a new session ---------------------------------------------------------------------------------------------------

    def connect_again(self) -> None:
        """Read the AWS configuration anew where credentials failed; else as ever."""
        if self._is_signed_out:
            self.reconnect()
        else:
            super().connect_again()

    def connect_to(self, context: Context) -> None:
        """Open a session; what waits for other credentials is not done with these."""
        if context.account != self._at.account:
            self._again.clear()
            self._is_signed_out = self._was_offered = False
        super().connect_to(context)

    def reconnect(self) -> None:
        """Another session in the place of this one, where we are."""
        self._is_signed_out = self._was_offered = False
        self._start = self.place or self._start
        self.trouble = None
        self.connect_to(self._at)

    def use_session(self, services: Services) -> None:
        """Hand it to the screens, and do what waited for it."""
        last = self.services
        self._is_signed_out = False
        super().use_session(services)
        if last is not None and last is not services:
            self.close_session(last)
        self.search_again()
        again, self._again = self._again, []
        for do in again:
            do(services)
