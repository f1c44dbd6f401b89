"""What was done, newest first: when, what, and what of its undo there is."""

from collections.abc import Callable, Sequence
from datetime import datetime

from s3ml_tui.domain.actions import Scope
from s3ml_tui.domain.activity import ActivityRecord
from s3ml_tui.domain.text import age_text, moment_text
from s3ml_tui.ui import keys
from s3ml_tui.ui.widgets.rows import Cell, Column, ItemRows


class ActivityRows(ItemRows[ActivityRecord]):
    """A row an outcome, of this session or an earlier one."""

    COLUMNS = (
        Column("when", 12),
        Column("what"),
        Column("where", 18, from_width=110),
        Column("undo", 32, from_width=70),
    )
    BINDINGS = keys.bindings(Scope.ACTIVITY)

    def __init__(self, is_here: Callable[[ActivityRecord], bool], now: Callable[[], datetime]) -> None:
        super().__init__(id="outcomes")
        self._is_here, self._now = is_here, now

    def identity(self, item: ActivityRecord) -> str:
        """Its id."""
        return item.id

    def cells(self, item: ActivityRecord) -> Sequence[Cell | str]:
        """When, what, in which bucket, and its undo."""
        now, is_here = self._now(), self._is_here(item)
        where = item.bucket if is_here else f"{item.where.context} ▸ {item.bucket}"
        look = "" if is_here else "dim"
        return (
            Cell(age_text(item.at, now), "dim"),
            Cell(item.title, look),
            Cell(where, "dim"),
            self._undo(item, now),
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
