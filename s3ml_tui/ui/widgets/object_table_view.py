"""Which rows of a level are shown, and in which order."""

import asyncio
import time
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from s3ml_tui.ui.widgets.object_table_filter import Filter
from s3ml_tui.ui.widgets.object_table_level import Entry, Level
from s3ml_tui.ui.widgets.object_table_order import STEP_ROWS, Breathe, By, Rows, Sort, no_breath, ordered


@dataclass(frozen=True, slots=True)
class Wish:
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
    wish: Wish
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
        is_ascending = self.wish.sort.is_as_listed or (is_folder and self.wish.sort.by is not By.NAME)
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
        level, sort = self.level, self.wish.sort
        folders, objects = len(level.folders), len(level.keys)
        is_backwards = sort.by is By.NAME and sort.is_descending
        fresh = [
            self._fresh(self.folders, self.folders_seen, folders, level.folders),
            self._fresh(self.objects, self.objects_seen, objects, level.keys),
        ]
        self.folders = self._joined(self.folders, fresh[0], folders, is_backwards=is_backwards)
        if sort.by is not By.NAME and objects > self.objects_seen:
            self.is_sorted = False
        self.objects = self._joined(self.objects, fresh[1], objects, is_backwards=is_backwards)
        self.folders_seen, self.objects_seen = folders, objects

    def _fresh(self, rows: Rows, seen: int, count: int, texts: list[str]) -> "array[int] | None":
        """What came since and passes the filter; None when the rows stay a range of all there are."""
        if count > seen and isinstance(rows, range) and not self.wish.filter.is_on:
            return None
        prefix = self.level.place.prefix
        return array("I", _matching(texts, range(seen, count), self.wish.filter, prefix, no_breath))

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


def arranged(level: Level, wish: Wish, breathe: Breathe = no_breath, base: View | None = None) -> View:
    """The view of a level as it is now."""
    return rearranged(base or unsorted(level), wish, breathe)


def unsorted(level: Level) -> View:
    """All rows as they were listed."""
    folders, objects = len(level.folders), len(level.keys)
    return View(level, Wish(), range(folders), range(objects), folders, objects)


def rearranged(base: View, wish: Wish, breathe: Breathe = no_breath) -> View:
    """The rows of `base` that pass the filter, sorted unless they are.

    `base` must not grow meanwhile, and the wish's filter must narrow its own, or be the same. Raises Stopped, TooSlow.
    """
    level, prefix, sort = base.level, base.level.place.prefix, wish.sort
    if wish.sort.is_as_listed and len(base.objects) == base.objects_seen:
        base.objects = range(base.objects_seen)  # the same, and quicker to go through
    folders, objects = base.folders, base.objects
    if wish.filter != base.wish.filter:
        folders = _matching(level.folders, folders, wish.filter, prefix, breathe)
        objects = _matching(level.keys, objects, wish.filter, prefix, breathe)
    if sort != base.wish.sort:
        folders = folders[::-1] if sort.by is By.NAME and sort.is_descending else folders
        objects = ordered(level, objects, sort, breathe)
    return View(level, wish, folders, objects, base.folders_seen, base.objects_seen)


async def searched(base: View, wanted: Filter, breathe: Breathe) -> View:
    """The rows of `base` that a regular expression finds, in their order; others get their turn between its steps.

    `base` must not grow meanwhile. Raises Stopped, TooSlow.
    """
    level, found = base.level, (array("I"), array("I"))
    for rows, texts, kept in ((base.folders, level.folders, found[0]), (base.objects, level.keys, found[1])):
        for step in _steps(texts, rows, wanted, level.place.prefix):
            kept.extend(step)
            breathe()
            await asyncio.sleep(0)
    return replace(base, wish=replace(base.wish, filter=wanted), folders=found[0], objects=found[1])


def glimpse(base: View, wish: Wish, around: str, rows: int, patience_s: float) -> View | None:
    """Some rows of what `rearranged` will give: the first ones, or those around a key that passes the filter.

    None when they are not found at once, or not known to be these.
    """
    if wish.sort != base.wish.sort or not wish.filter.is_on:
        return None
    level, prefix = base.level, base.level.place.prefix
    start = 0
    if around and wish.filter.names(prefix).among((0,), (around,)):
        row = base.row_of(level.find(around)) if wish.sort.is_as_listed else None
        if row is None:
            return None
        start = max(0, row - len(base.folders) - rows // 2)
    folders = base.folders if start == 0 else range(0)
    if len(folders) > STEP_ROWS:
        return None
    folders = _matching(level.folders, folders, wish.filter, prefix, no_breath)
    found, started_s = array("I"), time.monotonic()
    for first in range(start, len(base.objects), STEP_ROWS):
        step = base.objects[first : first + STEP_ROWS]
        found.extend(_matching(level.keys, step, wish.filter, prefix, no_breath))
        if len(found) >= rows:
            seen = (base.folders_seen, base.objects_seen)
            return View(level, wish, folders, found[:rows], *seen, is_partial=True)
        if time.monotonic() - started_s > patience_s:
            return None
    return None


def _matching(texts: list[str], rows: Rows, wanted: Filter, prefix: str, breathe: Breathe) -> Rows:
    """The rows whose texts pass the filter, in their order."""
    if not wanted.is_on:
        return rows
    found = array("I")
    for step in _steps(texts, rows, wanted, prefix):
        found.extend(step)
        breathe()
    return found


def _steps(texts: list[str], rows: Rows, wanted: Filter, prefix: str) -> Iterator[list[int]]:
    """The rows that pass, a step at a time."""
    names = wanted.names(prefix)
    is_as_listed = isinstance(rows, range) and rows.step == 1
    for first in range(0, len(rows), STEP_ROWS):
        step = rows[first : first + STEP_ROWS]
        if is_as_listed:
            yield names.among(step, texts[step[0] : step[-1] + 1])
        else:
            yield names.among(step, list(map(texts.__getitem__, step)))


def _where(rows: Rows, at: int, *, is_ascending: bool) -> int | None:
    if is_ascending and not isinstance(rows, range):
        row = bisect_left(rows, at)
        return row if row < len(rows) and rows[row] == at else None
    try:
        return rows.index(at)
    except ValueError:
        return None
