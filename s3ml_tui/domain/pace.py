"""How fast something moves, smoothed over its last seconds, and how long it will still take."""

from collections import deque

WINDOW_S = 8.0
"""So far back is looked: long enough not to jump, short enough to follow."""
_STEP_S = 0.25
_LEAST_S = 0.5
"""Before so much time has passed nothing can be said."""


class Pace:
    """Told now and then how much has moved in all; all times on one clock, in seconds."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def note(self, moved: int, now_s: float) -> None:
        """So much has moved until now."""
        seen = self._seen
        if seen and moved < seen[-1][1]:
            seen.clear()  # something is sent again
        if len(seen) > 1 and now_s - seen[-2][0] < _STEP_S:
            seen[-1] = (now_s, moved)
        else:
            seen.append((now_s, moved))
        while len(seen) > 2 and seen[1][0] < now_s - WINDOW_S:
            seen.popleft()

    def forget(self) -> None:
        """Begin anew: it stood still on purpose."""
        self._seen.clear()

    @property
    def rate(self) -> float | None:
        """How much moves in a second; None while that cannot be told."""
        if len(self._seen) < 2:
            return None
        (first_s, first), (last_s, last) = self._seen[0], self._seen[-1]
        return (last - first) / (last_s - first_s) if last_s - first_s >= _LEAST_S else None

    def left_s(self, rest: int) -> float | None:
        """Seconds until `rest` more has moved, at this pace; None while that cannot be told."""
        rate = self.rate
        return max(rest, 0) / rate if rate is not None and rate > 0 else None
