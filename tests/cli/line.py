"""The command line as tests use it: in this process, or in one of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import click
from click.testing import CliRunner

from s3ml_tui.cli.entry import s3ml
from tests.servers import S3Server


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def row(self) -> dict[str, Any]:
        """The only line of JSON."""
        [row] = self.rows
        return row

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Every line of stdout as JSON."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True, slots=True)
class CommandLine:
    """`s3ml` with an environment."""

    environment: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: object, code: int = 0) -> Said:
        """Run a command in this process; it must end with `code`."""
        result = CliRunner().invoke(s3ml, [str(part) for part in arguments], env=dict(self.environment))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, f"ended with {result.exit_code}: {result.output}"
        return Said(result.exit_code, result.stdout, result.stderr)

    def process(self, *arguments: object, timeout: float = 180) -> Said:
        """Run a command in a process of its own."""
        with self.start(*arguments) as process:
            out, err = process.communicate(timeout=timeout)
        return Said(process.returncode, out, err)

    def start(self, *arguments: object) -> "subprocess.Popen[str]":
        """Begin a command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "s3ml_tui", *(str(part) for part in arguments)],
            env=os.environ | dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def commands_of(command: click.Command) -> Iterator[click.Command]:
    """The command, and all below it."""
    yield command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands_of(below)


def line_to(server: S3Server) -> CommandLine:
    """The command line against a server."""
    return CommandLine(server.environment())
