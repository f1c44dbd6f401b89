"""The pane around the object table: asks for a level page by page, and keeps the cursor on what it was on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from textual import on, work
from textual.message import Message

from s3ml_tui.domain.entries import ListingPage
from s3ml_tui.domain.errors import Denied, NotSupported, S3mlError
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.widgets.notice import Pane
from s3ml_tui.ui.widgets.object_table import ObjectTable
from s3ml_tui.ui.widgets.object_table_level import Entry, Level, Question
from s3ml_tui.ui.widgets.object_table_memory import CursorMemory
from s3ml_tui.ui.widgets.rows import Rows

AUTO_ROWS = 20_000
"""So many are loaded unasked; more once the cursor or the scroll comes near the end."""
SEEK_ROWS = 100_000
"""So many are loaded to find a key."""
NEAR_ROWS = 200
PATIENCE_S = 0.15
"""An answer that comes sooner is shown without saying that it was waited for."""


class ObjectPane(Pane):
    """One level of a bucket."""

    @dataclass
    class PageArrived(Message):
        """A page, or why there is none."""

        question: Question
        page: ListingPage | None = None
        error: S3mlError | None = None

    @dataclass
    class Listed(Message):
        """More of the level is known."""

        level: Level

    def __init__(self, clock: Callable[[], datetime], **options: Any) -> None:
        self.table = ObjectTable(clock, id="objects")
        super().__init__(self.table, title="Objects", **options)
        self.place: Place | None = None
        self.with_deleted = False
        self._services: Services | None = None
        self._question: Question | None = None
        self._generation = 0
        self._coming: Level | None = None
        """What is being read; becomes the table's level once it reaches to where the cursor is."""
        self._wanted = ""
        """The whole key or prefix the cursor is to come to; "" when it stays where it is."""
        self._must_find = False
        self._put = 0
        """The row the cursor was put on; the user moved it when it is elsewhere."""
        self._memory = CursorMemory()

    # what the screen asks ------------------------------------------------------------------------------------------

    def connect(self, services: Services | None) -> None:
        """Use another session."""
        self._services = services
        self._question = None

    @property
    def entry(self) -> Entry | None:
        """What is under the cursor; None behind a notice."""
        return self.table.entry if self.state == "ready" else None

    def show(self, place: Place, wanted: str = "", *, must_find: bool = False) -> None:
        """Go to a place, and there to a whole key or prefix, or to where the cursor was the last time."""
        if self.place is not None:
            self._memory.keep(self.place, self._anchor)
        self.place = place
        self._wanted = wanted or self._memory.of(place)
        self._must_find = must_find
        self._put = 0
        self.table.show(Level(place), 0)
        self.ready()
        self._read()
        question = self._question
        self.set_timer(PATIENCE_S, lambda: self._say_waiting(question))

    def reload(self, wanted: str = "") -> None:
        """Read the place again; the cursor stays on what it is on, or comes to `wanted`."""
        if self.place is None:
            return
        self._wanted, self._must_find = wanted, False
        self._put = self.table.cursor
        if self.state not in {"ready", "empty"}:
            self.wait_for(self._place_name)
        self._read()

    def toggle_deleted(self) -> None:
        """Show deleted objects too, or hide them."""
        self.with_deleted = not self.with_deleted
        self.reload()

    # asking --------------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        if self.place is None or self._services is None:
            return
        self._generation += 1
        self._coming = Level(self.place)
        self._ask(self._services, Question(self.place, self._generation, None, self.with_deleted))

    def _ask(self, services: Services, question: Question) -> None:
        self._question = question
        self._paint_title()
        self._load(services, question)

    @work(thread=True, group="level", exit_on_error=False)
    def _load(self, services: Services, question: Question) -> None:
        try:
            page = services.browsing.page(question.place, token=question.token, with_deleted=question.with_deleted)
        except S3mlError as error:
            self.post_message(self.PageArrived(question, error=error))
        else:
            self.post_message(self.PageArrived(question, page))

    # answers -------------------------------------------------------------------------------------------------------

    @on(PageArrived)
    def _arrived(self, message: PageArrived) -> None:
        if message.question != self._question or self._coming is None:
            return
        self._question = None
        if message.error is not None:
            self._failed(message.error)
        elif message.page is not None:
            self._take(self._coming, message.page)

    def _take(self, level: Level, page: ListingPage) -> None:
        moved = level.append(page)
        if level is self.table.level:
            is_put = self.table.cursor == self._put
            self.table.grow(moved)
            self._put = self.table.cursor if is_put else self._put
        elif self._may_replace(level):
            self._replace(level)
        self._settle(level)
        self._paint_state(level)
        self._paint_title()
        self.post_message(self.Listed(level))
        self._go_on()

    @property
    def _anchor(self) -> str:
        """What the cursor is on; it stays there when the same level is read again."""
        entry = self.table.entry
        return entry.text if entry is not None else ""

    def _may_replace(self, level: Level) -> bool:
        """Whether a level may take the table over: at once where nothing is shown, else once it is at the cursor."""
        if not self.table.row_count or self.state != "ready" or len(level) >= SEEK_ROWS:
            return True
        return level.has_passed(self._wanted) and level.has_passed(self._anchor)

    def _replace(self, level: Level) -> None:
        found = (level.row_of(text) for text in (self._wanted, self._anchor) if text)
        row = next((row for row in found if row is not None), self.table.cursor)
        self.table.show(level, row)
        self._put = self.table.cursor

    def _settle(self, level: Level) -> None:
        """Put the cursor on what is wanted, as soon as that is here and unless the user moved on."""
        if level is not self.table.level or not self._wanted:
            return
        row = level.row_of(self._wanted)
        has_moved = self.table.cursor != self._put
        is_over = level.has_passed(self._wanted) or len(level) >= SEEK_ROWS
        if row is None and not has_moved and not is_over:
            return
        if row is not None and not has_moved and row != self.table.cursor:
            self.table.rows_changed(row)
            self._put = row
        elif row is None and self._must_find and is_over:
            name = printable(self._wanted)
            hint = "" if self.with_deleted else " If it was deleted, . shows it."
            self.notify(f"{name} is not here.{hint}", severity="warning", markup=False)
        self._wanted, self._must_find = "", False

    def _go_on(self) -> None:
        """Ask for the next page while one is wanted."""
        level, services = self._coming, self._services
        if level is None or services is None or level.next is None or self._question is not None:
            return
        is_shown = level is self.table.level
        if not is_shown or self._wanted or len(level) < AUTO_ROWS or self.table.rows_below < NEAR_ROWS:
            self._ask(services, Question(level.place, self._generation, level.next, self.with_deleted))

    @on(ObjectTable.Moved)
    @on(Rows.Highlighted)
    def _near_the_end(self) -> None:
        self._go_on()

    def _failed(self, error: S3mlError) -> None:
        if self.with_deleted and isinstance(error, (Denied, NotSupported)):
            self.with_deleted = False
            self.notify(printable(error.sentence), title="Deleted objects cannot be shown", markup=False)
            self._read()
        elif self._coming is self.table.level and self.table.row_count:
            self._coming = None
            self._paint_title(f"{error.title}: more cannot be loaded, R asks again")
        else:
            self._coming = None
            self.trouble(error)
            self._paint_title()

    # painting ------------------------------------------------------------------------------------------------------

    @property
    def _place_name(self) -> str:
        return "" if self.place is None else self.place.prefix or self.place.bucket

    def _paint_title(self, said: str = "") -> None:
        level = self.table.level
        is_known = self.state == "ready" and level is not None and (len(level) or level.is_complete)
        parts = [self._place_name, level.count() if is_known and level is not None else ""]
        if self._question is not None:
            parts.append("reading …")
        if self.with_deleted:
            parts.append("deleted shown")
        self.title(" · ".join(part for part in parts if part), said)

    def _paint_state(self, level: Level) -> None:
        if level is not self.table.level:
            return
        if len(level) or not level.is_complete:
            self.ready()
        elif self.with_deleted or level.place.prefix:
            self.empty("Nothing here", "a uploads a file to this level")
        else:
            self.empty("Nothing here yet", "a uploads a file · . shows deleted objects")

    def _say_waiting(self, question: Question | None) -> None:
        if question is not None and question == self._question and not self.table.row_count:
            self.wait_for(self._place_name)
