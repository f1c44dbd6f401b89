"""The embedded server's own log: kept from growing without end, and its last lines."""

import os
import re
from collections import deque
from pathlib import Path

from s3ml_tui.local_server.data_folder import translated

LARGEST = 1_000_000
"""Bytes; a longer log is set aside at the next start, and the one set aside before is dropped."""
_TAIL = 262_144
_COMPLAINT = re.compile(r"[EF]\d{4} \d\d:\d\d:\d\d")
"""How a line of level error or fatal begins."""
_PLACE = re.compile(r"^[EF]\d{4} [\d:.]+ \S+\.go:\d+\]? ")


def open_for_writing(path: Path) -> int:
    """A descriptor to append to, for the owner alone, after setting aside a log that has grown. Raises LocalTrouble."""
    with translated(path.parent):
        if path.exists() and path.stat().st_size > LARGEST:
            path.replace(path.with_name(path.name + ".1"))
        return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)


def tail(path: Path, lines: int, *, since: int = 0) -> tuple[str, ...]:
    """The last lines, of those after byte `since`; raw. Raises LocalTrouble when the log cannot be read."""
    with translated(path.parent):
        try:
            with path.open("rb") as file:
                start = max(since, file.seek(0, os.SEEK_END) - _TAIL)
                file.seek(start)
                text = file.read(_TAIL).decode("utf-8", "replace")
        except FileNotFoundError:
            return ()
    found = deque(text.split("\n"), maxlen=lines + 1)
    if found and not found[-1]:
        found.pop()
    return tuple(found)[-lines:] if lines > 0 else ()


def last_words(path: Path, since: int) -> str:
    """What a server that died said last: its last error, without date and source line, else its last line."""
    lines = [line.strip() for line in tail(path, 400, since=since) if line.strip()]
    errors = [_PLACE.sub("", line) for line in lines if _COMPLAINT.match(line)]
    return (errors or lines or [""])[-1]
