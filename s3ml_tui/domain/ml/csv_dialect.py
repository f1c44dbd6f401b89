"""How a CSV file is to be taken apart: its delimiter and its header, told from its first bytes.

The delimiter is the one by which most of the first records have as many fields as the header, and the most fields.
Where several fit, the order is that of Python's csv.Sniffer, which pandas asks. A line break in quotes ends no record.
"""

import codecs
import csv
import io
from dataclasses import dataclass

DELIMITERS = ",\t;|"
"""In the order in which one is preferred to the next."""
HEAD_BYTES = 64 * 1024
"""So much of a file tells them."""
TAB = "tab"
"""What a spec writes for a tab."""
_RECORDS = 50
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the head of a CSV file tells."""

    delimiter: str
    header: tuple[str, ...]
    """The names of the columns; empty when there are none."""
    is_whole: bool
    """Whether the end of the header was seen."""


def dialect_of(text: str, *, is_all: bool, delimiter: str | None = None) -> Dialect:
    """The dialect of a CSV that begins with `text`; a delimiter that is given is not guessed."""
    chosen = delimiter or _delimiter(text, is_all=is_all)
    records = _records(text, chosen, is_all=is_all)
    if records:
        return Dialect(chosen, tuple(records[0]), is_whole=True)
    return Dialect(chosen, (), is_whole=is_all)


def text_of_head(head: bytes, encoding: str | None = None) -> str | None:
    """The first bytes as text: UTF-8, UTF-16 with its mark, else Latin-1; None when they are none."""
    if encoding:
        return codecs.getincrementaldecoder(encoding)("replace").decode(head)
    if head[:2] in _UTF16:
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    if b"\0" in head:
        return None
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(head)
    except UnicodeDecodeError:
        return head.decode("latin-1")


def rows_of_head(text: str, dialect: Dialect, *, is_all: bool) -> list[list[str]]:
    """The whole rows below the header that lie in the head."""
    return _records(text, dialect.delimiter, is_all=is_all, most=None)[1:]


def _delimiter(text: str, *, is_all: bool) -> str:
    found: dict[str, tuple[bool, float, int]] = {}
    for delimiter in DELIMITERS:
        widths = [len(record) for record in _records(text, delimiter, is_all=is_all)]
        if widths:
            found[delimiter] = widths[0] > 1, widths.count(widths[0]) / len(widths), widths[0]
    return max(found, key=found.__getitem__, default=DELIMITERS[0])


def _records(text: str, delimiter: str, *, is_all: bool, most: int | None = _RECORDS) -> list[list[str]]:
    """The first records that are whole; empty lines are none."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found: list[list[str]] = []
    try:
        for record in reader:
            found += [record] if record else []
            if most is not None and len(found) > most:
                return found[:most]
    except csv.Error:
        return []
    return found if is_all else found[:-1]
