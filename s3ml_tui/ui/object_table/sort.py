"""How the objects of a level are sorted, in short steps between which other threads get their turn."""

import time
from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from s3ml_tui.ui.object_table.level import Level
from s3ml_tui.ui.object_table.names import STEP_ROWS, Rows

BREATH_S = 0.003
"""So long a thread works before it lets others run."""
_BUCKETS = 128
_SAMPLE = 4096

Breathe = Callable[[], None]
"""Called after every step; raises `Stopped` when the answer is not wanted any more."""


class Stopped(Exception):
    """Nobody waits for the answer any more."""


class By(StrEnum):
    """A column to sort by."""

    NAME = "name"
    SIZE = "size"
    TIME = "modified"
    CLASS = "class"


@dataclass(frozen=True, slots=True)
class Sort:
    """A column and a direction. The biggest and the newest come first unless asked otherwise."""

    by: By = By.NAME
    is_descending: bool = False

    @property
    def following(self) -> "Sort":
        """The next when one goes through them all: every column as it is mostly wanted, then the other way round."""
        return _CYCLE[(_CYCLE.index(self) + 1) % len(_CYCLE)]

    def clicked(self, by: By) -> "Sort":
        """After a click on a column's header: by that column, or the other way round."""
        return Sort(by, not self.is_descending) if by is self.by else Sort(by, by in _MOSTLY_DESCENDING)

    @property
    def is_as_listed(self) -> bool:
        """Whether new rows come at the end."""
        return self == Sort()

    @property
    def sign(self) -> str:
        """For the header."""
        return "▼" if self.is_descending else "▲"


_MOSTLY_DESCENDING = (By.SIZE, By.TIME)
_CYCLE = tuple(Sort(by, (by in _MOSTLY_DESCENDING) is not is_other) for is_other in (False, True) for by in By)


def no_breath() -> None:
    """For small tables, sorted in one go."""


def breath(is_wanted: Callable[[], bool]) -> Breathe:
    """Lets other threads run: a C call holds the interpreter's lock, and the UI cannot paint meanwhile."""
    last_s = time.monotonic()

    def breathe() -> None:
        nonlocal last_s
        if not is_wanted():
            raise Stopped
        if time.monotonic() - last_s > BREATH_S:
            time.sleep(0)
            last_s = time.monotonic()

    return breathe


def ordered(level: Level, rows: Rows, sort: Sort, breathe: Breathe = no_breath) -> Rows:
    """`rows`, which come as they were listed, in another order; equal ones stay as they were listed."""
    if sort.by is By.NAME:
        return rows[::-1] if sort.is_descending else rows
    return _by_column(_column(level, sort.by), rows, breathe, is_descending=sort.is_descending)


def _column(level: Level, by: By) -> Sequence[float]:
    if by is By.SIZE:
        return level.sizes
    if by is By.TIME:
        return level.modified
    ranks = bytearray(256)
    for rank, (_, code) in enumerate(sorted((name, code) for code, name in enumerate(level.class_names))):
        ranks[code] = rank
    return level.classes.translate(ranks)


def _by_column(column: Sequence[float], rows: Rows, breathe: Breathe, *, is_descending: bool) -> Rows:
    """A sample sort: no step sorts more than some thousand rows, however many there are."""
    value = column.__getitem__
    if len(rows) <= STEP_ROWS:
        return array("I", sorted(rows, key=value, reverse=is_descending))
    sample = sorted({value(row) for row in rows[:: max(1, len(rows) // _SAMPLE)]})
    bounds = sample[:: max(1, len(sample) // _BUCKETS)]
    buckets = [array("I") for _ in range(len(bounds) + 1)]
    for first in range(0, len(rows), STEP_ROWS):
        step = sorted(rows[first : first + STEP_ROWS], key=value)
        start = 0
        for bound, bucket in zip(bounds, buckets, strict=False):
            end = bisect_left(step, bound, start, key=value)
            bucket.extend(step[start:end])
            start = end
        buckets[-1].extend(step[start:])
        breathe()
    result = array("I")
    for bucket in reversed(buckets) if is_descending else buckets:
        is_done = _is_one_value(column, bucket, breathe)
        result.extend(bucket if is_done else sorted(bucket, key=value, reverse=is_descending))
        breathe()
    return result


def _is_one_value(column: Sequence[float], bucket: Rows, breathe: Breathe) -> bool:
    """Whether a bucket is large because its rows are equal; sorting them in one go would still take its time."""
    if len(bucket) <= 2 * STEP_ROWS:
        return False
    values: set[float] = set()
    for first in range(0, len(bucket), STEP_ROWS):
        values.update(map(column.__getitem__, bucket[first : first + STEP_ROWS]))
        if len(values) > 1:
            return False
        breathe()
    return True
