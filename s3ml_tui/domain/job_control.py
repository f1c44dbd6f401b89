"""What a user may ask of a job that goes on, to stop or to wait, and what it tells them of many: how many are done.

A job waits between two files, parts or ranges, never in the middle of a body: a connection that is held open and not
used may be closed by the server, and looks like a fault. So `Cancelled`, which is asked in the middle of bodies and
under locks, never waits; whoever does one thing after another asks `rests` between two of them.
"""

import threading
from collections.abc import Callable

Cancelled = Callable[[], bool]
"""As in `s3ml_tui.domain.storage.store`."""


def rests(cancelled: Cancelled, finish: Callable[[], object] | None = None) -> bool:
    """Wait while the job is paused; then whether it is to stop. Not for a thread that holds a lock or a connection.

    `finish` is called before it waits: it ends when nothing of the job is on its way any more.
    """
    if not isinstance(cancelled, JobControl):
        return cancelled()
    if finish is not None and cancelled.is_paused:
        finish()
    return cancelled.rest()


def report_found(cancelled: Cancelled, more: int) -> None:
    """So many more were found; for those who look at what there is before they know how much it is."""
    if isinstance(cancelled, JobControl):
        cancelled.find(more)


def report_done(cancelled: Cancelled, done: int, of: int) -> None:
    """So many of all are done; for jobs over many things."""
    if isinstance(cancelled, JobControl):
        cancelled.count(done, of)


class JobControl:
    """The `Cancelled` of a job that can be paused and stopped; safe to use from many threads."""

    def __init__(self) -> None:
        self.counted: tuple[int, int] | None = None
        """So many things are done, of all; None where the job does not say."""
        self.found = 0
        """So many things were found by looking; 0 where nothing is looked for, or nothing is there."""
        self._stop = threading.Event()
        self._go = threading.Event()
        self._go.set()
        self._resting = 0
        self._lock = threading.Lock()

    # the job asks and tells ----------------------------------------------------------------------------------------

    def __call__(self) -> bool:
        """Whether the job is to stop; never waits."""
        return self._stop.is_set()

    def rest(self) -> bool:
        """Wait while the job is paused; then whether it is to stop."""
        if not self._go.is_set():
            with self._lock:
                self._resting += 1
            try:
                self._go.wait()
            finally:
                with self._lock:
                    self._resting -= 1
        return self._stop.is_set()

    def count(self, done: int, of: int) -> None:
        """So many of all are done."""
        with self._lock:
            before = self.counted
            if before is None or before[1] != of or before[0] < done:
                self.counted = (done, of)

    def find(self, more: int) -> None:
        """So many more things were found."""
        with self._lock:
            self.found += more

    @property
    def progress_text(self) -> str:
        """`12,000 found`, `1,200 of 12,000 looked at`; "" while nothing is counted. For those who only look."""
        if self.counted is not None:
            return f"{self.counted[0]:,} of {self.counted[1]:,} looked at"
        return f"{self.found:,} found" if self.found else ""

    # the user asks -------------------------------------------------------------------------------------------------

    @property
    def is_stopped(self) -> bool:
        """Whether it was asked to stop."""
        return self._stop.is_set()

    @property
    def is_paused(self) -> bool:
        """Whether it was asked to wait."""
        return not self._go.is_set()

    @property
    def is_resting(self) -> bool:
        """Whether some of it waits."""
        return self._resting > 0

    def stop(self) -> None:
        """Ask it to stop, also when it is paused."""
        self._stop.set()
        self._go.set()

    def pause(self) -> None:
        """Ask it to wait where it can; not when it was asked to stop."""
        if not self._stop.is_set():
            self._go.clear()

    def resume(self) -> None:
        """Let it go on."""
        self._go.set()
