"""How a piece of work ended, in a state, a sentence and an exit code; nothing unexpected is lost."""

import sys
import traceback
from dataclasses import dataclass

from s3ml_tui.domain.errors import Cancelled, S3mlError
from s3ml_tui.domain.ml.events import Level
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.domain.text import printable
from s3ml_tui.runner.cancellation import Stop
from s3ml_tui.runner.events import Journal
from s3ml_tui.runner.supervisor import Ending

SIGNAL_EXIT = 128
"""A process ended by a signal exits with this and the signal's number."""


@dataclass(frozen=True, slots=True)
class Farewell:
    """How it ended."""

    state: RunState
    reason: str
    """A sentence; "" when it succeeded."""
    exit_code: int
    is_given_up: bool = False
    """Whether a thread still runs, so that the process must not wait for it."""


def farewell(ending: Ending, stop: Stop, journal: Journal) -> Farewell:
    """Say in the log how it ended; an unexpected error's traceback goes to stderr, and at debug level to the log."""
    error = ending.error
    if error is None:
        return Farewell(RunState.SUCCEEDED, "", 0)
    if isinstance(error, Cancelled):
        reason = "Cancelled before it was over" if stop.is_asked else error.sentence
        journal.emit(reason, level=Level.WARNING)
        return Farewell(
            RunState.CANCELLED, reason, SIGNAL_EXIT + (stop.signal_number or 2), is_given_up=ending.is_given_up
        )
    if not isinstance(error, S3mlError):
        traceback_text = "".join(traceback.format_exception(error))
        print(traceback_text, file=sys.stderr, flush=True)
        journal.debug(traceback_text)
    reason = sentence(error)
    journal.emit(reason, level=Level.ERROR)
    return Farewell(RunState.FAILED, reason, 1)


def sentence(error: BaseException) -> str:
    """What a user is told of any error."""
    if isinstance(error, S3mlError):
        return error.sentence
    if isinstance(error, MemoryError):
        return "This machine ran out of memory. Use fewer rows or columns, or a larger machine."
    words = printable(str(error).strip().replace("\n", " "))
    return f"Unexpected {type(error).__name__}" + (f": {words}" if words else "")
