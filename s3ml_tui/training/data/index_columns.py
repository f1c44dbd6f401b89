"""Which columns are no measurements but the row index that a writer put beside them.

After sorting, sampling or splitting a table, its old row numbers say where each row stood: a perfect leak wherever the
rows had been in the order of the target.
"""

import json
import re
from collections.abc import Mapping, Sequence

import pyarrow as pa

from s3ml_tui.domain.text import printable

_PANDAS_INDEX = re.compile(r"__index_level_\d+__|Unnamed: 0(?:_level_\d+|\.\d+)*")
"""How pandas names an index without a name: in Parquet, and what `read_csv` makes of an empty header field."""


def index_of_schema(schema: pa.Schema) -> dict[str, str]:
    """By column, who says that it is an index, from what pandas leaves in a Parquet file's metadata."""
    try:
        document = json.loads((schema.metadata or {}).get(b"pandas", b"{}"))
        columns = document.get("index_columns", [])
    except (ValueError, AttributeError, RecursionError):
        return {}
    names = [name for name in columns if isinstance(name, str)] if isinstance(columns, list) else []
    return {name: "the file says that it is the index of a pandas table" for name in names if name in schema.names}


def index_by_name(names: Sequence[str]) -> dict[str, str]:
    """By column, why its name is that of an index; only the first column can be one for having no name."""
    found = {
        name: f"{printable(name)} is what pandas calls a row index" for name in names if _PANDAS_INDEX.fullmatch(name)
    }
    if names and not names[0]:
        found[""] = "the first column has no name, as the row index that pandas and R write"
    return found


def index_columns(schema: pa.Schema) -> Mapping[str, str]:
    """By column, why it is taken for an index. The schema is the one that was read, with its metadata."""
    return index_by_name(schema.names) | index_of_schema(schema)
