"""Pages of a listing as lines on stdout."""

import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from heapq import merge
from itertools import chain
from json.encoder import encode_basestring_ascii
from typing import Any, NamedTuple

from s3ml_tui.cli.terminal.output import iso, names, put, put_json, size_cell, time_cell
from s3ml_tui.domain.storage.listing import ListingPage
from s3ml_tui.domain.text import are_on_one_line, on_one_line, printable, size_text
from s3ml_tui.domain.uri import ObjectKey, Place

_MOST_MINUTES = 100_000
_minutes: dict[int, str] = {}


class Row(NamedTuple):
    """One line of a listing."""

    key: str
    """A whole key, or a whole prefix."""
    kind: str
    """Of the row: object, deleted or prefix."""
    document: dict[str, Any]
    size: int | None = None
    modified: float | None = None


def put_page(page: ListingPage, *, cut: int, as_json: bool) -> int:
    """Print a page's rows in order of their names, without their first `cut` characters; returns how many."""
    if page.prefixes or page.deleted.keys:
        count = 0
        for row in _rows(page):
            put_row(row, cut=cut, as_json=as_json)
            count += 1
        return count
    lines = "".join(_json_lines(page)) if as_json else _lines(page, cut, is_shown=sys.stdout.isatty())
    sys.stdout.write(lines)
    return len(page.keys)


def put_row(row: Row, *, cut: int, as_json: bool) -> None:
    """Print one row."""
    if as_json:
        put_json(row.document)
        return
    time = time_cell(row.modified) if row.modified is not None else ""
    size = {"deleted": "deleted", "prefix": "-"}.get(row.kind) or size_cell(row.size or 0)
    put(f"{time:19}  {size:>12}  {row.key[cut:]}")


def _lines(page: ListingPage, cut: int, *, is_shown: bool) -> str:
    """All rows by one formatting: half of what a line at a time takes."""
    sizes: Iterable[object] = [size_text(size) for size in page.sizes] if is_shown else page.sizes
    keys = [key[cut:] for key in page.keys] if cut else page.keys
    if is_shown:
        keys = [printable(key) for key in keys]
    elif not are_on_one_line(keys):
        keys = [on_one_line(key) for key in keys]
    cells = chain.from_iterable(zip(_local_times(page.modified), sizes, keys, strict=True))
    return "%s  %12s  %s\n" * len(keys) % tuple(cells)


def _local_times(moments: Iterable[float]) -> Iterator[str]:
    """Times in the local zone to the second; each second is worked out once a page, each minute once."""
    seconds = list(map(int, moments))
    known = {second: _local(second) for second in set(seconds)}
    return map(known.__getitem__, seconds)


def _local(moment: int) -> str:
    minute, second = divmod(moment, 60)
    start = _minutes.get(minute)
    if start is None:
        if len(_minutes) > _MOST_MINUTES:
            _minutes.clear()
        start = _minutes[minute] = f"{datetime.fromtimestamp(minute * 60).astimezone():%Y-%m-%d %H:%M:}"
    return f"{start}{second:02}"


def _json_lines(page: ListingPage) -> Iterator[str]:
    """The same as `put_json` of each row's document."""
    quoted = encode_basestring_ascii
    bucket = quoted(page.place.bucket)
    uri = quoted(Place(page.place.bucket).uri)[:-1]
    columns = zip(page.keys, page.sizes, page.modified, page.etags, page.storage_classes, strict=True)
    return (
        f'{{"uri": {uri}{(name := quoted(key))[1:]}, "bucket": {bucket}, "key": {name}, "size": {size}, '
        f'"last_modified": "{iso(modified)}", "etag": {quoted(etag)}, "storage_class": {quoted(storage_class)}}}\n'
        for key, size, modified, etag, storage_class in columns
    )


def _rows(page: ListingPage) -> Iterator[Row]:
    bucket = page.place.bucket
    prefixes = (
        Row(prefix, "prefix", {"uri": Place(bucket, prefix).uri, "bucket": bucket, "prefix": prefix})
        for prefix in page.prefixes
    )
    columns = zip(page.keys, page.sizes, page.modified, page.etags, page.storage_classes, strict=True)
    objects = (
        Row(
            key,
            "object",
            names(ObjectKey(bucket, key))
            | {"size": size, "last_modified": iso(modified), "etag": etag, "storage_class": storage_class},
            size,
            modified,
        )
        for key, size, modified, etag, storage_class in columns
    )
    gone = page.deleted
    deleted = (
        Row(
            key,
            "deleted",
            names(ObjectKey(bucket, key))
            | {"version_id": marker, "last_modified": iso(modified), "is_delete_marker": True, "is_latest": True},
            None,
            modified,
        )
        for key, modified, marker in zip(gone.keys, gone.modified, gone.version_ids, strict=True)
    )
    return merge(prefixes, objects, deleted, key=lambda row: row.key.encode("utf-8", "surrogatepass"))
