"""`s3ml config …`: the settings file, and what is in force."""

import os
from collections.abc import Iterator
from typing import NamedTuple

import click
from click.exceptions import Exit

from s3ml_tui import settings
from s3ml_tui.cli.admin.context import document
from s3ml_tui.cli.command import command, group
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.terminal import streams
from s3ml_tui.cli.terminal.crash import redacted
from s3ml_tui.cli.terminal.output import put, put_json, put_table, say
from s3ml_tui.domain.errors import BadInput
from s3ml_tui.settings import Settings

_BOTO3 = {
    "profile": ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"),
    "endpoint_url": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"),
    "region": ("AWS_REGION", "AWS_DEFAULT_REGION"),
}
"""What boto3's own chain reads where the settings say nothing."""


class Row(NamedTuple):
    """One value in force."""

    name: str
    value: object
    source: str


@command
@click.option("--force", "-f", "is_forced", is_flag=True, help="Replace the file when there is one.")
def init(options: Options, is_forced: bool) -> None:
    """Write the settings file: every key with its meaning, as examples to be filled in."""
    if options.is_dry_run:
        put(f"Would write {settings.config_file()}")
        return
    path = settings.create(is_forced=is_forced)
    streams.done()
    put_json({"file": path}) if options.as_json else put(str(path))


@command
def path(options: Options) -> None:
    """Print where the settings file lies, there or not."""
    file = settings.config_file()
    put_json({"file": file, "is_there": file.exists()}) if options.as_json else put(str(file))


@command
def check(options: Options) -> None:
    """Name whatever is wrong with the settings file; exit code 2 when something is."""
    file = settings.read(settings.config_file())
    if options.as_json:
        put_json({"file": file.path, "is_there": file.is_there, "problems": file.problems})
    elif file.problems:
        for problem in file.problems:
            put(problem)
        say(f"s3ml: {file.path} cannot be used.")
    else:
        put(f"{file.path}: {_summary(file)}")
    if file.problems:
        raise Exit(BadInput.exit_code)


def _summary(file: settings.SettingsFile) -> str:
    if not file.is_there:
        return "there is none, and none is needed (`s3ml config init` writes one)"
    names = ", ".join(file.contexts) or "none"
    return f"nothing is wrong with it; contexts: {names}"


@command
def show(options: Options) -> None:
    """Print each value in force, and where it came from."""
    found = settings.load(options.flags)
    if options.as_json:
        put_json(_document(found))
        return
    rows = list(_rows(found))
    put_table((row.name, _shown(row.value), row.source) for row in rows)
    if found.is_first_run:
        say("Nothing is configured; boto3's own chain decides.")


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "-" if value is None else str(value)


def _rows(found: Settings) -> Iterator[Row]:
    for name, value in _values(found).items():
        source = found.sources.get(name, "")
        if not source and name in _BOTO3 and not found.context.is_local:
            yield _of_boto3(name)
        elif name == "local" and value and "local_dir" in found.sources and not source:
            yield Row(name, value, found.sources["local_dir"])
        else:
            yield Row(name, value, source or "default")
    for action, keys in found.keymap.items():
        yield Row(f"keys.{action}", keys, str(found.file))
    for mark in found.bookmarks:
        suffix = f" ({mark.context})" if mark.context else ""
        yield Row(f"bookmarks.{mark.name}", mark.uri + suffix, str(found.file))


def _values(found: Settings) -> dict[str, object]:
    return document(found.context) | {"theme": found.theme or None, "ascii": found.is_ascii}


def _of_boto3(name: str) -> Row:
    variable = next((variable for variable in _BOTO3[name] if os.environ.get(variable)), None)
    if variable is None:
        return Row(name, None, "default: boto3's own chain")
    return Row(name, redacted(os.environ[variable]), f"environment {variable}, by boto3's own chain")


def _document(found: Settings) -> dict[str, object]:
    rows = {row.name: row for row in _rows(found)}
    values = {name: rows[name].value for name in _values(found)}
    return {
        **values,
        "keys": found.keymap,
        "bookmarks": {mark.name: {"uri": mark.uri, "context": mark.context or None} for mark in found.bookmarks},
        "file": found.file,
        "sources": {name: row.source for name, row in rows.items()},
    }


@group(commands={"init": init, "path": path, "check": check, "show": show})
def config(options: Options) -> None:
    """The settings file: write it, check it, see what is in force."""
