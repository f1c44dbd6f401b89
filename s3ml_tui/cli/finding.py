"""`s3ml find`: objects under a place by name, size and age."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from s3ml_tui.cli.options import Options, command
from s3ml_tui.cli.printing import say
from s3ml_tui.cli.rows import put_page
from s3ml_tui.cli.session import session
from s3ml_tui.cli.transfer import stoppable
from s3ml_tui.domain.measures import parse_moment, parse_size
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import parse_place
from s3ml_tui.services.searching import Query


@command
def find(
    options: Options,
    uri: Annotated[str, typer.Argument(metavar="URI", help="s3://bucket[/prefix] to look under.")],
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="Somewhere in the key, in any case.")] = "",
    name: Annotated[str, typer.Option("--name", metavar="GLOB", help="*.csv; with a slash: the whole path.")] = "",
    regex: Annotated[str, typer.Option("--regex", metavar="REGEX", help="Somewhere in the path.")] = "",
    larger: Annotated[str, typer.Option("--larger", metavar="SIZE", help="At least 10MB, 1.5GiB ...")] = "",
    smaller: Annotated[str, typer.Option("--smaller", metavar="SIZE", help="At most so large.")] = "",
    newer: Annotated[str, typer.Option("--newer", metavar="AGE", help="Written since 30min, 2d, 2026-11-01 ...")] = "",
    older: Annotated[str, typer.Option("--older", metavar="AGE", help="Written before.")] = "",
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
