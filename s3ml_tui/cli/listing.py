"""`s3ml ls`: buckets, one level of a bucket, or everything below."""

from typing import TYPE_CHECKING, Annotated

import typer

from s3ml_tui.cli.options import Options, command
from s3ml_tui.cli.printing import names, put_json, put_table, say, time_cell
from s3ml_tui.cli.rows import Row, put_page, put_row
from s3ml_tui.cli.session import session
from s3ml_tui.domain.errors import NotFound
from s3ml_tui.domain.store import ObjectFacts
from s3ml_tui.domain.uri import Place, parse_object, parse_place

if TYPE_CHECKING:
    from s3ml_tui.services.session import Services


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
            put_buckets(services, options)
            return
        place, shown = parse_place(uri), 0
        cut = 0 if is_recursive else len(place.prefix)
        for page in services.searching.pages(place, is_recursive=is_recursive, with_deleted=with_deleted):
            shown += put_page(page, cut=cut, as_json=options.as_json)
        if shown:
            return
        if place.prefix and not uri.endswith("/"):
            _put_object(services, uri, options)
        else:
            say(f"{place.uri} is empty.")


def put_buckets(services: "Services", options: Options) -> None:
    """The buckets, one a line."""
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
    put_row(_row_of(facts), cut=len(key.place.prefix), as_json=options.as_json)


def _row_of(facts: ObjectFacts) -> Row:
    document = names(facts.key) | {
        "size": facts.size,
        "last_modified": facts.modified,
        "etag": facts.etag,
        "storage_class": facts.storage_class,
        "version_id": facts.version_id,
    }
    return Row(facts.key.key, "object", document, facts.size, facts.modified.timestamp())
