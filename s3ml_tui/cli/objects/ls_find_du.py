"""`s3ml ls`: buckets, one level of a bucket, or everything below.

`s3ml du`: how much lies under a place, and where most of it is.

`s3ml find`: objects under a place by name, size and age.
"""

import sys
from datetime import UTC, datetime

import click

from s3ml_tui.cli.command import argument, command
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.session import session
from s3ml_tui.cli.terminal.output import can_overwrite, iso, names, put_json, put_table, say, size_cell, time_cell
from s3ml_tui.cli.terminal.progress import stoppable
from s3ml_tui.cli.terminal.rows import Row, put_page, put_row
from s3ml_tui.domain.errors import NotFound
from s3ml_tui.domain.storage.store import ObjectFacts
from s3ml_tui.domain.text import count_text, size_text
from s3ml_tui.domain.units import parse_moment, parse_size
from s3ml_tui.domain.uri import Place, parse_object, parse_place
from s3ml_tui.services.browse.find import Query
from s3ml_tui.services.browse.folder_size import Share, Usage
from s3ml_tui.services.session import Services


@command
@argument("uri", required=False, metavar="[URI]", help="s3://bucket[/prefix]; buckets without.")
@click.option("--recursive", "-r", "is_recursive", is_flag=True, help="Everything below, not one level.")
@click.option("--deleted", "with_deleted", is_flag=True, help="Deleted objects too.")
def ls(options: Options, uri: str | None, is_recursive: bool, with_deleted: bool) -> None:
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


def put_buckets(services: Services, options: Options) -> None:
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


def _put_object(services: Services, uri: str, options: Options) -> None:
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


@command
@argument("uri", metavar="URI", help="s3://bucket[/prefix].")
@click.option(
    "--top",
    "most",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="How many prefixes to show; 0 is all.",
)
def du(options: Options, uri: str, most: int) -> None:
    """Add up everything under a place: objects, bytes, by prefix (the biggest first) and by storage class."""
    place = parse_place(uri)
    usage = Usage(place)
    with session(options) as services, stoppable() as cancelled:
        for usage in services.searching.usage(place, cancelled=cancelled):
            if can_overwrite() and not usage.is_complete:
                sys.stderr.write(f"\r\x1b[K{_sum(usage.total)} so far")
                sys.stderr.flush()
    if can_overwrite():
        sys.stderr.write("\r\x1b[K")
    if options.as_json:
        put_json(_document(usage, most))
        return
    shown = list(usage.by_prefix.items())[: most or None]
    rows = [
        (size_cell(share.size), f"{share.count:,}", prefix[len(place.prefix) :] or "(on this level)")
        for prefix, share in shown
    ]
    put_table([*rows, (size_cell(usage.total.size), f"{usage.total.count:,}", "total")], right=frozenset({0, 1}))
    if len(usage.by_class) > 1:
        say("; ".join(f"{name}: {_sum(share)}" for name, share in usage.by_class.items()))
    if usage.newest is not None:
        say(f"The newest is {usage.newest_key}, written {time_cell(usage.newest)}.")


def _sum(share: Share) -> str:
    return f"{count_text(share.count, 'object')}, {size_text(share.size)}"


def _document(usage: Usage, most: int) -> dict[str, object]:
    prefixes = list(usage.by_prefix.items())[: most or None]
    bucket = usage.place.bucket
    return {
        "uri": usage.place.uri,
        "count": usage.total.count,
        "size": usage.total.size,
        "newest": iso(usage.newest) if usage.newest is not None else None,
        "newest_key": usage.newest_key or None,
        "storage_classes": {name: {"count": one.count, "size": one.size} for name, one in usage.by_class.items()},
        "prefixes": [
            {"uri": Place(bucket, prefix or usage.place.prefix).uri, "is_level": not prefix}
            | {"count": one.count, "size": one.size}
            for prefix, one in prefixes
        ],
    }


@command
@argument("uri", metavar="URI", help="s3://bucket[/prefix] to look under.")
@argument("text", required=False, default="", metavar="[TEXT]", help="Somewhere in the key, in any case.")
@click.option("--name", default="", metavar="GLOB", help="*.csv; with a slash: the whole path.")
@click.option("--regex", default="", metavar="REGEX", help="Somewhere in the path.")
@click.option("--larger", default="", metavar="SIZE", help="At least 10MB, 1.5GiB ...")
@click.option("--smaller", default="", metavar="SIZE", help="At most so large.")
@click.option("--newer", default="", metavar="AGE", help="Written since 30min, 2d, 2026-11-01 ...")
@click.option("--older", default="", metavar="AGE", help="Written before.")
def find(
    options: Options, uri: str, text: str, name: str, regex: str, larger: str, smaller: str, newer: str, older: str
) -> None:
    """Find objects under a place; all that is said must hold. Keys are printed whole, as they are found."""
    now = datetime.now(UTC)
    query = Query(
        text=text,
        glob=name,
        regex=regex,
        at_least=parse_size(larger) if larger else None,
        at_most=parse_size(smaller) if smaller else None,
        after=parse_moment(newer, now).timestamp() if newer else None,
        before=parse_moment(older, now).timestamp() if older else None,
    )
    seen = found = 0
    with session(options) as services, stoppable() as cancelled:
        for hits in services.searching.find(parse_place(uri), query, cancelled=cancelled):
            found += put_page(hits.page, cut=0, as_json=options.as_json)
            seen = hits.seen
            if hits.page.keys:
                sys.stdout.flush()
    say(f"{count_text(found, 'object')} of {seen:,}.")
