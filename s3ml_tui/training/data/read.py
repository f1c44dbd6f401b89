"""The data object of a run: fetched at its pinned version, recognised, read as a table."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.storage.store import Received, Store
from s3ml_tui.domain.text import printable, size_text
from s3ml_tui.domain.uri import parse_object
from s3ml_tui.records.spec import Reading
from s3ml_tui.runner.cancellation import Stop
from s3ml_tui.runner.events import Journal
from s3ml_tui.training.data.arrow_types import plain
from s3ml_tui.training.data.column_types import kind_of, texts
from s3ml_tui.training.data.csv import read_csv, read_csv_by_first_rules
from s3ml_tui.training.data.index_columns import index_columns
from s3ml_tui.training.data.json_lines import SUFFIXES as JSON_LINES_SUFFIXES
from s3ml_tui.training.data.json_lines import read_json_lines
from s3ml_tui.training.data.text_values import as_text, typed

PARQUET_MAGIC = b"PAR1"
PARQUET_SUFFIXES = (".parquet", ".pq")
PROGRESS_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Rules:
    """How the data are read."""

    reading: Reading
    number: int
    """1 for old runs and models, whose tables were typed by Arrow."""
    categories: Sequence[str] = ()
    """Columns of text whatever they hold."""
    is_typed: bool = True
    """Whether text becomes what its column is; a model knows that by itself."""


@dataclass(frozen=True, slots=True)
class DataTable:
    """What was read, and exactly which bytes it was read from."""

    table: pa.Table
    pin: Pin
    index: Mapping[str, str]
    """Columns that are a row index, and why each is taken for one."""


def read_data(store: Store, wanted: Pin, folder: Path, journal: Journal, stop: Stop, rules: Rules) -> DataTable:
    """Download the version and read it. Raises BadInput for data that cannot be used, and the store's errors."""
    key = parse_object(wanted.uri)
    path = folder / "data"
    received = store.download(key, path, wanted.version_id, progress=_Moved(journal, wanted.size), cancelled=stop)
    journal.emit(f"{printable(key.key)}: {size_text(received.size)}, version {received.version_id or 'none kept'}")
    _check_is_the_one(wanted, received)
    table = _table(path, key.key, rules, journal)
    stop.check()
    _checked(table.column_names)
    if table.num_rows == 0:
        raise BadInput("The data has no rows", cause="There is a header and nothing below", advice="Upload some rows")
    index = index_columns(table.schema)
    return DataTable(table.replace_schema_metadata(None), pin_received(received), index)


def pin_received(received: Received) -> Pin:
    """What was downloaded, as a pin."""
    return Pin(received.key.uri, received.version_id, received.etag, received.sha256, received.size)


def _table(path: Path, key: str, rules: Rules, journal: Journal) -> pa.Table:
    if _is_parquet(path, key):
        stored = _parquet(path)
        table = pa.table({name: plain(stored.column(name)) for name in _checked(stored.column_names)})
        return _with_categories(table.replace_schema_metadata(stored.schema.metadata), rules.categories)
    if rules.number == 1:
        return read_csv_by_first_rules(path, journal.caution, rules.categories)
    if key.lower().endswith(JSON_LINES_SUFFIXES):
        return _with_categories(read_json_lines(path, rules.reading), rules.categories)
    table = read_csv(path, journal.caution, rules.reading)
    _checked(table.column_names)
    return _typed(table, rules, journal) if rules.is_typed else _without_words(table, rules)


def _with_categories(table: pa.Table, categories: Sequence[str]) -> pa.Table:
    for name in categories:
        if name in table.column_names and kind_of(table.column(name)) not in (None, "category"):
            text = pa.array(texts(table.column(name)), pa.string(), from_pandas=True)
            table = table.set_column(table.column_names.index(name), name, text)
    return table


def _typed(table: pa.Table, rules: Rules, journal: Journal) -> pa.Table:
    columns = {}
    for name in table.column_names:
        if name in rules.categories:
            columns[name] = as_text(table.column(name), rules.reading)
            continue
        found = typed(table.column(name), rules.reading)
        columns[name] = found.values
        shown = f"Column {printable(name) or '(no name)'}"
        if found.note:
            journal.emit(f"{shown}: {found.note}")
        if found.caution:
            journal.caution(f"{shown}: {found.caution}")
    return pa.table(columns)


def _without_words(table: pa.Table, rules: Rules) -> pa.Table:
    return pa.table(
        {
            name: as_text(table.column(name), rules.reading, is_category=name in rules.categories)
            for name in table.column_names
        }
    )


class _Moved:
    """Tells the journal how much of a download has moved, once a second."""

    def __init__(self, journal: Journal, total: int) -> None:
        self._journal, self._total = journal, total
        self._moved = 0
        self._reported_s = time.monotonic()

    def __call__(self, moved: int) -> None:
        self._moved += moved
        if time.monotonic() - self._reported_s >= PROGRESS_EVERY_S:
            self._reported_s = time.monotonic()
            self._journal.progress(f"{size_text(self._moved)} of {size_text(self._total)}", self._moved, self._total)


def _check_is_the_one(wanted: Pin, received: Received) -> None:
    if wanted.etag and wanted.version_id is None and received.etag != wanted.etag:
        raise BadInput(
            f"{wanted.uri} was replaced before it was read",
            cause="The bucket keeps no versions, so the one that was chosen is gone",
            advice="Start the run again",
        )


def _is_parquet(path: Path, key: str) -> bool:
    with path.open("rb") as file:
        return file.read(4) == PARQUET_MAGIC or key.lower().endswith(PARQUET_SUFFIXES)


def _parquet(path: Path) -> pa.Table:
    try:
        with parquet.ParquetFile(path) as file:
            return file.read()
    except (pa.ArrowException, OSError) as error:
        raise BadInput(
            "The Parquet file is damaged",
            cause=printable(str(error).splitlines()[0][:300]),
            advice="Upload it again, or bring back an older version of it",
        ) from error


def _checked(names: Sequence[str]) -> Sequence[str]:
    """The same names. Raises BadInput where two columns have the same."""
    twice = [name for name, count in Counter(names).items() if count > 1 and name]
    if twice:
        raise BadInput(
            f"Two columns are called {printable(twice[0])!r}",
            cause="A column is meant by its name",
            advice="Rename one of them",
        )
    if Counter(names)[""] > 1:
        raise BadInput("Several columns have no name", advice="Name them in the header")
    return names
