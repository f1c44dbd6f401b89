"""The spec as rows: one a field, what is set bright, what is not dim, what is wrong red, and Start at the end."""

from collections.abc import Sequence

from s3ml_tui.ui.pipeline.spec_fields import FIELDS, Field, unset_text, value_text
from s3ml_tui.ui.pipeline.spec_form import Form
from s3ml_tui.ui.widgets.rows import Cell, Column, Rows

START = "[ Start… ]"


class SpecRows(Rows):
    """Rows over a Form; after changing it call `rows_changed`."""

    COLUMNS = (Column("", 10), Column(""))

    def __init__(self) -> None:
        super().__init__(id="spec")
        self.form = Form()

    @property
    def row_count(self) -> int:
        """One row a field, and Start."""
        return len(FIELDS) + 1

    @property
    def field(self) -> Field | None:
        """The field under the cursor; None on Start."""
        return FIELDS[self.cursor] if self.cursor < len(FIELDS) else None

    def row(self, index: int) -> Sequence[Cell | str]:
        """Label and value."""
        if index == len(FIELDS):
            return ("", Cell(START, "dim" if self.form.wrong else "good"))
        field = FIELDS[index]
        return (Cell(field.label, "dim"), self._value(field))

    def go_to(self, field: Field | None) -> None:
        """Put the cursor on a field; on Start for None."""
        self.cursor = len(FIELDS) if field is None else FIELDS.index(field)

    def hint(self) -> tuple[str, str]:
        """What is to be said about the row under the cursor: a sentence and its look (`bad`, `warn` or "")."""
        field, form = self.field, self.form
        if field is None:
            first = form.first_wrong()
            if first is None:
                return "Shows the plan of this run first.", ""
            where = f"{first[0].path}: " if first[0] else ""
            return f"{where}{first[1]}", "bad"
        if field.path in form.wrong and (field.path in form.values or not field.is_required):
            return f"{field.path}: {form.wrong[field.path]}", "bad"
        if field.path in form.doubts:
            return f"{field.path}: {form.doubts[field.path]}", "warn"
        note = f" {form.columns.note}." if field.path in {"data", "target"} and form.columns.note else ""
        return f"{field.description}{note}", ""

    def _value(self, field: Field) -> Cell:
        form = self.form
        if field.path not in form.values:
            text = unset_text(field)
            if field.path in form.wrong:
                return Cell(text, "warn") if field.is_required else Cell(f"{text}  ✗ {form.wrong[field.path]}", "bad")
            return Cell(text, "dim")
        text = value_text(field, form.values[field.path])
        if field.path in form.wrong:
            return Cell(f"{text}  ✗ {form.wrong[field.path]}", "bad")
        if field.path in form.doubts:
            return Cell(f"{text}  ? {form.doubts[field.path]}", "warn")
        return Cell(f"{text}  guessed", "accent") if field.path in form.guessed else Cell(text)
