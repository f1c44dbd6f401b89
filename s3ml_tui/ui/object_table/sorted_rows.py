"""Rows of a level in the order and with the filter that the user chose: small ones at once, big ones by a thread."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from textual import on, work
from textual.message import Message

from s3ml_tui.domain.uri import Place
from s3ml_tui.ui.object_table.first_hits import Foretaste, glimpse, partial, searched
from s3ml_tui.ui.object_table.level import Level
from s3ml_tui.ui.object_table.marks import Marks
from s3ml_tui.ui.object_table.names import Rows as Places
from s3ml_tui.ui.object_table.regex_timeout import TooSlow
from s3ml_tui.ui.object_table.sort import Stopped, breath
from s3ml_tui.ui.object_table.view import Arrangement, Early, View, arranged, not_early, rearranged, unsorted
from s3ml_tui.ui.widgets.rows import Rows

THREAD_ROWS = 50_000
"""From so many on a thread sorts and filters."""
NARROW = 4
"""Typing on looks only at what is left when that is one row in so many: else all of them, as text, take less time."""
REST_FACTOR = 3.0
"""While rows come, sorting again waits this many times as long as it took the last time."""


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """What a thread was asked to arrange; an answer to any but the latest is dropped."""

    level: Level
    marks: Marks
    arrangement: Arrangement
    base: View
    """What needs filtering, and sorting unless it is; nothing else refers to it."""
    anchors: tuple[str, ...]
    """Whole keys or prefixes; the cursor comes to the first of them that is shown."""

    @property
    def is_regex(self) -> bool:
        """Whether its names are looked through with a regular expression."""
        return self.arrangement.filter.is_on and self.arrangement.filter.is_regex


class ArrangedRows(Rows):
    """The rows of a view, which is replaced as a whole."""

    @dataclass
    class Arranged(Message):
        """Another level, order or filter is shown."""

        rows: "ArrangedRows"

        @property
        def control(self) -> "ArrangedRows":
            """For selectors of `@on`."""
            return self.rows

    @dataclass
    class Ready(Message):
        """A thread has arranged what it was asked for."""

        request: Request
        view: View
        took_s: float

    @dataclass
    class Found(Message):
        """A thread has found the first of the hits it looks for."""

        request: Request
        view: View

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.arrangement = Arrangement()
        """What the user chose; `view.arrangement` is what is shown until that is ready."""
        self.view = arranged(Level(Place("")), self.arrangement)
        self.marks = Marks(self.view.level)
        self._request: Request | None = None
        self._begun: Request | None = None
        """The one that is worked on."""
        self._unfiltered: View | None = None
        """The last view of all rows in an order that had to be sorted."""
        self._put = 0
        """The row the cursor was put on; the user moved it when it is elsewhere."""
        self._took_s = 0.0
        self._ended_s = 0.0

    @property
    def level(self) -> Level:
        """What is shown."""
        return self.view.level

    @property
    def row_count(self) -> int:
        """One row an entry."""
        return len(self.view)

    @property
    def is_arranging(self) -> bool:
        """Whether what the user chose is not shown yet."""
        return self._request is not None

    def is_coming(self, level: Level) -> bool:
        """Whether a level is being arranged."""
        return self._request is not None and self._request.level is level

    def adopt_at_once(self, level: Level, marks: Marks) -> None:
        """Show a level that is known to be small, or new."""
        self._request = self._begun = self._unfiltered = None
        try:
            view = arranged(level, self.arrangement)
        except TooSlow:
            self.give_up_filter()
            view = arranged(level, self.arrangement)
        self._adopt(view, marks)

    def give_up_filter(self) -> None:
        """The filter's regular expression takes too long: from now on it hides nothing, and says so."""
        self.arrangement = replace(self.arrangement, filter=self.arrangement.filter.given_up)

    def rearrange(self, arrangement: Arrangement | None = None, anchors: tuple[str, ...] = ()) -> None:
        """Show the level in this arrangement; the cursor stays on what it is on."""
        self.arrangement = arrangement or self.arrangement
        entry = self.view.entry(self.cursor) if self.row_count else None
        self._start(self.level, self.marks, (*anchors, entry.text) if entry is not None else anchors)

    def replace(self, level: Level, marks: Marks, anchors: tuple[str, ...]) -> None:
        """Show another level, as soon as it is arranged."""
        self._start(level, marks, anchors)

    def sort_again(self) -> None:
        """Sort what came since, unless that is done, or was done a moment ago and more is to come."""
        if self.view.is_sorted or self.is_arranging:
            return
        has_rested = time.monotonic() - self._ended_s > REST_FACTOR * self._took_s
        if has_rested or self.level.is_complete:
            self.rearrange()

    def _start(self, level: Level, marks: Marks, anchors: tuple[str, ...]) -> None:
        request = Request(level, marks, self.arrangement, self._base(level), anchors)
        try:
            self._begin(request)
        except TooSlow:
            self._start_without_filter(request)

    def _start_without_filter(self, request: Request) -> None:
        self.give_up_filter()
        self._start(request.level, request.marks, request.anchors)

    def _begin(self, request: Request) -> None:
        if len(request.base) < THREAD_ROWS or self.arrangement.is_as_listed:
            self._take(request, rearranged(request.base, self.arrangement))
            return
        self._request = request
        if self._show_glimpse(request):
            self.call_after_refresh(self._work)  # which would take its turns from the first frame
        else:
            self._work()

    def _work(self) -> None:
        """Begin what was asked for last, unless it is begun.

        What does it finds it here: Textual's workers keep what they are given until the garbage collector comes by, and
        that would be a level of a million keys.
        """
        request = self._request
        if request is None or request is self._begun:
            return
        self._begun = request
        if request.is_regex:
            self._search_out()
        else:
            self._work_out()

    def _show_glimpse(self, request: Request) -> bool:
        """The first rows a filter lets through, or those around what the cursor is on; False when there are none."""
        around = next((text for text in request.anchors if text), "")
        view = glimpse(request.base, request.arrangement, around)
        if view is None or request.level is not self.level:
            return False
        self._show(request, view)
        return True

    def _show(self, request: Request, view: View) -> None:
        """The cursor stays on what it is on, and where it is on the screen."""
        height, anchors = self.cursor - int(self.scroll_offset.y), request.anchors
        if self.view.is_partial and self.cursor != self._put and self.row_count:
            anchors = (self.view.entry(self.cursor).text, *anchors)  # moved to while only some were found
        self._adopt(view, request.marks)
        found = (view.row_of(view.level.find(text)) for text in anchors if text)
        row = next((row for row in found if row is not None), self._fallback())
        self.rows_changed(row)
        self._put = self.cursor
        if 0 <= height < self._page():
            self.scroll_to(y=self.cursor - height, animate=False, immediate=True, force=True)

    def _base(self, level: Level) -> View:
        """A view whose rows need filtering only; where there is none, all rows as they were listed."""
        for view in (self.view, self._unfiltered):
            if (
                view is not None
                and view.level is level
                and view.is_sorted
                and view.covers()
                and view.arrangement.sort == self.arrangement.sort
                and self.arrangement.filter.narrows(view.arrangement.filter)
                and (not view.arrangement.sort.is_as_listed or len(view) * NARROW < len(level))
            ):
                return view.copy()
        return unsorted(level)

    def _early(self, request: Request, report: Callable[[View], object]) -> Early:
        """Tells of the first hits that are found."""
        if request.arrangement.sort != request.base.arrangement.sort:
            return not_early  # other ones may come first
        seen = len(self.view) if self.view.is_partial and self.view.arrangement == request.arrangement else 0

        def on_hits(folders: Places, objects: Places) -> None:
            report(partial(request.base, request.arrangement, folders, objects))

        return Foretaste(on_hits, seen)

    @work(group="search", exit_on_error=False)
    async def _search_out(self) -> None:
        """Regular expressions are tried in the main thread, step by step; see `object_table_patience`."""
        request = self._begun
        if request is None:
            return
        try:
            early = self._early(request, lambda view: self._show(request, view))
            base = await searched(
                request.base, request.arrangement.filter, breath(lambda: self._request is request), early
            )
        except Stopped:
            return
        except TooSlow:
            base = None
        if self._request is not request:
            return
        if base is None:
            self._start_without_filter(request)
        else:
            self._request = self._begun = replace(request, base=base)
            self._work_out()

    @work(thread=True, group="arrange", exit_on_error=False)
    def _work_out(self) -> None:
        request, started_s = self._begun, time.monotonic()
        if request is None:
            return
        early = self._early(request, lambda view: self.post_message(self.Found(request, view)))
        try:
            view = rearranged(request.base, request.arrangement, breath(lambda: self._request is request), early)
        except Stopped:
            return
        self.post_message(self.Ready(request, view, time.monotonic() - started_s))

    @on(Found)
    def _found(self, message: Found) -> None:
        if message.request is self._request:
            self._show(message.request, message.view)

    @on(Ready)
    def _worked_out(self, message: Ready) -> None:
        if message.request is self._request:
            self._took_s, self._ended_s = message.took_s, time.monotonic()
            try:
                self._take(message.request, message.view)
            except TooSlow:
                self._start_without_filter(message.request)

    def _take(self, request: Request, view: View) -> None:
        self._request = self._begun = None
        self._show(request, view)
        self.post_message(self.Arranged(self))

    def _fallback(self) -> int:
        """Where the cursor goes when what it was on is hidden or gone."""
        return 0 if self.arrangement.filter.is_on else self.cursor

    def _adopt(self, view: View, marks: Marks) -> None:
        if view.is_partial:
            self._unfiltered = self.view if not self.view.arrangement.filter.is_on else self._unfiltered
        elif not view.arrangement.filter.is_on and not view.arrangement.is_as_listed:
            self._unfiltered = view
        elif self._unfiltered is not None and self._unfiltered.level is not view.level:
            self._unfiltered = None
        if not view.arrangement.filter.is_on and not self.arrangement.filter.is_on:
            view.level.forget_text()
        self.view, self.marks = view, marks
        view.grow()
        marks.grow()
