"""What was done, newest first: when, what, and what of its undo there is."""

from collections.abc import Callable, Sequence
from datetime import datetime

from s3ml_tui.domain.actions import Scope
from s3ml_tui.domain.activity import ActivityRecord
from s3ml_tui.domain.text import age_text, moment_text
from s3ml_tui.ui import keys
from s3ml_tui.ui.widgets.rows import Cell, Column, Rows


class ActivityRows(Rows):
    """A row an outcome, of this session or an earlier one."""

    GAP = 2
    COLUMNS = (
        Column("when", 12),
        Column("what"),
        Column("where", 18, from_width=110),
        Column("undo", 32, from_width=70),
    )
    BINDINGS = keys.bindings(Scope.ACTIVITY)

    def __init__(self, is_here: Callable[[ActivityRecord], bool], now: Callable[[], datetime]) -> None:
        super().__init__(id="outcomes")
        self.records: tuple[ActivityRecord, ...] = ()
        self._is_here, self._now = is_here, now

    @property
    def row_count(self) -> int:
        """How many there are."""
        return len(self.records)

    @property
    def chosen(self) -> ActivityRecord | None:
        """The one under the cursor."""
        return self.records[self.cursor] if self.records else None

    def show(self, records: tuple[ActivityRecord, ...]) -> None:
        """All of them, newest first; the cursor stays on its record, and on a new one when it was on the newest."""
        before, newest = self.chosen, self.records[0].id if self.records else ""
        self.records = records
        is_news = bool(records) and records[0].id != newest and self.cursor == 0
        at = next((row for row, record in enumerate(records) if before is not None and record.id == before.id), None)
        self.rows_changed(0 if is_news else at)

    def row(self, index: int) -> Sequence[Cell | str]:
        """When, what, in which bucket, and its undo."""
        record, now = self.records[index], self._now()
        is_here = self._is_here(record)
        where = record.bucket if is_here else f"{record.where.context} ▸ {record.bucket}"
        look = "" if is_here else "dim"
        return (
            Cell(age_text(record.at, now), "dim"),
            Cell(record.title, look),
            Cell(where, "dim"),
            self._undo(record, now),
        )

    def _undo(self, record: ActivityRecord, now: datetime) -> Cell:
        if record.undone_at is not None:
            return Cell(f"undone {moment_text(record.undone_at, now)}", "dim")
        if not record.undo:
            return Cell(record.no_undo or "no undo", "dim")
        if not self._is_here(record):
            return Cell(f"can be undone in {record.where.context}", "dim")
        return Cell(f"{keys.key_for('activity.undo_this')} undoes it", "good")


def about_record(record: ActivityRecord, now: datetime) -> tuple[str, ...]:
    """All that is known of a record, a paragraph each."""
    by = f" by {record.by}" if record.by else ""
    lines = [f"Done on {record.at.astimezone(now.tzinfo):%Y-%m-%d at %H:%M:%S}{by}.", *record.details]
    lines.append(f"In the context {record.where.context}, on {record.where.server}.")
    if record.undone_at is not None:
        lines.append(f"Undone {moment_text(record.undone_at, now)}.")
    elif record.undo:
        lines.append(f"Its undo: {record.undo}.")
    elif record.no_undo:
        lines.append(record.no_undo)
    return tuple(lines)
