"""Waiting for a process that was started here: its output line by line, until it ends."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.ml.events import Cursor, Event, Kind, Level, parse_line
from s3ml_tui.domain.storage.store import Cancelled
from s3ml_tui.services.logs.logs import Logs
from s3ml_tui.services.processes.launch import errors_of, last_lines

POLL_EVERY_S = 0.2
_TAIL_BYTES = 16 * 1024


def follow(
    logs: Logs, output: Path, is_alive: Callable[[], bool], on_line: Callable[[str], None], cancelled: Cancelled
) -> str:
    """Call `on_line` for each line until the process has ended; why it failed, by its own words, or "".

    Raises Cancelled once `cancelled` says so; the process goes on.
    """
    cursor, reason, first_error = Cursor(), "", ""
    while True:
        if cancelled():
            raise Stopped("Stopped waiting", cause="The process goes on by itself")
        lives = is_alive()
        page = logs.poll_file(output, cursor, is_final=not lives)
        for line in page.lines:
            event = parse_line(line)
            reason = reason or _reason(event)
            first_error = first_error or (event.message if event.level is Level.ERROR else "")
            on_line(line)
        if page.is_over and not lives:
            return reason or first_error  # what fails after the first error mostly fails because of it
        cursor = page.cursor
        if lives and not page.lines:
            time.sleep(POLL_EVERY_S)


def why_it_died(output: Path, reason: str) -> str:
    """The reason in its events; else how it ended and the last it said, on stderr and in its events."""
    if reason:
        return reason
    event = _last_event(output)
    said = f"The last it said: {event}" if event else "It said nothing before it ended"
    return ". ".join(filter(None, (last_lines(errors_of(output)), said)))


def _last_event(output: Path) -> str:
    """The message of its last event that is worth reading."""
    try:
        with output.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    events = (parse_line(line) for line in reversed(lines))
    return next((event.message for event in events if event.message and event.level is not Level.DEBUG), "")


def _reason(event: Event) -> str:
    """The reason that ended it, in its own last words."""
    reason = event.data.get("reason") if event.kind is Kind.RUN_FINISHED else ""
    return reason if isinstance(reason, str) else ""
