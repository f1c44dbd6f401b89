"""Bookmarks in the settings file: kept and taken away one at a time; the rest of the file stays as it is."""

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.text import printable
from s3ml_tui.settings.file import Bookmark, read
from s3ml_tui.settings.file_edit import Value, text_of, with_value, without_value, write
from s3ml_tui.settings.paths import config_file

_TABLE = ("bookmarks",)


def bookmarks() -> tuple[Bookmark, ...]:
    """Those in the file as it is now. Raises LocalTrouble, and BadInput for what is no TOML."""
    return read(config_file()).bookmarks


def wrong_name(name: str, taken: tuple[Bookmark, ...]) -> str:
    """Why a new bookmark cannot be called so, as a sentence; "" when it can."""
    name = name.strip()
    if not name:
        return "Give it a name."
    if printable(name) != name:
        return "That name cannot be shown: choose a plain one."
    there = next((mark for mark in taken if mark.name == name), None)
    return f"There is a bookmark {name} already, for {there.uri}: choose another name." if there else ""


def add_bookmark(mark: Bookmark) -> None:
    """Keep a bookmark. Raises BadInput when its name is taken, LocalTrouble."""
    path = config_file()
    wrong = wrong_name(mark.name, bookmarks())
    if wrong:
        raise BadInput("The bookmark is not kept", cause=wrong)
    value: Value = {"uri": mark.uri, "context": mark.context} if mark.context else mark.uri
    write(path, with_value(text_of(path), _TABLE, mark.name, value, path))


def remove_bookmark(name: str) -> None:
    """Take a bookmark away; nothing happens when it is not there. Raises LocalTrouble, BadInput."""
    path = config_file()
    if any(mark.name == name for mark in bookmarks()):
        write(path, without_value(text_of(path), _TABLE, name, path))
