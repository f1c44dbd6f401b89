"""`s3ml ls`: buckets, one level of a bucket, or everything below."""

from collections.abc import Iterator
from heapq import merge
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from s3ml_tui.cli.options import Options, command
from s3ml_tui.cli.printing import iso, names, put, put_json, put_table, say, size_cell, time_cell
from s3ml_tui.cli.session import session
from s3ml_tui.domain.entries import ListingPage
from s3ml_tui.domain.errors import NotFound
from s3ml_tui.domain.store import ObjectFacts
from s3ml_tui.domain.uri import ObjectKey, Place, parse_object, parse_place

if TYPE_CHECKING:
    from s3ml_tui.services.session import Services


class Row(NamedTuple):
    """One line of a listing."""

    key: str
    """A whole key, or a whole prefix."""
    kind: str
    """Of the row: object, deleted or prefix."""
    document: dict[str, Any]
    size: int | None = None
    modified: float | None = None


@command
def ls(
    options: Options,
    uri: Annotated[str | None, typer.Argument(metavar="[URI]", help="s3://bucket[/prefix]; buckets without.")] = None,
    is_recursive: Annotated[bool, typer.Option("--recursive", "-r", help="Everything below, not one level.")] = False,
    with_deleted: Annotated[bool, typer.Option("--deleted", help="Deleted objects too.")] = False,
) -> None:
    """List buckets, or what is in one."""
    with session(options) as services:
        if uri is None:
            _put_buckets(services, options)
            return
        place, shown = parse_place(uri), 0
        for page in _pages(services, place, is_recursive=is_recursive, with_deleted=with_deleted):
            for row in _rows(page):
                _put_row(row, options, place if not is_recursive else Place(place.bucket))
                shown += 1
        if shown:
            return
        if place.prefix and not uri.endswith("/"):
            _put_object(services, uri, options)
        else:
            say(f"{place.uri} is empty.")


def _put_buckets(services: "Services", options: Options) -> None:
    buckets = services.browsing.buckets()
    if options.as_json:
        for bucket in buckets:
            put_json({"uri": Place(bucket.name).uri, "bucket": bucket.name, "creation_date": bucket.created})
        return
    put_table(
        (time_cell(bucket.created) if bucket.created else "", Place(bucket.name).uri.rstrip("/")) for bucket in buckets
    )
    if not buckets:
        say("There is no bucket yet. `s3ml init s3://NAME` makes one.")


def _put_object(services: "Services", uri: str, options: Options) -> None:
    """One row when the address is an object's after all. Raises NotFound."""
    key = parse_object(uri)
    try:
        facts = services.objects.facts(key)
    except NotFound as error:
        raise NotFound(
            f"There is nothing at {uri}", advice=f"See what is beside it with `s3ml ls {key.place.uri}`"
        ) from error
    _put_row(_row_of(facts), options, key.place)


def _row_of(facts: ObjectFacts) -> Row:
    document = names(facts.key) | {
        "size": facts.size,
        "last_modified": facts.modified,
        "etag": facts.etag,
        "storage_class": facts.storage_class,
        "version_id": facts.version_id,
    }
    return Row(facts.key.key, "object", document, facts.size, facts.modified.timestamp())


def _pages(services: "Services", place: Place, *, is_recursive: bool, with_deleted: bool) -> Iterator[ListingPage]:
    token: str | None = None
    while True:
        page = services.browsing.page(place, token=token, with_deleted=with_deleted, is_recursive=is_recursive)
        yield page
        token = page.next
        if token is None:
            return


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


def _put_row(row: Row, options: Options, below: Place) -> None:
    if options.as_json:
        put_json(row.document)
        return
    time = time_cell(row.modified) if row.modified is not None else ""
    size = {"deleted": "deleted", "prefix": "-"}.get(row.kind) or size_cell(row.size or 0)
    put(f"{time:19}  {size:>12}  {row.key[len(below.prefix) :]}")
