"""Reading a level in a thread: one question at a time, its pages as they come, ten times a second at most."""

import gc
import time
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from textual.message import Message
from textual.widget import Widget
from textual.worker import get_current_worker

from s3ml_tui.domain import errors
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.storage.listing import DeletedColumns, ListingPage
from s3ml_tui.domain.storage.store import Cancelled
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.object_table.level import Level

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
"""So long is a list of keys that is worth it."""


def set_aside() -> None:
    """What there is now will not be looked through any more by the garbage collector.

    It would look at every key again and again, a tenth of a second each time, in the middle of a key press. What is set
    aside is let go of as ever when nothing refers to it, but circles of objects in it would stay for good: so these are
    collected first. That is quick where the program itself was set aside when it began.
    """
    gc.collect()
    gc.freeze()


class Loader:
    """What the pane asks about a level, one thing at a time."""

    @dataclass
    class Arrived(Message):
        """Some pages, or why there are none."""

        question: Question
        batch: Batch | None = None
        error: S3mlError | None = None

    def __init__(self, pane: Widget) -> None:
        self._pane = pane
        self._generation = 0
        self.services: Services | None = None
        self.with_deleted = False
        self.question: Question | None = None
        """What was asked last; None once it is answered to its end."""
        self.level: Level | None = None
        """What is being read; becomes the table's level once it reaches to where the cursor is."""
        self.is_whole = False
        """Whether the user asked for all of the level."""

    @property
    def is_loading_all(self) -> bool:
        """Whether all of the level is being read because the user asked for it."""
        return self.is_whole and self.question is not None and not self.question.rows

    @property
    def reading(self) -> str:
        """What is being waited for; "" when nothing is."""
        if self.is_loading_all and self.level is not None:
            return f"loading… {len(self.level):,} · escape stops"
        return "reading …" if self.question is not None else ""

    def connect(self, services: Services | None) -> None:
        """Use another session."""
        self.services, self.question = services, None

    def begin(self, level: Level, rows: int) -> None:
        """Read a level from its start: so many rows, or all where the user asked for that."""
        self._generation += 1
        self.level = level
        self.ask(0 if self.is_whole else rows)

    def ask(self, rows: int) -> None:
        """Read so many rows more; 0 for all that are not there yet: at many places at once, where that is the same."""
        level, services = self.level, self.services
        if level is None or services is None:
            return
        token, after = level.next, None
        if not rows and not level.is_unordered:
            token, after = None, level.keys[-1] if level.keys else ""
        self.question = Question(level.place, self._generation, token, self.with_deleted, rows, after)
        self._pane.workers.cancel_group(self._pane, "level")
        load = partial(self._load, services, self.question)
        self._pane.run_worker(load, group="level", thread=True, exit_on_error=False)

    def stop(self) -> None:
        """Nothing more is wanted for now."""
        self._pane.workers.cancel_group(self._pane, "level")
        self.question, self.is_whole = None, False

    def take(self, level: Level, question: Question, batch: Batch) -> int:
        """Add what came; answers by how many rows it moved the objects down."""
        moved, before = 0, len(level)
        for page in batch.pages:
            moved += level.append(page) if question.after is None else level.extend(page)
        if question.after is not None:
            level.next, level.is_complete = None, batch.is_last
        if before < LARGE_ROWS <= len(level):
            set_aside()
        if batch.is_last:
            self.question = None
        return moved

    def _load(self, services: Services, question: Question) -> None:
        worker = get_current_worker()
        try:
            for batch in batches(services, question, lambda: worker.is_cancelled):
                self._pane.post_message(self.Arrived(question, batch))
        except errors.Cancelled:
            return
        except S3mlError as error:
            self._pane.post_message(self.Arrived(question, error=error))
