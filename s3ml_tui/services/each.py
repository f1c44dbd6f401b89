"""The same for many, some at a time: one that fails does not stop the others, unless it would fail for all."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.job_control import rests, tells
from s3ml_tui.domain.store import Cancelled, never
from s3ml_tui.services.results import FOR_ALL

AT_ONCE = 16
_TOLD = 20
"""So many failures are told one by one."""
Item = TypeVar("Item")
Answer = TypeVar("Answer")


@dataclass
class Results(Generic[Item, Answer]):
    """What became of each."""

    done: list[tuple[Item, Answer]] = field(default_factory=list)
    failed: list[tuple[Item, S3mlError]] = field(default_factory=list)
    left: int = 0
    """So many were not begun, or stopped in the middle."""
    is_cancelled: bool = False

    def told(self, name: Callable[[Item], str]) -> tuple[str, ...]:
        """The failures in sentences, some of them."""
        lines = [f"{name(item)}: {error.sentence}" for item, error in self.failed[:_TOLD]]
        if len(self.failed) > _TOLD:
            lines.append(f"{len(self.failed) - _TOLD:,} more failed.")
        return tuple(lines)


def each(
    items: Sequence[Item],
    do: Callable[[Item], Answer],
    cancelled: Cancelled = never,
    *,
    at_once: int = AT_ONCE,
    told: Callable[[Item, Answer | S3mlError], None] | None = None,
) -> Results[Item, Answer]:
    """Do all; `told` hears of each as it ends, from any thread.

    Raises the first error when none was done, Cancelled when none was begun.
    """
    work = _Work(items, do, cancelled, told)
    threads = max(1, min(at_once, len(items)))
    with ThreadPoolExecutor(threads, thread_name_prefix="s3ml-file") as pool:
        for future in [pool.submit(work.run) for _ in range(threads)]:
            future.result()
    results = work.results
    results.left = len(items) - len(results.done) - len(results.failed)
    results.is_cancelled = results.left > 0 and cancelled()
    if not results.done and items:
        raise results.failed[0][1] if results.failed else Stopped
    return results


class _Work(Generic[Item, Answer]):
    """Items taken one by one by whichever thread is free."""

    def __init__(
        self,
        items: Sequence[Item],
        do: Callable[[Item], Answer],
        cancelled: Cancelled,
        told: Callable[[Item, Answer | S3mlError], None] | None,
    ) -> None:
        self.results: Results[Item, Answer] = Results()
        self._waiting = iter(items)
        self._all = len(items)
        self._do = do
        self._cancelled = cancelled
        self._told = told
        self._guard = threading.Lock()
        self._stop = threading.Event()

    def run(self) -> None:
        """Until none is left, or all others would fail as well."""
        while not self._stop.is_set() and not rests(self._cancelled):
            with self._guard:
                following = next(((item,) for item in self._waiting), None)
            if following is None:
                return
            self._one(*following)

    def _one(self, item: Item) -> None:
        answer: Answer | S3mlError
        try:
            answer = self._do(item)
            self.results.done.append((item, answer))
        except Stopped:
            self._stop.set()
            return
        except S3mlError as error:
            answer = error
            if isinstance(error, FOR_ALL):
                self._stop.set()
            self.results.failed.append((item, error))
        except BaseException:
            self._stop.set()
            raise
        tells(self._cancelled, len(self.results.done) + len(self.results.failed), self._all)
        if self._told is not None:
            self._told(item, answer)
