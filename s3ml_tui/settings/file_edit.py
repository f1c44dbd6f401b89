"""Changing or taking away one value of the settings file, and nothing else: comments, order and blank lines stay."""

import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from s3ml_tui.domain.errors import BadInput, LocalTrouble
from s3ml_tui.settings.file import read
from s3ml_tui.settings.paths import config_file
from s3ml_tui.settings.schema import did_you_mean

Table = tuple[str, ...]
Value = str | bool | Mapping[str, str]
"""A mapping is written as an inline table."""
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_VALUE = r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|true|false)"""


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
    """`text` with `name = value` in `table`; () is the top. Raises LocalTrouble when no line can be changed alone."""
    before = _parsed(text, path)
    wanted = deepcopy(before)
    inner = wanted
    for part in table:
        inner = inner.setdefault(part, {})
    inner[name] = value
    line = f"{toml_key(name)} = {toml_value(value)}"
    after = _changed(text, table, name, line)
    try:
        is_right = tomllib.loads(after) == wanted
    except (tomllib.TOMLDecodeError, RecursionError):
        is_right = False
    if not is_right:
        where = f"[{'.'.join(map(toml_key, table))}]" if table else "the top"
        raise LocalTrouble(
            f"The settings file {path} is not changed",
            cause=f"{name} cannot be changed without touching the rest",
            advice=f"Write it yourself, at {where}: {line}",
        )
    return after


def without_value(text: str, table: Table, name: str, path: Path) -> str:
    """`text` without `name` in `table`, or without the table `name` in it; as it is when it is not there.

    Raises LocalTrouble when it cannot be taken away alone.
    """
    wanted = _parsed(text, path)
    inner: Any = wanted
    for part in table:
        inner = inner.get(part, {})
    if name not in inner:
        return text
    del inner[name]
    lines = _lines(text)
    for start, end in _spans_of(lines, table, name):
        after = _joined(lines[:start] + lines[end:], text)
        if _is(after, wanted, table):
            return after
    where = f"[{'.'.join(map(toml_key, table))}]" if table else "the top"
    raise LocalTrouble(
        f"The settings file {path} is not changed",
        cause=f"{name} cannot be taken away without touching the rest",
        advice=f"Take it away yourself, at {where}",
    )


def _spans_of(lines: list[str], table: Table, name: str) -> Iterator[tuple[int, int]]:
    """Lines that may be what says `name` and nothing else: one line, or a table of its own."""
    spelled = rf"(?:{re.escape(name)}|{re.escape(toml_value(name))}|{re.escape(repr(name))})"
    for number, line in enumerate(lines):
        if re.match(rf"\s*(?:[\w-]+\s*\.\s*)*{spelled}\s*=", line):
            yield number, number + 1
    span = _span(lines, (*table, name))
    if span is not None:
        start, end = span
        while end > start and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
            end -= 1  # what stands above the next header belongs to that
        yield start - 1, end


def _is(text: str, wanted: dict[str, Any], table: Table) -> bool:
    """Whether `text` says what is wanted; an empty table may be gone altogether."""
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return False
    inner = found
    for part in table:
        inner = inner.setdefault(part, {})
    return found == wanted


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput(f"The settings file {path} is no TOML", cause=str(error), advice="Mend that line") from error


def _changed(text: str, table: Table, name: str, line: str) -> str:
    lines = _lines(text)
    span = _span(lines, table)
    if span is None:
        header = f"[{'.'.join(map(toml_key, table))}]"
        return _joined([*lines, *([""] if lines else []), header, line], text)
    start, end = span
    spelled = rf"(?:{re.escape(name)}|{re.escape(toml_value(name))})"
    for number in range(start, end):
        found = re.fullmatch(rf"(\s*{spelled}\s*=\s*){_VALUE}(\s*(?:#.*)?)", lines[number])
        if found:
            lines[number] = found[1] + line.partition(" = ")[2] + found[2]
            return _joined(lines, text)
    lines.insert(_room(lines, start, end, spelled), line)
    return _joined(lines, text)


def _lines(text: str) -> list[str]:
    """As TOML has them: other characters that end a line elsewhere are text."""
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[:-1] if not lines[-1] else lines


def _joined(lines: list[str], like: str) -> str:
    """The lines with the ends that `like` has."""
    end = "\r\n" if "\r\n" in like else "\n"
    return "".join(line + end for line in lines)


def _span(lines: list[str], table: Table) -> tuple[int, int] | None:
    """The lines of a table, its header left out; None when the file has no such table."""
    headers = [(number, found) for number, line in enumerate(lines) if (found := _header(line)) is not None]
    if not table:
        return 0, headers[0][0] if headers else len(lines)
    for place, (number, found) in enumerate(headers):
        if found == table:
            return number + 1, headers[place + 1][0] if place + 1 < len(headers) else len(lines)
    return None


def _header(line: str) -> Table | None:
    if not re.match(r"\s*\[", line):
        return None
    try:
        inner: Any = tomllib.loads(line)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    path = []
    while isinstance(inner, dict) and inner:
        [(part, inner)] = inner.items()
        path.append(part)
    return tuple(path)


def _room(lines: list[str], start: int, end: int, spelled: str) -> int:
    """Where a new line goes: below its own example, or below the last line that says something."""
    for number in range(start, end):
        if re.match(rf"#\s*{spelled}\s*=", lines[number]):
            return number + 1
    said = [number for number in range(start, end) if lines[number].strip() and not lines[number].startswith("#")]
    if said:
        return said[-1] + 1
    introduced = start
    while introduced < end and lines[introduced].startswith("#"):
        introduced += 1
    return introduced


def toml_key(name: str) -> str:
    """A key as TOML has it."""
    return name if _BARE.fullmatch(name) else toml_value(name)


def toml_value(value: Value) -> str:
    """A text, a switch or an inline table as TOML has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return "{ " + ", ".join(f"{toml_key(name)} = {toml_value(text)}" for name, text in value.items()) + " }"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04x}", escaped) + '"'


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
