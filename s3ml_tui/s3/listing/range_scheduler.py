"""A listing by many ranges of the key space at once that comes out exactly as one sequence would.

The first range follows the server's own tokens. When it goes on and requests take long, what lies after the page is
split: new ranges begin at guessed names (`ranges`). That they meet is `range_chain`'s to prove; here are the threads.

How many requests a listing may have in flight: as many as fit into the wait for one, fewer when throttled.
"""

import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import S3mlError, StrangeAnswer, Throttled
from s3ml_tui.domain.storage.store import Cancelled, never
from s3ml_tui.s3.listing.range_chain import Chain, Stretch
from s3ml_tui.s3.listing.range_pages import Answer, Ask, Page, page_of
from s3ml_tui.s3.listing.split_points import Alphabet, split_points
from s3ml_tui.s3.parsing.fast_listing_xml import Listing

MOST_AT_ONCE = 32
"""Requests in flight at most."""
_WORK_S = 0.0015
"""What a page costs this process, about; more requests at once than fit into a page's wait would bring nothing."""
_GROWTH = 8
"""New requests at once for each page seen so far, so that a prefix of two pages does not cost thirty requests."""
_MOST_THROTTLES = 8
_CALM = 64
"""After so many pages without being throttled, twice as many requests are tried again."""


@dataclass(slots=True)
class Pace:
    """What was seen of the server's patience and speed."""

    most: int = MOST_AT_ONCE
    pages: int = 0
    """Seen so far."""
    _fastest_s: float = 1.0
    _throttles: int = 0
    _calm: int = 0

    def saw(self, answer: Answer) -> None:
        """Take a page into account."""
        self.pages += 1
        self._fastest_s = min(self._fastest_s, answer.waited_s)
        if answer.was_throttled:
            self.throttled()
            return
        self._calm += 1
        if self._throttles and self._calm >= _CALM:
            self._throttles -= 1
            self._calm = 0

    def throttled(self) -> None:
        """Halve what is allowed."""
        self._throttles = min(self._throttles + 1, _MOST_THROTTLES)
        self._calm = 0

    @property
    def allowed(self) -> int:
        """Requests in flight now at most."""
        useful = int(self._fastest_s / _WORK_S)
        return max(1, min(useful, self.most >> self._throttles, _GROWTH * self.pages))


_MOST_HELD = 400
"""Pages that may wait for earlier ones; then only the earliest range goes on."""
_TICK_S = 0.1


class RangeListing:
    """One listing under way. `pages` is its only verb."""

    def __init__(
        self,
        ask: Ask,
        *,
        skip: int,
        delimiter: str = "",
        most_at_once: int = MOST_AT_ONCE,
        cancelled: Cancelled = never,
    ) -> None:
        """`skip` is how many characters all names share at least."""
        self._ask = ask
        self._skip = skip
        self._delimiter = delimiter
        self._cancelled = cancelled
        self._changed = threading.Condition()
        self._pool: ThreadPoolExecutor | None = None
        self._pace = Pace(most_at_once)
        self._chain = Chain(self._points)
        self._chain.is_one_sequence = most_at_once <= 1
        self._in_flight = 0
        self._alphabet = Alphabet()
        self._error: S3mlError | None = None
        self._is_over = False

    @property
    def is_one_sequence(self) -> bool:
        """Whether ranges were given up."""
        return self._chain.is_one_sequence

    def pages(self) -> Generator[Listing, None, None]:
        """The pages in order; empty ones are left out. Raises S3mlErrors, Cancelled."""
        try:
            self._run_first()
            while True:
                with self._changed:
                    page = self._next_page()
                if page is None:
                    return
                yield page
        finally:
            with self._changed:
                self._is_over = True
            if self._pool is not None:
                self._pool.shutdown(wait=False, cancel_futures=True)

    def _run_first(self) -> None:
        """The first page, in this thread: a listing of one page needs no other."""
        if self._cancelled():
            raise Stopped
        answer = self._ask(self._chain.head.where)
        with self._changed:
            self._arrived(self._chain.head, answer, page_of(answer.listing))

    def _work(self, one: Stretch) -> None:
        """Ask for one page, in a thread of the pool."""
        answer, page, error = None, None, None
        try:
            answer = self._ask(one.where)
            page = page_of(answer.listing)
        except S3mlError as raised:
            error = raised
        with self._changed:
            self._in_flight -= 1
            one.is_asking = False
            if not one.is_dropped and not self._is_over:
                if answer is not None and page is not None:
                    self._arrived(one, answer, page)
                elif error is not None:
                    self._failed(one, error)
            self._send()
            self._changed.notify_all()

    # what follows runs with the lock held ----------------------------------------------------------------------

    def _next_page(self) -> Listing | None:
        """The next page in order; None when there is no more."""
        while True:
            if self._cancelled():
                raise Stopped
            page = self._chain.take()
            if page is not None:
                if self._pool is not None:  # the first page is handed over before anything else is begun
                    self._send()
                return page
            if self._error is not None:
                raise self._error
            if self._chain.is_over:
                return None
            self._send()
            self._changed.wait(_TICK_S)

    def _send(self) -> None:
        """Begin as many of the waiting requests as may be in flight, the earliest first."""
        chain = self._chain
        while chain.waiting and self._in_flight < self._allowed and not self._is_over and self._error is None:
            one = chain.earliest()
            if chain.held >= _MOST_HELD and (one is not chain.head or one.ready):
                chain.waiting.append(one)
                return
            one.is_asking = True
            self._in_flight += 1
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._pace.most, thread_name_prefix="s3ml-listing")
            self._pool.submit(self._work, one)

    @property
    def _allowed(self) -> int:
        return 1 if self._chain.is_one_sequence else self._pace.allowed

    def _arrived(self, one: Stretch, answer: Answer, page: Page) -> None:
        if page.is_truncated and page.listing.token in {"", one.where.token}:
            self._error = self._error or endless()
            return
        self._pace.saw(answer)
        self._chain.arrived(one, page)

    def _failed(self, one: Stretch, error: S3mlError) -> None:
        if isinstance(error, Throttled) and self._allowed > 1:
            self._pace.throttled()
            self._chain.waiting.append(one)
        elif not self._chain.refused(one):  # were it more than StartAfter, the earlier ranges would fail too
            self._error = self._error or error

    def _points(self, page: Page, end: str | None) -> list[str]:
        """Where to split what lies after a page: into as many ranges as there are requests to spare."""
        spare = self._allowed - self._in_flight - len(self._chain.waiting)
        if spare <= 0:
            return []
        self._alphabet.learn(page.names, self._skip)
        first, last = page.first[0].removesuffix(self._delimiter), page.last.removesuffix(self._delimiter)
        return split_points(first, last, end, self._alphabet, skip=self._skip, most=spare, forbidden=self._delimiter)


def endless() -> StrangeAnswer:
    """What a user is told when a listing says there is more and not where."""
    return StrangeAnswer(
        "The server's listing does not go on",
        cause="It says there is more and gives no new place to go on from",
        advice="Use what is listed so far, and report it to whoever runs the server",
    )
