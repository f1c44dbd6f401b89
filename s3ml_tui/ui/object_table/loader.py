"""Reading a level in a thread: pages as they come, handed over ten times a second at most.

Long lists of keys out of the garbage collector's sight.

It would look through every key again and again, a tenth of a second each time, in the middle of a key press. What is
set aside is let go of as ever when nothing refers to it, but circles of objects in it would stay for good: so these are
collected first. That is quick where the program itself was set aside when it began.
"""

import gc
import time
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.storage.listing import DeletedColumns, ListingPage
from s3ml_tui.domain.storage.store import Cancelled
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services

INTERVAL_S = 0.1


@dataclass(frozen=True, slots=True)
class Question:
    """What pages were asked for; answers to any but the latest are dropped."""

    place: Place
    generation: int
    token: str | None
    with_deleted: bool
    rows: int
    """So many are wanted, and what comes with them on a page; 0 for all there are."""
    after: str | None = None
    """When all are wanted by the fastest way, which begins anew: the key after which they are."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some pages of the answer."""

    pages: tuple[ListingPage, ...]
    is_last: bool = False
    """Whether nothing follows for this question."""


def batches(services: Services, question: Question, cancelled: Cancelled) -> Iterator[Batch]:
    """The answer: the first page at once, the others by time. Raises what a listing raises, after what came before."""
    waiting: list[ListingPage] = []
    last_batch_s = 0.0
    try:
        for page in _pages(services, question, cancelled):
            if cancelled():
                return
            waiting.append(page)
            time.sleep(0)  # lets the UI have the interpreter's lock: pages may come faster than it asks for it
            now_s = time.monotonic()
            if now_s - last_batch_s >= INTERVAL_S:
                last_batch_s = now_s
                yield Batch(tuple(waiting))
                waiting = []
    except S3mlError:
        if waiting:
            yield Batch(tuple(waiting))
        raise
    yield Batch(tuple(waiting), is_last=True)


def _pages(services: Services, question: Question, cancelled: Cancelled) -> Iterator[ListingPage]:
    place = question.place
    if question.after is not None:
        pages = services.searching.pages(
            place, is_recursive=False, with_deleted=question.with_deleted, cancelled=cancelled
        )
        yield from _after(pages, question.after)
        return
    token, rows = question.token, 0
    while True:
        page = services.browsing.page(place, token=token, with_deleted=question.with_deleted)
        yield page
        token, rows = page.next, rows + len(page.prefixes) + len(page.keys) + len(page.deleted.keys)
        if token is None or cancelled() or 0 < question.rows <= rows:
            return


def _after(pages: Iterator[ListingPage], last: str) -> Iterator[ListingPage]:
    """Without the objects up to a key, which are there already; the folders of all pages."""
    for page in pages:
        starts = [names[0] for names in (page.keys, page.deleted.keys) if names]
        if not starts or min(starts) > last:
            yield page
            continue
        cut, cut_deleted = bisect_right(page.keys, last), bisect_right(page.deleted.keys, last)
        yield replace(
            page,
            keys=page.keys[cut:],
            sizes=page.sizes[cut:],
            modified=page.modified[cut:],
            etags=page.etags[cut:],
            storage_classes=page.storage_classes[cut:],
            deleted=DeletedColumns(
                page.deleted.keys[cut_deleted:],
                page.deleted.modified[cut_deleted:],
                page.deleted.version_ids[cut_deleted:],
            ),
        )


LARGE_ROWS = 50_000
"""So long is a list that is worth it."""


def set_aside() -> None:
    """What there is now will not be looked through any more."""
    gc.collect()
    gc.freeze()
