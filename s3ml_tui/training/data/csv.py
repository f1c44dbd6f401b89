"""A CSV file as a table of text: strict about its lines; what the text means is decided afterwards (`text_values`).

The whole file is one block for Arrow. Under the first rules, which old runs were recorded with, Arrow also decides what
a column is.

Numbers written with a comma, as `1,5`: refused with a sentence, since as text they would teach nothing.

Whether `1,234` is a decimal or a thousand is not ours to guess: the spec says it.
"""

import codecs
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import csv

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.ml.csv_dialect import TAB, Dialect, dialect_of
from s3ml_tui.domain.text import printable, size_text
from s3ml_tui.records.spec import MISSING, Reading
from s3ml_tui.training.data.column_types import is_number

MAX_BYTES = 2**31 - 2**16
"""One block of Arrow; larger tables belong into Parquet."""
_BLOCK_BYTES = 1 << 20
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

Warn = Callable[[str], None]


def read_csv(path: Path, warn: Warn, reading: Reading) -> pa.Table:
    """The table in the file, every column as text; an empty field is missing. Raises BadInput."""
    encoding = _encoding(path, warn, reading)
    dialect = _dialect(path, encoding, reading)
    options = csv.ConvertOptions(
        null_values=[""], strings_can_be_null=True, column_types=dict.fromkeys(dialect.header, pa.string())
    )
    table = _read(path, encoding, dialect.delimiter, options)
    if not all(pa.types.is_string(kind) for kind in table.schema.types):
        raise BadInput(
            "The header of the CSV cannot be read",
            cause=f"It does not end within {size_text(_BLOCK_BYTES)}, or its quotes do not match",
            advice="Mend it, or store the table as Parquet",
        )
    return table


def read_csv_by_first_rules(path: Path, warn: Warn, text_columns: Sequence[str] = ()) -> pa.Table:
    """The table as Arrow takes it; `text_columns` are read as text whatever they look like. Raises BadInput."""
    encoding = _encoding(path, warn, Reading())
    options = csv.ConvertOptions(
        null_values=["", *MISSING], strings_can_be_null=True, column_types=dict.fromkeys(text_columns, pa.string())
    )
    return _read(path, encoding, _dialect(path, encoding, Reading()).delimiter, options)


def _read(path: Path, encoding: str, delimiter: str, options: csv.ConvertOptions) -> pa.Table:
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise BadInput(
            f"The CSV is too large: {size_text(size)}",
            cause=f"A CSV of up to {size_text(MAX_BYTES)} is read",
            advice="Store it as Parquet",
        )
    ragged: list[Any] = []

    def refuse(row: Any) -> str:
        ragged.append(row)
        return "error"

    try:
        return csv.read_csv(
            path,
            read_options=csv.ReadOptions(use_threads=False, block_size=size + 2, encoding=encoding),
            parse_options=csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=refuse),
            convert_options=options,
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError, UnicodeError) as error:
        raise _refusal(error, ragged) from error


def _refusal(error: Exception, ragged: Sequence[Any]) -> BadInput:
    if ragged:
        row = ragged[0]
        return BadInput(
            f"Line {row.number:,} of the CSV has {row.actual_columns} fields, the header {row.expected_columns}",
            cause=f"It reads {printable(str(row.text)[:80])!r}",
            advice="Mend that line; a value that holds the delimiter must stand in quotes; if another delimiter is "
            "meant, set reading.delimiter",
        )
    if "Empty CSV" in str(error):
        return BadInput("The CSV is empty", cause="It has no header and no rows", advice="Upload one with data")
    return BadInput("The CSV cannot be read", cause=printable(str(error)[:300]), advice="Mend the file")


def _encoding(path: Path, warn: Warn, reading: Reading) -> str:
    """What the spec says; else UTF-8 when all of it is; else Latin-1, which takes any byte, with a warning."""
    if reading.encoding:
        return reading.encoding
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        start = file.read(_BLOCK_BYTES)
        if start[:2] in _UTF16:
            return "utf-16"
        if b"\0" in start:
            raise BadInput(
                "The file is no CSV", cause="It holds zero bytes, as binary files do", advice="Use CSV or Parquet"
            )
        position = 0
        block = start
        while True:
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                place = position + error.start
                warn(
                    f"The file is not UTF-8 (byte {place:,}): read as Latin-1, so check names and categories, "
                    "or set reading.encoding"
                )
                return "latin-1"
            if not block:
                return "utf-8"
            position += len(block)
            block = file.read(_BLOCK_BYTES)


def _dialect(path: Path, encoding: str, reading: Reading) -> Dialect:
    with path.open("rb") as file:
        head = file.read(_BLOCK_BYTES)
        is_all = not file.read(1)
    delimiter = "\t" if reading.delimiter == TAB else reading.delimiter
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    return dialect_of(text.removeprefix("\ufeff"), is_all=is_all, delimiter=delimiter)


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
            advice=f"Write decimals with a point, as 1.5, and thousands without a sign, {way_out}; "
            "or say how they are written: reading.decimal, reading.thousands",
        )
