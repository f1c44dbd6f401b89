"""A page of a listing as ranges see it: names in order, what it begins with, where it ends.

A page holds objects or versions, and prefixes. A version is known by its key and its id, all else by its name alone.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from s3ml_tui.s3.parsing.fast_listing_xml import Listing

Mark = tuple[str, str]
"""What tells one entry from all others: its name, and for a version its id."""
NOTHING: Mark = ("", "")
"""The mark of a page without entries."""


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


@dataclass(frozen=True, slots=True)
class Page:
    """A listing's names, looked at once."""

    listing: Listing
    entries: Sequence[str]
    """Keys; those of versions one after another where one key has more."""
    first: Mark
    last: str
    """"" when there is none."""

    @property
    def is_truncated(self) -> bool:
        """Whether more follows."""
        return self.listing.is_truncated

    @property
    def count(self) -> int:
        """Entries and prefixes."""
        return len(self.entries) + len(self.listing.prefixes)

    @property
    def names(self) -> Sequence[str]:
        """The names the next ones may be guessed from."""
        return self.entries or self.listing.prefixes

    def rises(self) -> bool:
        """Whether the names come in S3's order."""
        entries, prefixes = self.entries, self.listing.prefixes
        if not all(map(str.__lt__, prefixes, prefixes[1:])):
            return False
        if self.listing.versions:
            return all(one <= other for one, other in pairwise(entries))
        return all(map(str.__lt__, entries, entries[1:]))

    def follows(self, last: str) -> bool:
        """Whether it goes on from that name; only another version may bear the same."""
        first = self.first[0]
        return first > last or (bool(self.listing.versions) and first == last)

    def after(self, end: str) -> Mark:
        """Its first entry past a name."""
        return _first(self.listing, self.entries, bisect_right(self.entries, end), end)

    def upto(self, end: str) -> "Page":
        """The part of it that is not past a name."""
        listing, cut = self.listing, bisect_right(self.entries, end)
        return page_of(
            replace(
                listing,
                keys=listing.keys[:cut],
                sizes=listing.sizes[:cut],
                modified=listing.modified[:cut],
                etags=listing.etags[:cut],
                storage_classes=listing.storage_classes[:cut],
                versions=listing.versions[:cut],
                prefixes=listing.prefixes[: bisect_right(listing.prefixes, end)],
            )
        )


def page_of(listing: Listing) -> Page:
    """Look at a listing."""
    entries = [version.key for version in listing.versions] if listing.versions else listing.keys
    last = max((column[-1] for column in (entries, listing.prefixes) if column), default="")
    return Page(listing, entries, _first(listing, entries, 0), last)


def _first(listing: Listing, entries: Sequence[str], at: int, end: str = "") -> Mark:
    """The mark of the entry at a place, or of the first prefix past a name, whichever comes first."""
    marks = []
    if at < len(entries):
        marks.append((entries[at], listing.versions[at].version_id if listing.versions else ""))
    prefixes = listing.prefixes
    past = bisect_right(prefixes, end) if end else 0
    if past < len(prefixes):
        marks.append((prefixes[past], ""))
    return min(marks, default=NOTHING)
