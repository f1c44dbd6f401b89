"""What is asked of a person so that a session has credentials: MFA codes, and a new sign-in."""

import shlex
import shutil
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from s3ml_tui.domain.errors import ExpiredCredentials, LocalTrouble, NoCredentials, S3mlError
from s3ml_tui.domain.text import printable
from s3ml_tui.services.session import Services
from s3ml_tui.ui.app.pauses import PausingApp
from s3ml_tui.ui.app.session import Session
from s3ml_tui.ui.dialogs.prompts import AskText, Choose, TroubleDialog
from s3ml_tui.ui.external_program import run_outside
from s3ml_tui.ui.keys import key_for

if TYPE_CHECKING:
    from s3ml_tui.domain.sign_in import CodeWanted

Again = Callable[[Services], None]
"""Does once more, with a new session, what failed for want of credentials."""


class SignIn:
    """Asks for codes and offers to sign in, once; R asks the AWS configuration anew."""

    def __init__(self, app: PausingApp, session: Session) -> None:
        self._app, self._session = app, session
        self.questions: list[Future[str | None]] = []
        """Codes that threads wait for."""
        self._is_over = False
        self._is_signed_out = False
        """Whether something failed for want of credentials in this session."""
        self._was_offered = self._is_offering = False
        self._again: list[Again] = []

    # codes -----------------------------------------------------------------------------------------------------------

    def ask_code(self, wanted: "CodeWanted") -> str | None:
        """Ask, and wait for the answer; in the thread that needs the credentials. None when nobody answers."""
        answer: Future[str | None] = Future()
        self.questions.append(answer)
        if self._is_over or not self._app.call_later(self._show_question, wanted, answer):
            return None
        return answer.result()

    def _show_question(self, wanted: "CodeWanted", answer: "Future[str | None]") -> None:
        from s3ml_tui.domain.sign_in import wrong_code

        def answered(code: str | None) -> None:
            if not answer.done():
                answer.set_result(code)

        hint = f"{wanted.hint} Escape leaves it."
        dialog = AskText(wanted.title, placeholder="six digits", hint=hint, check=wrong_code)
        self._app.when_free(lambda: self._app.push_screen(dialog, answered))

    def end(self) -> None:
        """Nobody is here any more to answer."""
        self._is_over = True
        for answer in self.questions:
            if not answer.done():
                answer.set_result(None)

    # signing in ------------------------------------------------------------------------------------------------------

    def show_trouble(self, error: S3mlError, again: Again | None = None) -> None:
        """An error that must be answered; where signing in helps that is offered, and then `again` is done."""
        if not self.note_failure(error, again):
            self._app.push_screen(TroubleDialog(error))

    def note_failure(self, error: S3mlError, again: Again | None = None) -> bool:
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
            self._app.when_free(lambda: self._app.begin("sign-in", self._offer, error))
        return True

    async def _offer(self, error: ExpiredCredentials) -> None:
        words, program = printable(shlex.join(error.command)), error.command[0]
        if shutil.which(program) is None:
            advice = f"Run it where {program} is: {words}; then {key_for('app.refresh_screen')} asks again"
            trouble = ExpiredCredentials(error.title, cause=f"{program} is not on this machine's PATH", advice=advice)
            await self._app.push_screen_wait(TroubleDialog(trouble))
            wants = False
        else:
            not_now = f"Not now; {key_for('app.refresh_screen')} asks again"
            choices = [("sign in", f"Run it here: {words}"), ("stay", not_now)]
            hint = "The screens step aside for it, and what failed is tried again."
            wants = await self._app.push_screen_wait(Choose(error.title, choices, hint=hint)) == "sign in"
        self._is_offering = False
        if wants:
            self._sign_in(error.command)
        else:
            self._again.clear()

    def _sign_in(self, command: tuple[str, ...]) -> None:
        try:
            code = run_outside(self._app, command)
        except LocalTrouble as error:
            self._app.push_screen(TroubleDialog(error))
            return
        if code:
            words = printable(shlex.join(command))
            advice = f"R offers it again; or run it in another terminal: {words}"
            trouble = LocalTrouble("You are not signed in", cause=f"It ended with {code}", advice=advice)
            self._app.push_screen(TroubleDialog(trouble))
            return
        self._app.notify("What failed is tried again.", title="Signed in")
        self._reconnect()

    # a new session ---------------------------------------------------------------------------------------------------

    def connect_again(self) -> None:
        """Read the AWS configuration anew where credentials failed; else as ever."""
        if self._is_signed_out:
            self._reconnect()
        else:
            self._session.connect_again()

    def _reconnect(self) -> None:
        """Another session in the place of this one, where we are."""
        self._is_signed_out = self._was_offered = False
        self._session.start = self._session.place or self._session.start
        self._session.trouble = None
        self._session.connect_to(self._session.context)

    def forget(self) -> None:
        """One leaves for other credentials: what waits for these is not done with those."""
        self._again.clear()
        self._is_signed_out = self._was_offered = False

    def go_on(self, services: Services) -> None:
        """There is a session: do what waited for it."""
        self._is_signed_out = False
        again, self._again = self._again, []
        for do in again:
            do(services)
