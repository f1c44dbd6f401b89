"""What was done, newest first: when, what, and what of its undo there is."""

from collections.abc import Callable, Sequence
from datetime import datetime

from s3ml_tui.domain.actions import Scope
from s3ml_tui.domain.activity import Deed
from s3ml_tui.domain.text import age_text, moment_text
from s3ml_tui.ui import keys
from s3ml_tui.ui.widgets.rows import Cell, Column, Rows


class DeedRows(Rows):
    """A row an outcome, of this session or an earlier one."""

    GAP = 2
    COLUMNS = (
        Column("when", 12),
        Column("what"),
        Column("where", 18, from_width=110),
        Column("undo", 32, from_width=70),
    )
    BINDINGS = keys.bindings(Scope.ACTIVITY)

    def __init__(self, is_here: Callable[[Deed], bool], now: Callable[[], datetime]) -> None:
        super().__init__(id="outcomes")
        self.deeds: tuple[Deed, ...] = ()
        self._is_here, self._now = is_here, now

    @property
    def row_count(self) -> int:
        """How many there are."""
        return len(self.deeds)

    @property
    def chosen(self) -> Deed | None:
        """The one under the cursor."""
        return self.deeds[self.cursor] if self.deeds else None

    def show(self, deeds: tuple[Deed, ...]) -> None:
        """All of them, newest first; the cursor stays on its deed, and on a new one when it was on the newest."""
        before, newest = self.chosen, self.deeds[0].id if self.deeds else ""
        self.deeds = deeds
        is_news = bool(deeds) and deeds[0].id != newest and self.cursor == 0
        at = next((row for row, deed in enumerate(deeds) if before is not None and deed.id == before.id), None)
        self.rows_changed(0 if is_news else at)

    def row(self, index: int) -> Sequence[Cell | str]:
        """When, what, in which bucket, and its undo."""
        deed, now = self.deeds[index], self._now()
        is_here = self._is_here(deed)
        where = deed.bucket if is_here else f"{deed.where.context} ▸ {deed.bucket}"
        look = "" if is_here else "dim"
        return (Cell(age_text(deed.at, now), "dim"), Cell(deed.title, look), Cell(where, "dim"), self._undo(deed, now))

    def _undo(self, deed: Deed, now: datetime) -> Cell:
        if deed.undone_at is not None:
            return Cell(f"undone {moment_text(deed.undone_at, now)}", "dim")
        if not deed.undo:
            return Cell(deed.no_undo or "no undo", "dim")
        if not self._is_here(deed):
            return Cell(f"can be undone in {deed.where.context}", "dim")
        return Cell(f"{keys.key_for('activity.undo_this')} undoes it", "good")


def about_deed(deed: Deed, now: datetime) -> tuple[str, ...]:
    """All that is known of a deed, a paragraph each."""
    by = f" by {deed.by}" if deed.by else ""
    lines = [f"Done on {deed.at.astimezone(now.tzinfo):%Y-%m-%d at %H:%M:%S}{by}.", *deed.details]
    lines.append(f"In the context {deed.where.context}, on {deed.where.server}.")
    if deed.undone_at is not None:
        lines.append(f"Undone {moment_text(deed.undone_at, now)}.")
    elif deed.undo:
        lines.append(f"Its undo: {deed.undo}.")
    elif deed.no_undo:
        lines.append(deed.no_undo)
    return tuple(lines)
