"""The command `s3ml`: its commands, and which one a line means."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from s3ml_tui import __version__
from s3ml_tui.cli import (
    activity,
    bucket,
    buckets,
    config,
    contexts,
    copying,
    crash,
    deleting,
    demo,
    doctor,
    editing,
    finding,
    interrupted,
    labels,
    listing,
    local,
    logs,
    looking,
    making,
    models,
    moving,
    objects,
    predictions,
    runs,
    sharing,
    streams,
    tui,
    usage,
    versions,
    workspaces,
)
from s3ml_tui.cli.options import Options, command
from s3ml_tui.cli.printing import put
from s3ml_tui.domain.uri import is_uri, parse_place

_EPILOG = (
    "Exit codes: 0 ok, 1 failed, 2 usage, 3 not found, 4 denied, 5 unreachable, 130 interrupted. "
    "Results go to stdout, all else to stderr. A change is shown and asked about first; without a terminal, "
    "what would lose or hide something needs --yes, all else goes on."
)
_OPEN = "open"


class Commands(TyperGroup):
    """The commands; an s3:// address where a command's name would stand opens the screens there."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that `args` begin with, and the rest."""
        return super().resolve_command(ctx, [_OPEN, *args] if is_uri(args[0]) else args)


app = typer.Typer(
    cls=Commands,
    epilog=_EPILOG,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    subcommand_metavar="[s3://BUCKET/PREFIX | COMMAND ...]",
)


def _put_version(is_asked: bool) -> None:
    if is_asked:
        put(f"s3ml {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
@command
def s3ml(
    options: Options,
    context: typer.Context,
    _version: Annotated[
        bool, typer.Option("--version", callback=_put_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """The terminal for machine learning on S3: browse, version, train, watch, roll back.

    Without a command it opens the screens, at an s3:// address when one is given.
    """
    if context.invoked_subcommand is None:
        tui.open_tui(options, None)


@app.command(_OPEN, hidden=True)
@command
def open_screens(options: Options, uri: Annotated[str, typer.Argument(metavar="URI")]) -> None:
    """Open the screens at an address."""
    tui.open_tui(options, parse_place(uri))


app.command("demo")(demo.demo)
app.add_typer(local.app, name="local")
app.command("init")(workspaces.init)
app.command("ls")(listing.ls)
app.command("find")(finding.find)
app.command("du")(usage.du)
app.command("buckets")(buckets.buckets)
app.add_typer(bucket.app, name="bucket")
app.command("put")(objects.put_file)
app.command("get")(objects.get)
app.command("sync")(moving.sync)
app.command("transfers")(interrupted.transfers)
app.command("verify")(objects.verify)
app.command("cp")(copying.cp)
app.command("mv")(copying.mv)
app.command("rm")(deleting.rm)
app.command("purge")(deleting.purge)
app.command("edit")(editing.edit)
app.command("mkdir")(making.mkdir)
app.command("unarchive")(making.unarchive)
app.command("tag")(labels.tag)
app.command("meta")(labels.meta)
app.command("history")(versions.history)
app.command("restore")(versions.restore)
app.command("undelete")(versions.undelete)
app.command("share")(sharing.share)
app.command("cat")(looking.cat)
app.command("stat")(looking.stat)
app.command("preview")(looking.preview)
app.command("run")(runs.run)
app.command("runs")(runs.runs)
app.command("cancel")(runs.cancel)
app.command("logs")(logs.logs)
app.add_typer(models.app, name="models")
app.command("promote")(models.promote)
app.command("predict")(predictions.predict)
app.command("activity")(activity.activity)
app.command("undo")(activity.undo)
app.command("doctor")(doctor.doctor)
app.add_typer(contexts.app, name="context")
app.add_typer(config.app, name="config")


def main() -> None:
    """The entry point."""
    crash.install()
    streams.never_stumble()
    typer.main.get_command(app).main(prog_name="s3ml")
