"""ZIP archives by their directory, which is at the end: what is in them, and whether it is a skops model."""

import lzma
import zipfile
import zlib
from datetime import datetime

from s3ml_tui.domain.preview.content import Column, Model, Reading, Table
from s3ml_tui.readers.budget import Measure
from s3ml_tui.readers.cells import clipped
from s3ml_tui.readers.formats.json import NoJson, Number, Pairs, parse
from s3ml_tui.readers.formats.pickle import NOT_LOADED
from s3ml_tui.readers.source import Source, SourceFile

MAGIC = b"PK\x03\x04"
_COLUMNS = (Column("name", "text"), Column("size", "integer"), Column("packed", "integer"), Column("modified", "date"))
_SCHEMA = "schema.json"
_LARGEST_SCHEMA = 1024 * 1024


class NoArchive(Exception):
    """It begins like an archive and is none."""


def read_zip(source: Source, extension: str, measure: Measure) -> Reading:
    """Its entries, or what a skops file says of itself. Raises NoArchive, Unread."""
    try:
        with zipfile.ZipFile(SourceFile(source)) as archive:
            entries = archive.infolist()
            if extension == "skops" or (extension != "zip" and _has_schema(entries)):
                return Reading(Model("skops", (*_skops(archive), ("files in it", f"{len(entries):,}"))), (NOT_LOADED,))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, IndexError, KeyError) as error:
        raise NoArchive("It begins as a ZIP archive and is none, or it is torn.") from error
    rows = tuple(
        (clipped(entry.filename), str(entry.file_size), str(entry.compress_size), _moment(entry.date_time))
        for entry in entries[: measure.rows(len(_COLUMNS))]
    )
    return Reading(Table("ZIP", _COLUMNS, rows, len(entries)))


def _has_schema(entries: list[zipfile.ZipInfo]) -> bool:
    return any(entry.filename == _SCHEMA for entry in entries[:5000])


def _moment(parts: tuple[int, int, int, int, int, int]) -> str:
    try:
        return datetime(*parts).isoformat(" ")  # noqa: DTZ001  # ZIP has no time zones
    except ValueError:
        return ""


def _skops(archive: zipfile.ZipFile) -> tuple[tuple[str, str], ...]:
    """The class and the versions in schema.json."""
    info = next((entry for entry in archive.infolist() if entry.filename == _SCHEMA), None)
    if info is None or info.file_size > _LARGEST_SCHEMA:
        return ()
    try:
        with archive.open(info) as file:
            document = parse(file.read(_LARGEST_SCHEMA).decode("utf-8", "replace"))
    except (NoJson, RuntimeError, EOFError, zlib.error, lzma.LZMAError):  # RuntimeError: encrypted
        return ()
    said = dict(document) if isinstance(document, Pairs) else {}
    name = ".".join(str(said[part]) for part in ("__module__", "__class__") if isinstance(said.get(part), str))
    versions = [
        (label, clipped(str(said[part])))
        for part, label in (("_skops_version", "skops version"), ("protocol", "protocol"))
        if isinstance(said.get(part), str | Number)
    ]
    return (*((("class", clipped(name)),) if name else ()), *versions)
