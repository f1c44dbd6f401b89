"""The command `s3ml`: its commands, and which one a line means."""

import gc

import click

from s3ml_tui import __version__
from s3ml_tui.cli import tui
from s3ml_tui.cli.command import Group, LazyCommands, argument, command, group
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.terminal import crash, streams
from s3ml_tui.domain.uri import is_uri, parse_place

_OPEN = "open"
_COMMANDS = {
    _OPEN: "entry:open_screens",
    "demo": "runs.demo:demo",
    "init": "runs.init:init",
    "ls": "objects.ls_find_du:ls",
    "find": "objects.ls_find_du:find",
    "du": "objects.ls_find_du:du",
    "buckets": "admin.buckets:buckets",
    "put": "objects.put_get_verify:put_file",
    "get": "objects.put_get_verify:get",
    "sync": "objects.sync:sync",
    "transfers": "admin.transfers:transfers",
    "verify": "objects.put_get_verify:verify",
    "cp": "objects.cp_mv:cp",
    "mv": "objects.cp_mv:mv",
    "rm": "objects.rm_purge:rm",
    "purge": "objects.rm_purge:purge",
    "edit": "objects.edit_tag_meta:edit",
    "mkdir": "objects.mkdir_unarchive:mkdir",
    "unarchive": "objects.mkdir_unarchive:unarchive",
    "tag": "objects.edit_tag_meta:tag",
    "meta": "objects.edit_tag_meta:meta",
    "history": "objects.history_restore:history",
    "restore": "objects.history_restore:restore",
    "undelete": "objects.history_restore:undelete",
    "share": "objects.share:share",
    "cat": "objects.cat_stat_preview:cat",
    "stat": "objects.cat_stat_preview:stat",
    "preview": "objects.cat_stat_preview:preview",
    "run": "runs.run:run",
    "runs": "runs.run:runs",
    "cancel": "runs.run:cancel",
    "logs": "runs.logs:logs",
    "promote": "models.models:promote",
    "predict": "models.predict:predict",
    "activity": "admin.activity:activity",
    "undo": "admin.activity:undo",
    "doctor": "admin.doctor:doctor",
    "local": "admin.local:local",
    "bucket": "admin.buckets:bucket_group",
    "models": "models.models:models",
    "context": "admin.context:contexts",
    "config": "admin.config:config",
}
"""Where each is, below this package; help shows them in this order."""
_EPILOG = (
    "Exit codes: 0 ok, 1 failed, 2 usage, 3 not found, 4 denied, 5 unreachable, 130 interrupted. "
    "Results go to stdout, all else to stderr. A change is shown and asked about first; without a terminal, "
    "what would lose or hide something needs --yes, all else goes on."
)
_LOADED = 250_000
"""So many objects are made by loading, and none of them is garbage: no collection before."""


class Program(Group):
    """The commands; an s3:// address where a command's name would stand opens the screens there."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that `args` begin with, and the rest."""
        return super().resolve_command(ctx, [_OPEN, *args] if is_uri(args[0]) else args)


@group(
    cls=Program,
    commands=LazyCommands(_COMMANDS),
    epilog=_EPILOG,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    subcommand_metavar="[s3://BUCKET/PREFIX | COMMAND ...]",
)
@click.version_option(__version__, message="s3ml %(version)s", help="Print the version.")
def s3ml(options: Options) -> None:
    """The terminal for machine learning on S3: browse, version, train, watch, roll back.

    Without a command it opens the screens, at an s3:// address when one is given.
    """
    if click.get_current_context().invoked_subcommand is None:
        tui.open_tui(options, None)


@command
@argument("uri", metavar="URI")
def open_screens(options: Options, uri: str) -> None:
    """Open the screens at an address."""
    tui.open_tui(options, parse_place(uri))


open_screens.hidden = True


def main() -> None:
    """Run what the command line says."""
    crash.install()
    gc.set_threshold(_LOADED)
    try:
        with streams.prepared():
            s3ml.main(prog_name="s3ml")
    finally:
        gc.freeze()  # Python looks through all there is once more as it ends: a fifth of what a short command takes
