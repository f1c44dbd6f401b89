"""Whether a run was asked to stop, and the point from which on it no longer can be."""

import signal
from queue import Empty, SimpleQueue
from types import FrameType

from s3ml_tui.domain.errors import Cancelled

WAKE = "stop"


class Stop:
    """Asked by a signal handler, looked at between steps; no locks, so that a handler can never block on one."""

    def __init__(self) -> None:
        self.signal_number: int = 0
        """The signal that asked; 0 while none did."""
        self.is_committed = False
        """Whether the run is past the point where stopping would leave it half published."""
        self.inbox: SimpleQueue[str] = SimpleQueue()
        """Wakes whoever waits for the work; its put is safe inside a signal handler."""

    @property
    def is_asked(self) -> bool:
        """Whether somebody asked."""
        return self.signal_number != 0

    def __call__(self) -> bool:
        """The same, as the store's `Cancelled` callable."""
        return self.is_asked and not self.is_committed

    def ask(self, number: int = signal.SIGTERM, _frame: FrameType | None = None) -> None:
        """Ask; a signal handler."""
        self.signal_number = self.signal_number or number
        self.inbox.put(WAKE)

    def check(self) -> None:
        """Raises Cancelled when asked."""
        if self():
            raise Cancelled("The run was cancelled")

    def commit(self) -> None:
        """From here on it runs to its end. Raises Cancelled when asked before."""
        self.is_committed = True
        if self.is_asked:
            self.is_committed = False
            raise Cancelled("The run was cancelled")

    def wait(self, timeout_s: float | None = None) -> str:
        """The next message in the inbox; "" when none came in time."""
        try:
            return self.inbox.get(timeout=timeout_s)
        except Empty:
            return ""

    def listen(self) -> None:
        """Take SIGTERM and SIGINT."""
        signal.signal(signal.SIGTERM, self.ask)
        signal.signal(signal.SIGINT, self.ask)
