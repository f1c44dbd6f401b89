"""Text as values: which columns of a CSV are numbers, booleans, dates, and which stay the text they are.

A column is what all of its values are, the words for a missing value aside. Codes with a leading zero (01, 007, 0x1F)
are no numbers: 1 is not what was written. Whole numbers stay exact, however long they are.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from s3ml_tui.domain.text import printable
from s3ml_tui.records.spec import Reading

MOST_DIGITS = 76
"""Of a whole number; longer ones stay text."""
WIDE_DIGITS = 38
MOSTLY = 0.5
"""From this share of numbers on, other text among them is odd."""
NEARLY_ALL = 0.9
"""From this share on it is an exception, whatever it says."""
MANY_MORE = 10
"""So it is where the different numbers are so many times more than the different texts: `unknown` among ages, not sizes
1, 2, XL."""
_SPACES = "[ \u00a0\u202f]"
_NOT_FINITE = re.compile(r"[+-]?(?:inf|infinity)", re.IGNORECASE)
_CODE = r"^[+-]?0[0-9xX]"


@dataclass(frozen=True, slots=True)
class Numbers:
    """How numbers are written: which text is one, and which number it is."""

    decimal: str = "."
    thousands: str = "none"

    @property
    def pattern(self) -> str:
        """What the whole of a number's text matches."""
        mark = re.escape(self.decimal)
        whole = r"\d+"
        if self.thousands != "none":
            group = _SPACES if self.thousands == " " else re.escape(self.thousands)
            whole = rf"(?:\d{{1,3}}(?:{group}\d{{3}})+|\d+)"
        return rf"^\s*[+-]?(?:{whole}(?:{mark}\d*)?|{mark}\d+)(?:[eE][+-]?\d+)?\s*$"

    def plain(self, texts: Any) -> Any:
        """The same texts as a programming language writes numbers."""
        if self.thousands != "none":
            group = _SPACES if self.thousands == " " else re.escape(self.thousands)
            texts = pc.replace_substring_regex(texts, group, "")
        texts = pc.utf8_trim_whitespace(texts)
        return pc.replace_substring(texts, self.decimal, ".") if self.decimal != "." else texts

    def read(self, texts: pa.ChunkedArray) -> "np.ndarray[Any, Any] | None":
        """All of them as numbers; None where one is none."""
        found = _cast(self.plain(texts), pa.float64())
        if found is None or not _is_all_numbers(texts, self, found):
            return None
        return np.asarray(found.to_numpy())

    def value(self, text: str) -> float | None:
        """The number that the text is; None when it is none."""
        if _NOT_FINITE.fullmatch(text.strip()):
            return float(text)
        if re.fullmatch(self.pattern, text) is None:
            return None
        if self.thousands != "none":
            text = re.sub(_SPACES if self.thousands == " " else re.escape(self.thousands), "", text)
        return float(text.strip().replace(self.decimal, "."))


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
    plain = numbers.plain(rest)
    found = next((found for kind in (pa.int64(), pa.float64()) if (found := _cast(plain, kind)) is not None), None)
    if found is None or not _is_all_numbers(rest, numbers, found):
        return None, ""
    code = pc.index(pc.fill_null(pc.match_substring_regex(plain, _CODE), False), True).as_py()
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
    return all(_NOT_FINITE.fullmatch(other.strip()) for other in others)


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
    """Whether the numbers are so many, or so many more different ones, that it must be a slip and no name."""


def odd_text(column: pa.ChunkedArray, numbers: Numbers, missing: Collection[str] = ()) -> OddText | None:
    """The first text that is no number where most values are numbers; None when most are not, or all are.

    A column with a code that begins with a zero is one of codes: nothing in it is odd.
    """
    if not pa.types.is_string(column.type):
        return None
    counted = {one["values"]: one["counts"] for one in pc.value_counts(column).to_pylist()}
    counts = {text: count for text, count in counted.items() if text is not None and text not in missing}
    odd = {text: count for text, count in counts.items() if numbers.value(text) is None}
    if not odd or sum(odd.values()) > (1 - MOSTLY) * sum(counts.values()):
        return None
    if any(re.match(_CODE, text.strip()) for text in counts if text not in odd):
        return None
    where = np.flatnonzero(pc.is_in(column, value_set=pa.array(list(odd), pa.string())).to_numpy())
    row = int(where[0])
    is_exception = sum(odd.values()) <= (1 - NEARLY_ALL) * sum(counts.values()) or len(counts) - len(
        odd
    ) >= MANY_MORE * len(odd)
    return OddText(row + 1, column[row].as_py(), len(where) - 1, is_exception)
