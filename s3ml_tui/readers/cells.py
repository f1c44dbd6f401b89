"""Cells of a table: values as short text, and the type a column of text suggests."""

import re
from collections.abc import Iterable, Sequence

from s3ml_tui.domain.preview.content import Column

LONGEST_CELL = 500
LONGEST_LINE = 4000
MOST_COLUMNS = 300
_INTEGER = re.compile(r"[+-]?\d{1,400}")
_NUMBER = re.compile(
    r"[+-]?(\d{1,400}\.?\d{0,400}|\.\d{1,400})([eE][+-]?\d{1,6})?|[+-]?(nan|inf|infinity)", re.IGNORECASE
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?( ?(Z|[+-]\d{2}:?\d{2}))?)?")
_TYPES = (
    ("integer", _INTEGER.fullmatch),
    ("number", _NUMBER.fullmatch),
    ("boolean", re.compile(r"true|false|yes|no", re.IGNORECASE).fullmatch),
    ("date", _DATE.fullmatch),
)


def clipped(text: str, longest: int = LONGEST_CELL) -> str:
    """`text`, cut with an ellipsis when it is longer."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def type_of(cells: Iterable[str]) -> str:
    """The type that all cells which hold something have: integer, number, boolean, date, text; or empty."""
    filled = [stripped for cell in cells if (stripped := cell.strip())]
    if not filled:
        return "empty"
    return next((name for name, fits in _TYPES if all(fits(cell) for cell in filled)), "text")


def within(rows: Iterable[Sequence[str]], characters: int) -> tuple[tuple[str, ...], ...]:
    """The first of the rows that have no more than so many characters together; one at least."""
    kept: list[tuple[str, ...]] = []
    for row in rows:
        characters -= sum(map(len, row))
        if characters < 0 and kept:
            break
        kept.append(tuple(row))
    return tuple(kept)


def columns_of(names: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[Column, ...]:
    """Columns with the types their cells suggest."""
    return tuple(Column(clipped(name), type_of(row[at] for row in rows)) for at, name in enumerate(names))
