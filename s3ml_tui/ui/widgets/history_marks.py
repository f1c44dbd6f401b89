"""History rows that can be marked, for what is done to several versions."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from s3ml_tui.domain.history import Version
from s3ml_tui.domain.text import size_text
from s3ml_tui.ui.widgets.history import HistoryRows
from s3ml_tui.ui.widgets.rows import Cell


class MarkedHistoryRows(HistoryRows):
    """Marks are kept by version id while the same history is read again."""

    def __init__(self, clock: Callable[[], datetime], **options: Any) -> None:
        super().__init__(clock, **options)
        self._marks: set[str] = set()
        self._last = ""

    def lead(self, index: int) -> Cell | str:
        """A bar before what is marked."""
        return Cell("▌", "marked") if self.versions[index].version_id in self._marks else " "

    @property
    def marked(self) -> list[Version]:
        """The marked versions that are there, newest first."""
        return [version for version in self.versions if version.version_id in self._marks]

    @property
    def marked_text(self) -> str:
        """As `2 marked, 24 B`; "" when none are."""
        found = self.marked
        return f"{len(found):,} marked, {size_text(sum(version.size for version in found))}" if found else ""

    def mark(self) -> None:
        """Mark the version under the cursor, or take its mark away, and go down."""
        if self.versions:
            self._last = self.versions[self.cursor].version_id
            self._marks ^= {self._last}
            self.cursor += 1
            self.refresh()

    def mark_range(self) -> bool:
        """Mark from the version marked last to the cursor; False when there is none to go from."""
        at = next((row for row, one in enumerate(self.versions) if one.version_id == self._last), None)
        if at is None:
            return False
        first, last = sorted((at, self.cursor))
        self._marks |= {version.version_id for version in self.versions[first : last + 1]}
        self.refresh()
        return True

    def invert(self) -> None:
        """Mark those that are not, and the other way round."""
        self._marks ^= {version.version_id for version in self.versions}
        self.refresh()

    def mark_all(self) -> None:
        """Mark all."""
        self._marks = {version.version_id for version in self.versions}
        self.refresh()

    def unmark(self) -> bool:
        """Take all marks away; False when there were none."""
        had = bool(self.marked)
        self._marks.clear()
        self._last = ""
        self.refresh()
        return had
