"""Text as values: which columns of a CSV are numbers, booleans, dates, and which stay the text they are.

A column is what all of its values are, the words for a missing value aside. Codes with a leading zero (01, 007, 0x1F)
are no numbers: 1 is not what was written. Whole numbers stay exact, however long they are.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from s3ml_tui.domain.ml.number_text import CODE, NOT_FINITE, Numbers, odd_texts
from s3ml_tui.domain.text import printable
from s3ml_tui.records.spec import Reading

MOST_DIGITS = 76
"""Of a whole number; longer ones stay text."""
WIDE_DIGITS = 38


def _plain(texts: Any, numbers: Numbers) -> Any:
    """The same texts as a programming language writes numbers."""
    if numbers.group:
        texts = pc.replace_substring_regex(texts, numbers.group, "")
    texts = pc.utf8_trim_whitespace(texts)
    return pc.replace_substring(texts, numbers.decimal, ".") if numbers.decimal != "." else texts


def all_numbers(texts: pa.ChunkedArray, numbers: Numbers) -> "np.ndarray[Any, Any] | None":
    """All of them as numbers; None where one is none."""
    found = _cast(_plain(texts, numbers), pa.float64())
    if found is None or not _is_all_numbers(texts, numbers, found):
        return None
    return np.asarray(found.to_numpy())


def numbers_of(reading: Reading) -> Numbers:
    """How the spec says that numbers are written."""
    return Numbers(reading.decimal, reading.thousands)


@dataclass(frozen=True, slots=True)
class TypedColumn:
    """A column of text as what it is."""

    values: pa.ChunkedArray
    note: str = ""
    """Which words were taken as missing; "" for none."""
    caution: str = ""
    """Why it stays text although some of it looks otherwise; "" when nothing does."""


def typed(column: pa.ChunkedArray, reading: Reading) -> TypedColumn:
    """The column as numbers, booleans or dates, if all of its values are; else as the text it is."""
    is_word = pc.is_in(column, value_set=pa.array(reading.missing, pa.string()))
    rest = as_text(column, reading, is_category=False)
    counts = _counts(column, is_word)
    note = f"{counts} taken as missing" if counts else ""
    if rest.null_count == len(rest):
        return TypedColumn(pa.chunked_array([pa.nulls(len(rest))]), note)
    values, why_text = _values(rest, numbers_of(reading))
    if values is not None:
        return TypedColumn(values, note)
    if reading.missing_in_text:
        return TypedColumn(rest, note, why_text)
    kept = f"{counts} kept as text; reading.missing_in_text = true takes such words as missing" if counts else ""
    return TypedColumn(column, caution="; ".join(filter(None, (why_text, kept))))


def as_text(column: pa.ChunkedArray, reading: Reading, *, is_category: bool = True) -> pa.ChunkedArray:
    """A column as text, without the words for a missing value where they mean one."""
    if is_category and not reading.missing_in_text:
        return column
    is_word = pc.is_in(column, value_set=pa.array(reading.missing, pa.string()))
    return pc.if_else(is_word, pa.scalar(None, pa.string()), column)


def _counts(column: pa.ChunkedArray, is_word: Any) -> str:
    """As `3 'NA', 1 'null'`; "" for none."""
    counts = pc.value_counts(column.filter(is_word)).to_pylist()
    counts.sort(key=lambda one: (-one["counts"], one["values"]))
    return ", ".join(f"{one['counts']:,} {one['values']!r}" for one in counts)


def _values(rest: pa.ChunkedArray, numbers: Numbers) -> tuple[pa.ChunkedArray | None, str]:
    """Numbers, booleans or dates; else None, and why they are no numbers although they look like some."""
    found, why_text = _as_numbers(rest, numbers)
    if found is not None or why_text:
        return found, why_text
    if pc.all(pc.is_in(pc.utf8_lower(rest), value_set=pa.array(["true", "false", None]))).as_py():
        return pc.equal(pc.utf8_lower(rest), "true"), ""
    return as_dates(rest), ""


def _as_numbers(rest: pa.ChunkedArray, numbers: Numbers) -> tuple[pa.ChunkedArray | None, str]:
    plain = _plain(rest, numbers)
    found = next((found for kind in (pa.int64(), pa.float64()) if (found := _cast(plain, kind)) is not None), None)
    if found is None or not _is_all_numbers(rest, numbers, found):
        return None, ""
    code = pc.index(pc.fill_null(pc.match_substring_regex(plain, CODE), False), True).as_py()
    if code >= 0:
        return None, f"it stays text, since row {code + 1:,} says {printable(rest[code].as_py())!r}: a code, no number"
    if pa.types.is_floating(found.type) and _is_long(found):
        return _exact(plain, found)
    return found, ""


def _is_all_numbers(rest: pa.ChunkedArray, numbers: Numbers, found: pa.ChunkedArray) -> bool:
    """Whether each text is a number as the spec writes them; Arrow takes NaN for one, too."""
    if numbers == Numbers():
        return not pa.types.is_floating(found.type) or not pc.any(pc.is_nan(found)).as_py()
    is_one = pc.match_substring_regex(rest, numbers.pattern)
    if pc.all(is_one).as_py():
        return True
    others = pc.unique(rest.filter(pc.invert(pc.fill_null(is_one, True)))).to_pylist()
    return all(NOT_FINITE.fullmatch(other.strip()) for other in others)


def _is_long(numbers: pa.ChunkedArray) -> bool:
    return bool(pc.any(pc.greater_equal(pc.abs(numbers), float(2**63))).as_py())


def _exact(plain: pa.ChunkedArray, rounded: pa.ChunkedArray) -> tuple[pa.ChunkedArray | None, str]:
    """Whole numbers of more than 63 bits as they are; `rounded` where there are others among them."""
    if not pc.all(pc.match_substring_regex(plain, r"^[+-]?\d+$")).as_py():
        return rounded, ""
    digits = int(pc.max(pc.utf8_length(pc.utf8_ltrim(plain, "+-"))).as_py())
    kinds = [pa.uint64()]
    kinds += [pa.decimal128(WIDE_DIGITS, 0)] if digits <= WIDE_DIGITS else []
    kinds += [pa.decimal256(MOST_DIGITS, 0)] if digits <= MOST_DIGITS else []
    exact = next((found for kind in kinds if (found := _cast(plain, kind)) is not None), None)
    return exact, "" if exact is not None else f"it stays text, since it has whole numbers of over {MOST_DIGITS} digits"


def as_dates(rest: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """ISO dates, or moments; None where one is none, or some have a zone and others not."""
    kinds = (pa.date32(), pa.timestamp("us"), pa.timestamp("us", "UTC"), pa.timestamp("ns"), pa.timestamp("ns", "UTC"))
    return next((found for kind in kinds if (found := _cast(rest, kind)) is not None), None)


def _cast(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray | None:
    try:
        return column.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None


@dataclass(frozen=True, slots=True)
class OddText:
    """Text in a column of numbers."""

    row: int
    """From 1."""
    text: str
    others: int
    """How many more rows have such text."""
    is_exception: bool
    """Whether it must be a slip and no name."""


def odd_text(column: pa.ChunkedArray, numbers: Numbers, missing: Collection[str] = ()) -> OddText | None:
    """The first text that is no number where most values are numbers; None when most are not, or all are."""
    if not pa.types.is_string(column.type):
        return None
    counted = {one["values"]: one["counts"] for one in pc.value_counts(column).to_pylist()}
    counts = {text: count for text, count in counted.items() if text is not None and text not in missing}
    odd = odd_texts(counts, numbers)
    if odd is None:
        return None
    where = np.flatnonzero(pc.is_in(column, value_set=pa.array(sorted(odd.texts), pa.string())).to_numpy())
    row = int(where[0])
    return OddText(row + 1, column[row].as_py(), len(where) - 1, odd.is_exception)
