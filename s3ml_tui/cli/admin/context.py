"""`s3ml context`: the named connections of the settings file, and which one is in use."""

import click

from s3ml_tui import settings
from s3ml_tui.cli.command import argument, command, group
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.terminal import streams
from s3ml_tui.cli.terminal.crash import redacted
from s3ml_tui.cli.terminal.output import put, put_json, put_table, say
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput
from s3ml_tui.settings import Settings


@command
def list_contexts(options: Options) -> None:
    """List the contexts of the settings file."""
    _put_contexts(options)


@command
@argument("name", metavar="NAME")
def use(options: Options, name: str) -> None:
    """Make a context the one in use, here and in every terminal, until told otherwise."""
    if options.is_dry_run:
        put(f'context = "{name}" would be written to {settings.config_file()}')
        return
    path = settings.use_context(name)
    streams.done()
    file = settings.read(path)
    if options.as_json:
        put_json({"context": name, "file": path})
        return
    put(f"{name} is in use from now on")
    say(f"  It is written in {path}.")
    for problem in file.problems:
        say(f"  Beware: {problem}.")


def _put_contexts(options: Options) -> None:
    file = settings.read(settings.config_file())
    file.refuse_problems()
    in_use = _in_use(options)
    known = in_use.contexts if in_use else settings.load(settings.Flags(context="default")).contexts
    rows = known or ((in_use.context,) if in_use else ())
    for context in rows if options.as_json else ():
        put_json(document(context) | {"is_current": _is_current(context, in_use)})
    if options.as_json:
        return
    put_table(
        (
            "●" if _is_current(context, in_use) else " ",
            context.name,
            _where(context),
            context.workspace or "",
            "read-only" if context.read_only else "",
        )
        for context in rows
    )
    if in_use and not any(_is_current(context, in_use) for context in rows):
        say(f"Now it is none of them but {in_use.context.name} ({_where(in_use.context)}).")
    if not known:
        say("The settings file describes no context; `s3ml config init` shows how.")
    elif in_use is None:
        say("None of them is the usual one: `s3ml context use NAME` makes one so.")


def _in_use(options: Options) -> Settings | None:
    """The settings in force; None when several contexts are there and none is named."""
    try:
        return settings.load(options.flags)
    except BadInput:
        if options.flags.context:
            raise
        return None


def _is_current(context: Context, in_use: Settings | None) -> bool:
    return in_use is not None and in_use.context.name == context.name


def _where(context: Context) -> str:
    if context.is_local:
        return "the embedded server"
    parts = [f"profile {context.profile}" if context.profile else "", redacted(context.endpoint_url or "")]
    return ", ".join(part for part in parts if part) or "boto3's own chain"


def document(context: Context) -> dict[str, object]:
    """A context as JSON."""
    return {
        "context": context.name,
        "profile": context.profile,
        "endpoint_url": redacted(context.endpoint_url) if context.endpoint_url else None,
        "region": context.region,
        "workspace": context.workspace,
        "read_only": context.read_only,
        "request_payer": context.request_payer,
        "colour": context.colour or None,
        "local": context.is_local,
        "local_dir": context.local_dir,
    }


@group(commands={"list": list_contexts, "use": use}, invoke_without_command=True)
def contexts(options: Options) -> None:
    """List the contexts of the settings file; use one."""
    if click.get_current_context().invoked_subcommand is None:
        _put_contexts(options)
