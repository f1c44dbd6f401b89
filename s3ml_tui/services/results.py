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

    ended, stop = itertools.count(1), threading.Event()

    def unless_cancelled(item: Item) -> Done:
        if stop.is_set() or rests(cancelled):
            raise Stopped
        try:
            return do(item)
        except FOR_ALL:
            stop.set()
            raise
        finally:
            tells(cancelled, next(ended), len(items))

    with ThreadPoolExecutor(min(threads, len(items)), thread_name_prefix="many") as pool:
        futures = [pool.submit(unless_cancelled, item) for item in items]
        for item, future in zip(items, futures, strict=True):
            try:
                results.done.append((item, future.result()))
            except Stopped:
                results.left += 1
            except S3mlError as error:
                results.failed.append((item, error))
    results.is_stopped = stop.is_set()
    results.raise_if_nothing()
    return results
