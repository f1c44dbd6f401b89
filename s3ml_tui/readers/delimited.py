"""CSV and its kin as a table: the delimiter found, the header guessed, the types suggested by the rows."""

import csv
import io
from collections import Counter
from itertools import islice

from s3ml_tui.domain.preview import Reading, Table
from s3ml_tui.domain.text import count_text
from s3ml_tui.readers.cells import MOST_COLUMNS, clipped, columns_of, rows_for, type_of
from s3ml_tui.readers.encodings import Decoded

_DELIMITERS = {"csv": ",;\t|", "tsv": "\t", "tab": "\t", "psv": "|"}
EXTENSIONS = frozenset(_DELIMITERS)
_FORMATS = {",": "CSV", "\t": "TSV"}
_SAMPLE = 30


class NoTable(Exception):
    """The text is no table."""


def read_delimited(found: Decoded, extension: str, *, is_whole: bool) -> Reading:
    """The first rows. Raises NoTable."""
    text = found.text if is_whole else found.text[: found.text.rfind("\n") + 1] or found.text
    delimiter = _delimiter(text, _DELIMITERS.get(extension, _DELIMITERS["csv"]))
    rows = _rows(text, delimiter)
    if not rows:
        raise NoTable
    width = min(MOST_COLUMNS, max(len(row) for row in rows))
    names = _header(rows, width)
    body = rows[1:] if names else rows
    shown = [_fitted(row, width) for row in body[: rows_for(width)]]
    columns = columns_of(names or [str(at + 1) for at in range(width)], shown)
    table = Table(
        _FORMATS.get(delimiter, "CSV"),
        columns,
        tuple(tuple(row) for row in shown),
        len(body) if is_whole else None,
        found.encoding,
    )
    return Reading(table, _notes(found, rows, width, delimiter))


def _delimiter(text: str, allowed: str) -> str:
    """The allowed one that splits the first lines most evenly into most cells."""
    lines = [line for line in islice(io.StringIO(text), _SAMPLE) if line.strip()]

    def evenness(delimiter: str) -> tuple[int, int]:
        counts = Counter(line.count(delimiter) for line in lines)
        counts.pop(0, None)
        return max(((many, cells) for cells, many in counts.items()), default=(0, 0))

    return max(allowed, key=evenness)


def _rows(text: str, delimiter: str) -> list[list[str]]:
    """All rows that are not blank. Raises NoTable for what the csv module cannot take."""
    usual = csv.field_size_limit(len(text) + 1)
    try:
        return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
    except csv.Error as error:
        raise NoTable from error
    finally:
        csv.field_size_limit(usual)


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


def _notes(found: Decoded, rows: list[list[str]], width: int, delimiter: str) -> tuple[str, ...]:
    notes = [found.note] if found.note else []
    usual = len(rows[0])
    uneven = sum(len(row) != usual for row in rows)
    if uneven:
        notes.append(f"{count_text(uneven, 'row')} of {len(rows):,} read have not {usual} cells as the first one.")
    if max(len(row) for row in rows) > width:
        notes.append(f"Only the first {width} columns are shown.")
    if delimiter not in _FORMATS:
        notes.append(f"Its cells are separated by {delimiter!r}.")
    return tuple(notes)
