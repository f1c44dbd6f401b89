"""The pane that shows what is inside the chosen version."""

from dataclasses import dataclass
from time import monotonic
from typing import Any

from textual import on
from textual.message import Message
from textual.widgets import Static

from s3ml_tui.domain.preview.content import MOST_READ_BYTES, READ_BYTES, Empty, Image, Preview
from s3ml_tui.domain.storage.store import Cancelled
from s3ml_tui.domain.text import count_text, size_text
from s3ml_tui.services.session import Services
from s3ml_tui.ui import render
from s3ml_tui.ui.keys import key_for
from s3ml_tui.ui.preview.content import notes_of, sheet_of, words_of
from s3ml_tui.ui.preview.rows import PreviewRows
from s3ml_tui.ui.preview.sheet import Sheet, TableSheet
from s3ml_tui.ui.preview.version_loader import Target, VersionLoader
from s3ml_tui.ui.widgets.rows import Rows
from s3ml_tui.ui.widgets.tabs import TabPane

SAY_EVERY_S = 0.1
"""So often it is told how much was read."""


class PreviewPane(TabPane):
    """Its first rows, lines, values or bytes; above them what is to be noted."""

    TAB = "Preview"

    @dataclass
    class Reading(Message):
        """So much was read by now."""

        target: Target
        budget: int
        read_bytes: int
        of: int

        def can_replace(self, message: Message) -> bool:
            """A later figure makes an earlier one unwanted."""
            return isinstance(message, PreviewPane.Reading)

    def __init__(self, **options: Any) -> None:
        self._notes = Static(classes="preview--notes")
        self._said: tuple[str, ...] = ()
        """What the reader noted."""
        self.preview: Preview | None = None
        """What is shown."""
        self.budget = READ_BYTES
        """How many bytes of it may be read."""
        self.rows = PreviewRows(id="preview")
        super().__init__(self._notes, self.rows, **options)
        self.loader = VersionLoader(self, self._ask, self._take, self._clear)
        self._notes.display = False

    def _ask(self, services: Services, target: Target, cancelled: Cancelled) -> tuple[Preview, Sheet]:
        """The preview, and its rows, which may take a while to wrap."""
        from s3ml_tui.ui.preview.image import why_not_drawn

        budget, last_said = self.budget, monotonic()

        def progress(read_bytes: int, of: int) -> None:
            nonlocal last_said
            if monotonic() - last_said >= SAY_EVERY_S:
                last_said = monotonic()
                self.post_message(self.Reading(target, budget, read_bytes, of))

        preview = services.previews.preview(
            target.key,
            target.version_id,
            budget=budget,
            room=(0, 0) if why_not_drawn(self.app) else (self.app.size.width, 2 * self.app.size.height),
            is_styled=True,
            progress=progress,
            cancelled=cancelled,
        )
        return preview, sheet_of(preview.content, preview.styled)

    def _take(self, target: Target, answer: tuple[Preview, Sheet]) -> None:
        """Show it; the cursor stays where it is when there is only more of the same."""
        from s3ml_tui.ui.preview.image import why_not_drawn

        preview, sheet = answer
        is_same, self.preview = self.preview is not None, preview
        version = f" · version {preview.version_id}" if target.version_id is not None else ""
        self.title(f"{target.key.name} · {self.TAB} · {words_of(preview)}{version}")
        why = why_not_drawn(self.app) if isinstance(preview.content, Image) else ""
        notes = (*notes_of(preview), *([why] if why else []))
        if isinstance(preview.content, Empty):
            self._clear()
            self.empty("Nothing to show", cause=" ".join(notes))
            return
        self._said = notes
        self.rows.show(sheet, self.rows.place if is_same else 0)
        self._show_notes()

    def look_at(self, target: Target | None) -> None:
        """Another version begins with what is usually read."""
        if target is None or target != self.loader.target:
            self.budget = READ_BYTES
        self.loader.look_at(target)

    def ask_more(self) -> str:
        """Read more of what is shown; why not, when that cannot be."""
        preview = self.preview
        if self.loader.is_reading:
            return "It is being read: escape stops that."
        if preview is None or self.state != "ready":
            return "There is nothing here to read more of."
        if preview.next_budget is None:
            key = key_for("browse.download")
            most = f"No more than {size_text(MOST_READ_BYTES)} are read for a preview: {key} downloads all of it."
            return most if preview.is_partial else "All of it is shown."
        self.budget = preview.next_budget
        self.loader.reload()
        self._say_reading(preview.read_bytes, min(self.budget, preview.size))
        return ""

    def stop_reading(self) -> bool:
        """Read no more than what is shown; False when nothing more is being read."""
        if self.preview is None or not self.loader.is_reading or self.budget == self.preview.budget:
            return False
        self.loader.forget()
        self.budget, self.loader.is_complete = self.preview.budget, True
        self._show_notes()
        return True

    @on(Rows.Left)
    def _stop_before_leaving(self, message: Rows.Left) -> None:
        if self.stop_reading():
            message.stop()

    @on(Reading)
    def _reading_on(self, message: Reading) -> None:
        if message.target == self.loader.target and message.budget == self.budget and self.loader.is_reading:
            self._say_reading(message.read_bytes, message.of)

    def _say_reading(self, read_bytes: int, of: int) -> None:
        if self.preview is not None and self.budget != self.preview.budget:
            self._notes.update(render.lines(f"Reading {size_text(read_bytes)} of {size_text(of)} … escape stops"))
            self._notes.display = True

    def on_resize(self) -> None:
        """Other columns have room."""
        self._show_notes()

    def _show_notes(self) -> None:
        """The sentences above the rows, and how to see columns that have no room."""
        sheet, notes = self.rows.sheet, self._said
        hidden = sheet.hidden(self.size.width) if isinstance(sheet, TableSheet) else 0
        if hidden:
            count = len(sheet.columns)
            fit = f"{count - hidden} of {count_text(count, 'column')} fit"
            notes = (*notes, f"{fit}: {key_for('list.open')} shows a whole row.")
        self._notes.update(render.lines(*notes))
        self._notes.display = bool(notes)

    def _clear(self) -> None:
        self.preview = None
        self._said = ()
        self._notes.display = False
        self.rows.show(Sheet([]))
