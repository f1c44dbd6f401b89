"""When a dialog may open: at once for what was asked for just now, else when nothing was typed for a second.

What a person types is meant for what they see. An answer that comes late, or a question that nobody asked for, would
take keys that were meant for something else.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, ParamSpec

from textual import events, on
from textual.app import App
from textual.screen import Screen
from textual.worker import WorkType, get_current_worker

from s3ml_tui.ui.dialogs.dialog import AnsweredOnce
from s3ml_tui.ui.messages import AskedWorkers, DialogWanted

PAUSE_S = 1.0

P = ParamSpec("P")


class PausingApp(App[int]):
    """Counts what is typed, and knows how much had been typed when a worker was begun."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.typed = 0
        """Keys, clicks and pasted texts so far."""
        self._typed_at_s = float("-inf")
        self._asked = AskedWorkers(self, lambda: self.typed)
        self._workers = self._asked

    async def on_event(self, event: events.Event) -> None:
        """Count it before it does anything."""
        if isinstance(event, events.Key | events.Paste | events.MouseDown) and not event.is_forwarded:
            self.typed += 1
            self._typed_at_s = time.monotonic()
        await super().on_event(event)

    def _pause_left_s(self, asked: int | None) -> float:
        """How long it is until a dialog may open; `asked` is what had been typed when it was asked for."""
        if asked == self.typed:
            return 0.0
        return max(0.0, self._typed_at_s + PAUSE_S - time.monotonic())

    @property
    def is_free(self) -> bool:
        """Whether nothing was typed for a second."""
        return not self._pause_left_s(None)

    @on(DialogWanted)
    def _open_when_free(self, message: DialogWanted) -> None:
        self.when_free(message.do, message.asked)

    def when_free(self, do: Callable[[], object], asked: int | None = None) -> None:
        """Open a dialog as soon as it takes no key that is meant for something else.

        `asked` is what had been typed when the user asked for it; None when nobody did.
        """
        left_s = self._pause_left_s(asked)
        if left_s:
            self.set_timer(left_s, lambda: self.when_free(do, asked))
        else:
            do()

    def begin(
        self, group: str, work: Callable[P, Coroutine[None, None, None]], *given: P.args, **more: P.kwargs
    ) -> None:
        """Do this beside the screens; a mistake of ours in it ends the app."""
        task: WorkType[None] = partial(work, *given, **more)
        self.run_worker(task, group=group, exit_on_error=False)

    def begin_alone(
        self, group: str, work: Callable[P, Coroutine[None, None, None]], *given: P.args, **more: P.kwargs
    ) -> None:
        """The same; what goes on in the group is cancelled."""
        self.workers.cancel_group(self, group)
        self.begin(group, work, *given, **more)

    async def push_screen_wait(self, screen: Screen[Any] | str, *, mode: str | None = None) -> Any:
        """What a dialog is answered. It opens once no key is meant for something else, and goes with its worker."""
        worker = get_current_worker()
        while left_s := self._pause_left_s(self._asked.asked(worker)):
            await asyncio.sleep(left_s)
        try:
            return await super().push_screen_wait(screen, mode=mode)
        except asyncio.CancelledError:
            if isinstance(screen, AnsweredOnce):
                screen.withdraw()
            raise
        finally:
            self._asked.note(worker)
