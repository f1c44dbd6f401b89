"""What goes where: results on stdout, everything said besides on stderr."""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from s3ml_tui.domain.serialization import json_text
from s3ml_tui.domain.text import on_one_line, printable, size_text
from s3ml_tui.domain.uri import ObjectKey, Place


def say(*lines: str) -> None:
    """Lines of text on stderr, safe for a terminal; when nobody reads them any more, the work goes on."""
    with suppress(BrokenPipeError):  # nobody reads it
        sys.stderr.write("".join(f"{printable(line)}\n" for line in lines))
        sys.stderr.flush()


def can_overwrite() -> bool:
    """Whether stderr is a terminal whose last line can be wiped."""
    return sys.stderr.isatty() and os.environ.get("TERM", "") not in {"", "dumb"}


def put(text: str) -> None:
    """One line of a result on stdout; made safe when a terminal shows it, in a pipe no more than kept on its line."""
    sys.stdout.write((printable(text) if sys.stdout.isatty() else on_one_line(text)) + "\n")


def put_json(document: object) -> None:
    """One line of JSON on stdout, ASCII, so that nothing in it can reach a terminal raw."""
    sys.stdout.write(json_text(_plain(document)) + "\n")


def put_table(rows: Iterable[Sequence[str]], *, right: frozenset[int] = frozenset()) -> None:
    """Rows as aligned columns; those numbered in `right` are flush right."""
    safe = printable if sys.stdout.isatty() else on_one_line
    table = [[safe(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = [
            cell.rjust(width) if at in right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        sys.stdout.write("  ".join(cells).rstrip() + "\n")


def size_cell(size: int) -> str:
    """A size in words for people, in bytes for programs."""
    return size_text(size) if sys.stdout.isatty() else str(size)


def time_cell(moment: datetime | float) -> str:
    """A time in the local zone, to the second."""
    if isinstance(moment, float | int):
        moment = datetime.fromtimestamp(moment, UTC)
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


def iso(seconds: float) -> str:
    """Seconds since the epoch as JSON has them: ISO 8601, UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def names(key: ObjectKey) -> dict[str, Any]:
    """What names an object, in JSON."""
    return {"uri": key.uri, "bucket": key.bucket, "key": key.key}


def _plain(value: object) -> object:
    """`value` with nothing in it that JSON lacks."""
    match value:
        case None | str() | int() | float():
            return value
        case datetime():
            return value.isoformat()
        case Path():
            return str(value)
        case Place() | ObjectKey():
            return value.uri
        case Mapping():
            return {str(name): _plain(item) for name, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    if is_dataclass(value):
        return {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
    raise TypeError(f"{type(value).__name__} has no JSON")
