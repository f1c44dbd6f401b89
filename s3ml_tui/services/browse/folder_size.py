"""How much lies under a place, and where most of it lies: sums that grow page by page."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from s3ml_tui.domain.storage.listing import ListingPage
from s3ml_tui.domain.uri import Place


@dataclass(frozen=True, slots=True)
class Share:
    """A part of what lies under a place."""

    count: int = 0
    size: int = 0
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What lies under a place, as far as it was listed."""

    place: Place
    total: Share = field(default_factory=Share)
    newest: float | None = None
    """When the newest object was written, seconds since the epoch, UTC; None when there is none."""
    newest_key: str = ""
    by_class: Mapping[str, Share] = field(default_factory=dict)
    """By storage class, the biggest first."""
    by_prefix: Mapping[str, Share] = field(default_factory=dict)
    """By whole prefix one level down, the biggest first; under "" what lies on the level itself."""
    is_complete: bool = False


class Tally:
    """Sums that grow page by page."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._newest: tuple[float, str] | None = None
        self._class_counts, self._class_sizes = Counter[str](), Counter[str]()
        self._prefix_counts, self._prefix_sizes = Counter[str](), Counter[str]()

    def add(self, page: ListingPage) -> None:
        """Take a page into account."""
        self._class_counts.update(page.storage_classes)
        cut, prefix_counts, prefix_sizes = len(self._place.prefix), self._prefix_counts, self._prefix_sizes
        for key, size, storage_class in zip(page.keys, page.sizes, page.storage_classes, strict=True):
            prefix = key[: key.find("/", cut) + 1] if key.find("/", cut) >= 0 else ""
            prefix_counts[prefix] += 1
            prefix_sizes[prefix] += size
            self._class_sizes[storage_class] += size
        if page.keys:
            newest = max(page.modified)
            if self._newest is None or newest > self._newest[0]:
                self._newest = (newest, page.keys[list(page.modified).index(newest)])

    def so_far(self, *, is_complete: bool) -> Usage:
        """The sums of all pages so far."""
        return Usage(
            place=self._place,
            total=Share(self._class_counts.total(), self._class_sizes.total()),
            newest=self._newest[0] if self._newest else None,
            newest_key=self._newest[1] if self._newest else "",
            by_class=_biggest_first(self._class_counts, self._class_sizes),
            by_prefix=_biggest_first(self._prefix_counts, self._prefix_sizes),
            is_complete=is_complete,
        )


def _biggest_first(counts: Mapping[str, int], sizes: Mapping[str, int]) -> dict[str, Share]:
    shares = {name: Share(counts[name], sizes[name]) for name in counts}
    return dict(sorted(shares.items(), key=lambda item: (-item[1].size, -item[1].count, item[0])))
