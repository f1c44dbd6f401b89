"""The history rows: versions and delete markers of one key, newest first.

History rows that can be marked, for what is done to several versions.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from s3ml_tui.domain.ml.lineage import KeyUses, uses_text
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.storage.provenance import Background, How, Origin
from s3ml_tui.domain.text import moment_text, size_text
from s3ml_tui.ui.widgets.rows import Cell, Column, Rows

_BY = 3
"""Where the column stands that says by whom."""
_MOST_TAGS = 3
_SHORT_ID = 8


class HistoryRows(Rows):
    """● what is current, ○ what was, ✗ a deletion; by whom it was written, where that is known."""

    COLUMNS = (
        Column("", 1),
        Column("written", 15),
        Column("size", 9, "right"),
        Column("by"),
        Column("", 9),
        Column("version", 12, from_width=100),
        Column("class", 12, from_width=118),
    )
    GAP = 2

    def __init__(self, clock: Callable[[], datetime], **options: Any) -> None:
        super().__init__(**options)
        self.versions: list[Version] = []
        self.backgrounds: dict[str, Background] = {}
        """What is known besides, by version id."""
        self.uses = KeyUses()
        """What was made from them, as far as that is known."""
        self.denied = ""
        """The action it takes to know more; "" while nothing was denied."""
        self._clock = clock

    @property
    def row_count(self) -> int:
        """One row a version."""
        return len(self.versions)

    @property
    def chosen(self) -> Version | None:
        """What is under the cursor."""
        return self.versions[self.cursor] if self.versions else None

    @property
    def titles(self) -> Sequence[str]:
        """With the action that is missing to know by whom."""
        titles = list(super().titles)
        if self.denied:
            titles[_BY] = f"by: needs {self.denied}"
        return titles

    def row(self, index: int) -> Sequence[Cell | str]:
        """The cells of one version."""
        version = self.versions[index]
        moment, named = moment_text(version.modified, self._clock()), Cell(version.version_id, "dim")
        if version.is_delete_marker:
            return (Cell("✗", "bad"), moment, Cell("deleted", "bad"), "", "", named, "")
        is_current = index == 0
        return (
            Cell("●", "good") if is_current else Cell("○", "dim"),
            moment,
            size_text(version.size),
            self.by(version),
            Cell("← current", "good") if is_current else "",
            named,
            Cell(version.storage_class, "dim"),
        )

    def by(self, version: Version) -> str:
        """What was made from it, who wrote it, and its tags, as far as that is known.

        As `used by models/v3 (champion)  by run 20261123-0911-p2aa  #stage=gold`.
        """
        used = uses_text(self.uses.of(version))
        background = self.backgrounds.get(version.version_id)
        if background is None:
            return used
        parts = [used] if used else []
        parts += [self._words(background.origin)] if background.origin else []
        tags = sorted((background.tags or {}).items())
        parts += [f"#{name}={value}" if value else f"#{name}" for name, value in tags[:_MOST_TAGS]]
        return "  ".join([*parts, *(["…"] if len(tags) > _MOST_TAGS else [])])

    def _words(self, origin: Origin) -> str:
        """With the time of the version it was brought back from in place of its id, where that is among these."""
        if origin.how is not How.BROUGHT_BACK:
            return origin.words
        found = next((one for one in self.versions if one.version_id == origin.source), None)
        short = f"{origin.source[:_SHORT_ID]}…" if len(origin.source) > _SHORT_ID else origin.source
        return replace(origin, source=moment_text(found.modified, self._clock()) if found else short).words


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
