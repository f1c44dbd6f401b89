"""Hands on the keys of the whole app over a real server: press, answer dialogs, wait for what was done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textual import events
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static

from s3ml_tui.ui.browse.screen import BrowseScreen
from s3ml_tui.ui.dialogs.confirm import ConfirmLoud
from s3ml_tui.ui.dialogs.prompts import AskText, Choose, ConfirmPlan
from tests.actions.bucket_words import State, seen
from tests.actions.toast_app import ToastApp
from tests.servers import S3Server
from tests.ui.harness import until, until_shown


@dataclass
class Hands:
    """One session of the app, begun at the top of a bucket."""

    app: ToastApp
    server: S3Server
    bucket: str
    folder: Path
    """Where the app was started."""
    editor: list[Callable[[Path], None]] = field(default_factory=list)
    """What $EDITOR does to its file, run after run."""
    notes: dict[str, str] = field(default_factory=dict)
    """What a row remembers from its beginning to its end."""
    at: Pilot[Any] | None = None
    """The keys; None before the app is started."""

    # the bucket ------------------------------------------------------------------------------------------------------

    def seen(self, bucket: str = "") -> State:
        """What is there now."""
        return seen(self.server, bucket or self.bucket)

    def files(self) -> dict[str, str]:
        """What lies in the folder."""
        found = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return {str(path.relative_to(self.folder)): path.read_text() for path in found}

    def write(self, files: Mapping[str, str]) -> None:
        """Put files into the folder."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    # keys ------------------------------------------------------------------------------------------------------------

    @property
    def pilot(self) -> Pilot[Any]:
        """The keys, once the app is started."""
        assert self.at is not None
        return self.at

    @property
    def browse(self) -> BrowseScreen:
        """The screen all rows begin on."""
        screen = self.app.screen_stack[0]
        assert isinstance(screen, BrowseScreen), screen
        return screen

    @property
    def pointed(self) -> str:
        """What the table's cursor is on."""
        entry = self.browse.objects.entry
        return entry.name if entry is not None else ""

    async def press(self, *keys: str) -> None:
        """One after the other."""
        await self.pilot.press(*keys)

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for something."""
        await until(self.pilot, condition, what)

    async def shows(self, *texts: str) -> None:
        """Wait for the screen to show all of these."""
        await until_shown(self.pilot, *texts)

    async def says(self, text: str) -> None:
        """Wait for something to be told in passing, or take that it was."""
        await self.until(lambda: text in "\n".join(self.app.said), f"{text!r} said")

    async def to(self, name: str) -> None:
        """The table's cursor to a row, by its keys."""
        await self.press("g")
        for _ in range(self.browse.objects.table.row_count):
            if self.pointed == name:
                return
            await self.press("j")
        assert self.pointed == name

    async def mark(self, *names: str) -> None:
        """Mark these rows."""
        for name in names:
            await self.to(name)
            await self.press("space")
        await self.shows(f"{len(names)} marked")

    def _versions(self) -> int:
        """How many History shows, once it has all."""
        history = self.browse.versions
        return len(history.history.versions) if history.history is not None and history.state == "ready" else 0

    async def to_version(self, size: int, versions: int) -> None:
        """Into History once it has so many, and to the version of so many bytes."""
        history = self.browse.versions
        await self.until(lambda: self._versions() == versions, f"{versions} versions")
        await self.press("enter")
        for _ in range(versions):
            if history.chosen is not None and history.chosen.size == size:
                return
            await self.press("j")
        raise AssertionError(f"no version of {size} bytes")

    # dialogs ---------------------------------------------------------------------------------------------------------

    def _dialog_text(self) -> str:
        """What a dialog says, however its lines are broken."""
        return " ".join(str(static.content) for static in self.app.screen.query(Static))

    async def dialog(self, kind: type[Screen[Any]], *texts: str) -> None:
        """Wait for one of this kind that says all this."""

        def is_there() -> bool:
            return isinstance(self.app.screen, kind) and all(text in self._dialog_text() for text in texts)

        await self.until(is_there, f"{kind.__name__} with {texts}")

    async def line(self) -> Input:
        """The line of the dialog, once it has the focus."""
        line = self.app.screen.query_one(Input)
        await self.until(lambda: line.has_focus, "the focus in the line")
        return line

    async def paste(self, text: str) -> None:
        """A text in place of what the line begins with."""
        line = await self.line()
        await self.press("ctrl+u")
        self.app.post_message(events.Paste(text))
        await self.until(lambda: line.value == text, f"{text!r} in the line")

    async def gives(self, text: str, *texts: str) -> None:
        """Answer the question for a text."""
        await self.dialog(AskText, *texts)
        await self.paste(text)
        await self.press("enter")

    async def chooses(self, text: str, *texts: str, kind: type[Screen[Any]] = Choose) -> None:
        """Answer a menu with the line that begins so."""
        await self.dialog(kind, *texts)
        options = self.app.screen.query_one(OptionList)
        await self.until(lambda: options.has_focus and options.highlighted is not None, "the focus in the menu")
        for _ in range(options.option_count):
            at = options.highlighted or 0
            if str(options.get_option_at_index(at).prompt).startswith(text):
                await self.press("enter")
                return
            await self.press("j")
        raise AssertionError(f"{text!r} is not offered")

    async def agrees(self, *texts: str) -> None:
        """See a plan that says all this, and agree to it."""
        await self.dialog(ConfirmPlan, *texts)
        await self.press("y")
        await self.until(lambda: not isinstance(self.app.screen, ConfirmPlan), "the dialog is closed")

    async def types(self, name: str, *texts: str) -> None:
        """See a plan that nobody can undo, and type the name it asks for."""
        await self.dialog(ConfirmLoud, *texts, f"Type {name} to go on")
        await self.paste(name)
        await self.press("enter")
        await self.until(lambda: not isinstance(self.app.screen, ConfirmLoud), "the dialog is closed")

    async def done(self, title: str) -> None:
        """Wait until that was done and said."""
        await self.until(lambda: any(one.title == title for one in self.app.changes.outcomes), f"{title!r} done")

    async def undo(self, *texts: str) -> None:
        """Press u, and agree to what it would do."""
        before = len(self.app.changes.outcomes)
        await self.press("u")
        await self.agrees("This undoes “", *texts)
        await self.until(lambda: len(self.app.changes.outcomes) > before, "undone")
