"""How many requests a listing may have in flight: as many as fit into the wait for one, fewer when throttled."""

from dataclasses import dataclass

from s3ml_tui.s3.range_pages import Answer

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
