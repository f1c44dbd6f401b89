"""The history rows: versions and delete markers of one key, newest first."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from s3ml_tui.domain.history import Version
from s3ml_tui.domain.text import moment_text, size_text
from s3ml_tui.ui.widgets.rows import Cell, Column, Rows


class HistoryRows(Rows):
    """● what is current, ○ what was, ✗ a deletion."""

    COLUMNS = (
        Column("", 1),
        Column("written", 15),
        Column("size", 9, "right"),
        Column("", 9),
        Column("version"),
        Column("class", 12, from_width=72),
    )

    def __init__(self, clock: Callable[[], datetime], **options: Any) -> None:
        super().__init__(**options)
        self.versions: list[Version] = []
        self._clock = clock

    @property
    def row_count(self) -> int:
        """One row a version."""
        return len(self.versions)

    @property
    def chosen(self) -> Version | None:
        """What is under the cursor."""
        return self.versions[self.cursor] if self.versions else None

    def row(self, index: int) -> Sequence[Cell | str]:
        """The cells of one version."""
        version = self.versions[index]
        moment = moment_text(version.modified, self._clock())
        if version.is_delete_marker:
            return (Cell("✗", "bad"), moment, "", Cell("deleted", "bad"), Cell(version.version_id, "dim"), "")
        is_current = index == 0
        return (
            Cell("●", "good") if is_current else Cell("○", "dim"),
            moment,
            size_text(version.size),
            Cell("current", "good") if is_current else "",
            Cell(version.version_id, "dim"),
            Cell(version.storage_class, "dim"),
        )
