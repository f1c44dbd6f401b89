"""The settings file as a value, with all that is wrong with it."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from s3ml_tui.domain.errors import BadInput, LocalTrouble
from s3ml_tui.domain.text import printable
from s3ml_tui.settings.schema import (
    CONTEXT_KEYS,
    TABLES,
    THEME_SHORT,
    TOP_KEYS,
    Key,
    did_you_mean,
    unknown,
    wrong_address,
)

BY_NAME = {key.name: key for key in CONTEXT_KEYS}
_TOP = {key.name: key for key in (*TOP_KEYS, *CONTEXT_KEYS)}
Values = Mapping[str, Any]
"""A context's keys and values, as the file has them."""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A place to come back to."""

    name: str
    uri: str
    """s3://bucket/prefix/ or s3://bucket/key."""
    context: str = ""
    """The context it is for; "" means whichever is in use."""


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """What the file says."""

    path: Path
    is_there: bool = False
    current: str = ""
    """The context it names as the one in use; "" when it names none."""
    flat: Values = field(default_factory=dict)
    """A context's keys at the top of the file: the context `local` or `default`."""
    named: Mapping[str, Values] = field(default_factory=dict)
    """`[contexts.NAME]`, by name."""
    theme: str = ""
    """Textual's name of it."""
    is_ascii: bool | None = None
    """Whether the screens are to be drawn with ASCII alone; None when it does not say."""
    keymap: Mapping[str, str] = field(default_factory=dict)
    """Keys by action id, joined by commas, by Textual's names."""
    bookmarks: tuple[Bookmark, ...] = ()
    problems: tuple[str, ...] = ()
    """A clause each, with its place in the file."""

    @property
    def flat_name(self) -> str:
        """The name of the context at the top of the file."""
        return "local" if is_local(self.flat) else "default"

    @property
    def contexts(self) -> dict[str, Values]:
        """All contexts it describes, by name, the one at the top first."""
        return ({self.flat_name: self.flat} if self.flat else {}) | dict(self.named)

    def place_of(self, context: str) -> str:
        """Where a context stands, for people: the path, with its table."""
        return f"{self.path} [contexts.{context}]" if context in self.named else str(self.path)

    def refuse_problems(self) -> None:
        """Raise BadInput naming all that is wrong."""
        if self.problems:
            raise BadInput(
                f"The settings file {self.path} cannot be used",
                cause="; ".join(self.problems),
                advice="Mend it (`s3ml config check` looks again)",
            )


def is_local(values: Values) -> bool:
    """Whether these are the values of an embedded server's context."""
    return bool(values.get("local", bool(values.get("local_dir"))))


def read(path: Path) -> SettingsFile:
    """The settings file; an empty one when there is none. Raises LocalTrouble, and BadInput for what is no TOML."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return SettingsFile(path)
    except (OSError, UnicodeDecodeError) as error:
        raise LocalTrouble(
            f"The settings file {path} cannot be read", cause=str(error), advice="Mend or remove it"
        ) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput(f"The settings file {path} is no TOML", cause=str(error), advice="Mend that line") from error
    return _checked(path, document)


def _checked(path: Path, document: dict[str, Any]) -> SettingsFile:
    tables = {name: document.get(name, {}) for name in TABLES}
    problems = [f"[{name}] is no table" for name, table in tables.items() if not isinstance(table, dict)]
    tables = {name: table if isinstance(table, dict) else {} for name, table in tables.items()}
    top = {name: value for name, value in document.items() if name not in TABLES}
    problems += _about_values(top, _TOP, "", more=TABLES)
    flat = {name: value for name, value in top.items() if name in BY_NAME}
    named = {name: table for name, table in tables["contexts"].items() if isinstance(table, dict)}
    problems += _about_contexts(tables["contexts"], flat)
    keys, wrong_keys = _keymap(tables["keys"])
    marks, wrong_marks = _bookmarks(tables["bookmarks"])
    current = top.get("context")
    found = SettingsFile(
        path,
        is_there=True,
        current=current if isinstance(current, str) else "",
        flat=flat,
        named=named,
        theme=_theme(top.get("theme")),
        is_ascii=top["ascii"] if isinstance(top.get("ascii"), bool) else None,
        keymap=keys,
        bookmarks=tuple(marks),
        problems=(*problems, *wrong_keys, *wrong_marks),
    )
    return _with_names_checked(found)


def _theme(value: Any) -> str:
    return THEME_SHORT.get(value, value) if isinstance(value, str) else ""


def _about_values(values: Values, known: Mapping[str, Key], where: str, more: tuple[str, ...] = ()) -> Iterator[str]:
    for name, value in values.items():
        clause = known[name].problem(value) if name in known else unknown(name, (*known, *more))
        if clause:
            yield f"{where}{printable(name)} {clause}"
    for other in ("profile", "endpoint_url"):
        if values.get("local") is True and other in values:
            yield f"{where}{other} stands beside local = true: the embedded server needs none; remove one of them"


def _about_contexts(tables: Mapping[str, Any], flat: Values) -> Iterator[str]:
    flat_name = "local" if is_local(flat) else "default"
    for name, values in tables.items():
        where = f"[contexts.{printable(name)}] "
        if not name.strip() or printable(name) != name:
            yield f"{where}has a name that cannot be shown: choose a plain one"
        if not isinstance(values, dict):
            yield f"contexts.{printable(name)} is no table: write [contexts.{printable(name)}] above its keys"
            continue
        yield from _about_values(values, BY_NAME, where)
        if flat and name == flat_name:
            yield f"{where}and the keys at the top ({', '.join(flat)}) are the same context: move those into it"


def _keymap(table: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    if not table:
        return {}, []
    from s3ml_tui.settings import keymap  # the registry is loaded only for those who have keys of their own

    return keymap.checked(table)


def _bookmarks(table: Mapping[str, Any]) -> tuple[list[Bookmark], list[str]]:
    marks, problems = [], []
    for name, value in table.items():
        where = f"[bookmarks] {printable(name)}"
        entry = {"uri": value} if isinstance(value, str) else value
        if not isinstance(entry, dict) or not all(isinstance(part, str) for part in entry.values()):
            problems.append(f'{where}: write it as "s3://bucket/prefix/"')
            continue
        strange = sorted(set(entry) - {"uri", "context"})
        problems += [f"{where}: {printable(part)} {unknown(part, ('uri', 'context'))}" for part in strange]
        clause = wrong_address(entry.get("uri", ""))
        if clause:
            problems.append(f"{where} {clause}")
        marks.append(Bookmark(name, entry.get("uri", ""), entry.get("context", "")))
    return marks, problems


def _with_names_checked(file: SettingsFile) -> SettingsFile:
    """The same, with the problem of a context that is named and not there."""
    known = (*file.contexts, "default", "local")
    named = [("context", file.current), *((f"[bookmarks] {mark.name}", mark.context) for mark in file.bookmarks)]
    problems = [
        f"{printable(where)} names {printable(name)}, and there is no such context{did_you_mean(name, known)}"
        for where, name in named
        if name and name not in known
    ]
    return replace(file, problems=(*file.problems, *problems)) if problems else file
