"""`s3ml local …`: the embedded S3 server."""

import sys
import time

import click

from s3ml_tui import bootstrap, settings
from s3ml_tui.cli.command import command, group
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.terminal import streams
from s3ml_tui.cli.terminal.output import put, put_json, say
from s3ml_tui.domain.errors import NotFound
from s3ml_tui.domain.local_server import LocalServers, ServerInfo
from s3ml_tui.settings import Flags

FOLLOW_S = 0.5
"""How often a followed log is looked at."""


def server(options: Options) -> LocalServers:
    """The embedded server of --dir, of the settings, or of the platform's user-data folder."""
    return bootstrap.local_server(settings.load(Flags(local=True, local_dir=options.flags.local_dir)).context.local_dir)


@command
def start(options: Options) -> None:
    """Start it, or find it running. It goes on after this command."""
    embedded = server(options)
    if options.is_dry_run:
        info = embedded.status()
        _put_dry("It runs already" if info.is_running else "The embedded server would be started", info, options)
        return
    info = embedded.start()
    streams.done()
    _put_info(info, options)
    if not options.as_json:
        here = Options(Flags(local_dir=options.flags.local_dir))
        say(f"Use it: add {'--dir ' + str(info.folder) if options.flags.local_dir else '--local'} to any command, or")
        always = f'local_dir = "{info.folder}"' if options.flags.local_dir else "local = true"
        say(f"  always      {always}  in {settings.config_file()}")
        say(f'  with others eval "$({here.line("local", "env")})"')


@command
def stop(options: Options) -> None:
    """Stop it; its data stays."""
    embedded = server(options)
    if options.is_dry_run:
        info = embedded.status()
        _put_dry("The embedded server would be stopped" if info.is_running else "It does not run", info, options)
        return
    info = embedded.stop()
    streams.done()
    _put_info(info, options)


@command
def status(options: Options) -> None:
    """Tell whether it runs, where, and where its data lies."""
    _put_info(server(options).status(), options)


@command
def env(options: Options) -> None:
    """Print what other programs need: eval "$(s3ml local env)"."""
    environment = server(options).env()
    if options.as_json:
        put_json({"values": environment.values, "unset": environment.unset})
        return
    for line in environment.exports().splitlines():
        put(line)


@command
@click.option(
    "--lines",
    "-n",
    metavar="<int range>",
    type=click.IntRange(min=0),
    default=100,
    show_default=True,
    help="How many of the last lines.",
)
@click.option("--follow", "-f", "is_followed", is_flag=True, help="Go on until ctrl+c.")
def logs(options: Options, lines: int, is_followed: bool) -> None:
    """Print what the server itself printed."""
    embedded = server(options)
    info = embedded.status()
    if not info.log.exists():
        again = options.line("local", "start")
        raise NotFound("The embedded server has printed nothing yet", advice=f"Start it with `{again}`")
    end = info.log.stat().st_size
    for line in embedded.logs(lines):
        _put_line(line, options)
    if is_followed:
        _follow(info, end, options)


def _follow(info: ServerInfo, start: int, options: Options) -> None:
    with info.log.open(encoding="utf-8", errors="backslashreplace") as log:
        log.seek(start)
        while True:
            line = log.readline()
            if line:
                _put_line(line.rstrip("\n"), options)
            else:
                sys.stdout.flush()  # whoever reads a pipe is shown each line as it comes
                time.sleep(FOLLOW_S)


def _put_line(line: str, options: Options) -> None:
    put_json({"line": line}) if options.as_json else put(line)


def _put_dry(sentence: str, info: ServerInfo, options: Options) -> None:
    put_json({"title": sentence, **info.document()}) if options.as_json else put(f"{sentence}: {info.folder}")


def _put_info(info: ServerInfo, options: Options) -> None:
    if options.as_json:
        put_json(info.document())
        return
    if info.is_running:
        put(f"running at {info.endpoint}, process {info.pid}")
    elif info.was_running:
        put("stopped")
    else:
        put("not running")
    put(f"data     {info.data}")
    put(f"log      {info.log}")
    for note in info.notes:
        say(note)


@group(commands={"start": start, "stop": stop, "status": status, "env": env, "logs": logs})
def local(options: Options) -> None:
    """The embedded S3 server: data stays on this machine."""
