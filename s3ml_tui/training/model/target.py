"""What is to be predicted: which task it is, the classes or the numbers, the rows that have one.

The rule for `task = "auto"`: an estimator family that knows one task only decides. Else it is classification when the
target is text or boolean, or when it has whole numbers of at most 20 different values, each twice on average.
Classes are text; they are sorted, and in a binary task the last one is the positive one.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.ml.number_text import Numbers
from s3ml_tui.domain.text import count_text, printable
from s3ml_tui.records.spec import Reading
from s3ml_tui.training.data.column_types import first_that_is_no_number, is_missing, kind_of, texts, values_as
from s3ml_tui.training.data.csv import refuse_commas
from s3ml_tui.training.data.text_values import all_numbers, as_text, numbers_of, odd_text
from s3ml_tui.training.model.estimators import Task

MAX_CLASSES_OF_NUMBERS = 20
_DEFAULTS = Reading()


@dataclass(frozen=True, slots=True)
class Target:
    """The column to be predicted."""

    name: str
    task: Task
    present: np.ndarray[Any, np.dtype[np.bool_]]
    """Which rows of the data have a value."""
    values: np.ndarray[Any, Any]
    """Theirs: texts for classification, floats for regression."""
    classes: tuple[str, ...]
    """Sorted; empty for regression."""
    why: str
    """Why it is this task."""


def target_of(
    column: pa.ChunkedArray, name: str, asked: str, family_task: Task | None, reading: Reading = _DEFAULTS
) -> Target:
    """The target in a column of the data. `family_task` is the only task the estimator family knows, if so.

    Raises BadInput: no value, one class, text in a numeric target, dates, lists.
    """
    kind = kind_of(column)
    present = ~is_missing(column)
    if kind is None or kind == "date":
        raise BadInput(
            f"The target {printable(name)} cannot be predicted",
            cause=f"It holds {column.type}",
            advice="Choose a column of numbers, texts or booleans",
        )
    if not present.any():
        raise BadInput(
            f"The target {printable(name)} has no value in any row", advice="Choose another target, or fill it in"
        )
    without_words = as_text(column, reading, is_category=False) if pa.types.is_string(column.type) else column
    task, why = _task(without_words, name, asked, family_task, numbers_of(reading))
    if task == "regression":
        present = ~is_missing(without_words)
        return Target(name, task, present, _numbers(without_words, name, numbers_of(reading))[present], (), why)
    values = texts(column)[present]
    classes = tuple(sorted(set(values)))
    if len(classes) < 2:
        raise BadInput(
            f"The target {printable(name)} has one class",
            cause=f"All {len(values):,} rows say {printable(classes[0])!r}",
            advice="Choose another target, or add rows of another class",
        )
    return Target(name, task, present, values, classes, why)


def _task(
    column: pa.ChunkedArray, name: str, asked: str, family_task: Task | None, numbers: Numbers
) -> tuple[Task, str]:
    kind = kind_of(column)
    if asked in ("classification", "regression"):
        return ("classification" if asked == "classification" else "regression"), "the spec says so"
    if kind == "category":
        _refuse_numbers_with_slips(column, name, numbers)
    if family_task is not None:
        return family_task, "the estimator knows no other task"
    if kind != "number":
        return "classification", "the target holds texts" if kind == "category" else "the target holds booleans"
    values = _numbers(column, name, numbers)
    values = values[~np.isnan(values)]
    distinct = len(np.unique(values))
    if (np.mod(values, 1) == 0).all() and distinct <= MAX_CLASSES_OF_NUMBERS and len(values) >= 2 * distinct:
        return "classification", f"the target has {count_text(distinct, 'whole number')} only"
    return "regression", "the target holds numbers"


def _refuse_numbers_with_slips(column: pa.ChunkedArray, name: str, numbers: Numbers) -> None:
    refuse_commas(column, name, "target", 'or set task = "classification" if these are classes')
    odd = odd_text(column, numbers)
    if odd:
        raise _no_number(name, (odd.row, odd.text, odd.others + 1))


def _numbers(column: pa.ChunkedArray, name: str, numbers: Numbers) -> np.ndarray[Any, Any]:
    if (
        pa.types.is_string(column.type)
        and (read := all_numbers(column, numbers)) is not None
        and not np.isinf(read).any()
    ):
        return read
    found = first_that_is_no_number(column) if kind_of(column) != "boolean" else None
    if found:
        refuse_commas(column, name, "target", "or choose another target")
        raise _no_number(name, found)
    if kind_of(column) == "boolean":
        return np.asarray(values_as(column, name, "boolean"), float)
    return np.asarray(values_as(column, name, "number"), float)


def _no_number(name: str, found: tuple[int, str, int]) -> BadInput:
    row, text, count = found
    more = f", and {count_text(count - 1, 'other')}" if count > 1 else ""
    return BadInput(
        f"The target {printable(name)} should hold numbers",
        cause=f"Row {row:,} says {printable(text[:80])!r}{more}",
        advice='Mend it, add it to reading.missing, or set task = "classification" if these are classes',
    )
