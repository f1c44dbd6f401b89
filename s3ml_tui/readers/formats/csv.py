"""CSV and its kin as a table: the delimiter found, the header guessed, the types suggested by the rows."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from s3ml_tui.domain.preview.content import Reading, Table
from s3ml_tui.domain.text import count_text
from s3ml_tui.readers.budget import Measure
from s3ml_tui.readers.cells import MOST_COLUMNS, clipped, columns_of, type_of, within
from s3ml_tui.readers.charset import Decoded

_DELIMITERS = {"csv": ",;\t|", "tsv": "\t", "tab": "\t", "psv": "|"}
EXTENSIONS = frozenset(_DELIMITERS)
_FORMATS = {",": "CSV", "\t": "TSV"}
_SAMPLE = 30
_PIECE = 1 << 20
"""Characters of a text that are taken apart at a time."""


class NoTable(Exception):
    """The text is no table."""


def read_delimited(found: Decoded, extension: str, measure: Measure, *, is_whole: bool) -> Reading:
    """The first rows. Raises NoTable."""
    text = found.text if is_whole else found.text[: found.text.rfind("\n") + 1] or found.text
    delimiter = _delimiter(text, _DELIMITERS.get(extension, _DELIMITERS["csv"]))
    counted = _counted(text, delimiter, measure)
    rows = counted.kept
    if not rows:
        raise NoTable
    width = min(MOST_COLUMNS, counted.widest)
    names = _header(rows, width)
    body = rows[1:] if names else rows
    shown = within((_fitted(row, width) for row in body[: measure.rows(width)]), measure.characters)
    columns = columns_of(names or [str(at + 1) for at in range(width)], shown)
    table = Table(
        _FORMATS.get(delimiter, "CSV"),
        columns,
        shown,
        counted.rows - bool(names) if is_whole else None,
        found.encoding,
    )
    return Reading(table, _notes(found, counted, width, delimiter))


def _delimiter(text: str, allowed: str) -> str:
    """The allowed one that splits the first lines most evenly into most cells."""
    lines = [line for line in islice(_lines(text), _SAMPLE) if line.strip()]

    def evenness(delimiter: str) -> tuple[int, int]:
        counts = Counter(line.count(delimiter) for line in lines)
        counts.pop(0, None)
        return max(((many, cells) for cells, many in counts.items()), default=(0, 0))

    return max(allowed, key=evenness)


@dataclass(slots=True)
class _Counted:
    """The first rows that are not blank, and what is known of all of them."""

    kept: list[list[str]] = field(default_factory=list)
    rows: int = 0
    widest: int = 0
    uneven: int = 0
    """Rows that have not as many cells as the first."""


def _counted(text: str, delimiter: str, measure: Measure) -> _Counted:
    """Only as many rows are kept as may be shown. Raises NoTable for what the csv module cannot take."""
    found, most, cells = _Counted(), measure.rows(1) + 1, 0
    usual = csv.field_size_limit(len(text) + 1)
    try:
        for row in csv.reader(_lines(text), delimiter=delimiter):
            if not row:
                continue
            if found.rows < most and (cells < 2 * measure.cells or found.rows < _SAMPLE):
                found.kept.append(row)
                cells += len(row)
            found.rows += 1
            found.widest = max(found.widest, len(row))
            found.uneven += len(row) != len(found.kept[0])
    except csv.Error as error:
        raise NoTable from error
    finally:
        csv.field_size_limit(usual)
    return found


def _lines(text: str) -> Iterator[str]:
    """The lines of a text with their ends, a piece at a time: io.StringIO takes four bytes a character."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + _PIECE) + 1 or len(text)
        yield from io.StringIO(text[start:end], newline="")
        start = end


def _header(rows: list[list[str]], width: int) -> list[str]:
    """The first row when it looks like names: all different, none empty, none a number; else nothing."""
    first = rows[0]
    names = [cell.strip() for cell in first]
    is_named = all(names) or (len(rows) > 1 and all(names[1:]))  # pandas leaves its index without a name
    if not is_named or len(set(names)) < len(names) or any(type_of([name]) in {"integer", "number"} for name in names):
        return []
    return _fitted(first, width)


def _fitted(row: list[str], width: int) -> list[str]:
    return [clipped(cell) for cell in row[:width]] + [""] * (width - len(row))


def _notes(found: Decoded, counted: _Counted, width: int, delimiter: str) -> tuple[str, ...]:
    notes = [found.note] if found.note else []
    if counted.uneven:
        usual = len(counted.kept[0])
        notes.append(
            f"{count_text(counted.uneven, 'row')} of {counted.rows:,} read have not {usual} cells as the first one."
        )
    if counted.widest > width:
        notes.append(f"Only the first {width} columns are shown.")
    if delimiter not in _FORMATS:
        notes.append(f"Its cells are separated by {delimiter!r}.")
    return tuple(notes)
