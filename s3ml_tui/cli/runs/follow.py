"""A run or a prediction as it goes on, told in words on stderr."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from s3ml_tui.cli.terminal.output import can_overwrite, say
from s3ml_tui.domain.ml.events import Event, Kind, Level, parse_line
from s3ml_tui.domain.text import elapsed_text, printable

_SILENT = frozenset({Kind.HEARTBEAT, Kind.RUN_FINISHED})
_ERASE = "\r\x1b[K"
LONGEST = 70
"""Characters of a progress line; one that wraps could not be wiped."""


class Narrator:
    """Says what events report; progress only where a terminal can overwrite it."""

    def __init__(self) -> None:
        self._is_terminal = can_overwrite()
        self._has_progress = False

    def line(self, line: str) -> None:
        """Take one line of a log."""
        event = parse_line(line)
        if event.kind is Kind.PROGRESS:
            self._progress(event)
        elif event.kind not in _SILENT and event.level is not Level.DEBUG:
            self.end()
            say(_words(event))

    def end(self) -> None:
        """Wipe what is left of a progress line."""
        if self._has_progress:
            sys.stderr.write(_ERASE)
            self._has_progress = False

    def _progress(self, event: Event) -> None:
        if not self._is_terminal:
            return
        sys.stderr.write(f"{_ERASE}    {printable(event.message or _share(event.data))[:LONGEST]}")
        sys.stderr.flush()
        self._has_progress = True


def _words(event: Event) -> str:
    if event.kind is Kind.STAGE_STARTED:
        return f"● {event.stage or event.message}"
    if event.kind is Kind.STAGE_FINISHED:
        took = event.data.get("elapsed_s")
        elapsed = elapsed_text(float(took)) if isinstance(took, int | float) else ""
        return f"✓ {event.stage or 'done'}  {elapsed}  {event.message}".rstrip()
    mark = {Level.WARNING: "warning: ", Level.ERROR: "error: "}.get(event.level, "")
    return f"    {mark}{event.message}"


def _share(data: Mapping[str, Any]) -> str:
    done, total = data.get("done"), data.get("total")
    return f"{done} of {total}" if isinstance(done, int | float) and isinstance(total, int | float) else ""


def log_line(line: str) -> str:
    """One line of a log as text: time, stage, level where it matters, message."""
    event = parse_line(line)
    at = f"{datetime.fromtimestamp(event.at, UTC).astimezone():%Y-%m-%d %H:%M:%S}" if event.at > 0 else ""
    level = "" if event.level is Level.INFO else f"{event.level}: "
    return f"{at:19}  {event.stage or '':8}  {level}{event.message}".strip() if at or event.stage else event.message
