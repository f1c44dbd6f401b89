"""Where the cursor of the object table was in each place, and where it is to come to."""

from dataclasses import dataclass

from s3ml_tui.domain.uri import Place
from s3ml_tui.ui.object_table.level import Level
from s3ml_tui.ui.object_table.table import ObjectTable

AUTO_ROWS = 20_000
"""So many are loaded unasked; more once the cursor or the scroll comes near the end, all when the end is asked for."""
MOST_PLACES = 500
MOST_SEEN_ROWS = 100_000
"""So many rows are kept of places that were left, to be shown at once to who comes back."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a place."""

    text: str = ""
    """The whole key or prefix the cursor was on; "" when it was on nothing."""
    marked: frozenset[str] = frozenset()
    """Whole keys."""
    is_whole: bool = False
    """Whether the user asked for all of it."""
    above: int = 0
    """How many rows stood above the cursor."""


class PlaceMemory:
    """What is kept of the places seen last."""

    def __init__(self) -> None:
        self._kept: dict[Place, Kept] = {}
        self._seen: dict[Place, tuple[Level, bool]] = {}

    def keep(self, place: Place, kept: Kept) -> None:
        """The place was left."""
        self._kept.pop(place, None)
        if kept != Kept():
            self._kept[place] = kept
        if len(self._kept) > MOST_PLACES:
            del self._kept[next(iter(self._kept))]

    def keep_level(self, level: Level, *, with_deleted: bool) -> None:
        """What was seen of a place, unless that is too much to be shown at once."""
        self._seen.pop(level.place, None)
        if len(level) <= AUTO_ROWS:
            level.forget_columns()
            self._seen[level.place] = level, with_deleted
        while sum(len(one) for one, _ in self._seen.values()) > MOST_SEEN_ROWS:
            del self._seen[next(iter(self._seen))]

    def level(self, place: Place, *, with_deleted: bool) -> Level | None:
        """What was seen of a place; None when nothing is kept of it, or of other kinds of objects."""
        level, had_deleted = self._seen.get(place, (None, with_deleted))
        return level if had_deleted == with_deleted else None

    def of(self, place: Place) -> Kept:
        """Nothing when the place was not seen, or too long ago."""
        return self._kept.get(place, Kept())


class CursorTarget:
    """What the cursor is to come to, as soon as that is here and unless the user moves on."""

    def __init__(self, table: ObjectTable) -> None:
        self._table = table
        self.text = ""
        """The whole key or prefix; "" when it stays where it is."""
        self.must_find = False
        """Whether the user is told when it is not here."""
        self._above: int | None = None
        self._put = 0
        self._put_on = ""

    def aim(self, text: str, *, must_find: bool = False, above: int | None = None) -> None:
        """`above`: how many rows are to stand above the cursor; None when that is all one."""
        self.text, self.must_find, self._above = text, must_find, above

    @property
    def anchor(self) -> str:
        """What the cursor is on; it stays there when the same level is read again."""
        entry = self._table.entry
        return entry.text if entry is not None else ""

    @property
    def above(self) -> int:
        """How many rows stand above the cursor."""
        return self._table.cursor - int(self._table.scroll_offset.y)

    def was_put(self) -> None:
        """The cursor is where it is not because the user moved it."""
        self._put, self._put_on = self._table.cursor, self.anchor

    @property
    def has_moved(self) -> bool:
        """Whether the user moved the cursor since it was put; what is sorted meanwhile takes it along."""
        return self._table.cursor != self._put and self.anchor != self._put_on

    def settle(self, *, is_over: bool) -> str:
        """Put the cursor on it; answers what must be found and is not here though all `is_over`."""
        row, has_moved = self._table.row_of(self.text), self.has_moved
        if row is None and not has_moved and not is_over:
            return ""
        if row is not None and not has_moved:
            if row != self._table.cursor:
                self._table.rows_changed(row)
                self.was_put()
            if self._above is not None:
                self._table.scroll_to(y=row - self._above, animate=False, immediate=True, force=True)
        missing = self.text if row is None and self.must_find and is_over else ""
        self.text, self.must_find = "", False
        return missing
