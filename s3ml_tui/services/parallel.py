"""The same done to many things at once: what was done, what failed, what was left when the user cancelled.

The same for many, some at a time: one that fails does not stop the others, unless it would fail for all.

Reading many small objects at once, and the folders of a level that name them.
"""

import itertools
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
from s3ml_tui.domain.storage.store import Cancelled, Store, never
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import Place

THREADS = 8
_MOST_SHOWN = 20
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

    def failure_sentences(self) -> tuple[str, ...]:
        """What failed, a sentence each, up to some."""
        lines = [error.sentence for _, error in self.failed[:_MOST_SHOWN]]
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
            report_done(self._cancelled, next(self._ended), len(self._items))

    def _one(self, number: int) -> None:
        try:
            self.done[number] = self._do(self._items[number])
        except Stopped:  # it is left
            return
        except S3mlError as error:
            self.failed[number] = error
            if isinstance(error, FOR_ALL):
                self.stop.set()


AT_ONCE = 16
MOST_DENIED = 8
"""So many refusals, with nothing done, are taken for a refusal of all."""
_MOST_FILES_SHOWN = 20
"""So many failures are told one by one."""
FileItem = TypeVar("FileItem")
Answer = TypeVar("Answer")


@dataclass
class FileResults(Generic[FileItem, Answer]):
    """What became of each."""

    done: list[tuple[FileItem, Answer]] = field(default_factory=list)
    failed: list[tuple[FileItem, S3mlError]] = field(default_factory=list)
    left: int = 0
    """So many were not begun, or stopped in the middle."""
    is_cancelled: bool = False

    def failure_sentences(self, name: Callable[[FileItem], str]) -> tuple[str, ...]:
        """The failures in sentences, some of them."""
        lines = [f"{name(item)}: {error.sentence}" for item, error in self.failed[:_MOST_FILES_SHOWN]]
        if len(self.failed) > _MOST_FILES_SHOWN:
            lines.append(f"{len(self.failed) - _MOST_FILES_SHOWN:,} more failed.")
        return tuple(lines)


def each_file(
    items: Sequence[FileItem],
    do: Callable[[FileItem], Answer],
    cancelled: Cancelled = never,
    *,
    at_once: int = AT_ONCE,
    on_file_end: Callable[[FileItem, Answer | S3mlError], None] | None = None,
) -> FileResults[FileItem, Answer]:
    """Do all; `on_file_end` hears of each as it ends, from any thread.

    Raises the first error when none was done, Cancelled when none was begun.
    """
    work = _FileWork(items, do, cancelled, on_file_end)
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


class _FileWork(Generic[FileItem, Answer]):
    """Items taken one by one by whichever thread is free."""

    def __init__(
        self,
        items: Sequence[FileItem],
        do: Callable[[FileItem], Answer],
        cancelled: Cancelled,
        on_file_end: Callable[[FileItem, Answer | S3mlError], None] | None,
    ) -> None:
        self.results: FileResults[FileItem, Answer] = FileResults()
        self._waiting = deque(items)
        self._denied = 0
        self._is_end_denied = False
        self._all = len(items)
        self._do = do
        self._cancelled = cancelled
        self._on_file_end = on_file_end
        self._guard = threading.Lock()
        self._stop = threading.Event()

    def run(self) -> None:
        """Until none is left, or all others would fail as well."""
        while not self._stop.is_set() and not rests(self._cancelled):
            with self._guard:
                if not self._waiting:
                    return
                # Rights may differ by folder: while all is denied, the next ones come from the end.
                is_from_end = self._denied > 0 and not self.results.done
                item = self._waiting.pop() if is_from_end else self._waiting.popleft()
            self._one(item, is_from_end=is_from_end)

    def _is_all_denied(self, error: S3mlError, *, is_from_end: bool) -> bool:
        if not isinstance(error, Denied):
            return False
        with self._guard:
            self._denied += 1
            self._is_end_denied = self._is_end_denied or is_from_end
            return self._denied >= MOST_DENIED and self._is_end_denied and not self.results.done

    def _one(self, item: FileItem, *, is_from_end: bool) -> None:
        answer: Answer | S3mlError
        try:
            answer = self._do(item)
            self.results.done.append((item, answer))
        except Stopped:
            self._stop.set()
            return
        except S3mlError as error:
            answer = error
            if isinstance(error, FOR_ALL) or self._is_all_denied(error, is_from_end=is_from_end):
                self._stop.set()
            self.results.failed.append((item, error))
        except BaseException:
            self._stop.set()
            raise
        report_done(self._cancelled, len(self.results.done) + len(self.results.failed), self._all)
        if self._on_file_end is not None:
            self._on_file_end(item, answer)


READ_THREADS = 16
_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")


def at_once(
    ask: Callable[[_Asked], _Answer], questions: Iterable[_Asked], cancelled: Cancelled = never
) -> list[_Answer]:
    """The answers in the order of the questions, asked by 16 threads. The first error is raised, Cancelled.

    Whoever is interrupted does not wait for what is on its way.
    """
    waiting = list(questions)
    if len(waiting) < 2:
        return [ask(question) for question in waiting]
    work = _Asking(ask, waiting, cancelled)
    threads = min(READ_THREADS, len(waiting))
    pool = ThreadPoolExecutor(threads, thread_name_prefix="read")
    is_over = False
    try:
        for future in [pool.submit(work.run) for _ in range(threads)]:
            future.result()
        is_over = not cancelled()
    finally:
        work.stop.set()
        pool.shutdown(wait=is_over, cancel_futures=True)
    return work.answered()


class _Asking(Generic[_Asked, _Answer]):
    """Questions taken one by one by whichever thread is free."""

    def __init__(self, ask: Callable[[_Asked], _Answer], questions: Sequence[_Asked], cancelled: Cancelled) -> None:
        self.stop = threading.Event()
        self._ask = ask
        self._questions = questions
        self._cancelled = cancelled
        self._numbers, self._ended = itertools.count(), itertools.count(1)
        self._answers: dict[int, _Answer] = {}
        self._errors: dict[int, S3mlError] = {}

    def run(self) -> None:
        """Until none is left, or one failed."""
        while not self.stop.is_set() and (number := next(self._numbers)) < len(self._questions):
            if self._cancelled():
                self._errors[number] = Stopped()
            else:
                self._one(number)
            if number in self._errors:
                self.stop.set()

    def _one(self, number: int) -> None:
        try:
            self._answers[number] = self._ask(self._questions[number])
        except S3mlError as error:
            self._errors[number] = error
        except BaseException:
            self.stop.set()
            raise
        report_done(self._cancelled, next(self._ended), len(self._questions))

    def answered(self) -> list[_Answer]:
        """All answers. Raises the first error."""
        if self._errors:
            raise self._errors[min(self._errors)]
        return [self._answers[number] for number in range(len(self._questions))]


def folders(store: Store, place: Place) -> Sequence[str]:
    """The names of the folders directly below `place`, without their slash."""
    names: list[str] = []
    token: str | None = None
    while True:
        page = store.list_page(place, token=token)
        names += [prefix[len(place.prefix) :].rstrip("/") for prefix in page.prefixes]
        token = page.next
        if token is None:
            return names
