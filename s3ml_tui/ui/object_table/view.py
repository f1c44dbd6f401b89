"""Which rows of a level are shown, and in which order."""

from array import array
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from s3ml_tui.ui.object_table.filter import Filter
from s3ml_tui.ui.object_table.level import Entry, Level
from s3ml_tui.ui.object_table.names import Names, Rows
from s3ml_tui.ui.object_table.sort import Breathe, By, Sort, no_breath, ordered


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How the user wants to see a level."""

    sort: Sort = field(default_factory=Sort)
    filter: Filter = field(default_factory=Filter)

    @property
    def is_as_listed(self) -> bool:
        """Whether that is how it was listed, which costs nothing."""
        return self.sort.is_as_listed and not self.filter.is_on


@dataclass(slots=True)
class View:
    """Folders first, then objects: places in the columns of a level."""

    level: Level
    arrangement: Arrangement
    folders: Rows
    objects: Rows
    folders_seen: int
    """So many of the level's folders were looked at."""
    objects_seen: int
    is_sorted: bool = True
    """False after rows came that stand at the end until everything is sorted again."""
    is_partial: bool = False
    """Whether these are only the first rows, shown until a thread has found all."""

    def __len__(self) -> int:
        return len(self.folders) + len(self.objects)

    def entry(self, row: int) -> Entry:
        """What stands in a row."""
        folders = len(self.folders)
        if row < folders:
            return self.level.folder(self.folders[row])
        return self.level.object(self.objects[row - folders])

    def object_at(self, row: int) -> int | None:
        """The place of a row's object in the columns; None for a folder."""
        at = row - len(self.folders)
        return self.objects[at] if 0 <= at < len(self.objects) else None

    def row_of(self, found: tuple[bool, int] | None) -> int | None:
        """The row of what `Level.find` found; None when it is hidden."""
        if found is None:
            return None
        is_folder, at = found
        rows = self.folders if is_folder else self.objects
        is_ascending = self.arrangement.sort.is_as_listed or (is_folder and self.arrangement.sort.by is not By.NAME)
        row = _where(rows, at, is_ascending=is_ascending)
        return None if row is None else row + (0 if is_folder else len(self.folders))

    def copy(self) -> "View":
        """What does not grow with it."""
        return replace(self, folders=self.folders[:], objects=self.objects[:])

    def covers(self) -> bool:
        """Whether it has looked at all there is."""
        is_whole = not self.is_partial and self.folders_seen == len(self.level.folders)
        return is_whole and self.objects_seen == len(self.level.keys)

    def grow(self) -> None:
        """Take in what came since; where that belongs is told by the next `arranged` when it is not sorted by name.

        Raises TooSlow, and has taken in nothing.
        """
        level, sort = self.level, self.arrangement.sort
        folders, objects = len(level.folders), len(level.keys)
        is_backwards = sort.by is By.NAME and sort.is_descending
        fresh = [
            self._fresh(self.folders, self.folders_seen, folders, level.folder_names),
            self._fresh(self.objects, self.objects_seen, objects, level.key_names),
        ]
        self.folders = self._joined(self.folders, fresh[0], folders, is_backwards=is_backwards)
        if sort.by is not By.NAME and objects > self.objects_seen:
            self.is_sorted = False
        self.objects = self._joined(self.objects, fresh[1], objects, is_backwards=is_backwards)
        self.folders_seen, self.objects_seen = folders, objects

    def _fresh(self, rows: Rows, seen: int, count: int, names: Names) -> "array[int] | None":
        """What came since and passes the filter; None when the rows stay a range of all there are."""
        if count > seen and isinstance(rows, range) and not self.arrangement.filter.is_on:
            return None
        return array("I", matching(names, range(seen, count), self.arrangement.filter))

    @staticmethod
    def _joined(rows: Rows, fresh: "array[int] | None", count: int, *, is_backwards: bool) -> Rows:
        if fresh is None:
            return range(count - 1, -1, -1) if is_backwards else range(count)
        if not fresh:
            return rows
        old = rows if isinstance(rows, array) else array("I", rows)
        if is_backwards:
            return fresh[::-1] + old
        old.extend(fresh)
        return old


Early = Callable[[Rows, Rows], None]
"""Told again and again of the folders, and of the objects found so far."""


def not_early(_folders: Rows, _objects: Rows) -> None:
    """Nobody wants to know before all are found."""


def _ignore(_found: Rows) -> None:
    pass


def arranged(level: Level, arrangement: Arrangement, breathe: Breathe = no_breath, base: View | None = None) -> View:
    """The view of a level as it is now."""
    return rearranged(base or unsorted(level), arrangement, breathe)


def unsorted(level: Level) -> View:
    """All rows as they were listed."""
    folders, objects = len(level.folders), len(level.keys)
    return View(level, Arrangement(), range(folders), range(objects), folders, objects)


def rearranged(base: View, arrangement: Arrangement, breathe: Breathe = no_breath, early: Early = not_early) -> View:
    """The rows of `base` that pass the filter, sorted unless they are.

    `base` must not grow meanwhile, and the new filter must narrow its own, or be the same. `early` is told of the
    first rows if they stay the first. Raises Stopped, TooSlow.
    """
    level, sort = base.level, arrangement.sort
    if arrangement.sort.is_as_listed and len(base.objects) == base.objects_seen:
        base.objects = range(base.objects_seen)  # the same, and quicker to go through
    folders, objects = base.folders, base.objects
    if arrangement.filter != base.arrangement.filter:
        folders = matching(level.folder_names, folders, arrangement.filter, breathe)

        def report(found: Rows) -> None:
            if sort == base.arrangement.sort:
                early(folders, found)

        objects = matching(level.key_names, objects, arrangement.filter, breathe, report)
    if sort != base.arrangement.sort:
        folders = folders[::-1] if sort.by is By.NAME and sort.is_descending else folders
        objects = ordered(level, objects, sort, breathe)
    return View(level, arrangement, folders, objects, base.folders_seen, base.objects_seen)


def matching(
    names: Names,
    rows: Rows,
    wanted: Filter,
    breathe: Breathe = no_breath,
    report: Callable[[Rows], None] = _ignore,
) -> Rows:
    """The rows whose names pass the filter, in their order."""
    if not wanted.is_on:
        return rows
    search, found = wanted.search(), array("I")
    for step in names.steps(rows):
        found.extend(search.among(step))
        report(found)
        breathe()
    return found


def _where(rows: Rows, at: int, *, is_ascending: bool) -> int | None:
    if is_ascending and not isinstance(rows, range):
        row = bisect_left(rows, at)
        return row if row < len(rows) and rows[row] == at else None
    try:
        return rows.index(at)
    except ValueError:
        return None
