"""A listing by many ranges of the key space at once that comes out exactly as one sequence would.

The first range follows the server's own tokens. When it goes on and requests take long, what lies after the page is
split: new ranges begin with StartAfter at guessed points. A range is finished when a page goes past its end; the first
name past it must be the very name the next range began with. Where it is not (StartAfter or the order is not S3's, or
somebody wrote there just now), the range goes on over the next one's stretch, and after some such cases to the very
end: then it is one sequence. So nothing that is yielded was ever reached otherwise than by an unbroken chain.
"""

import threading
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import S3mlError, StrangeAnswer, Throttled
from s3ml_tui.domain.store import Cancelled, never
from s3ml_tui.s3.listing_columns import S3_PAGE, Listing
from s3ml_tui.s3.ranges import Alphabet, split_points

MOST_AT_ONCE = 24
"""Requests in flight at most."""
_WORK_S = 0.002
"""What a page costs this process, about; more requests at once than fit into a page's wait would bring nothing."""
_GROWTH = 8
"""New requests at once for each page seen so far, so that a prefix of two pages does not cost thirty requests."""
_MOST_HELD = 400
"""Pages that may wait for earlier ones; then only the earliest range goes on."""
_MOST_MISMATCHES = 2
_TICK_S = 0.1


@dataclass(frozen=True, slots=True)
class Where:
    """Which page to ask for: the one a token stands for, or the first after a name."""

    token: str = ""
    start_after: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A page, and what was seen of the server meanwhile."""

    listing: Listing
    waited_s: float = 0
    """From sending the request to having the whole answer."""
    was_throttled: bool = False
    """Whether it had to be asked more than once."""


Ask = Callable[[Where], Answer]


@dataclass(slots=True, eq=False)
class _Range:
    """A stretch of names: those after its start, up to `end`."""

    where: Where
    end: str | None = None
    """The last name that may belong to it; None when it goes to the very end."""
    last: str = ""
    """The last name seen in it; its start at first."""
    before: "_Range | None" = None
    following: "_Range | None" = None
    ready: deque[Listing] = field(default_factory=deque)
    crossing: Listing | None = None
    """The page that went past the end, until the next range shows how it began."""
    begins: str | None = None
    """The first name it was answered with, also past its end; "" when there was none at all."""
    is_bad: bool = False
    """Its first page came in another order than S3's."""
    is_done: bool = False
    is_asking: bool = False
    is_dropped: bool = False


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
        self._most_at_once = most_at_once
        self._cancelled = cancelled
        self._changed = threading.Condition()
        self._pool: ThreadPoolExecutor | None = None
        self._head = _Range(Where())
        self._waiting: list[_Range] = []
        self._in_flight = 0
        self._held = 0
        self._pages_seen = 0
        self._fastest_s = 1.0
        self._throttles = 0
        self._mismatches = 0
        self._alphabet = Alphabet()
        self._error: S3mlError | None = None
        self._is_over = False
        self.is_one_sequence = most_at_once <= 1
        """Whether ranges were given up."""

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
        answer = self._ask(self._head.where)
        with self._changed:
            self._arrived(self._head, answer)

    def _work(self, one: _Range) -> None:
        """Ask for one page, in a thread of the pool."""
        answer, error = None, None
        try:
            answer = self._ask(one.where)
        except S3mlError as raised:
            error = raised
        with self._changed:
            self._in_flight -= 1
            one.is_asking = False
            if not one.is_dropped and not self._is_over:
                if answer is not None:
                    self._arrived(one, answer)
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
            if self._head.ready:
                self._held -= 1
                page = self._head.ready.popleft()
                if self._pool is not None:  # the first page is handed over before anything else is begun
                    self._send()
                return page
            if self._error is not None:
                raise self._error
            if not self._head.is_done:
                self._send()
                self._changed.wait(_TICK_S)
            elif self._head.following is None:
                return None
            else:
                self._head = self._head.following
                self._head.before = None
                self._send()

    def _send(self) -> None:
        """Begin as many of the waiting requests as may be in flight, the earliest first."""
        while self._waiting and self._in_flight < self._allowed() and not self._is_over and self._error is None:
            one = min(self._waiting, key=lambda each: each.last)
            if self._held >= _MOST_HELD and (one is not self._head or one.ready):
                return
            self._waiting.remove(one)
            one.is_asking = True
            self._in_flight += 1
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._most_at_once, thread_name_prefix="s3ml-listing")
            self._pool.submit(self._work, one)

    def _allowed(self) -> int:
        if self.is_one_sequence:
            return 1
        useful = int(self._fastest_s / _WORK_S)
        return max(1, min(useful, self._most_at_once >> self._throttles, _GROWTH * self._pages_seen))

    def _failed(self, one: _Range, error: S3mlError) -> None:
        if isinstance(error, Throttled) and self._allowed() > 1:
            self._throttles += 1
            self._waiting.append(one)
        elif one.begins is None and one.before is not None:
            one.is_bad = True  # perhaps only StartAfter is refused; if not, the earlier ranges fail too
            self._settle(one.before)
        else:
            self._error = self._error or error

    def _arrived(self, one: _Range, answer: Answer) -> None:
        """Put a page where it belongs and decide how its range goes on."""
        listing = answer.listing
        if listing.is_truncated and listing.token in {"", one.where.token}:
            self._error = self._error or endless()
            return
        self._pages_seen += 1
        self._fastest_s = min(self._fastest_s, answer.waited_s)
        self._throttles = min(self._throttles + answer.was_throttled, 8)
        first, last = _first(listing), _last(listing)
        is_start = one.begins is None
        if is_start and (first or not listing.is_truncated):
            one.begins = first
        one.where = Where(token=listing.token)
        if len(listing.keys) + len(listing.prefixes) > S3_PAGE:
            self._give_up_ranges(one)  # not S3's page, so perhaps not S3's order either, and few requests anyway
        if first and not (_rises(listing.keys) and _rises(listing.prefixes) and first > one.last):
            if is_start and one is not self._head:
                one.is_bad = True
            else:
                self._give_up_ranges(one)
        if one.is_bad:
            pass
        elif one.end is not None and (not listing.is_truncated or last > one.end):
            one.crossing = listing
            self._settle(one)
        else:
            self._go_on(one, listing, first, last)
        if one.before is not None:
            self._settle(one.before)

    def _go_on(self, one: _Range, listing: Listing, first: str, last: str) -> None:
        """Keep a page that lies wholly in its range, which goes on or ends with the listing."""
        one.last = max(one.last, last)
        one.crossing = None
        if last:
            one.ready.append(listing)
            self._held += 1
        if not listing.is_truncated:
            one.is_done = True
            return
        self._waiting.append(one)
        if last and not self.is_one_sequence:
            self._split(one, listing, first, last)

    def _split(self, one: _Range, listing: Listing, first: str, last: str) -> None:
        """Give what lies after the page to as many ranges as there are requests to spare."""
        spare = self._allowed() - self._in_flight - len(self._waiting)
        if spare <= 0:
            return
        self._alphabet.learn(listing.keys or listing.prefixes, self._skip)
        points = split_points(
            first.removesuffix(self._delimiter),
            last.removesuffix(self._delimiter),
            one.end,
            self._alphabet,
            skip=self._skip,
            most=spare,
            forbidden=self._delimiter,
        )
        points = [point for point in points if point > last]
        for point in reversed(points):
            made = _Range(Where(start_after=point), one.end, point, before=one, following=one.following)
            if made.following is not None:
                made.following.before = made
            one.end, one.following = point, made
            self._waiting.append(made)

    def _settle(self, one: _Range) -> None:
        """Finish a range that went past its end, or let it go on over the next one's stretch."""
        while (listing := one.crossing) is not None:
            following, end = one.following, one.end
            if following is None or end is None or (listing.is_truncated and _last(listing) <= end):
                self._go_on(one, listing, _first(listing), _last(listing))
            elif following.begins is None and following.is_asking:
                return
            elif following.begins is None and not following.is_bad:  # not begun: what is here need not be asked for
                self._absorb(one)
            elif following.is_bad or following.begins != _first_after(listing, end):
                self._mismatches += 1
                self._absorb(one)
                if self._mismatches >= _MOST_MISMATCHES:
                    self._give_up_ranges(one)
            else:
                one.crossing, one.is_done = None, True
                part = _upto(listing, end)
                if _last(part):
                    one.ready.append(part)
                    self._held += 1

    def _absorb(self, one: _Range) -> None:
        """Let the range go on over the stretch of the one that follows."""
        following = one.following
        if following is None:
            return
        following.is_dropped = True
        self._held -= len(following.ready)
        if following in self._waiting:
            self._waiting.remove(following)
        one.end, one.following = following.end, following.following
        if one.following is not None:
            one.following.before = one

    def _give_up_ranges(self, one: _Range) -> None:
        """Let this range go on to the very end, and split no more."""
        while one.following is not None:
            self._absorb(one)
        one.end = None
        self.is_one_sequence = True


