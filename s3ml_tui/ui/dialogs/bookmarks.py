"""The bookmarks of the settings file: go to one, or take one away."""

import asyncio
from collections.abc import Sequence

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.text import printable
from s3ml_tui.settings import Bookmark
from s3ml_tui.ui import keys, render
from s3ml_tui.ui.dialogs.dialog import Dialog
from s3ml_tui.ui.dialogs.prompts import Options

MOST_NAME_CELLS = 28


class BookmarkList(Dialog[Bookmark | None]):
    """Answers the one to go to; None when the user leaves."""

    BINDINGS = [
        Binding("escape", "leave", "Leave"),
        Binding("x,delete", "remove", "Remove", show=False),
        Binding("u", "put_back", "Put back", show=False),
    ]

    def __init__(self, marks: Sequence[Bookmark], context: str) -> None:
        super().__init__()
        self._marks, self._here = list(marks), context
        self._removed: list[tuple[int, Bookmark]] = []
        self._is_writing = False

    def compose(self) -> ComposeResult:
        """Title, list, hint."""
        with Vertical(classes="dialog bookmarks"):
            yield Static("Bookmarks", classes="dialog--title")
            yield Options()
            yield Static(classes="dialog--hint")

    def on_mount(self) -> None:
        """All of them."""
        self._show(0)
        self.query_one(Options).focus()

    def _show(self, at: int, said: str = "", *, is_wrong: bool = False) -> None:
        options = self.query_one(Options)
        options.clear_options()
        width = min(max((render.width_of(mark.name) for mark in self._marks), default=0), MOST_NAME_CELLS)
        options.add_options(Option(self._line(mark, width)) for mark in self._marks)
        options.highlighted = min(at, len(self._marks) - 1) if self._marks else None
        options.display = bool(self._marks)
        keys_hint = "enter goes there · x removes it" if self._marks else ""
        nothing = "" if self._marks else f"No bookmarks. {keys.key_for('app.bookmark')} keeps the place that is shown."
        undo = "u puts it back" if self._removed else ""
        hint = self.query_one(".dialog--hint", Static)
        parts = [part for part in (said, nothing, keys_hint, undo, "escape leaves") if part]
        hint.update(render.plain(" · ".join(parts)))
        hint.set_class(is_wrong, "-wrong")

    def _line(self, mark: Bookmark, width: int) -> Content:
        where = f"  in {printable(mark.context)}" if mark.context not in {"", self._here} else ""
        return Content.assemble(
            (render.fit(mark.name, width), "bold"), "  ", render.plain(mark.uri), (where, "$text-warning")
        )

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._marks[event.option_index])

    def action_leave(self) -> None:
        """Nowhere."""
        self.dismiss(None)

    def action_remove(self) -> None:
        """Take the one under the cursor away."""
        at = self.query_one(Options).highlighted
        if at is not None and not self._is_writing:
            self._is_writing = True
            self._write(at, self._marks[at], is_removed=True)

    def action_put_back(self) -> None:
        """The one that was taken away last."""
        if self._removed and not self._is_writing:
            self._is_writing = True
            self._write(*self._removed[-1], is_removed=False)

    @work(group="settings", exit_on_error=False)
    async def _write(self, at: int, mark: Bookmark, *, is_removed: bool) -> None:
        from s3ml_tui.settings.bookmarks import add_bookmark, remove_bookmark

        try:
            if is_removed:
                await asyncio.to_thread(remove_bookmark, mark.name)
            else:
                await asyncio.to_thread(add_bookmark, mark)
        except S3mlError as error:
            self._show(at, error.sentence, is_wrong=True)
            return
        finally:
            self._is_writing = False
        if is_removed:
            del self._marks[at]
            self._removed.append((at, mark))
            self._show(at, f"{mark.name} is removed")
        else:
            self._removed.pop()
            self._marks.insert(at, mark)
            self._show(at, f"{mark.name} is back")
