"""`s3ml du`: how much lies under a place, and where most of it is."""

import sys
from typing import Annotated

import typer

from s3ml_tui.cli.options import Options, command
from s3ml_tui.cli.printing import can_overwrite, iso, put_json, put_table, say, size_cell, time_cell
from s3ml_tui.cli.session import session
from s3ml_tui.cli.transfer import stoppable
from s3ml_tui.domain.text import count_text, size_text
from s3ml_tui.domain.uri import Place, parse_place
from s3ml_tui.services.searching import Share, Usage


@command
def du(
    options: Options,
    uri: Annotated[str, typer.Argument(metavar="URI", help="s3://bucket[/prefix].")],
    most: Annotated[int, typer.Option("--top", metavar="N", min=0, help="How many prefixes to show; 0 is all.")] = 0,
) -> None:
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
