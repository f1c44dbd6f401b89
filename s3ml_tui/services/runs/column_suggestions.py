"""Which columns a data object has, and which is likely the target: from its first bytes, nothing more."""

import json
from dataclasses import dataclass

from s3ml_tui.domain.ml.csv_dialect import HEAD_BYTES, dialect_of, text_of_head
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.runs.data import data_key

LIKELY_TARGETS = ("target", "label", "labels", "y", "class", "outcome", "species", "diagnosis", "churned", "churn")
_PARQUET = b"PAR1"


@dataclass(frozen=True, slots=True)
class DataColumns:
    """What the head of a data object tells."""

    names: tuple[str, ...] = ()
    """In the file's order; empty when they could not be seen."""
    target: str = ""
    """The likely one; "" when there is none."""
    note: str = ""
    """Why there are no names, when there are none."""


def columns_of(store: Store, workspace: Place, data: str, version_id: str | None = None) -> DataColumns:
    """The columns of a CSV or JSON Lines object named as in a spec.

    Raises BadInput, NotFound, Denied and whatever else a read raises.
    """
    key = data_key(Layout(workspace).root, data)
    return columns_in(store.read(key, version_id, length=HEAD_BYTES))


def columns_in(head: bytes) -> DataColumns:
    """The columns in the first bytes of an object."""
    if head.startswith(_PARQUET):
        return DataColumns(note="Of a Parquet file the columns are not read here: type their names")
    text = text_of_head(head)
    if text is None:
        return DataColumns(note="This is neither CSV nor Parquet: training will refuse it")
    if text.startswith("{"):
        return _json_columns(text, is_all=len(head) < HEAD_BYTES)
    dialect = dialect_of(text, is_all=len(head) < HEAD_BYTES)
    if not dialect.is_whole:
        return DataColumns(note="The header does not end within 64 KiB: type the columns' names")
    if not dialect.header:
        return DataColumns(note="The file has no header")
    return DataColumns(dialect.header, likely_target(dialect.header))


def _json_columns(text: str, *, is_all: bool) -> DataColumns:
    """The keys of the whole lines of JSON, in the order they come up in."""
    names: dict[str, None] = {}
    lines = text.splitlines()
    for line in lines if is_all else lines[:-1]:
        try:
            names |= dict.fromkeys(json.loads(line) if line.strip() else ())
        except (ValueError, TypeError, RecursionError):
            return DataColumns(note="Its lines are no JSON objects: training will refuse it")
    return DataColumns(tuple(names), likely_target(tuple(names)))


def likely_target(names: tuple[str, ...]) -> str:
    """A column called as targets are, else the last one."""
    by_name = {name.strip().lower(): name for name in reversed(names)}
    found = next((by_name[likely] for likely in LIKELY_TARGETS if likely in by_name), None)
    return found if found is not None else names[-1] if names else ""
