"""Numbers written with a comma, as `1,5`: refused with a sentence, since as text they would teach nothing.

Whether `1,234` is a decimal or a thousand is not ours to guess.
"""

import re

import pyarrow as pa

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.text import printable
from s3ml_tui.training.columns import is_number

_DECIMAL = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:[.\s'’]\d{3})+)?,\d+(?:[eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")


def has_comma(text: str) -> bool:
    """Whether it is a number, if one knew what its comma means."""
    return bool(_DECIMAL.fullmatch(text.strip()) or _THOUSANDS.fullmatch(text.strip()))


def first_with_comma(column: pa.ChunkedArray) -> tuple[int, str] | None:
    """The row (from 1) and the text of the first such value, where every other is one or is a number."""
    first = None
    for row, scalar in enumerate(column, start=1):  # one by one: other text mostly ends it at the first
        value = scalar.as_py()
        if value is None or is_number(value):
            continue
        if not has_comma(str(value)):
            return None
        first = first or (row, str(value))
    return first


def refuse_commas(column: pa.ChunkedArray, name: str, what: str, way_out: str) -> None:
    """Raises BadInput for a column of numbers of which some are written with a comma."""
    found = first_with_comma(column)
    if found:
        row, text = found
        raise BadInput(
            f"The {what} {printable(name)} holds numbers written with a comma",
            cause=f"Row {row:,} says {printable(text[:80])!r}",
            advice=f"Write decimals with a point, as 1.5, and thousands without a sign, {way_out}",
        )
