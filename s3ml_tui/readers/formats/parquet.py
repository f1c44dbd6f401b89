"""Parquet by ranged reads: the footer, then the first rows column by column as far as the budget goes.

A page must be read whole, and what one takes is only known when it is read. So the cheapest columns come first, and
those the budget has no room for are left out, which is said.
"""

from dataclasses import dataclass
from typing import Any

from s3ml_tui.domain.preview.content import Column, Parquet, Reading, RowGroup, Table
from s3ml_tui.domain.text import count_text
from s3ml_tui.readers.budget import Measure
from s3ml_tui.readers.cells import LONGEST_CELL, MOST_COLUMNS, clipped, within
from s3ml_tui.readers.source import Source, SourceFile, Unread

MAGIC = b"PAR1"
_MOST_GROUPS = 200
_BUFFER = 32 * 1024
_LONGEST_CELL_BYTES = 4 * (LONGEST_CELL + 1)
"""UTF-8 has at most four bytes a character."""
_SPARED_BYTES = 16 * 1024 * 1024
_LIKELY_PAGE = 1024 * 1024
"""Bytes of a page, where its column has that many: what writers aim at."""


class NoParquet(Exception):
    """It begins like Parquet and is none; the message says why."""


def read_parquet(source: Source, measure: Measure, *, is_sparing: bool = False) -> Reading:
    """What the footer says and the first rows. Raises NoParquet, Unread (a footer beyond the budget)."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not source.is_whole or source.size < 12 or source.read(source.size - 4, 4) != MAGIC:
        raise NoParquet("It begins as Parquet and does not end as one: it is torn.")
    footer = int.from_bytes(source.read(source.size - 8, 4), "little")
    if footer > source.size - 12:
        raise NoParquet("It begins as Parquet, and its footer is damaged.")
    source.read(source.size - 8 - footer, footer)  # in one piece, or not at all
    try:
        file = pq.ParquetFile(SourceFile(source), buffer_size=_BUFFER, pre_buffer=False)
        return _reading(file, source, measure, _SPARED_BYTES if is_sparing else None)
    except (pa.ArrowException, OSError, ValueError, KeyError, IndexError, OverflowError) as error:
        raise NoParquet(f"It cannot be read as Parquet: {clipped(_reason(error), 300)}.") from error


def _reading(file: Any, source: Source, measure: Measure, most: int | None) -> Reading:
    meta, schema = file.metadata, file.schema_arrow
    head, notes = _head(file, source, measure, most)
    groups = tuple(
        RowGroup(int(group.num_rows), int(group.total_byte_size))
        for group in (meta.row_group(at) for at in range(min(meta.num_row_groups, _MOST_GROUPS)))
    )
    columns = tuple(Column(clipped(field.name), clipped(str(field.type))) for field in list(schema)[:MOST_COLUMNS])
    content = Parquet(
        columns, int(meta.num_rows), groups, int(meta.num_row_groups), clipped(meta.created_by or ""), head
    )
    if len(schema) > MOST_COLUMNS:
        notes += (f"Only the first {MOST_COLUMNS} of {len(schema):,} columns are shown.",)
    return Reading(content, notes)


def _reason(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(". ") or type(error).__name__


def _head(file: Any, source: Source, measure: Measure, most: int | None) -> tuple[Table, tuple[str, ...]]:
    """The first rows of the columns that could be read, and what is to be said about the others.

    Columns that unpack to more than `most` bytes in a row group are left out, where that is given.
    """
    fields = list(file.schema_arrow)[:MOST_COLUMNS] if file.metadata.num_row_groups else []
    costs = _costs(file)
    read: dict[int, list[str]] = {}
    left_out: list[str] = []
    notes: list[str] = []
    for at in sorted(range(len(fields)), key=lambda at: costs.get(fields[at].name, _NO_COST).likely):
        name = fields[at].name
        cost = costs.get(name, _NO_COST)
        if cost.least > source.left or (most is not None and cost.unpacked > most):
            left_out.append(name)
            continue
        try:
            read[at] = _column(file, name, measure.parquet_rows(len(fields)))
        except (Unread, MemoryError):
            left_out.append(name)
        except (OSError, ValueError, NotImplementedError) as error:
            notes.append(f"The column {clipped(name, 100)} cannot be read: {clipped(_reason(error), 200)}.")
    shown = sorted(read)
    columns = tuple(Column(clipped(fields[at].name), clipped(str(fields[at].type))) for at in shown)
    height = min((len(read[at]) for at in shown), default=0)
    rows = within(([read[at][row] for at in shown] for row in range(height)), measure.characters)
    table = Table("Parquet", columns, rows, int(file.metadata.num_rows))
    return table, (*notes[:3], *_left_out_note(left_out))


def _left_out_note(names: list[str]) -> tuple[str, ...]:
    if not names:
        return ()
    named = ", ".join(clipped(name, 60) for name in names[:5]) + (" …" if len(names) > 5 else "")
    count = count_text(len(names), "column")
    return (f"{count} not among the first rows, since too much would have to be read at once: {named}.",)


@dataclass(frozen=True, slots=True)
class _Cost:
    """What the first cells of a column take, in bytes of the object."""

    least: int = 0
    likely: int = 0
    unpacked: int = 0
    """What the first row group's cells take in memory at most."""