def endless() -> StrangeAnswer:
    """What a user is told when a listing says there is more and not where."""
    return StrangeAnswer(
        "The server's listing does not go on",
        cause="It says there is more and gives no new place to go on from",
        advice="Use what is listed so far, and report it to whoever runs the server",
    )


def _first(listing: Listing) -> str:
    return min((column[0] for column in (listing.keys, listing.prefixes) if column), default="")


def _last(listing: Listing) -> str:
    return max((column[-1] for column in (listing.keys, listing.prefixes) if column), default="")


def _first_after(listing: Listing, end: str) -> str:
    """The first name of a page that is past `end`; "" when there is none."""
    rest = (column[bisect_right(column, end) :][:1] for column in (listing.keys, listing.prefixes))
    return min((one[0] for one in rest if one), default="")


def _rises(names: Sequence[str]) -> bool:
    return all(map(str.__lt__, names, names[1:]))


def _upto(listing: Listing, end: str) -> Listing:
    """The part of a page that is not past `end`."""
    cut = bisect_right(listing.keys, end)
    return Listing(
        keys=listing.keys[:cut],
        sizes=listing.sizes[:cut],
        modified=listing.modified[:cut],
        etags=listing.etags[:cut],
        storage_classes=listing.storage_classes[:cut],
        prefixes=listing.prefixes[: bisect_right(listing.prefixes, end)],
    )
