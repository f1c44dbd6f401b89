r"""Paths of this machine as a user types them: completed, expanded, checked.

A name with control characters cannot be typed, nor shown raw: it is completed and understood as it is written out
everywhere else, `\x1b` and all.
"""

import asyncio
import os
from itertools import islice
from pathlib import Path

from textual.suggester import Suggester

from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey

MOST_NAMES = 20_000
"""So many names of a folder are looked through for a completion."""


class PathSuggester(Suggester):
    """Completes the last name of a path; a folder gets its slash."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """`value` with the first name that begins as it ends, or None."""
        return await asyncio.to_thread(completed, value) if value else None


def completed(value: str) -> str | None:
    """`value` with its last name completed, written out; None when nothing begins so."""
    folder, slash, start = value.rpartition("/")
    names: list[str] = []
    try:
        with os.scandir(existing_path(folder + slash) if slash else Path()) as entries:
            for entry in islice(entries, MOST_NAMES):
                name = printable(entry.name)
                if name.startswith(start) and (start or not name.startswith(".")):
                    names.append(name + ("/" if entry.is_dir() else ""))
    except (OSError, ValueError):
        return None
    return folder + slash + min(names) if names else None


def local_path(text: str) -> Path:
    """The path a user means, `~` expanded."""
    try:
        return Path(text.strip()).expanduser()
    except RuntimeError:  # no such user
        return Path(text.strip())


def existing_path(text: str) -> Path:
    """The path a user means when it must be there already: as typed, or the one that is written out so."""
    path = local_path(text)
    if "\\" not in text or os.path.lexists(path):
        return path
    found = Path(path.anchor)
    for name in path.relative_to(path.anchor).parts:
        found /= name if "\\" not in name or os.path.lexists(found / name) else _name_shown_as(found, name)
    return found


def _name_shown_as(folder: Path, written: str) -> str:
    """The only name in `folder` that is shown as `written`; `written` itself when there is none, or several."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in islice(entries, MOST_NAMES) if printable(entry.name) == written]
    except OSError:
        return written
    return names[0] if len(names) == 1 else written


def no_file(text: str) -> str:
    """What keeps `text` from being a file that can be read; "" when nothing does."""
    if not text.strip():
        return "Give the path of a file."
    try:
        path = existing_path(text)
        if path.is_dir():
            return f"{path} is a folder: give one of its files."
        if not path.is_file():
            return f"There is no file {path}."
    except (OSError, ValueError):
        return "This is no path."
    return "" if os.access(path, os.R_OK) else f"{path} may not be read."


def no_source(text: str) -> str:
    """What keeps `text` from being a file or folder that can be read; "" when nothing does."""
    if not text.strip():
        return "Give the path of a file or folder."
    try:
        path = existing_path(text)
        if not path.is_dir():
            return no_file(text)
    except (OSError, ValueError):
        return "This is no path."
    return "" if os.access(path, os.R_OK | os.X_OK) else f"{path} may not be read."


def no_folder(text: str) -> str:
    """What keeps `text` from being a folder to put files in; "" when nothing does."""
    if not text.strip():
        return "Give the path of a folder."
    path = local_path(text)
    try:
        if path.exists() and not path.is_dir():
            return f"{path} is a file."
        is_possible = path.is_dir() or path.absolute().parent.is_dir()
    except (OSError, ValueError):
        return "This is no path."
    return "" if is_possible else f"There is no folder {path.parent}."


def no_target(text: str) -> str:
    """What keeps `text` from being a file that can be written; "" when nothing does."""
    if not text.strip():
        return "Give the path of a file or folder."
    path = local_path(text)
    try:
        is_possible = path.is_dir() or path.parent.is_dir()
    except (OSError, ValueError):
        return "This is no path."
    return "" if is_possible else f"There is no folder {path.parent}."


def default_target(key: ObjectKey) -> str:
    """Where an object would be downloaded to; control characters of its name are written out."""
    return f"./{printable(key.name)}"


def file_at(text: str, key: ObjectKey) -> Path:
    """The file `text` stands for: itself, or the object's name in it when it is a folder."""
    path = local_path(text)
    return path / printable(key.name) if path.is_dir() else path
