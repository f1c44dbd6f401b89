"""SIGTERM and SIGHUP: a command ends soon, with a sentence and exit code 130.

Where a journal is kept nothing is tidied up: whoever ends us has no patience, and what is noted goes on where it
stopped. Everywhere else the command unwinds as after ctrl+c.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

from s3ml_tui.domain.errors import Cancelled

Handler = Callable[[int, FrameType | None], object]
_ENDING = (signal.SIGTERM, signal.SIGHUP)
GOES_ON = "The same command goes on where it stopped."
"""Of what has a journal."""
GRACE_S = 5.0
"""So long a command may take to tidy up."""
_SHOW_CURSOR = "\r\x1b[2K\x1b[?25h"
"""A bar that was being drawn is wiped away, and the cursor it hid is back."""


class Ended(KeyboardInterrupt):
    """A signal ended the command."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.sentence = f"Ended by {signal.Signals(number).name}."


@contextmanager
def heeded(handler: Handler | None = None) -> Iterator[None]:
    """While it lasts the signals that end a process call `handler`, or raise Ended in the main thread.

    One that is ignored stays ignored, as nohup wants it. Only the main thread may heed signals.
    """
    before: dict[signal.Signals, object] = {}
    if threading.current_thread() is threading.main_thread():
        for one in _ENDING:
            if signal.getsignal(one) is not signal.SIG_IGN:
                before[one] = signal.signal(one, handler or _raise)
    try:
        yield
    finally:
        for one, old in before.items():
            signal.signal(one, old)  # type: ignore[arg-type]  # what `signal` gave


def leave_at_once(why: str, number: int, _frame: FrameType | None) -> NoReturn:
    """End the process; `why` nothing is lost by that is said."""
    _leave(f"{Ended(number).sentence} {why}")


def leave_soon(number: int) -> None:
    """End the process unless it ends by itself in time; a server that does not answer may keep it."""
    timer = threading.Timer(GRACE_S, _leave, (Ended(number).sentence,))
    timer.daemon = True
    timer.start()


def _leave(said: str) -> NoReturn:
    sentence = f"s3ml: {said}\n"
    with suppress(OSError, ValueError):  # the terminal may be gone
        sys.stdout.flush()
        os.write(2, ((_SHOW_CURSOR if sys.stderr.isatty() else "") + sentence).encode())
    os._exit(Cancelled.exit_code)


def _raise(number: int, _frame: FrameType | None) -> None:
    raise Ended(number)
