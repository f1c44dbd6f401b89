"""The history rows: versions and delete markers of one key, newest first; some may be marked.

What stands in the column `by` comes from providers, which find it out once the rows rest in sight.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from textual import on
from textual.events import Hide, Show
from textual.message import Message

from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.text import moment_text, size_text
from s3ml_tui.ui.widgets.rows import Cell, Column, Rows

if TYPE_CHECKING:
    from textual.timer import Timer

REST_S = 0.25
"""So long the rows must rest before anything is asked about them."""
_BY = 3
"""Where the column stands that says by whom."""


class Provider(Protocol):
    """Knows something of versions, and finds out more in threads of its own."""

    denied: str
    """The action it takes to know more; "" while nothing was denied."""

    def words(self, version: Version) -> Sequence[str]:
        """What is known of a version."""

    def look(self) -> None:
        """The rows rest in sight: find out what is not known yet."""

    def ask_again(self) -> None:
        """The versions are read again: what is known stays until it is known anew."""

    def forget(self) -> None:
        """Other versions come."""


class HistoryRows(Rows):
    """● what is current, ○ what was, ✗ a deletion. Marks stay while the same history is read again."""

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

    @dataclass
    class Learned(Message):
        """A provider found something out, and takes it."""

        take: Callable[[], object]

    def __init__(self, clock: Callable[[], datetime], **options: Any) -> None:
        super().__init__(**options)
        self.versions: list[Version] = []
        self.providers: Sequence[Provider] = ()
        """In the order of their words."""
        self._clock = clock
        self._marks: set[str] = set()
        self._last_marked = ""
        self._resting: Timer | None = None

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
        titles[_BY] += "".join(f": needs {one.denied}" for one in self.providers if one.denied)
        return titles

    def row(self, index: int) -> Sequence[Cell | str]:
        """The cells of one version."""
        version = self.versions[index]
        moment, named = self.moment_text(version), Cell(version.version_id, "dim")
        if version.is_delete_marker:
            return (Cell("✗", "bad"), moment, Cell("deleted", "bad"), "", "", named, "")
        is_current = index == 0
        return (
            Cell("●", "good") if is_current else Cell("○", "dim"),
            moment,
            size_text(version.size),
            "  ".join(words for provider in self.providers for words in provider.words(version)),
            Cell("← current", "good") if is_current else "",
            named,
            Cell(version.storage_class, "dim"),
        )

    def moment_text(self, version: Version) -> str:
        """When it was written."""
        return moment_text(version.modified, self._clock())

    # what providers find out ---------------------------------------------------------------------------------------

    @on(Learned)
    def _learned(self, message: Learned) -> None:
        message.stop()
        message.take()
        self.refresh()

    def rows_changed(self, cursor: int | None = None) -> None:
        """Other rows are in sight."""
        super().rows_changed(cursor)
        self.rest()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Other rows are in sight."""
        super().watch_scroll_y(old_value, new_value)
        self.rest()

    def on_resize(self) -> None:
        """More rows are in sight; Textual calls the base class's as well."""
        self.rest()

    def on_show(self, _event: Show) -> None:
        """They come in sight."""
        self.rest()

    def on_hide(self, _event: Hide) -> None:
        """They are out of sight."""
        self._stop_resting()

    @property
    def visible_versions(self) -> list[Version]:
        """The versions with bytes that are on the screen."""
        top = int(self.scroll_offset.y)
        return [one for one in self.versions[top : top + self._page()] if not one.is_delete_marker]

    def rest(self) -> None:
        """Let the providers look once nothing moves any more."""
        self._stop_resting()
        if self.versions:
            self._resting = self.set_timer(REST_S, self._look)

    def _stop_resting(self) -> None:
        if self._resting is not None:
            self._resting.stop()
        self._resting = None

    def _look(self) -> None:
        self._resting = None
        if self.size.height and self.is_on_screen:
            for provider in self.providers:
                provider.look()

    # marks ---------------------------------------------------------------------------------------------------------

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
            self._last_marked = self.versions[self.cursor].version_id
            self._marks ^= {self._last_marked}
            self.cursor += 1
            self.refresh()

    def mark_range(self) -> bool:
        """Mark from the version marked last to the cursor; False when there is none to go from."""
        at = next((row for row, one in enumerate(self.versions) if one.version_id == self._last_marked), None)
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
        self._last_marked = ""
        self.refresh()
        return had
