"""Files and folders of this machine: typed with completion, or picked from a list that follows what is typed."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Input, Static

from s3ml_tui.domain.text import count_text, printable
from s3ml_tui.ui import render
from s3ml_tui.ui.dialogs.dialog import Dialog
from s3ml_tui.ui.dialogs.local_paths import MOST_NAMES, PathSuggester, existing_path
from s3ml_tui.ui.widgets.line_input import LineInput
from s3ml_tui.ui.widgets.local_files import LocalFolder, LocalRows, read_folder
from s3ml_tui.ui.widgets.rows import Rows


class PathLine(LineInput):
    """A path; down goes to the list."""

    BINDINGS = [Binding("down,tab,shift+tab", "screen.switch", "List", show=False)]


class PickFiles(Dialog[tuple[Path, ...] | None]):
    """Answers what was typed or picked, all of it there and readable; None when the user leaves."""

    BINDINGS = [
        Binding("escape", "leave", "Leave"),
        Binding("tab,shift+tab", "switch", "List or line", show=False),
    ]
    TYPING = "→ completes · ↓ goes to the list · ~ is home · enter takes it"
    PICKING = "enter opens a folder, takes a file · space marks · a takes the marked, or this row · tab goes back"

    def __init__(self, title: str, *, check: Callable[[str], str], can_mark: bool = True) -> None:
        super().__init__()
        self._title, self._check = title, check
        self._can_mark = can_mark
        self._asked = ""
        """The line whose folder was asked for last."""
        self._came_from = ""
        """The name the cursor is put on when its folder is listed."""

    def compose(self) -> ComposeResult:
        """Title, line, where the list is, list, hint."""
        with Vertical(classes="dialog picking"):
            yield Static(render.plain(self._title), classes="dialog--title")
            yield PathLine(
                placeholder="path of a file or folder", suggester=PathSuggester(), select_on_focus=False, id="text"
            )
            yield Static(id="folder")
            yield LocalRows(can_mark=self._can_mark)
            yield Static(render.plain(self.TYPING), classes="dialog--hint")

    def on_mount(self) -> None:
        """The working folder is listed, the line has the focus."""
        self._ask("")
        self.query_one(PathLine).focus()

    # the line --------------------------------------------------------------------------------------------------------

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._say()
        if event.value != self._asked:
            self._ask(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if not event.value.strip() and self._rows.marks:
            self._take(tuple(self._rows.marks))
            return
        wrong = self._check(event.value)
        if wrong:
            self._say(wrong, is_wrong=True)
        else:
            self.dismiss((existing_path(event.value),))

    def on_descendant_focus(self) -> None:
        """The hint is for where the keys go."""
        self._say()

    def action_switch(self) -> None:
        """From the line to the list and back."""
        self.set_focus(self.query_one(PathLine) if self._rows.has_focus else self._rows)

    def action_leave(self) -> None:
        """Nothing."""
        self.dismiss(None)

    # the list --------------------------------------------------------------------------------------------------------

    @property
    def _rows(self) -> LocalRows:
        return self.query_one(LocalRows)

    def _ask(self, value: str) -> None:
        self._asked = value
        self._read(value, self._came_from)
        self._came_from = ""

    @work(group="local", exclusive=True, exit_on_error=False)
    async def _read(self, value: str, came_from: str) -> None:
        self._rows.show(await asyncio.to_thread(_listed, value), came_from)
        self._head()

    @on(LocalRows.MarksChanged)
    def _head(self) -> None:
        """Where the list is, how many it has, how many are marked."""
        folder, marks = self._rows.folder, len(self._rows.marks)
        count = count_text(len(folder.entries), "name") + (f" of the first {MOST_NAMES:,}" if folder.is_cut else "")
        head = f"{f'{marks:,} marked · ' if marks else ''}{count} in {printable(str(folder.path))}"
        self.query_one("#folder", Static).update(render.plain(folder.trouble or head))
        self.query_one("#folder").set_class(bool(folder.trouble), "-wrong")

    @on(Rows.Opened)
    def _opened(self, event: Rows.Opened) -> None:
        path = self._rows.path_at(event.row)
        if not self._rows.is_folder_at(event.row):
            self._take((*self._rows.marks, *(() if path in self._rows.marks else (path,))))
        elif event.row:
            self._go_into(path)
        else:
            self._go_up()

    @on(Rows.Left)
    def _go_up(self) -> None:
        folder = self._rows.folder.path
        self._came_from = folder.name
        self._go_into(folder.parent)

    def _go_into(self, folder: Path) -> None:
        line = self.query_one(PathLine)
        line.value = str(folder).rstrip("/") + "/"
        line.cursor_position = len(line.value)

    @on(LocalRows.Taken)
    def _taken(self) -> None:
        rows = self._rows
        if rows.marks:
            self._take(tuple(rows.marks))
        elif rows.cursor:
            self._take((rows.path_at(rows.cursor),))
        else:
            self._take((rows.folder.path,))

    def _take(self, paths: tuple[Path, ...]) -> None:
        wrong = next((wrong for path in paths if (wrong := self._check(str(path)))), "")
        if wrong:
            self._say(wrong, is_wrong=True)
        else:
            self.dismiss(paths)

    def _say(self, wrong: str = "", *, is_wrong: bool = False) -> None:
        usual = self.PICKING if self._rows.has_focus else self.TYPING
        hint = self.query_one(".dialog--hint", Static)
        hint.update(render.plain(wrong or usual))
        hint.set_class(is_wrong, "-wrong")


def _listed(value: str) -> LocalFolder:
    above, slash, start = value.rpartition("/")
    return read_folder(_folder(above + slash), lambda name: _begins(name, start), MOST_NAMES)


def _folder(typed: str) -> Path:
    """The folder that is typed, the working one when none is."""
    try:
        return existing_path(typed) if typed else Path()
    except (OSError, ValueError):  # no path at all: reading it says so
        return Path(typed)


def _begins(name: str, start: str) -> bool:
    """Whether a name goes on as it was begun; what begins with a dot shows when a dot is typed."""
    return name.casefold().startswith(start.casefold()) and (start.startswith(".") or not name.startswith("."))
