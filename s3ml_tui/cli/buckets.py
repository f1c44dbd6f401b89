"""`s3ml buckets`: all buckets of the account."""

from s3ml_tui.cli.listing import put_buckets
from s3ml_tui.cli.options import Options, command
from s3ml_tui.cli.session import session


@command
def buckets(options: Options) -> None:
    """List all buckets of the account, as `s3ml ls` without an address does."""
    with session(options) as services:
        put_buckets(services, options)
