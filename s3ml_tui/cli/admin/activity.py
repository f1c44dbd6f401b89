"""Commands on what was done from this machine: activity, undo."""

from typing import Annotated

import typer

from s3ml_tui import settings
from s3ml_tui.cli.confirm import is_agreed, perform
from s3ml_tui.cli.options import Options, command
from s3ml_tui.cli.session import session
from s3ml_tui.cli.terminal.output import put_json, put_table, say, time_cell
from s3ml_tui.domain.activity import Deed
from s3ml_tui.domain.errors import NotFound
from s3ml_tui.domain.plans.undo import bytes_moved_by


@command
def activity(
    options: Options,
    most: Annotated[int, typer.Option("--most", metavar="N", min=1, help="So many, the newest first.")] = 50,
) -> None:
    """List what was done from this machine, newest first, and what of it can be undone."""
    from s3ml_tui.services.undo.activity import Activity

    deeds = Activity(settings.state_folder()).deeds()
    shown = list(enumerate(deeds[:most], 1))
    if options.as_json:
        for number, deed in shown:
            put_json(_row(number, deed))
        return
    if not deeds:
        say("Nothing was done yet that is remembered.")
    else:
        put_table((_cells(number, deed) for number, deed in shown), right=frozenset({0}))
    if len(deeds) > most:
        say(f"{len(deeds) - most:,} more are remembered: --most {len(deeds)} shows them too.")


@command
def undo(
    options: Options,
    which: Annotated[
        str, typer.Argument(metavar="[N|ID]", help="Which, as `s3ml activity` shows them; the last one without.")
    ] = "",
) -> None:
    """Take back the last thing that was done here, or another one; its plan is shown first."""
    with session(options) as services:
        deed = services.activity.find(which) if which else services.activity.last()
        if deed is None:
            raise NotFound(
                "Nothing that was done here can be undone",
                cause=f"Nothing is remembered of {services.activity.where.server} that was not undone already",
                advice="See what was done, there and elsewhere: s3ml activity",
            )
        plan = services.undo_plan(deed)
        say(f"To undo “{deed.title}” of {time_cell(deed.at)}:")
        if is_agreed(plan, options):
            perform(services, plan, options, total=bytes_moved_by(plan), undoes=deed.id)


def state_of(deed: Deed) -> str:
    """What of an undo there is: `can be undone`, `undone`, `no undo`."""
    if deed.undone_at is not None:
        return "undone"
    return "can be undone" if deed.undo else "no undo"


def _cells(number: int, deed: Deed) -> tuple[str, ...]:
    return (str(number), time_cell(deed.at), state_of(deed), deed.where.context, deed.bucket, deed.title)


def _row(number: int, deed: Deed) -> dict[str, object]:
    return {
        "number": number,
        "id": deed.id,
        "at": deed.at,
        "title": deed.title,
        "details": list(deed.details),
        "context": deed.where.context,
        "endpoint": deed.where.server,
        "profile": deed.where.profile or None,
        "bucket": deed.bucket or None,
        "key": deed.key.key if deed.key is not None else None,
        "version_id": deed.version_id,
        "by": deed.by,
        "state": state_of(deed),
        "undo": deed.undo or None,
        "no_undo": deed.no_undo,
        "undoes": deed.undoes or None,
        "undone_at": deed.undone_at,
        "failed": deed.failed,
    }
