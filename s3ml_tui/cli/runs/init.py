"""`s3ml init`: make a workspace."""

import click

from s3ml_tui.cli.command import argument, command
from s3ml_tui.cli.confirm import is_agreed, perform
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.session import session
from s3ml_tui.domain.uri import parse_place


@command
@argument("uri", metavar="URI", help="s3://bucket[/prefix]")
@click.option(
    "--abort-uploads",
    "aborts_uploads",
    is_flag=True,
    help="Add a lifecycle rule that removes uploads left open for a week.",
)
def init(options: Options, uri: str, aborts_uploads: bool) -> None:
    """Make a workspace of a bucket or a prefix; the bucket is made when it is missing."""
    with session(options) as services:
        plan = services.workspaces.plan_make(parse_place(uri), aborts_uploads=aborts_uploads)
        if is_agreed(plan, options):
            perform(services, plan, options)
