"""A line with one command on one object: that command is loaded, and none of the others.

All of them together take as long to load as the requests of one take. Help for the whole program, and whatever is not
known here, is left to the whole command line.
"""

import gc
from collections.abc import Sequence
from importlib import import_module

_ALONE = {
    "put": "s3ml_tui.cli.objects.put_get_verify:put_file",
    "get": "s3ml_tui.cli.objects.put_get_verify:get",
    "rm": "s3ml_tui.cli.objects.rm_purge:rm",
    "history": "s3ml_tui.cli.objects.history_restore:history",
    "restore": "s3ml_tui.cli.objects.history_restore:restore",
    "undelete": "s3ml_tui.cli.objects.history_restore:undelete",
    "cp": "s3ml_tui.cli.objects.cp_mv:cp",
    "mv": "s3ml_tui.cli.objects.cp_mv:mv",
    "cat": "s3ml_tui.cli.objects.cat_stat_preview:cat",
    "stat": "s3ml_tui.cli.objects.cat_stat_preview:stat",
}
_VALUES = frozenset({"--context", "--profile", "--endpoint-url", "--region", "--workspace"})
"""Options of every command that take a value."""
_SWITCHES = frozenset({"-y", "--yes", "--json", "--dry-run"})
_LOADED_AT_ONCE = 50_000
"""Objects made between two collections: loading makes many, and none of them is garbage."""


def name_in(words: Sequence[str]) -> str:
    """The command that the words of a line begin with, after plain options; "" when it is none of these."""
    left = list(words)
    while left:
        word = left.pop(0)
        if word in _VALUES and left:
            left.pop(0)
        elif word not in _SWITCHES:
            return word if word in _ALONE else ""
    return ""


def run(words: Sequence[str]) -> None:
    """Run the command and do not return; return when it is to be done by the whole command line."""
    name = name_in(words)
    if not name:
        return
    gc.set_threshold(_LOADED_AT_ONCE)
    import typer

    from s3ml_tui.cli.program import without_commands

    module, _, function = _ALONE[name].partition(":")
    app = without_commands()
    app.command(name)(getattr(import_module(module), function))
    typer.main.get_command(app).main(prog_name="s3ml")
