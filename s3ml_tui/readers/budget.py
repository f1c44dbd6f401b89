"""How much of what was read is shown, the more, the more may be read; and how long it may take to give it its looks."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from s3ml_tui.domain.preview.content import HEX_BYTES, MOST_READ_BYTES, READ_BYTES

_CELLS = 60_000
"""In one table: what is shown stays small, however wide it is."""
_ROWS = 1000
_MOST_CELLS = 1_000_000


@dataclass(frozen=True, slots=True)
class Measure:
    """Bounds of what one preview shows; all of them keep the answer small enough to be painted at once."""

    times: int = 1
    """How many times the usual may be read."""

    @classmethod
    def within(cls, budget: int) -> "Measure":
        """The bounds for so many bytes."""
        return cls(max(1, min(budget, MOST_READ_BYTES) // READ_BYTES))

    @property
    def lines(self) -> int:
        """Of a text."""
        return 10_000 * self.times

    @property
    def characters(self) -> int:
        """Of a text, or of all cells of a table."""
        return 1_000_000 * min(self.times, 10)

    @property
    def nodes(self) -> int:
        """Values of a JSON document."""
        return 5000 * min(self.times, 8)

    @property
    def hex_bytes(self) -> int:
        """Shown as hex."""
        return HEX_BYTES * self.times

    @property
    def cells(self) -> int:
        """Of a table."""
        return min(_CELLS * self.times, _MOST_CELLS)

    def parquet_rows(self, columns: int) -> int:
        """Of a Parquet file, whose pages are read whole."""
        return min(50 * self.times, self.rows(columns))

    def rows(self, columns: int) -> int:
        """Of a table with so many columns."""
        return max(10, min(_ROWS * self.times, self.cells // max(1, columns)))


class OutOfTime(BaseException):
    """It takes longer than it may. No library that handles every Exception holds it back."""


_AGAIN_S = 0.2
"""Where Python drops an exception, as in a finalizer, the next signal raises it again."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise OutOfTime once what is in it has taken so long, also amid a regular expression."""

    def stop(_number: int, _frame: object) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
