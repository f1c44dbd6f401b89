"""Where the cursor was in each place, so that one comes back to it."""

from s3ml_tui.domain.uri import Place

MOST_PLACES = 500


class CursorMemory:
    """The key or prefix the cursor was on, for the places seen last."""

    def __init__(self) -> None:
        self._texts: dict[Place, str] = {}

    def keep(self, place: Place, text: str) -> None:
        """The cursor was on `text` when the place was left; "" when it was on nothing."""
        self._texts.pop(place, None)
        if text:
            self._texts[place] = text
        if len(self._texts) > MOST_PLACES:
            del self._texts[next(iter(self._texts))]

    def of(self, place: Place) -> str:
        """The whole key or prefix; "" when the place was not seen, or too long ago."""
        return self._texts.get(place, "")
