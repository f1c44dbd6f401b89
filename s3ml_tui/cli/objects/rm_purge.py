"""Deleting: rm, of one object or of all below a prefix; purge, of chosen versions for good."""

import click

from s3ml_tui.cli.command import command, object_argument, objects_argument, recursive_option
from s3ml_tui.cli.confirm import is_agreed, perform
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.session import session
from s3ml_tui.cli.terminal.counter import counting
from s3ml_tui.cli.terminal.output import names, put_json
from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.plans.batch import DeleteMany
from s3ml_tui.domain.uri import parse_object, parse_place


@command
@objects_argument
@recursive_option
def rm(options: Options, uri: str, is_recursive: bool) -> None:
    """Delete an object, or all below a prefix; a bucket with versions keeps the bytes."""
    if uri.endswith("/") and not is_recursive:
        raise BadInput(f"{uri} is a folder", advice="Add --recursive to delete all below it")
    with session(options) as services:
        if not is_recursive:
            key = parse_object(uri)
            services.foresee(key.bucket)
            plan = services.objects.plan_delete(key)
            if is_agreed(plan, options, services=services):
                perform(services, plan, options)
            return
        with counting() as cancelled:
            below = services.many.plan_delete_below(parse_place(uri), cancelled=cancelled)
        if options.is_dry_run and options.as_json and isinstance(below, DeleteMany):
            for single in below.plans:
                current = single.current
                put_json(names(single.key) | {"version_id": current.version_id or None, "size": current.size})
        elif is_agreed(below, options, services=services):
            perform(services, below, options)


@command
@object_argument
@click.option(
    "--version-id",
    multiple=True,
    required=True,
    metavar="ID",
    help="Which version or delete marker; may be said several times.",
)
def purge(options: Options, uri: str, version_id: tuple[str, ...]) -> None:
    """Destroy chosen versions for good: nothing brings them back; locked ones are refused by name."""
    key = parse_object(uri)
    with session(options) as services:
        plan = services.purging.plan(services.versions.whole_history(key), version_id)
        if is_agreed(plan, options, services=services):
            perform(services, plan, options)
