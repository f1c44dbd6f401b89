"""The lines of a log as they came, which of them are shown, and where a text occurs in them.

Lines are parsed when they are looked at: of a line in our own writing the level is seen without parsing, so that
hundreds of thousands of lines are taken in, filtered and searched without a pause.
"""

import json
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from s3ml_tui.domain.ml.events import Event, Kind, Level, parse_line
from s3ml_tui.domain.text import elapsed_text, printable

_HIDDEN = 9
"""The rank of a line that is never shown."""
_OURS = '{"at": '
_HEARTBEAT = '"kind": "heartbeat"'
_LEVEL = '"level": "'
_RANKS = {level.value[:2]: level.rank for level in Level}


class LogLines:
    """A log under a level filter; rows count only what is shown."""

    def __init__(self, min_level: Level = Level.INFO) -> None:
        self._lines: list[str] = []
        self._ranks = bytearray()
        self._shown: list[int] = []
        self._min_rank = min_level.rank

    def __len__(self) -> int:
        """How many lines are shown."""
        return len(self._shown)

    @property
    def total(self) -> int:
        """How many lines came, heartbeats included."""
        return len(self._lines)

    def extend(self, lines: Sequence[str]) -> None:
        """More lines came."""
        first = len(self._lines)
        ranks = bytes(map(_rank, lines))
        self._lines += lines
        self._ranks += ranks
        self._shown += [first + place for place, rank in enumerate(ranks) if self._min_rank <= rank < _HIDDEN]

    def clear(self) -> None:
        """Begin anew."""
        self._lines, self._ranks, self._shown = [], bytearray(), []

    def show_from(self, level: Level) -> None:
        """Show lines of `level` and above."""
        self._min_rank = level.rank
        self._shown = [place for place, rank in enumerate(self._ranks) if self._min_rank <= rank < _HIDDEN]

    def event(self, row: int) -> Event:
        """The event shown in `row`."""
        return parse_line(self._lines[self._shown[row]])

    def line_of(self, row: int) -> int:
        """The number of the line shown in `row`, from 0."""
        return self._shown[row]

    def row_of(self, line: int) -> int:
        """The row that shows `line`, or the next line that is shown."""
        return min(bisect_left(self._shown, line), max(len(self._shown) - 1, 0))

    def find(self, needle: str, row: int, step: int) -> int | None:
        """The next row (`step` 1, or -1 for the one before) with `needle`, ignoring case; goes round once."""
        count = len(self._shown)
        pattern, raw = needle_pattern(needle), _raw_needle(needle)
        for distance in range(1, count + 1):
            place = (row + step * distance) % count
            if raw in self._lines[self._shown[place]].lower() and pattern.search(searchable(self.event(place))):
                return place
        return None

    def rows_with(self, needle: str) -> Iterator[int]:
        """All rows with `needle`, ignoring case."""
        pattern, raw = needle_pattern(needle), _raw_needle(needle)
        for row, line in enumerate(self._shown):
            if raw in self._lines[line].lower() and pattern.search(searchable(self.event(row))):
                yield row


def needle_pattern(needle: str) -> re.Pattern[str]:
    """What finds `needle` as it is written, ignoring case."""
    return re.compile(re.escape(printable(needle)), re.IGNORECASE)


def searchable(event: Event) -> str:
    """The text of an event in which is searched: stage and message, as they are shown."""
    return f"{event.stage or ''} {message_text(event)}"


def message_text(event: Event) -> str:
    """The message, printable, in one line, with the figures that belong to it where it does not say them."""
    return f"{printable(event.message)}  {_figures(event)}".strip()


def time_text(at: float, form: str) -> str:
    """A time in this machine's zone; "" when the line did not say one that can be."""
    try:
        return datetime.fromtimestamp(at, UTC).astimezone().strftime(form) if at > 0 else ""
    except (OverflowError, OSError, ValueError):
        return ""


def _figures(event: Event) -> str:
    data, message = event.data, event.message
    total, elapsed_s = data.get("total"), data.get("elapsed_s")
    if event.kind is Kind.PROGRESS and total and not any(map(str.isdigit, message)):
        return printable(f"{data.get('done', 0)}/{total}")
    if event.kind is Kind.METRICS and not any(name in message for name in data):
        return printable("  ".join(f"{name} {_figure(value)}" for name, value in data.items()))
    if event.kind is Kind.STAGE_FINISHED and isinstance(elapsed_s, int | float):
        return f"({elapsed_text(float(elapsed_s))})"
    return ""


def _figure(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _rank(line: str) -> int:
    if _HEARTBEAT in line and parse_line(line).kind is Kind.HEARTBEAT:
        return _HIDDEN
    if line.startswith(_OURS):
        at = line.find(_LEVEL, len(_OURS), len(_OURS) + 40)
        rank = _RANKS.get(line[at + len(_LEVEL) : at + len(_LEVEL) + 2]) if at > 0 else None
        if rank is not None:
            return rank
    return parse_line(line).level.rank


def _raw_needle(needle: str) -> str:
    """What the line of an event with `needle` surely holds, in lower case; "" when that cannot be said."""
    return json.dumps(needle)[1:-1].lower() if needle.isascii() and needle.isprintable() and "\\" not in needle else ""
