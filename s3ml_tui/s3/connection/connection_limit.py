"""How many requests of transfers are under way at once: one bound for all files and all their parts.

A part of a large file and a small file each take one slot for as long as their request lasts. Nobody who holds one
waits for another, so nothing can stand still. What a request holds in memory is bounded (`tuning`), and so is the
number of files that are open: the bound on requests is the bound on all three.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.job_control import rests
from s3ml_tui.domain.storage.store import Cancelled

_LOOK_EVERY_S = 0.1
T = TypeVar("T")


class Slots:
    """The bound of one connection."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = 0
        self._changed = threading.Condition()
        self._crew: ThreadPoolExecutor | None = None

    @property
    def most(self) -> int:
        """So many requests at once."""
        return self._most

    def limit(self, most: int) -> None:
        """Change the bound; what is under way goes on."""
        with self._changed:
            if most == self._most:
                return
            self._most = most
            crew, self._crew = self._crew, None
            self._changed.notify_all()
        if crew is not None:
            crew.shutdown(wait=False)

    @contextmanager
    def taken(self, cancelled: Cancelled) -> Iterator[None]:
        """Wait for a slot and hold it. Raises Cancelled while waiting."""
        with self._changed:
            while self._taken >= self._most:
                if cancelled():
                    raise Stopped
                self._changed.wait(_LOOK_EVERY_S)
            self._taken += 1
        try:
            yield
        finally:
            with self._changed:
                self._taken -= 1
                self._changed.notify()

    def each(
        self, work: Callable[[T, Cancelled], None], items: list[T], cancelled: Cancelled, *, most: int | None = None
    ) -> None:
        """Do `work` for all items, in order as far as there are slots; the first failure stops all, and is raised.

        Called by whoever coordinates one large file, never from inside `work`. While the job is paused none is begun,
        and nobody's thread or slot is held. `most` are under way at once.
        """
        stop = threading.Event()

        def stopped() -> bool:
            return stop.is_set() or cancelled()

        def one(item: T) -> None:
            if stopped():
                raise Stopped
            try:
                with self.taken(stopped):
                    work(item, stopped)
            except BaseException:
                stop.set()
                raise

        futures: list[Future[None]] = []
        under_way: set[Future[None]] = set()
        try:
            for item in items:
                while len(under_way) >= min(self._most, most or self._most):
                    under_way = wait(under_way, return_when=FIRST_COMPLETED).not_done
                if stop.is_set() or rests(cancelled, finish=partial(wait, futures)):
                    break
                futures.append(self._submit(one, item))
                under_way.add(futures[-1])
            wait(futures, return_when=FIRST_EXCEPTION)
        finally:
            stop.set()
            for future in futures:
                future.cancel()
            wait(futures)
        _raise_first(futures)
        if len(futures) < len(items):
            raise Stopped

    def close(self) -> None:
        """Let go of the threads once they are done."""
        with self._changed:
            crew, self._crew = self._crew, None
        if crew is not None:
            crew.shutdown(wait=False, cancel_futures=True)

    def _submit(self, work: Callable[[T], None], item: T) -> Future[None]:
        with self._changed:
            if self._crew is None:
                self._crew = ThreadPoolExecutor(self._most, thread_name_prefix="s3ml-part")
            return self._crew.submit(work, item)


def _raise_first(futures: list[Future[None]]) -> None:
    """Raise what stopped the work; that others were stopped by it tells nothing."""
    failures = [error for future in futures if not future.cancelled() and (error := future.exception()) is not None]
    if failures:
        raise next((error for error in failures if not isinstance(error, Stopped)), failures[0])
    if any(future.cancelled() for future in futures):
        raise Stopped
