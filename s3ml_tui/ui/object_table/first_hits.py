"""What is seen of a filter's hits before all are found."""

import asyncio
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from s3ml_tui.ui.object_table.filter import Filter
from s3ml_tui.ui.object_table.names import STEP_ROWS, Rows
from s3ml_tui.ui.object_table.sort import Breathe
from s3ml_tui.ui.object_table.view import Arrangement, Early, View, matching

GLIMPSE_ROWS = 200
"""So many hits are shown before all are found."""
GLIMPSE_S = 0.02
"""So long they are looked for before the screen is painted."""
PAUSE_S = 0.05
"""So long, at least, lies between two tellings of the first hits."""


def glimpse(base: View, arrangement: Arrangement, around: str) -> View | None:
    """Some rows of what `rearranged` will give: the first ones, or those around a key that passes the filter.

    None when none are found at once, or not known to be these. Raises TooSlow.
    """
    if arrangement.sort != base.arrangement.sort or not arrangement.filter.is_on:
        return None
    level, start = base.level, 0
    if around and arrangement.filter.passes(around[len(level.place.prefix) :]):
        row = base.row_of(level.find(around)) if arrangement.sort.is_as_listed else None
        if row is None:
            return None
        start = max(0, row - len(base.folders) - GLIMPSE_ROWS // 2)
    folders = base.folders if start == 0 else range(0)
    if len(folders) > STEP_ROWS:
        return None
    folders = matching(level.folder_names, folders, arrangement.filter)
    search, found, started_s = arrangement.filter.search(), array("I"), time.monotonic()
    for step in level.key_names.steps(base.objects[start:]):
        found.extend(search.among(step))
        if len(found) >= GLIMPSE_ROWS or time.monotonic() - started_s > GLIMPSE_S:
            return partial(base, arrangement, folders, found) if len(folders) or len(found) else None
    return None


def partial(base: View, arrangement: Arrangement, folders: Rows, objects: Rows) -> View:
    """A view of the first hits."""
    seen = (base.folders_seen, base.objects_seen)
    return View(base.level, arrangement, folders[:GLIMPSE_ROWS], objects[:GLIMPSE_ROWS], *seen, is_partial=True)


async def searched(base: View, wanted: Filter, breathe: Breathe, early: Early) -> View:
    """The rows of `base` that a regular expression finds, in their order; others get their turn between its steps.

    `base` must not grow meanwhile. Raises Stopped, TooSlow.
    """
    level, search, folders, objects = base.level, wanted.search(), array("I"), array("I")
    for rows, names, found in ((base.folders, level.folder_names, folders), (base.objects, level.key_names, objects)):
        for step in names.steps(rows):
            found.extend(search.among(step))
            early(folders, objects)
            breathe()
            await asyncio.sleep(0)
    return replace(base, arrangement=replace(base.arrangement, filter=wanted), folders=folders, objects=objects)


@dataclass(slots=True)
class Foretaste:
    """An `Early` that tells of the first hits as soon as there are some, and once more of a screenful."""

    report: Callable[[Rows, Rows], None]
    seen: int = 0
    """So many are shown already."""
    _reported_s: float = field(default_factory=time.monotonic)

    def __call__(self, folders: Rows, objects: Rows) -> None:
        """So many were found so far."""
        count = min(len(folders) + len(objects), GLIMPSE_ROWS)
        is_worth_it = count > self.seen and (not self.seen or count == GLIMPSE_ROWS)
        if is_worth_it and time.monotonic() - self._reported_s >= PAUSE_S:
            self.seen = count
            self._reported_s = time.monotonic()
            self.report(folders, objects)
