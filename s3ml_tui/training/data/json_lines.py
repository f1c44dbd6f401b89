"""JSON Lines as a table: a row a line, a column for every key; values keep the type they are written with.

Texts stay texts, also where they look like numbers; a column of ISO dates becomes dates, as in a CSV.
"""

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.text import printable
from s3ml_tui.records.spec import Reading
from s3ml_tui.training.data.text_values import MOST_DIGITS, WIDE_DIGITS, as_dates

SUFFIXES = (".jsonl", ".ndjson", ".jsonlines")
_NESTED = pa.struct([])


def read_json_lines(path: Path, reading: Reading) -> pa.Table:
    """The table in the file. Raises BadInput with the line that cannot be used."""
    columns: dict[str, list[Any]] = {}
    rows = 0
    try:
        with path.open(encoding=reading.encoding or "utf-8-sig") as file:
            for number, line in enumerate(file, start=1):
                if not line.strip():
                    continue
                for name, value in _object(line, number).items():
                    if name not in columns:
                        columns[name] = [None] * rows
                    columns[name].append(value)
                rows += 1
                for values in columns.values():
                    if len(values) < rows:
                        values.append(None)
    except UnicodeError as error:
        raise BadInput(
            "The JSON Lines cannot be read", cause=str(error)[:200], advice="Write UTF-8, or set reading.encoding"
        ) from error
    if not columns:
        raise BadInput("The file holds no JSON objects", cause="Each line is one", advice="Upload one with data")
    return pa.table({name: pa.chunked_array([_column(name, values, reading)]) for name, values in columns.items()})


def _object(line: str, number: int) -> dict[str, Any]:
    try:
        found = json.loads(line, object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError) as error:
        raise BadInput(
            f"Line {number:,} is no JSON object",
            cause=f"{printable(str(error)[:120])}; it reads {printable(line.strip()[:80])!r}",
            advice="Write one object a line",
        ) from error
    if not isinstance(found, dict):
        raise BadInput(
            f"Line {number:,} is no JSON object",
            cause=f"It reads {printable(line.strip()[:80])!r}",
            advice="Write one object a line",
        )
    return found


def _without_doubles(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands in it twice")
    return found


def _column(name: str, values: list[Any], reading: Reading) -> pa.Array:
    kinds = {type(value) for value in values if value is not None}
    if kinds & {dict, list}:
        return pa.nulls(len(values), _NESTED)
    if str in kinds and kinds & {int, float, bool}:
        values = [None if isinstance(value, str) and value in reading.missing else value for value in values]
        kinds = {type(value) for value in values if value is not None}
    if kinds <= {int, float} and kinds:
        return _numbers(values)
    if len(kinds) > 1:
        raise _mixed(name, values)
    if kinds != {str}:
        return pa.array(values)
    texts = pa.chunked_array([pa.array(values, pa.string())])
    dates = as_dates(texts)
    return (texts if dates is None else dates).combine_chunks()


def _numbers(values: list[Any]) -> pa.Array:
    if any(isinstance(value, float) for value in values):
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    for kind in (pa.int64(), pa.uint64()):
        try:
            return pa.array(values, kind)
        except (OverflowError, pa.ArrowInvalid):
            continue
    digits = max(len(str(abs(value))) for value in values if value is not None)
    whole = [None if value is None else Decimal(value) for value in values]
    if digits <= MOST_DIGITS:
        return pa.array(whole, pa.decimal128(digits, 0) if digits <= WIDE_DIGITS else pa.decimal256(digits, 0))
    return pa.array([None if value is None else str(value) for value in values], pa.string())


def _mixed(name: str, values: list[Any]) -> BadInput:
    first = next(value for value in values if value is not None)
    row, other = next(
        (row, value) for row, value in enumerate(values, 1) if value is not None and type(value) is not type(first)
    )
    said, before = (printable(json.dumps(value)[:80]) for value in (other, first))
    return BadInput(
        f"The column {printable(name)} holds values of several types",
        cause=f"Row {row:,} says {said}, the first value is {before}",
        advice="Write all of them as one type, or name those that mean a missing value: reading.missing",
    )
