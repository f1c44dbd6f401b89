"""The program without its commands: what the whole command line and a line with one command have in common."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from s3ml_tui import __version__
from s3ml_tui.cli.options import Options, command
from s3ml_tui.cli.terminal.output import put
from s3ml_tui.domain.uri import is_uri

_EPILOG = (
    "Exit codes: 0 ok, 1 failed, 2 usage, 3 not found, 4 denied, 5 unreachable, 130 interrupted. "
    "Results go to stdout, all else to stderr. A change is shown and asked about first; without a terminal, "
    "what would lose or hide something needs --yes, all else goes on."
)
OPEN = "open"


class Commands(TyperGroup):
    """The commands; an s3:// address where a command's name would stand opens the screens there."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that `args` begin with, and the rest."""
        return super().resolve_command(ctx, [OPEN, *args] if is_uri(args[0]) else args)


def _put_version(is_asked: bool) -> None:
    if is_asked:
        put(f"s3ml {__version__}")
        raise typer.Exit


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
        from s3ml_tui.cli import tui

        tui.open_tui(options, None)


def without_commands() -> typer.Typer:
    """The program; whoever makes it adds the commands."""
    app = typer.Typer(
        cls=Commands,
        epilog=_EPILOG,
        add_completion=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
        subcommand_metavar="[s3://BUCKET/PREFIX | COMMAND ...]",
    )
    app.callback(invoke_without_command=True)(s3ml)
    return app
