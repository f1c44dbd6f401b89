"""A clock over a search, so that no regular expression can hold up the screen, however badly it backtracks.

A match runs in C and keeps the interpreter's lock: on a name of forty letters `(a+)+$` takes hours, no thread gets its
turn meanwhile, and no look at an expression tells for sure which do. But the engine looks for signals every few
thousand steps, and in the main thread a signal's handler may raise there. So regular expressions are tried in the main
thread only, a few milliseconds at a time, under a timer of this process's own processor time: a search that goes on for
many times as long is broken off, and the expression given up with a sentence. That is simpler than a process to send
a million names to, and leaves nothing behind.
"""

import signal
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
STEP_S = 0.1
"""Of processor time: some thirty times as long as a step takes with an expression as people write them."""


class TooSlow(Exception):
    """The search was broken off."""


class _Ring:
    """Raises in the middle of what the main thread does, until it is switched off."""

    def __init__(self) -> None:
        self.is_on = True

    def __call__(self, *_: object) -> None:
        if self.is_on:
            raise TooSlow


def within(at_most_s: float, search: Callable[[], T]) -> T:
    """What `search` answers. Raises TooSlow when it takes longer, ValueError outside the main thread."""
    ring = _Ring()
    before = signal.signal(signal.SIGVTALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, at_most_s)
        try:
            return search()
        finally:
            ring.is_on = False  # the timer may run out between here and the next line but one
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
