"""Where the cursor was in each place and what was marked there, so that one comes back to it."""

from dataclasses import dataclass

from s3ml_tui.domain.uri import Place

MOST_PLACES = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a place."""

    text: str = ""
    """The whole key or prefix the cursor was on; "" when it was on nothing."""
    marked: frozenset[str] = frozenset()
    """Whole keys."""
    is_whole: bool = False
    """Whether the user asked for all of it."""
    above: int = 0
    """How many rows stood above the cursor."""


class PlaceMemory:
    """What is kept of the places seen last."""

    def __init__(self) -> None:
        self._kept: dict[Place, Kept] = {}

    def keep(self, place: Place, kept: Kept) -> None:
        """The place was left."""
        self._kept.pop(place, None)
        if kept != Kept():
            self._kept[place] = kept
        if len(self._kept) > MOST_PLACES:
            del self._kept[next(iter(self._kept))]

    def of(self, place: Place) -> Kept:
        """Nothing when the place was not seen, or too long ago."""
        return self._kept.get(place, Kept())
