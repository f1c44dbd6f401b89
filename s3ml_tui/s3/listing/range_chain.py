"""Stretches of a bucket's names side by side, each listed on its own, and the proof that they meet.

A stretch is done when a page goes past its end; the first entry past it must be the very one the next stretch began
with. Where it is not (StartAfter or the order is not S3's, or somebody wrote there just now), the stretch goes on over
the next one's, and after some such cases to the very end: then it is one sequence. So nothing that is given out was
ever reached otherwise than by an unbroken chain.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Optional

from s3ml_tui.s3.listing.range_pages import Mark, Page, Where
from s3ml_tui.s3.parsing.fast_listing_xml import S3_PAGE, Listing

_MOST_MISMATCHES = 2

Split = Callable[[Page, str | None], list[str]]
"""Where to part what lies between a page and the end of its stretch (None: the end of all): names in order."""


@dataclass(slots=True, eq=False)
class Stretch:
    """The names after its start, up to `end`."""

    where: Where
    """The page that is to be asked for next."""
    end: str | None = None
    """The last name that may belong to it; None when it goes to the very end."""
    last: str = ""
    """The last name seen in it; its start at first."""
    before: Optional["Stretch"] = None
    following: Optional["Stretch"] = None
    ready: deque[Listing] = field(default_factory=deque)
    crossing: Page | None = None
    """The page that went past the end, until the next stretch shows how it began."""
    begins: Mark | None = None
    """The first entry it was answered with, also past its end; NOTHING when there was none at all."""
    is_bad: bool = False
    """Its first page came in another order than S3's, or was refused."""
    is_done: bool = False
    is_asking: bool = False
    is_dropped: bool = False


class Chain:
    """The stretches of one listing. Knows no threads and no server; told of pages, says what to ask for."""

    def __init__(self, split: Split) -> None:
        self._split = split
        self._mismatches = 0
        self.head = Stretch(Where())
        """The earliest stretch that still has something to give."""
        self.waiting: list[Stretch] = []
        """Those whose next page is to be asked for."""
        self.held = 0
        """Pages that wait for earlier ones."""
        self.is_one_sequence = False
        """Whether stretches were given up."""

    # what is there ---------------------------------------------------------------------------------------------------

    def take(self) -> Listing | None:
        """The next page in order; None when it is not there yet, or never will be (`is_over`)."""
        while not self.head.ready:
            if not self.head.is_done or self.head.following is None:
                return None
            self.head = self.head.following
            self.head.before = None
        self.held -= 1
        return self.head.ready.popleft()

    @property
    def is_over(self) -> bool:
        """Whether everything was given out."""
        return not self.head.ready and self.head.is_done and self.head.following is None

    def earliest(self) -> Stretch:
        """Of those that wait the one that is needed first, which waits no more."""
        one = min(self.waiting, key=lambda each: each.last)
        self.waiting.remove(one)
        return one

    # what came -------------------------------------------------------------------------------------------------------

    def arrived(self, one: Stretch, page: Page) -> None:
        """Put a page where it belongs and decide how its stretch goes on."""
        is_start = one.begins is None
        if is_start and (page.count or not page.is_truncated):
            one.begins = page.first
        one.where = Where(token=page.listing.token)
        if page.count > S3_PAGE:
            self.give_up(one)  # not S3's page, so perhaps not S3's order either, and few requests anyway
        if page.count and not (page.rises() and self._goes_on(one, page, is_start=is_start)):
            if is_start and one is not self.head:
                one.is_bad = True
            else:
                self.give_up(one)
        if one.is_bad:
            pass
        elif one.end is not None and (not page.is_truncated or page.last > one.end):
            one.crossing = page
            self._settle(one)
        else:
            self._keep(one, page)
        if one.before is not None:
            self._settle(one.before)

    def refused(self, one: Stretch) -> bool:
        """A request was refused; whether the stretch before can do without it, as when only StartAfter is refused."""
        if one.begins is not None or one.before is None:
            return False
        one.is_bad = True
        self._settle(one.before)
        return True

    @staticmethod
    def _goes_on(one: Stretch, page: Page, *, is_start: bool) -> bool:
        return page.first[0] > one.last if is_start else page.follows(one.last)

    def _keep(self, one: Stretch, page: Page) -> None:
        """A page that lies wholly in its stretch, which goes on or ends with the listing."""
        one.last = max(one.last, page.last)
        one.crossing = None
        if page.count:
            one.ready.append(page.listing)
            self.held += 1
        if not page.is_truncated:
            one.is_done = True
            return
        self.waiting.append(one)
        if page.count and not self.is_one_sequence:
            self._part(one, page)

    def _part(self, one: Stretch, page: Page) -> None:
        """Give what lies after the page to other stretches."""
        for point in reversed([point for point in self._split(page, one.end) if point > page.last]):
            made = Stretch(Where(start_after=point), one.end, point, before=one, following=one.following)
            if made.following is not None:
                made.following.before = made
            one.end, one.following = point, made
            self.waiting.append(made)

    def _settle(self, one: Stretch) -> None:
        """Finish a stretch that went past its end, or let it go on over the next one's."""
        while (page := one.crossing) is not None:
            following, end = one.following, one.end
            if following is None or end is None or (page.is_truncated and page.last <= end):
                self._keep(one, page)
            elif following.begins is None and following.is_asking:
                return
            elif following.begins is None and not following.is_bad:  # not begun: what is here need not be asked for
                self._absorb(one)
            elif following.is_bad or following.begins != page.after(end):
                self._mismatches += 1
                self._absorb(one)
                if self._mismatches >= _MOST_MISMATCHES:
                    self.give_up(one)
            else:
                one.crossing, one.is_done = None, True
                part = page.upto(end)
                if part.count:
                    one.ready.append(part.listing)
                    self.held += 1

    def _absorb(self, one: Stretch) -> None:
        """Let a stretch go on over the one that follows."""
        following = one.following
        if following is None:
            return
        following.is_dropped = True
        self.held -= len(following.ready)
        if following in self.waiting:
            self.waiting.remove(following)
        one.end, one.following = following.end, following.following
        if one.following is not None:
            one.following.before = one

    def give_up(self, one: Stretch) -> None:
        """Let a stretch go on to the very end, and make no more."""
        while one.following is not None:
            self._absorb(one)
        one.end = None
        self.is_one_sequence = True
