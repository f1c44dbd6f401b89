"""`s3ml init`: make a workspace."""

from s3ml_tui.cli.command import argument, command
from s3ml_tui.cli.confirm import is_agreed, perform
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.session import session
from s3ml_tui.domain.uri import parse_place


@command
@argument("uri", metavar="URI", help="s3://bucket[/prefix]")
def init(options: Options, uri: str) -> None:
    """Make a workspace of a bucket or a prefix; the bucket is made when it is missing."""
    with session(options) as services:
        plan = services.workspaces.plan_make(parse_place(uri))
        if is_agreed(plan, options):
            perform(services, plan, options)
