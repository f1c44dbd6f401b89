"""A folder of this machine as a list: folders first, each name with its size and time, some of them marked."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from textual.binding import Binding
from textual.message import Message

from s3ml_tui.domain.text import moment_text, printable, size_text
from s3ml_tui.ui.widgets.rows import Cell, Column, Rows

UP = ".."


@dataclass(frozen=True, slots=True)
class LocalEntry:
    """One name of a folder."""

    name: str
    is_folder: bool
    size: int | None = None
    """Bytes; None of a folder, and of what cannot be looked at."""
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class LocalFolder:
    """What lies in a folder."""

    path: Path
    """Absolute."""
    entries: tuple[LocalEntry, ...] = ()
    is_cut: bool = False
    """Whether it has more names than were looked at."""
    trouble: str = ""
    """Why it cannot be read."""


def read_folder(path: Path, shows: Callable[[str], bool], most: int) -> LocalFolder:
    """The names in `path` that `shows` likes as they are written out, of the first `most` of them."""
    path = Path(os.path.abspath(path))  # noqa: PTH100 - a link keeps its name, and `..` goes
    try:
        with os.scandir(path) as found:
            names = list(islice(found, most + 1))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "this is no path"
        return LocalFolder(path, trouble=f"This folder cannot be read: {why}")
    entries = [_entry(name) for name in names[:most] if shows(printable(name.name))]
    entries.sort(key=lambda entry: (not entry.is_folder, entry.name.casefold(), entry.name))
    return LocalFolder(path, tuple(entries), is_cut=len(names) > most)


def _entry(name: "os.DirEntry[str]") -> LocalEntry:
    try:
        state = name.stat()
        modified = datetime.fromtimestamp(state.st_mtime, UTC)
        if name.is_dir():
            return LocalEntry(name.name, is_folder=True, modified=modified)
    except (OSError, ValueError, OverflowError):  # gone, a link to nothing, or a time no calendar has
        return LocalEntry(name.name, is_folder=False)
    return LocalEntry(name.name, is_folder=False, size=state.st_size, modified=modified)


class LocalRows(Rows):
    """The way up, then folders, then files; what is marked stays marked in other folders too."""

    COLUMNS = (Column("name"), Column("size", 9, "right"), Column("modified", 16, from_width=56))
    BINDINGS = [
        Binding("space", "mark", "Mark", show=False),
        Binding("a", "take", "Take", show=False),
    ]

    @dataclass
    class Taken(Message):
        """The user wants what is marked, or the row under the cursor."""

        rows: "LocalRows"

    @dataclass
    class MarksChanged(Message):
        """One more, or one less."""

        rows: "LocalRows"

    def __init__(self, *, can_mark: bool = True) -> None:
        super().__init__(id="local")
        self.folder = LocalFolder(Path())
        self.marks: dict[Path, None] = {}
        """In the order they were made."""
        self._can_mark = can_mark
        self._now = datetime.now(UTC)

    @property
    def row_count(self) -> int:
        """The way up, and what is shown."""
        return len(self.folder.entries) + 1

    def row(self, index: int) -> Sequence[Cell | str]:
        """Name, size, time; of the way up only `../`."""
        if not index:
            return Cell(f"{UP}/", "dim"), "", ""
        entry = self.folder.entries[index - 1]
        name = printable(entry.name) + ("/" if entry.is_folder else "")
        look = "marked" if self.path_at(index) in self.marks else "accent" if entry.is_folder else ""
        size = "" if entry.is_folder else size_text(entry.size)
        modified = moment_text(entry.modified, self._now) if entry.modified is not None else ""
        return Cell(name, look), size, Cell(modified, "dim")

    def lead(self, index: int) -> Cell | str:
        """A bar before what is marked."""
        return Cell("▌", "marked") if index and self.path_at(index) in self.marks else " "

    def path_at(self, index: int) -> Path:
        """Where a row leads."""
        return self.folder.path.parent if not index else self.folder.path / self.folder.entries[index - 1].name

    def is_folder_at(self, index: int) -> bool:
        """Whether opening it goes into it."""
        return not index or self.folder.entries[index - 1].is_folder

    def show(self, folder: LocalFolder, cursor_on: str = "") -> None:
        """Another folder; the cursor on the name it came from, else on its first name."""
        self.folder, self._now = folder, datetime.now(UTC)
        at = next((row for row, entry in enumerate(folder.entries, 1) if entry.name == cursor_on), 1)
        self.rows_changed(min(at, self.row_count - 1))

    def action_mark(self) -> None:
        """Mark the row under the cursor, or take its mark away, and go on to the next."""
        if self.cursor and self._can_mark:
            path = self.path_at(self.cursor)
            if path in self.marks:
                del self.marks[path]
            else:
                self.marks[path] = None
            self.post_message(self.MarksChanged(self))
        self.cursor += 1
        self.refresh()

    def action_take(self) -> None:
        """Enough is chosen."""
        self.post_message(self.Taken(self))
