"""`s3ml init`: make a workspace."""

from typing import Annotated

import typer

from s3ml_tui.cli.confirm import is_agreed, perform
from s3ml_tui.cli.options import Options, command
from s3ml_tui.cli.session import session
from s3ml_tui.domain.uri import parse_place


@command
def init(options: Options, uri: Annotated[str, typer.Argument(metavar="URI", help="s3://bucket[/prefix]")]) -> None:
    """Make a workspace of a bucket or a prefix; the bucket is made when it is missing."""
    with session(options) as services:
        plan = services.workspaces.plan_make(parse_place(uri))
        if is_agreed(plan, options):
            perform(services, plan, options)
