"""The command `s3ml`: its commands, and which one a line means."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from s3ml_tui import __version__
from s3ml_tui.cli import tui
from s3ml_tui.cli.admin import activity, buckets, config, doctor, local, transfers
from s3ml_tui.cli.admin import context as contexts
from s3ml_tui.cli.models import models, predict
from s3ml_tui.cli.objects import (
    cat_stat_preview,
    cp_mv,
    edit_tag_meta,
    history_restore,
    ls_find_du,
    mkdir_unarchive,
    put_get_verify,
    rm_purge,
    share,
    sync,
)
from s3ml_tui.cli.options import Options, command
from s3ml_tui.cli.runs import demo, init, logs, run
from s3ml_tui.cli.terminal import charset, crash
from s3ml_tui.cli.terminal.output import put
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
app.command("init")(init.init)
app.command("ls")(ls_find_du.ls)
app.command("find")(ls_find_du.find)
app.command("du")(ls_find_du.du)
app.command("buckets")(buckets.buckets)
app.add_typer(buckets.app, name="bucket")
app.command("put")(put_get_verify.put_file)
app.command("get")(put_get_verify.get)
app.command("sync")(sync.sync)
app.command("transfers")(transfers.transfers)
app.command("verify")(put_get_verify.verify)
app.command("cp")(cp_mv.cp)
app.command("mv")(cp_mv.mv)
app.command("rm")(rm_purge.rm)
app.command("purge")(rm_purge.purge)
app.command("edit")(edit_tag_meta.edit)
app.command("mkdir")(mkdir_unarchive.mkdir)
app.command("unarchive")(mkdir_unarchive.unarchive)
app.command("tag")(edit_tag_meta.tag)
app.command("meta")(edit_tag_meta.meta)
app.command("history")(history_restore.history)
app.command("restore")(history_restore.restore)
app.command("undelete")(history_restore.undelete)
app.command("share")(share.share)
app.command("cat")(cat_stat_preview.cat)
app.command("stat")(cat_stat_preview.stat)
app.command("preview")(cat_stat_preview.preview)
app.command("run")(run.run)
app.command("runs")(run.runs)
app.command("cancel")(run.cancel)
app.command("logs")(logs.logs)
app.add_typer(models.app, name="models")
app.command("promote")(models.promote)
app.command("predict")(predict.predict)
app.command("activity")(activity.activity)
app.command("undo")(activity.undo)
app.command("doctor")(doctor.doctor)
app.add_typer(contexts.app, name="context")
app.add_typer(config.app, name="config")


def main() -> None:
    """The entry point."""
    crash.install()
    charset.never_stumble()
    typer.main.get_command(app).main(prog_name="s3ml")
