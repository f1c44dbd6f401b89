"""What all dialogs are: screens that are answered once. The one place that holds for all of them.

Textual hands a key to what has the focus as soon as it is read; what the key does comes later, as a message. When a
terminal gives two keys at once, the second one is already on its way to a dialog that the first one closes.
"""

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.message import Message
from textual.screen import ModalScreen, Screen
from textual.widgets import Button, Input, OptionList
from textual.worker import Worker, WorkerState

Answer = TypeVar("Answer")

_ANSWERS = (Button.Pressed, Input.Submitted, OptionList.OptionSelected)
"""What the widgets of a dialog say when a key or a click answers it."""


class AnsweredOnce(Screen[Answer]):
    """A screen that goes away with its first answer; later answers are dropped."""

    _is_over = False
    """Whether it was answered, or nobody waits for an answer any more."""
    _is_waited_for = True
    _answer: Answer | None = None

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Answer, and go away: at once, or as soon as what lies over this screen is closed."""
        if self._is_over:
            return AwaitComplete()
        self._is_over, self._answer = True, result
        return self._leave()

    def withdraw(self) -> None:
        """Go away without an answer, since the worker that waited for it was cancelled."""
        if not self._is_over and not self.app._exit:  # noqa: SLF001 - while the app ends, all screens go
            self._is_over, self._is_waited_for = True, False
            self._leave()

    def _leave(self) -> AwaitComplete:
        if not self.is_active:  # Textual would take away the screen on top, which is another one
            return AwaitComplete()
        return super().dismiss(self._answer) if self._is_waited_for else self.app.pop_screen()

    def on_screen_resume(self) -> None:
        """What lay over this screen is closed."""
        if self._is_over:
            self._leave()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key after the answer does nothing."""
        return False if self._is_over else super().check_action(action, parameters)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """An error of our own in a worker of this screen ends the app; this message does not bubble up to it."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            raise event.worker.error

    async def _dispatch_message(self, message: Message) -> None:
        if not (self._is_over and isinstance(message, _ANSWERS)):
            await super()._dispatch_message(message)


class Dialog(ModalScreen[Answer], AnsweredOnce[Answer]):
    """A dialog; the screen it was opened on stays to be seen."""


class Palette(CommandPalette, AnsweredOnce[None]):
    """Textual's list of commands, of which one is run."""
