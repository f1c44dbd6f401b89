"""Which rows of a level are shown, and in which order."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeAlias

from s3ml_tui.ui.object_table.filter import Filter
from s3ml_tui.ui.object_table.level import Entry, Level, Names

Rows = Sequence[int]
"""Places in a level's columns: a range, or an array of unsigned ints."""
Values: TypeAlias = "array[int] | array[float] | bytes"
"""A column of sizes, times or ranks."""


class By(StrEnum):
    """A column to sort by."""

    NAME = "name"
    SIZE = "size"
    TIME = "modified"
    CLASS = "class"


@dataclass(frozen=True, slots=True)
class Sort:
    """A column and a direction. The biggest and the newest come first unless asked otherwise."""

    by: By = By.NAME
    is_descending: bool = False

    @property
    def following(self) -> "Sort":
        """The next when one goes through them all: every column as it is mostly wanted, then the other way round."""
        return _CYCLE[(_CYCLE.index(self) + 1) % len(_CYCLE)]

    def clicked(self, by: By) -> "Sort":
        """After a click on a column's header: by that column, or the other way round."""
        return Sort(by, not self.is_descending) if by is self.by else Sort(by, by in _MOSTLY_DESCENDING)

    @property
    def sign(self) -> str:
        """For the header."""
        return "▼" if self.is_descending else "▲"


_MOSTLY_DESCENDING = (By.SIZE, By.TIME)
_CYCLE = tuple(Sort(by, (by in _MOSTLY_DESCENDING) is not is_other) for is_other in (False, True) for by in By)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How the user wants to see a level."""

    sort: Sort = field(default_factory=Sort)
    filter: Filter = field(default_factory=Filter)

    @property
    def is_as_listed(self) -> bool:
        """Whether that is how it was listed: new rows come at the end."""
        return self.sort == Sort() and not self.filter.is_on

    @property
    def costs_nothing(self) -> bool:
        """Whether no name and no value need be looked at."""
        return self.sort.by is By.NAME and not self.filter.is_on


@dataclass(frozen=True, slots=True)
class View:
    """Folders first, then objects: places in the columns of a level."""

    level: Level
    arrangement: Arrangement
    folders: Rows
    objects: Rows
    seen: int
    """So many rows of the level were looked at."""

    def __len__(self) -> int:
        return len(self.folders) + len(self.objects)

    @property
    def is_whole(self) -> bool:
        """Whether all there is now was looked at."""
        return self.seen == len(self.level)

    @property
    def hides_all(self) -> bool:
        """Whether no row is there because of the filter, as far as is known."""
        return self.arrangement.filter.is_on and not len(self) and len(self.level) > 0 and self.level.is_complete

    def count(self) -> str:
        """`3 of 12,000+` with a filter, else as the level counts its rows; "" while nothing is known."""
        level = self.level
        if not len(level) and not level.is_complete:
            return ""
        if not self.arrangement.filter.is_on:
            return level.count()
        return f"{len(self):,} of {len(level):,}{'' if level.is_complete else '+'}"

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

    def row_of(self, text: str) -> int | None:
        """The row of a whole key or prefix; None when it is not here, not yet, or hidden by the filter."""
        found = self.level.find(text)
        if found is None:
            return None
        is_folder, at = found
        rows, rank = self.folders if is_folder else self.objects, self._rank(is_folder=is_folder)
        row = bisect_left(rows, rank(at), key=rank)
        if row == len(rows) or rows[row] != at:
            return None
        return row + (0 if is_folder else len(self.folders))

    def _rank(self, *, is_folder: bool) -> Callable[[int], tuple[float, int]]:
        """What the rows are in the order of, by place; to look for a place among a million would take a frame."""
        sort = self.arrangement.sort
        sign = -1 if sort.is_descending else 1
        if sort.by is By.NAME:
            return lambda at: (sign * at, at)
        if is_folder:
            return lambda at: (at, at)
        values = _values(self.level, sort.by)
        return lambda at: (sign * values[at], at)


class Means(Protocol):
    """How names are looked through and values are sorted."""

    def passing(self, names: Names, count: int, wanted: Filter) -> Rows:
        """Which of the first `count` names pass a filter."""
        ...

    def ordered(self, values: Values, rows: Rows, *, is_descending: bool) -> Rows:
        """`rows` by their values; equal ones stay as they are."""
        ...


class Plain:
    """For small levels; regular expressions are none of its."""

    def passing(self, names: Names, count: int, wanted: Filter) -> Rows:
        """One name after the other."""
        passes, skip = wanted.test(), names.skip
        return array("I", [at for at, text in enumerate(names.texts[:count]) if passes(text[skip:])])

    def ordered(self, values: Values, rows: Rows, *, is_descending: bool) -> Rows:
        """By Python's own sort."""
        return array("I", sorted(rows, key=values.__getitem__, reverse=is_descending))


def arranged(
    level: Level, arrangement: Arrangement, counts: tuple[int, int] | None = None, means: Means | None = None
) -> View:
    """The view of a level, or of its first folders and objects, as many as `counts` says."""
    how, sort, wanted = means or Plain(), arrangement.sort, arrangement.filter
    counts = counts or level.counts
    folders: Rows = range(counts[0])
    objects: Rows = range(counts[1])
    if wanted.is_on:
        folders = how.passing(level.folder_names, counts[0], wanted)
        objects = how.passing(level.key_names, counts[1], wanted)
    if sort.by is not By.NAME:
        objects = how.ordered(_values(level, sort.by)[: counts[1]], objects, is_descending=sort.is_descending)
    elif sort.is_descending:
        folders, objects = folders[::-1], objects[::-1]
    return View(level, arrangement, folders, objects, sum(counts))


def _values(level: Level, by: By) -> Values:
    if by is By.SIZE:
        return level.sizes
    if by is By.TIME:
        return level.modified
    ranks = bytearray(256)
    for rank, (_, code) in enumerate(sorted((name, code) for code, name in enumerate(level.class_names))):
        ranks[code] = rank
    return bytes(level.classes.translate(ranks))
