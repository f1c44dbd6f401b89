"""A line with one command on one object: that command is loaded, and none of the others.

All of them together take as long to load as the requests of one take. A line in its plainest form is read here as well,
without the machinery for all other forms. What is not known here, and help for the whole program, is left to the whole
command line.
"""

import gc
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

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
_PLAIN: Mapping[str, tuple[str, ...]] = {
    "put": ("file", "uri"),
    "rm": ("uri",),
    "history": ("uri",),
    "restore": ("uri", "--version-id"),
    "undelete": ("uri",),
}
"""What a plain line has to say after the command, and nothing else."""
_VALUES = {
    "--context": "context",
    "--profile": "profile",
    "--endpoint-url": "endpoint_url",
    "--region": "region",
    "--workspace": "workspace",
}
"""By the names `settings.Flags` has for them."""
_SWITCHES = {"-y": "says_yes", "--yes": "says_yes", "--json": "as_json", "--dry-run": "is_dry_run"}
"""By the names `Options` has for them."""
_LOADED_AT_ONCE = 50_000
"""Objects made between two collections: loading makes many, and none of them is garbage."""


@dataclass
class Line:
    """A line as far as it was read."""

    words: list[str] = field(default_factory=list)
    """The command and what it is about."""
    flags: dict[str, str] = field(default_factory=dict)
    switches: set[str] = field(default_factory=set)
    version_id: str = ""

    @property
    def given(self) -> dict[str, Any] | None:
        """What the command is given, by the names of its parameters; None when the line is not plain."""
        name, *about = self.words or [""]
        wanted = _PLAIN.get(name)
        if wanted is None or len(about) != len([one for one in wanted if not one.startswith("-")]) or not all(about):
            return None
        if bool(self.version_id) != ("--version-id" in wanted):
            return None
        said: dict[str, Any] = {"version_id": self.version_id} if self.version_id else {}
        return {"words": about} if name == "put" else {"uri": about[0], **said}


def read(words: Sequence[str]) -> Line | None:
    """What the words say; None where there is an option that is not known here."""
    line, left = Line(), list(words)
    while left:
        word = left.pop(0)
        has_value = bool(left) and not left[0].startswith("-") and bool(left[0])
        if word in _VALUES and has_value:
            line.flags[_VALUES[word]] = left.pop(0)
        elif word == "--version-id" and has_value:
            line.version_id = left.pop(0)
        elif word in _SWITCHES:
            line.switches.add(_SWITCHES[word])
        elif word.startswith("-"):
            return None
        else:
            line.words.append(word)
    return line


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

    module, _, function = _ALONE[name].partition(":")
    command = getattr(import_module(module), function)
    line = read(words)
    given = line.given if line is not None else None
    if line is not None and given is not None:
        _run_plainly(command, line, given)
    from s3ml_tui.cli.program import without_commands

    app = without_commands()
    app.command(name)(command)
    typer.main.get_command(app).main(prog_name="s3ml")


def _run_plainly(command: Any, line: Line, given: Mapping[str, Any]) -> None:
    """Does not return."""
    import typer

    from s3ml_tui.cli.options import Options
    from s3ml_tui.cli.terminal.process_exit import ending
    from s3ml_tui.settings import Flags

    options = Options(Flags(**line.flags), **dict.fromkeys(line.switches, True))  # type: ignore[arg-type]  # by the names of the fields
    code = 0
    try:
        with ending():
            command.plainly(options, **given)
    except typer.Exit as ended:
        code = ended.exit_code
    sys.exit(code)
