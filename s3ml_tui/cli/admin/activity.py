"""Commands on what was done from this machine: activity, undo."""

import click

from s3ml_tui import settings
from s3ml_tui.cli.command import argument, command
from s3ml_tui.cli.confirm import is_agreed, perform
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.session import session
from s3ml_tui.cli.terminal.output import put_json, put_table, say, time_cell
from s3ml_tui.domain.activity import ActivityRecord
from s3ml_tui.domain.errors import NotFound
from s3ml_tui.services.undo.activity import Activity


@command
@click.option(
    "--most", type=click.IntRange(min=1), default=50, show_default=True, metavar="N", help="So many, the newest first."
)
def activity(options: Options, most: int) -> None:
    """List what was done from this machine, newest first, and what of it can be undone."""
    records = Activity(settings.state_folder()).records()
    shown = list(enumerate(records[:most], 1))
    if options.as_json:
        for number, record in shown:
            put_json(_row(number, record))
        return
    if not records:
        say("Nothing was done yet that is remembered.")
    else:
        put_table((_cells(number, record) for number, record in shown), right=frozenset({0}))
    if len(records) > most:
        say(f"{len(records) - most:,} more are remembered: --most {len(records)} shows them too.")


@command
@argument(
    "which",
    required=False,
    default="",
    metavar="[N|ID]",
    help="Which, as `s3ml activity` shows them; the last one without.",
)
def undo(options: Options, which: str) -> None:
    """Take back the last thing that was done here, or another one; its plan is shown first."""
    with session(options) as services:
        record = services.activity.find(which) if which else services.activity.last()
        if record is None:
            raise NotFound(
                "Nothing that was done here can be undone",
                cause=f"Nothing is remembered of {services.activity.where.server} that was not undone already",
                advice="See what was done, there and elsewhere: s3ml activity",
            )
        plan = services.undo_plan(record)
        say(f"To undo “{record.title}” of {time_cell(record.at)}:")
        if is_agreed(plan, options):
            perform(services, plan, options, total=plan.size, undoes=record.id)


def state_of(record: ActivityRecord) -> str:
    """What of an undo there is: `can be undone`, `undone`, `no undo`."""
    if record.undone_at is not None:
        return "undone"
    return "can be undone" if record.undo else "no undo"


def _cells(number: int, record: ActivityRecord) -> tuple[str, ...]:
    return (str(number), time_cell(record.at), state_of(record), record.where.context, record.bucket, record.title)


def _row(number: int, record: ActivityRecord) -> dict[str, object]:
    return {
        "number": number,
        "id": record.id,
        "at": record.at,
        "title": record.title,
        "details": list(record.details),
        "context": record.where.context,
        "endpoint": record.where.server,
        "profile": record.where.profile or None,
        "bucket": record.bucket or None,
        "key": record.key.key if record.key is not None else None,
        "version_id": record.version_id,
        "by": record.by,
        "state": state_of(record),
        "undo": record.undo or None,
        "no_undo": record.no_undo,
        "undoes": record.undoes or None,
        "undone_at": record.undone_at,
        "failed": record.failed,
    }
