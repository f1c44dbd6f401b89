"""mkdir, as far as S3 has folders, and unarchive: archived bytes made readable for some days."""

import click

from s3ml_tui.cli.command import OneOf, argument, command, objects_argument, recursive_option, version_option
from s3ml_tui.cli.confirm import is_agreed, perform
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.session import session
from s3ml_tui.cli.terminal.counter import counting
from s3ml_tui.cli.terminal.output import names, put, put_json
from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.storage.store import Tier
from s3ml_tui.domain.uri import Place, parse_object, parse_place


@command
@argument("uri", metavar="URI", help="s3://bucket/prefix/")
def mkdir(options: Options, uri: str) -> None:
    """Make a folder, as far as S3 has any: an empty object whose key ends with a slash."""
    place = parse_place(uri)
    if not place.prefix:
        raise BadInput(f"{place.uri} is a bucket", advice=f"Make it with s3ml bucket create {place.bucket}")
    with session(options) as services:
        plan = services.folders.plan(Place(place.bucket), place.prefix)
        if is_agreed(plan, options, asks=False):
            perform(services, plan, options)


@command
@objects_argument
@click.option("--days", type=int, metavar="N", help="For how long; without it the state is shown.")
@click.option(
    "--tier", type=OneOf(Tier), default=Tier.STANDARD.value, show_default=True, help="How fast, and how dear."
)
@version_option
@recursive_option
def unarchive(
    options: Options, uri: str, days: int | None, tier: Tier, version_id: str | None, is_recursive: bool
) -> None:
    """Have archived bytes made readable for some days, or say whether they can be read."""
    with session(options) as services:
        archive_restores = services.archive_restores
        if days is None:
            if is_recursive:
                raise BadInput("For how many days?", advice="Add --days N")
            key = parse_object(uri)
            state = archive_restores.state(key, version_id) or "in no archive: its bytes can be read now"
            if options.as_json:
                put_json(names(key) | {"version_id": version_id, "state": state})
            else:
                put(state)
            return
        if is_recursive:
            with counting() as cancelled:
                below = services.all_below(parse_place(uri), cancelled=cancelled)
                plan = archive_restores.plan_each(below, days=days, tier=tier, cancelled=cancelled)
        else:
            plan = archive_restores.plan(parse_object(uri), version_id, days=days, tier=tier)
        if is_agreed(plan, options):
            perform(services, plan, options)
