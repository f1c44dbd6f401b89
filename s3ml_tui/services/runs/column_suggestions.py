"""Which columns a data object has, and which is likely the target: from its first bytes, nothing more."""

import codecs
import csv
import io
from dataclasses import dataclass

from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.runs.data import data_key

HEAD_BYTES = 64 * 1024
LIKELY_TARGETS = ("target", "label", "labels", "y", "class", "outcome", "species", "diagnosis", "churned", "churn")
_DELIMITERS = ",;\t|"
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
    """The columns of a CSV object named as in a spec.

    Raises BadInput, NotFound, Denied and whatever else a read raises.
    """
    key = data_key(Layout(workspace).root, data)
    return columns_in(store.read(key, version_id, length=HEAD_BYTES))


def columns_in(head: bytes) -> DataColumns:
    """The columns in the first bytes of an object."""
    if head.startswith(_PARQUET):
        return DataColumns(note="Of a Parquet file the columns are not read here: type their names")
    text = _text(head)
    if text is None:
        return DataColumns(note="This is neither CSV nor Parquet: training will refuse it")
    line, is_whole = _header(text, is_all=len(head) < HEAD_BYTES)
    if not is_whole:
        return DataColumns(note="The header does not end within 64 KiB: type the columns' names")
    bare = "".join(line.split('"')[::2])
    delimiter = max(_DELIMITERS, key=bare.count)
    names = tuple(next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter), []))
    if not names:
        return DataColumns(note="The file has no header")
    return DataColumns(names, likely_target(names))


def likely_target(names: tuple[str, ...]) -> str:
    """A column called as targets are, else the last one."""
    by_name = {name.strip().lower(): name for name in reversed(names)}
    found = next((by_name[likely] for likely in LIKELY_TARGETS if likely in by_name), None)
    return found if found is not None else names[-1] if names else ""


def _text(head: bytes) -> str | None:
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    if b"\0" in head:
        return None
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(head)
    except UnicodeDecodeError:
        return head.decode("latin-1")


def _header(text: str, *, is_all: bool) -> tuple[str, bool]:
    """The first record, which may hold newlines in quotes, and whether its end was seen."""
    quoted = False
    for place, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif character in "\r\n" and not quoted:
            return text[:place], True
    return text, is_all
