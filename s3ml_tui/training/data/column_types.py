"""What a column is — number, boolean, category, date — as one rule for every format, in training and in prediction.

Dates become days since 1970 and booleans 0 and 1, both with NaN for missing; categories stay text. A value that is not
exactly of its column's kind is refused with its row.
"""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.ml.number_text import Numbers
from s3ml_tui.domain.text import printable
from s3ml_tui.training.data.text_values import all_numbers, as_dates

Kind = Literal["number", "category", "boolean", "date"]
MICROSECONDS_A_DAY = 86_400_000_000.0
_BOOLEANS = {"true": 1.0, "yes": 1.0, "1": 1.0, "false": 0.0, "no": 0.0, "0": 0.0}
_AS_WRITTEN = Numbers()


def kind_of(column: pa.ChunkedArray) -> Kind | None:
    """What the column is; None when nothing can be learned from such values (lists, bytes …)."""
    kind = column.type
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind) or pa.types.is_null(kind):
        return "number"
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return "date"
    return "category" if pa.types.is_string(kind) else None


def values_as(column: pa.ChunkedArray, name: str, kind: Kind, numbers: Numbers = _AS_WRITTEN) -> "pd.Series[Any]":
    """The column as a model of `kind` wants it; `numbers` says how text writes them.

    Raises BadInput naming the first value that is of another kind.
    """
    if kind == "category":
        return pd.Series(texts(column), name=name, dtype=object)
    if pa.types.is_null(column.type):
        return pd.Series(np.full(len(column), np.nan), name=name)
    if kind == "date":
        return pd.Series(_days(column, name), name=name)
    if kind == "boolean":
        return pd.Series(_booleans(column, name), name=name)
    return pd.Series(_numbers(column, name, numbers), name=name)


def texts(column: pa.ChunkedArray) -> np.ndarray[Any, Any]:
    """Every value as text: true/false, whole numbers without a point; missing ones are NaN."""
    return np.array(
        [np.nan if value is None or value != value else text_of(value) for value in column.to_pylist()], object
    )


def text_of(value: object) -> str:
    """One value as a class or a category is called."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value)


def is_missing(column: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Where there is no value, or one that is no number."""
    found: np.ndarray[Any, np.dtype[np.bool_]] = np.asarray(
        pc.is_null(column, nan_is_null=pa.types.is_floating(column.type)).to_numpy()
    )
    return found


def first_that_is_no_number(column: pa.ChunkedArray) -> tuple[int, str, int] | None:
    """The row (from 1) and the text of the first value that is no finite number, and how many such there are."""
    if pa.types.is_integer(column.type) or pa.types.is_boolean(column.type) or pa.types.is_decimal(column.type):
        return None
    if pa.types.is_floating(column.type) and not np.isinf(column.to_numpy()).any():
        return None
    found, first = 0, None
    for row, value in enumerate(column.to_pylist(), start=1):
        if value is None or value != value or is_number(value):
            continue
        found += 1
        first = first or (row, str(value))
    return (*first, found) if first else None


def is_number(value: object) -> bool:
    """Whether its text is a finite number."""
    number = _AS_WRITTEN.value(str(value))
    return number is not None and bool(np.isfinite(number))


def _numbers(column: pa.ChunkedArray, name: str, numbers: Numbers) -> np.ndarray[Any, Any]:
    kind = column.type
    if pa.types.is_integer(kind) and column.null_count == 0:
        whole: np.ndarray[Any, Any] = column.to_numpy()
        return whole
    if pa.types.is_string(kind):
        found = all_numbers(column, numbers)
        return found if found is not None else _by_row(column, numbers.value, name, "numbers", _NUMBERS_ADVICE)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return np.asarray(column.cast(pa.float64(), safe=False).to_numpy())
    return _by_row(column, lambda _: None, name, "numbers", _NUMBERS_ADVICE)


_NUMBERS_ADVICE = "Mend that value (decimals are written with a point, as 1.5), or leave it empty"


def _booleans(column: pa.ChunkedArray, name: str) -> np.ndarray[Any, Any]:
    if pa.types.is_boolean(column.type):
        return np.asarray(column.cast(pa.float64()).to_numpy())
    return _by_row(column, _boolean, name, "true or false", "Mend that value, or leave it empty")


def _boolean(text: str) -> float | None:
    return _BOOLEANS.get(text.lower())


def _days(column: pa.ChunkedArray, name: str) -> np.ndarray[Any, Any]:
    if pa.types.is_string(column.type):
        dates = as_dates(column)
        column = column if dates is None else dates
    kind = column.type
    if not (pa.types.is_date(kind) or pa.types.is_timestamp(kind)):
        return _by_row(column, _day, name, "dates", "Write dates as 2026-11-23 or 2026-11-23T14:02:41")
    moments = column.cast(pa.timestamp("us", tz=getattr(kind, "tz", None)), safe=False).cast(pa.int64())
    days: np.ndarray[Any, Any] = moments.cast(pa.float64(), safe=False).to_numpy() / MICROSECONDS_A_DAY
    return days


def _day(text: str) -> float | None:
    """One text as a date; one with a zone is none among others without."""
    found = as_dates(pa.chunked_array([[text]]))
    return None if found is None or getattr(found.type, "tz", None) else float(_days(found, "")[0])


def _by_row(
    column: pa.ChunkedArray, read: Callable[[str], float | None], name: str, what: str, advice: str
) -> np.ndarray[Any, Any]:
    """Value by value. Raises BadInput for the first that cannot be read."""
    values = np.full(len(column), np.nan)
    for row, value in enumerate(column.to_pylist()):
        if value is None or value != value:
            continue
        number = read(text_of(value))
        if number is None:
            raise BadInput(
                f"The column {printable(name)} should hold {what}",
                cause=f"Row {row + 1:,} says {printable(text_of(value)[:80])!r}",
                advice=advice,
            )
        values[row] = number
    return values
