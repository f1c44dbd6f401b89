"""Reading many small objects at once, and the folders of a level that name them."""

import itertools
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.job_control import tells
from s3ml_tui.domain.store import Cancelled, Store, never
from s3ml_tui.domain.uri import Place

THREADS = 16
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
    threads = min(THREADS, len(waiting))
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
        tells(self._cancelled, next(self._ended), len(self._questions))

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
