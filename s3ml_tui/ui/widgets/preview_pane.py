"""The pane that shows what is inside the chosen version."""

from typing import Any

from textual.widgets import Static

from s3ml_tui.domain.preview import Empty, Preview
from s3ml_tui.domain.store import Cancelled
from s3ml_tui.domain.text import count_text
from s3ml_tui.services.session import Services
from s3ml_tui.ui import cells
from s3ml_tui.ui.widgets.looking_pane import LookingPane, Target
from s3ml_tui.ui.widgets.preview_content import notes_of, sheet_of, words_of
from s3ml_tui.ui.widgets.preview_sheet import Sheet, TableSheet


class PreviewPane(LookingPane):
    """Its first rows, lines, values or bytes; above them what is to be noted."""

    TAB = "Preview"
    WHAT = "preview"

    def __init__(self, **options: Any) -> None:
        self._notes = Static(classes="preview--notes")
        self._said: tuple[str, ...] = ()
        """What the reader noted."""
        super().__init__(self._notes, rows_id="preview", **options)
        self._notes.display = False

    def ask(self, services: Services, target: Target, cancelled: Cancelled) -> tuple[Preview, Sheet]:
        """The preview, and its rows, which may take a while to colour."""
        preview = services.previews.preview(target.key, target.version_id, cancelled=cancelled)
        return preview, sheet_of(preview.content)

    def take(self, target: Target, answer: tuple[Preview, Sheet]) -> None:
        """Show it."""
        preview, sheet = answer
        version = f" · version {preview.version_id}" if target.version_id is not None else ""
        self.title(f"{target.key.name} · {self.TAB} · {words_of(preview)}{version}")
        notes = notes_of(preview)
        if isinstance(preview.content, Empty):
            self.clear()
            self.empty("Nothing to show", cause=" ".join(notes))
            return
        self._said = notes
        self.rows.show(sheet)
        self._show_notes()

    def on_resize(self) -> None:
        """Other columns have room."""
        self._show_notes()

    def _show_notes(self) -> None:
        """The sentences above the rows, and how to see columns that have no room."""
        sheet, notes = self.rows.sheet, self._said
        hidden = sheet.hidden(self.size.width) if isinstance(sheet, TableSheet) else 0
        if hidden:
            count = len(sheet.columns)
            notes = (*notes, f"{count - hidden} of {count_text(count, 'column')} fit: enter shows a whole row.")
        self._notes.update(cells.lines(*notes))
        self._notes.display = bool(notes)

    def clear(self) -> None:
        """Notes as well."""
        self._said = ()
        self._notes.display = False
        super().clear()
