"""Changing or taking away one value of the settings file, and nothing else: comments, order and blank lines stay."""

import re
import stat
import tomllib
from collections.abc import Mapping, MutableMapping
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from s3ml_tui.domain.errors import BadInput, LocalTrouble
from s3ml_tui.settings.file import read
from s3ml_tui.settings.paths import config_file
from s3ml_tui.settings.schema import did_you_mean

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.items import Item, Key

Table = tuple[str, ...]
Value = str | bool | Mapping[str, str]
"""A mapping is written as an inline table."""


def save(values: Mapping[str, str | bool]) -> Path:
    """Keep values of the context at the top, as the first run's choice does. Raises LocalTrouble, BadInput."""
    path = config_file()
    text = text_of(path)
    for name, value in values.items():
        text = with_value(text, (), name, value, path)
    write(path, text)
    return path


def use_context(name: str) -> Path:
    """Make a context the one in use. Raises BadInput when the file does not describe it, LocalTrouble."""
    path = config_file()
    file = read(path)
    known = (*file.contexts, "default", "local")
    if name not in known:
        raise BadInput(
            f"There is no context {name!r}{did_you_mean(name, known).rstrip('?')}",
            cause=f"{path} describes {', '.join(file.contexts) or 'none'}",
            advice=f"Write [contexts.{name}] into it (`s3ml config init` shows how)",
        )
    write(path, with_value(text_of(path), (), "context", name, path))
    return path


def with_value(text: str, table: Table, name: str, value: Value, path: Path) -> str:
    """`text` with `name = value` in `table`; () is the top. Raises BadInput."""
    import tomlkit

    document = _parsed(_with_place_below_example(text, table, name, path), path)
    inner = _inner(document, table, path)
    following = _cut_tail(inner)
    if isinstance(value, Mapping):
        entry = tomlkit.inline_table()
        entry.update(value)
        inner[name] = entry
    else:
        inner[name] = value
    _body(inner).extend(following)
    return _with_ends_of(text, document.as_string())


def without_value(text: str, table: Table, name: str, path: Path) -> str:
    """`text` without `name` in `table`, or without the table `name` in it; as it is when it is not there.

    Raises BadInput.
    """
    document = _parsed(text, path)
    inner = _inner(document, table, path)
    if name not in inner:
        return text
    following = _cut_tail(inner[name])
    del inner[name]
    _body(inner).extend(following)
    return _with_ends_of(text, document.as_string())


def _parsed(text: str, path: Path) -> "TOMLDocument":
    """A document that keeps comments, order and blank lines; no line ends in CRLF. Raises BadInput."""
    import tomlkit

    try:
        tomllib.loads(text)  # what says whether a file can be used: nothing else is changed
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput(f"The settings file {path} is no TOML", cause=str(error), advice="Mend that line") from error
    text = text.replace("\r\n", "\n")
    return tomlkit.parse(text if text.endswith("\n") or not text else text + "\n")


def _inner(document: object, table: Table, path: Path) -> MutableMapping[str, object]:
    """A table of a document, made where there is none. Raises BadInput where something else has its name."""
    for part in table:
        document = document.setdefault(part, {}) if isinstance(document, MutableMapping) else None
    if not isinstance(document, MutableMapping):
        raise BadInput(f"The settings file {path} is not changed", cause=f"[{'.'.join(table)}] is no table in it")
    return document


def _with_place_below_example(text: str, table: Table, name: str, path: Path) -> str:
    """`text` with an empty value below the example of `name`, where there is one and no value yet."""
    if name in _inner(_parsed(text, path), table, path):
        return text
    example = re.compile(rf"^#\s*{re.escape(name)}\s*=.*\n", re.MULTILINE)
    placed = example.sub(lambda found: f'{found[0]}{name} = ""\n', text, count=1)
    try:
        is_there = name in _inner(_parsed(placed, path), table, path)
    except BadInput:
        return text
    return placed if is_there else text


def _body(table: object) -> "list[tuple[Key | None, Item]]":
    """What stands in a table of several lines, in order; comments and blank lines have no name."""
    from tomlkit.container import Container
    from tomlkit.items import Table as Lines

    inner = table.value if isinstance(table, Lines) else table
    return inner.body if isinstance(inner, Container) else []


def _cut_tail(table: object) -> "list[tuple[Key | None, Item]]":
    """Take comments and blank lines from the end of a table: they belong to the header that follows it."""
    body = _body(table)
    count = sum(1 for _ in takewhile(lambda entry: entry[0] is None, reversed(body)))
    tail = body[len(body) - count :]
    del body[len(body) - count :]
    return tail


def _with_ends_of(before: str, text: str) -> str:
    return text.replace("\n", "\r\n") if "\r\n" in before else text


def text_of(path: Path) -> str:
    """The file's text; that of a new one when there is none. Raises LocalTrouble."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return "# s3ml settings; `s3ml config show` tells what is in force, docs/settings.md what there is.\n"
    except (OSError, UnicodeDecodeError) as error:
        raise LocalTrouble(
            f"The settings file {path} cannot be read", cause=str(error), advice="Mend or remove it"
        ) from error


def write(path: Path, text: str) -> None:
    """Put the file there whole or not at all; a link to it stays a link, its mode stays. Raises LocalTrouble."""
    try:
        target = path.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(target.name + ".new")
        draft.write_text(text, encoding="utf-8", newline="")
        if target.exists():
            draft.chmod(stat.S_IMODE(target.stat().st_mode))
        draft.replace(target)
    except OSError as error:
        raise LocalTrouble(
            f"The settings cannot be written to {path}", cause=str(error), advice="Check the folder's permissions"
        ) from error
