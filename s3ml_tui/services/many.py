"""Reading many small objects at once, and the folders of a level that name them."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from s3ml_tui.domain.store import Store
from s3ml_tui.domain.uri import Place

THREADS = 16
_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")


def at_once(ask: Callable[[_Asked], _Answer], questions: Iterable[_Asked]) -> list[_Answer]:
    """The answers in the order of the questions, asked by 16 threads. The first error is raised."""
    waiting = list(questions)
    if len(waiting) < 2:
        return [ask(question) for question in waiting]
    with ThreadPoolExecutor(min(THREADS, len(waiting)), thread_name_prefix="read") as pool:
        futures = [pool.submit(ask, question) for question in waiting]
        try:
            return [future.result() for future in futures]
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


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
