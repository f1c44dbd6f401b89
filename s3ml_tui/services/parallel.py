"""The same done to many things, some at a time, or asked of many."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import (
    ClockSkew,
    Denied,
    ExpiredCredentials,
    NoCredentials,
    ReadOnly,
    S3mlError,
    Unreachable,
)
from s3ml_tui.domain.job_control import report_done, rests
from s3ml_tui.domain.storage.store import Cancelled, never
from s3ml_tui.domain.text import count_text

THREADS = 8
_MOST_SHOWN = 20
"""So many failures are told one by one."""
READ_THREADS = 16
MOST_DENIED = 8
"""So many refusals, with nothing done, are taken for a refusal of all."""
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

    @property
    def is_cancelled(self) -> bool:
        """Whether some were left since the user cancelled."""
        return self.left > 0 and not self.is_stopped

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

    def failure_sentences(self, name: Callable[[Item], str] | None = None) -> tuple[str, ...]:
        """What failed, a sentence each, up to some; with the item's name before it where that is given."""
        shown = self.failed[:_MOST_SHOWN]
        lines = [f"{name(item)}: {error.sentence}" if name else error.sentence for item, error in shown]
        if len(self.failed) > _MOST_SHOWN:
            lines.append(f"{len(self.failed) - _MOST_SHOWN:,} more failed.")
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


OnEnd = Callable[[Item, Done | S3mlError], None]


def each(
    items: Sequence[Item],
    do: Callable[[Item], Done],
    cancelled: Cancelled,
    *,
    threads: int = THREADS,
    on_end: OnEnd[Item, Done] | None = None,
) -> Results[Item, Done]:
    """Do all, some at once. One that fails does not stop the others, unless it would fail for all.

    `on_end` hears of each as it ends, from any thread.
    Raises the first error when none was done, Cancelled when none was begun.
    """
    results: Results[Item, Done] = Results()
    if not items:
        return results
    work = _Work(items, do, cancelled, on_end=on_end)
    work.run(threads)
    results.done = [(items[number], work.done[number]) for number in sorted(work.done)]
    results.failed = [(items[number], work.failed[number]) for number in sorted(work.failed)]
    results.left = len(items) - len(work.done) - len(work.failed)
    results.is_stopped = work.is_hopeless
    results.raise_if_nothing()
    return results


def at_once(ask: Callable[[Item], Done], questions: Iterable[Item], cancelled: Cancelled = never) -> list[Done]:
    """The answers in the order of the questions, asked by 16 threads. The first error is raised, Cancelled.

    Whoever is interrupted does not wait for what is on its way.
    """
    waiting = list(questions)
    if len(waiting) < 2:
        return [ask(question) for question in waiting]
    work = _Work(waiting, ask, cancelled, ends_at_first=True)
    work.run(READ_THREADS)
    if work.failed:
        raise work.failed[min(work.failed)]
    if len(work.done) < len(waiting):
        raise Stopped
    return [work.done[number] for number in range(len(waiting))]


class _Work(Generic[Item, Done]):
    """Items taken one by one by whichever thread is free: a future for each of ten thousand costs more than a copy."""

    def __init__(
        self,
        items: Sequence[Item],
        do: Callable[[Item], Done],
        cancelled: Cancelled,
        *,
        on_end: OnEnd[Item, Done] | None = None,
        ends_at_first: bool = False,
    ) -> None:
        self.done: dict[int, Done] = {}
        self.failed: dict[int, S3mlError] = {}
        self.is_hopeless = False
        """Whether all others would fail as well."""
        self._items, self._do, self._cancelled = items, do, cancelled
        self._on_end, self._ends_at_first = on_end, ends_at_first
        self._waiting = deque(range(len(items)))
        self._denied = 0
        self._is_end_denied = False
        self._guard, self._stop = threading.Lock(), threading.Event()

    def run(self, threads: int) -> None:
        """Until none is left, or the others are not to be begun; what only asks is not waited for when interrupted."""
        threads = max(1, min(threads, len(self._items)))
        pool = ThreadPoolExecutor(threads, thread_name_prefix="s3ml-many")
        is_over = False
        try:
            for future in [pool.submit(self._take) for _ in range(threads)]:
                future.result()
            is_over = True
        finally:
            self._stop.set()
            pool.shutdown(wait=is_over or not self._ends_at_first, cancel_futures=True)

    def _take(self) -> None:
        while not self._stop.is_set() and not rests(self._cancelled):
            with self._guard:
                if not self._waiting:
                    return
                # Rights may differ by folder: while all is denied, the next ones come from the end.
                is_from_end = self._denied > 0 and not self.done
                number = self._waiting.pop() if is_from_end else self._waiting.popleft()
            self._one(number, is_from_end=is_from_end)

    def _one(self, number: int, *, is_from_end: bool) -> None:
        item = self._items[number]
        answer: Done | S3mlError
        try:
            answer = self.done[number] = self._do(item)
        except Stopped:  # it is left
            self._stop.set()
            return
        except S3mlError as error:
            answer = self.failed[number] = error
            # Never set to False again: another thread may have seen meanwhile that it is.
            if isinstance(error, FOR_ALL) or self._is_all_denied(error, is_from_end=is_from_end):
                self.is_hopeless = True
            if self.is_hopeless or self._ends_at_first:
                self._stop.set()
        except BaseException:
            self._stop.set()
            raise
        report_done(self._cancelled, len(self.done) + len(self.failed), len(self._items))
        if self._on_end is not None:
            self._on_end(item, answer)

    def _is_all_denied(self, error: S3mlError, *, is_from_end: bool) -> bool:
        if not isinstance(error, Denied):
            return False
        with self._guard:
            self._denied += 1
            self._is_end_denied = self._is_end_denied or is_from_end
            return self._denied >= MOST_DENIED and self._is_end_denied and not self.done
