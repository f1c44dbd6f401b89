"""What a column is — number, boolean, category, date — as one rule for CSV and Parquet, in training and in prediction.

Dates become days since 1970 and booleans 0 and 1, both with NaN for missing; categories stay text.
"""

from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.text import printable

Kind = Literal["number", "category", "boolean", "date"]
MICROSECONDS_A_DAY = 86_400_000_000.0
_TRUE, _FALSE = {"true", "yes", "1"}, {"false", "no", "0"}


def kind_of(column: pa.ChunkedArray) -> Kind | None:
    """What the column is; None when nothing can be learned from such values (lists, bytes …)."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind) or pa.types.is_null(kind):
        return "number"
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return "date"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return "category"
    return None


def values_as(column: pa.ChunkedArray, name: str, kind: Kind) -> "pd.Series[Any]":
    """The column as a model of `kind` wants it. Raises BadInput naming the first value that does not fit."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if kind == "category":
        return pd.Series(texts(column), name=name, dtype=object)
    if kind == "date":
        return pd.Series(_days(column, name), name=name)
    return pd.Series(_numbers(column, name, kind), name=name)


def texts(column: pa.ChunkedArray) -> np.ndarray[Any, Any]:
    """Every value as text: true/false, whole numbers without a point; missing ones are NaN."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
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
    if pa.types.is_integer(column.type) or pa.types.is_boolean(column.type):
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
    try:
        return bool(np.isfinite(float(str(value))))
    except ValueError:
        return False


def _numbers(column: pa.ChunkedArray, name: str, kind: Kind) -> np.ndarray[Any, Any]:
    if pa.types.is_integer(column.type) and column.null_count == 0:
        whole: np.ndarray[Any, Any] = column.to_numpy()
        return whole
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return _numbers_in_text(column, name, kind)
    try:
        numbers = column.cast(pa.float64(), safe=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise BadInput(
            f"The column {printable(name)} should hold numbers",
            cause=f"It holds {column.type}",
            advice="Use data with the columns the model was trained on",
        ) from error
    return np.asarray(numbers.to_numpy(zero_copy_only=False) if isinstance(numbers, pa.Array) else numbers.to_numpy())


def _numbers_in_text(column: pa.ChunkedArray, name: str, kind: Kind) -> np.ndarray[Any, Any]:
    values = []
    for row, text in enumerate(column.to_pylist(), start=1):
        if text is None:
            values.append(np.nan)
        elif kind == "boolean" and text.lower() in _TRUE | _FALSE:
            values.append(float(text.lower() in _TRUE))
        elif is_number(text):
            values.append(float(text))
        else:
            raise BadInput(
                f"The column {printable(name)} should hold numbers",
                cause=f"Row {row:,} says {printable(text)!r}",
                advice="Mend that value (decimals are written with a point, as 1.5), or leave it empty",
            )
    return np.array(values, float)


def _days(column: pa.ChunkedArray, name: str) -> np.ndarray[Any, Any]:
    kind = column.type
    try:
        moments = column.cast(pa.timestamp("us", tz=getattr(kind, "tz", None)), safe=False).cast(pa.int64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise BadInput(
            f"The column {printable(name)} should hold dates",
            cause=f"It holds {kind}",
            advice="Write dates as 2026-11-23 or 2026-11-23T14:02:41",
        ) from error
    days: np.ndarray[Any, Any] = moments.cast(pa.float64(), safe=False).to_numpy() / MICROSECONDS_A_DAY
    return days
