"""Sizes and times as people type them: `10MB`, `1.5 GiB`, `2d`, `2026-11-01`.

How fast something moves, smoothed over its last seconds, and how long it will still take.
"""

import re
from collections import deque
from datetime import UTC, datetime, timedelta

from s3ml_tui.domain.errors import BadInput

_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z]*)")
_UNITS: dict[str, int] = {"": 1, "b": 1} | {
    letter + tail: int(base**power)
    for power, letter in enumerate("kmgtp", 1)
    for tail, base in (("", 1000), ("b", 1000), ("ib", 1024))
}
_AGE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z]+)")
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}
_LONGEST_AGE = timedelta(days=365_000)


def parse_size(text: str) -> int:
    """Bytes of `10MB` (decimal, as S3 bills), `10MiB` (binary) or `10485760`. Raises BadInput."""
    match = _SIZE.fullmatch(text.strip().lower())
    if match is None or match[2] not in _UNITS:
        raise BadInput(f"{text!r} is no size", advice="Write it as 500, 10MB or 1.5GiB")
    return round(float(match[1]) * _UNITS[match[2]])


def parse_moment(text: str, now: datetime) -> datetime:
    """The moment that was `2d` before `now`, or that of an ISO date; without a zone it is UTC. Raises BadInput."""
    match = _AGE.fullmatch(text.strip().lower())
    if match is not None and match[2] in _SECONDS:
        seconds = float(match[1]) * _SECONDS[match[2]]
        return now - min(timedelta(seconds=min(seconds, _LONGEST_AGE.total_seconds())), now - _earliest(now))
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise BadInput(
            f"{text!r} is no age and no date", advice="Write it as 30min, 12h, 2d, 3w or 2026-11-01"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _earliest(now: datetime) -> datetime:
    return datetime(1970, 1, 1, tzinfo=now.tzinfo)


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