_NO_COST = _Cost()


def _costs(file: Any) -> dict[str, _Cost]:
    """By top-level column: its dictionary, which must be read whole, and the first page, as far as can be told."""
    if not file.metadata.num_row_groups:
        return {}
    group = file.metadata.row_group(0)
    costs: dict[str, _Cost] = {}
    for at in range(group.num_columns):
        chunk = group.column(at)
        name = str(chunk.path_in_schema).partition(".")[0]
        start = chunk.dictionary_page_offset if chunk.has_dictionary_page else None
        dictionary = max(0, int(chunk.data_page_offset) - int(start)) if start else 0
        page = min(max(0, int(chunk.total_compressed_size) - dictionary), _LIKELY_PAGE)
        before = costs.get(name, _NO_COST)
        unpacked = before.unpacked + max(0, int(chunk.total_uncompressed_size))
        costs[name] = _Cost(before.least + dictionary, before.likely + dictionary + page, unpacked)
    return costs


def _column(file: Any, name: str, most: int) -> list[str]:
    """Its first cells as text, from as many row groups as it takes and the budget allows.

    pyarrow's errors are ValueErrors and OSErrors too.
    """
    cells: list[str] = []
    for group in range(min(file.metadata.num_row_groups, _MOST_GROUPS)):
        try:
            cells += _cells(file, name, group, most - len(cells))
        except Unread:
            if not cells:
                raise
            break
        if len(cells) >= most:
            break
    return cells


def _cells(file: Any, name: str, group: int, most: int) -> list[str]:
    for batch in file.iter_batches(batch_size=most, row_groups=[group], columns=[name], use_threads=False):
        if not batch.num_columns:
            raise ValueError("its name is ambiguous")
        return [_cell(value) for value in batch.column(0)]
    return []


def _cell(scalar: Any) -> str:
    """A scalar as text; long strings and bytes are cut before they are converted."""
    if not scalar.is_valid:
        return ""
    if hasattr(scalar, "dictionary"):
        return _cell(scalar.value)
    if hasattr(scalar, "as_buffer"):
        return _beginning(scalar)
    try:
        value = scalar.as_py()
    except (ValueError, OverflowError):  # times beyond what Python can name
        return clipped(str(scalar.cast("string")))
    return clipped(value if isinstance(value, str) else str(value), LONGEST_CELL)


def _beginning(scalar: Any) -> str:
    """Of text or bytes, which may be long: no more is copied than is shown."""
    import pyarrow as pa

    data = scalar.as_buffer().slice(0, min(scalar.as_buffer().size, _LONGEST_CELL_BYTES)).to_pybytes()
    is_text = any(
        is_one(scalar.type) for is_one in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    )
    return clipped(data.decode("utf-8", "replace") if is_text else data.hex())
