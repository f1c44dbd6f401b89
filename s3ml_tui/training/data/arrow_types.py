"""Every Arrow type as one of the few that the rest knows: text, numbers, booleans, dates; others stay what they are.

Dictionaries, run-ends, views and extensions are ways to store values; several kernels of Arrow take none of them.
"""

import pyarrow as pa
import pyarrow.compute as pc


def plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The same values as Arrow stores them most simply."""
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        is_boolean = kind.extension_name == "arrow.bool8"
        stored = pa.chunked_array([chunk.storage for chunk in column.chunks], kind.storage_type)
        return pc.not_equal(stored, 0) if is_boolean else plain(stored)
    if pa.types.is_dictionary(kind):
        chunks = [_looked_up(chunk) for chunk in column.chunks]
        return pa.chunked_array(chunks) if chunks else pa.chunked_array([], pa.null())
    if pa.types.is_run_end_encoded(kind):
        return plain(pa.chunked_array([pc.run_end_decode(chunk) for chunk in column.chunks], kind.value_type))
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return column.cast(pa.string())
    if pa.types.is_float16(kind):
        return column.cast(pa.float32())
    return column


def _looked_up(chunk: pa.DictionaryArray) -> pa.Array:
    """Each index as its value; the dictionary first becomes one that can be taken from."""
    values = plain(pa.chunked_array([chunk.dictionary]))
    return values.take(chunk.indices).combine_chunks()


def take(table: pa.Table, rows: "pa.Array | list[int]", usable: "set[str]") -> pa.Table:
    """These rows; columns that are not usable keep their type and no values, since not every type can be taken from."""
    return pa.table(
        {
            name: table.column(name).take(rows) if name in usable else pa.nulls(len(rows), table.column(name).type)
            for name in table.column_names
        }
    )
