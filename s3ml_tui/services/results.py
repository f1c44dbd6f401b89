"""The same done to many things at once: what was done, what failed, what was left when the user cancelled."""

import itertools
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import ClockSkew, ExpiredCredentials, NoCredentials, ReadOnly, S3mlError, Unreachable
from s3ml_tui.domain.job_control import rests, tells
from s3ml_tui.domain.store import Cancelled
from s3ml_tui.domain.text import count_text

THREADS = 8
_TOLD = 20
"""So many failures are told one by one."""
FOR_ALL = (Unreachable, ExpiredCredentials, NoCredentials, ClockSkew, ReadOnly)
"""Errors that all others would meet as well."""
Item = TypeVar("Item")
Done = TypeVar("Done")


@dataclass
class Results(Generic[Item, Done]):
    """In the order of the items."""

    done: list[tuple[Item, Done]] = field(default_factory=list)
    failed: list[tuple[Item, S3mlError]] = field(default_factory=list)
    left: int = 0
    """So many were not begun, or stopped in the middle: the user cancelled, or all would have failed."""
    is_stopped: bool = False
    """Whether they were left since all would have failed."""

    def title(self, verb: str, noun: str = "object") -> str:
        """`Deleted 3 objects`, or `Deleted 2 of 3 objects; 1 failed, the first: …`."""
        done, failed = len(self.done), len(self.failed)
        if not failed and not self.left:
            return f"{verb} {count_text(done, noun)}"
        parts = [f"{verb} {done:,} of {count_text(done + failed + self.left, noun)}"]
        if failed:
            parts.append(f"{failed:,} failed, the first: {self.failed[0][1].title}")
        if self.left:
            parts.append("the rest was not begun" if self.is_stopped else "the rest was cancelled")
        return "; ".join(parts)

    def told(self) -> tuple[str, ...]:
        """What failed, a sentence each, up to some."""
        lines = [error.sentence for _, error in self.failed[:_TOLD]]
        if len(self.failed) > _TOLD:
            lines.append(f"{len(self.failed) - _TOLD:,} more failed.")
        return tuple(lines)

    def rest(self, items: Sequence[Item]) -> tuple[Item, ...]:
        """Those of `items`, which these results are of, that were not done."""
        done = {id(item) for item, _ in self.done}
        return tuple(item for item in items if id(item) not in done)

    def raise_if_nothing(self) -> None:
        """Raise the first error when none was done, Cancelled when none was begun."""
        if not self.done and self.failed:
            raise self.failed[0][1]
        if not self.done and self.left:
            raise Stopped


def each(
    items: Sequence[Item], do: Callable[[Item], Done], cancelled: Cancelled, *, threads: int = THREADS
) -> Results[Item, Done]:
    """Do all, some at once. One that fails does not stop the others, unless it would fail for all.

    Raises the first error when none was done.
    """
    results: Results[Item, Done] = Results()
    if not items:
        return results
    work = _Work(items, do, cancelled)
    threads = min(threads, len(items))
    with ThreadPoolExecutor(threads, thread_name_prefix="many") as pool:
        for future in [pool.submit(work.run) for _ in range(threads)]:
            future.result()
    for number, item in enumerate(items):
        if number in work.done:
            results.done.append((item, work.done[number]))
        elif number in work.failed:
            results.failed.append((item, work.failed[number]))
        else:
            results.left += 1
    results.is_stopped = work.stop.is_set()
    results.raise_if_nothing()
    return results


class _Work(Generic[Item, Done]):
    """Items taken one by one by whichever thread is free: a future for each of ten thousand costs more than a copy."""

    def __init__(self, items: Sequence[Item], do: Callable[[Item], Done], cancelled: Cancelled) -> None:
        self.done: dict[int, Done] = {}
        self.failed: dict[int, S3mlError] = {}
        self.stop = threading.Event()
        """Set when all others would fail as well."""
        self._items = items
        self._do = do
        self._cancelled = cancelled
        self._numbers, self._ended = itertools.count(), itertools.count(1)

    def run(self) -> None:
        """Until none is left, or the others are not to be begun."""
        while (number := next(self._numbers)) < len(self._items):
            if self.stop.is_set() or rests(self._cancelled):
                return
            self._one(number)
            tells(self._cancelled, next(self._ended), len(self._items))

    def _one(self, number: int) -> None:
        try:
            self.done[number] = self._do(self._items[number])
        except Stopped:  # it is left
            return
        except S3mlError as error:
            self.failed[number] = error
            if isinstance(error, FOR_ALL):
                self.stop.set()
