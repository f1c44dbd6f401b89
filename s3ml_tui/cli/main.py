"""The command `s3ml`: its commands, and which one a line means."""

from typing import Annotated

import typer

from s3ml_tui.cli import tui
from s3ml_tui.cli.admin import activity, buckets, config, context, doctor, local, transfers
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
from s3ml_tui.cli.program import OPEN, without_commands
from s3ml_tui.cli.runs import demo, init, logs, run
from s3ml_tui.cli.terminal import charset, crash
from s3ml_tui.domain.uri import parse_place

app = without_commands()


@app.command(OPEN, hidden=True)
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
app.add_typer(context.app, name="context")
app.add_typer(config.app, name="config")


def main() -> None:
    """The entry point."""
    crash.install()
    charset.never_stumble()
    typer.main.get_command(app).main(prog_name="s3ml")
