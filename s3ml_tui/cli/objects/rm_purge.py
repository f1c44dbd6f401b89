"""Deleting: rm, of one object or of all below a prefix; purge, of chosen versions for good."""

from typing import Annotated

import typer

from s3ml_tui.cli.confirm import is_agreed, perform
from s3ml_tui.cli.options import Options, command
from s3ml_tui.cli.session import session
from s3ml_tui.cli.terminal.counter import counting
from s3ml_tui.cli.terminal.output import names, put_json
from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.plans.batch import DeleteMany
from s3ml_tui.domain.uri import parse_object, parse_place

Uri = Annotated[str, typer.Argument(metavar="URI", help="s3://bucket/key, or s3://bucket/prefix/ with -r.")]


@command
def rm(
    options: Options,
    uri: Uri,
    is_recursive: Annotated[bool, typer.Option("--recursive", "-r", help="All below a prefix.")] = False,
) -> None:
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
def purge(
    options: Options,
    uri: Annotated[str, typer.Argument(metavar="URI", help="s3://bucket/key")],
    version_id: Annotated[
        list[str], typer.Option(metavar="ID", help="Which version or delete marker; may be said several times.")
    ],
) -> None:
    """Destroy chosen versions for good: nothing brings them back; locked ones are refused by name."""
    key = parse_object(uri)
    with session(options) as services:
        plan = services.purging.plan(services.versions.whole_history(key), version_id)
        if is_agreed(plan, options, services=services):
            perform(services, plan, options)
