"""The pane around the object table: asks for a level page by page, and keeps the cursor on what it was on.

The pane around the object table as far as it is about asking: one question at a time, answered in batches.

Where the cursor was in each place and what was marked there, so that one comes back to it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from textual import on, work
from textual.message import Message
from textual.worker import get_current_worker

from s3ml_tui.domain.errors import Cancelled, Denied, NotSupported, S3mlError
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.keys import key_for, with_keys
from s3ml_tui.ui.object_table.filter_pane import ArrangingPane
from s3ml_tui.ui.object_table.level import Level
from s3ml_tui.ui.object_table.loader import LARGE_ROWS, Batch, Question, batches, set_aside
from s3ml_tui.ui.object_table.marks import Marks
from s3ml_tui.ui.object_table.table import ObjectTable
from s3ml_tui.ui.widgets.rows import Rows


class ReadingPane(ArrangingPane):
    """Puts questions about a level; what becomes of the answers is a subclass's."""

    @dataclass
    class BatchArrived(Message):
        """Some pages, or why there are none."""

        question: Question
        batch: Batch | None = None
        error: S3mlError | None = None

    def __init__(self, clock: Callable[[], datetime], **options: Any) -> None:
        super().__init__(clock, **options)
        self._services: Services | None = None
        self._question: Question | None = None
        self._generation = 0
        self._coming: Level | None = None
        """What is being read; becomes the table's level once it reaches to where the cursor is."""
        self._marks = self.table.marks
        """Of what is being read."""
        self._is_whole = False
        """Whether the user asked for all of the level."""

    def connect(self, services: Services | None) -> None:
        """Use another session."""
        self._services = services
        self._question = None

    @on(ObjectTable.EndWanted)
    def load_all(self) -> None:
        """Read all of the level, by the fastest way the server allows."""
        if self._coming is None:
            self._coming, self._marks = self.table.level, self.table.marks
        level, services, at = self._coming, self._services, self._question
        if self.place is None or services is None or level.is_complete or (at is not None and not at.rows):
            return
        self._is_whole = True
        self._ask(services, self._for_all(level))

    @property
    def is_loading_all(self) -> bool:
        """Whether all of the level is being read because the user asked for it."""
        return self._is_whole and self._question is not None and not self._question.rows

    # asking --------------------------------------------------------------------------------------------------------

    def _for_all(self, level: Level) -> Question:
        """Everything that is not there yet: at many places at once, where that gives the same."""
        if level.is_unordered:
            return Question(level.place, self._generation, level.next, self.with_deleted, 0)
        after = level.keys[-1] if level.keys else ""
        return Question(level.place, self._generation, None, self.with_deleted, 0, after=after)

    def _ask(self, services: Services, question: Question) -> None:
        self.workers.cancel_group(self, "level")
        self._question = question
        self.paint_title()
        self._load(services, question)

    @work(thread=True, group="level", exit_on_error=False)
    def _load(self, services: Services, question: Question) -> None:
        worker = get_current_worker()
        try:
            for batch in batches(services, question, lambda: worker.is_cancelled):
                self.post_message(self.BatchArrived(question, batch))
        except Cancelled:
            return
        except S3mlError as error:
            self.post_message(self.BatchArrived(question, error=error))

    def _stop_loading(self) -> None:
        self.workers.cancel_group(self, "level")
        self._question = None
        self._is_whole = False
        if self._coming is not self.table.level:
            self._coming = None
        self.paint_title()

    # answers -------------------------------------------------------------------------------------------------------

    @on(BatchArrived)
    def _arrived(self, message: BatchArrived) -> None:
        level, question = self._coming, self._question
        if message.question is not question or question is None or level is None:
            return
        if message.error is not None:
            self._question = None
            self._failed(message.error)
        elif message.batch is not None:
            if message.batch.is_last:
                self._question = None
            self._take(level, message.batch, question)

    def _take(self, level: Level, batch: Batch, question: Question) -> None:
        raise NotImplementedError

    def _failed(self, error: S3mlError) -> None:
        raise NotImplementedError

    @property
    def reading(self) -> str:
        """What is being waited for."""
        if self.is_loading_all and self._coming is not None:
            return f"loading… {len(self._coming):,} · escape stops"
        return "reading …" if self._question is not None else ""


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
            level.forget_text()
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


SEEK_ROWS = 100_000
"""So many are loaded to find a key."""
SEEK_STEP = 10_000
NEAR_ROWS = 200
WAITING_SHOWN_AFTER_S = 0.15
"""An answer that comes sooner is shown without saying that it was waited for."""


class ObjectPane(ReadingPane):
    """One level of a bucket."""

    @dataclass
    class Listed(Message):
        """More of the level is known."""

        level: Level

    def __init__(self, clock: Callable[[], datetime], **options: Any) -> None:
        super().__init__(clock, **options)
        self._wanted = ""
        """The whole key or prefix the cursor is to come to; "" when it stays where it is."""
        self._must_find = False
        self._put = 0
        """The row the cursor was put on."""
        self._put_on = ""
        """What it was on then; sorting takes it along."""
        self._above: int | None = None
        """How many rows are to stand above the cursor when it comes to what is wanted; None when that is all one."""
        self._shows_deleted = False
        """Whether the level that is shown was read with its deleted objects."""
        self.memory = PlaceMemory()
        """Of the places that were shown here before."""

    # what the screen asks ------------------------------------------------------------------------------------------

    def show(self, place: Place, wanted: str = "", *, must_find: bool = False, as_seen: bool = False) -> None:
        """Go to a place, and there to a whole key or prefix, or to where the cursor was the last time.

        `as_seen` shows what was seen there until it is read again.
        """
        self.remember()
        kept = self.memory.of(place)
        self.place = place
        self._wanted = wanted or kept.text
        self._above = kept.above if not wanted else None
        self._must_find = must_find
        self._is_whole = kept.is_whole
        self.clear_filter()
        seen = self.memory.level(place, with_deleted=self.with_deleted) if as_seen else None
        level = Level(place) if seen is None else seen
        self.table.show(level, 0, Marks(level, () if seen is None else kept.marked))
        self._was_put()
        self.ready()
        if seen is not None:
            self._shows_deleted = self.with_deleted
            self._settle(seen)
        self._read(kept.marked)
        question = self._question
        self.set_timer(WAITING_SHOWN_AFTER_S, lambda: self._say_waiting(question))

    def remember(self) -> None:
        """Keep where the cursor is and what is marked, for who comes back."""
        if self.place is not None:
            above = self.table.cursor - int(self.table.scroll_offset.y)
            self.memory.keep(self.place, Kept(self._anchor, self.table.marks.texts(), self._is_whole, above))
            if self.state == "ready" and len(self.table.level):
                self.memory.keep_level(self.table.level, with_deleted=self._shows_deleted)

    def reload(self, wanted: str = "") -> None:
        """Read the place again; the cursor stays on what it is on, or comes to `wanted`."""
        if self.place is None:
            return
        self._wanted, self._must_find = wanted, False
        self._was_put()
        if self.state not in {"ready", "empty"}:
            self.wait_for(self.place_name)
        self._read(self.table.marks.texts())

    @property
    def looked_for(self) -> str:
        """The key somebody wants to see, until it is here or known not to be; "" when there is none."""
        return self._wanted if self._must_find else ""

    def toggle_deleted(self) -> None:
        """Show deleted objects too, or hide them."""
        self.with_deleted = not self.with_deleted
        self.reload()

    def escape(self) -> str:
        """Take back one thing: loading all, the filter, the marks; says what, "" when there is nothing."""
        if self.is_loading_all:
            if self._coming is not self.table.level:
                self.with_deleted = self._shows_deleted  # what was toggled is not shown any more
            self._stop_loading()
            return with_keys("Loading stopped; {list.bottom} goes on.")
        if self.table.arrangement.filter.is_on or self.filter_line.has_class("-open"):
            self.clear_filter()
            return "The filter is cleared."
        if self.table.marks.count:
            self.clear_marks()
            return "The marks are cleared; escape again goes up a level."
        return ""

    @property
    def is_read_again(self) -> bool:
        """Whether what is shown is about to be replaced by what is there now."""
        return self._question is not None and self._coming is not self.table.level

    @property
    def is_waiting_for_marks(self) -> bool:
        """Whether marked objects may still come."""
        return self.table.marks.is_waiting or self.is_read_again

    # asking --------------------------------------------------------------------------------------------------------

    def _read(self, marked: frozenset[str]) -> None:
        if self.place is None or self._services is None:
            return
        self._generation += 1
        level = self._coming = Level(self.place)
        self._marks = Marks(level, marked)
        self._said = ""
        whole = self._for_all(level) if self._is_whole else None
        first = Question(self.place, self._generation, None, self.with_deleted, AUTO_ROWS)
        self._ask(self._services, whole or first)

    # answers -------------------------------------------------------------------------------------------------------

    def _take(self, level: Level, batch: Batch, question: Question) -> None:
        moved, before = 0, len(level)
        for page in batch.pages:
            moved += level.append(page) if question.after is None else level.extend(page)
        if question.after is not None:
            level.next, level.is_complete = None, batch.is_last
        if before < LARGE_ROWS <= len(level):
            set_aside()
        if level is self.table.level:
            has_moved = self._has_moved
            self.table.grow(moved)
            if not has_moved:
                self._was_put()
            self.table.sort_again()
        elif not self.table.is_coming(level) and self._may_replace(level):
            self._replace(level)
        self._note_deleted()
        self._settle(level)
        self._paint_state(level)
        self.paint_title()
        self.post_message(self.Listed(level))
        self._go_on()

    @property
    def _anchor(self) -> str:
        """What the cursor is on; it stays there when the same level is read again."""
        entry = self.table.entry
        return entry.text if entry is not None else ""

    def _note_deleted(self) -> None:
        if self._coming is self.table.level:
            self._shows_deleted = self.with_deleted

    def _was_put(self) -> None:
        """The cursor is where it is not because the user moved it."""
        self._put, self._put_on = self.table.cursor, self._anchor

    @property
    def _has_moved(self) -> bool:
        """Whether the user moved the cursor since it was put; what is sorted meanwhile takes it along."""
        return self.table.cursor != self._put and self._anchor != self._put_on

    def _may_replace(self, level: Level) -> bool:
        """Whether a level may take the table over: at once where nothing is shown, else once it is at the cursor.

        Where that is not told by the key, the level must be as long as the one that is shown.
        """
        if not len(self.table.level) or self.state != "ready" or level.is_complete:
            return True
        if not self._is_whole and len(level) >= SEEK_ROWS:
            return True
        if not self.table.arrangement.is_as_listed:
            return len(level) >= len(self.table.level)
        return level.has_passed(self._wanted) and level.has_passed(self._anchor)

    def _replace(self, level: Level) -> None:
        self.table.replace(level, self._marks, (self._wanted, self._anchor))
        self._was_put()

    def _settle(self, level: Level) -> None:
        """Put the cursor on what is wanted, as soon as that is here and unless the user moved on."""
        if level is not self.table.level or not self._wanted:
            return
        row = self.table.row_of(self._wanted)
        has_moved = self._has_moved
        is_over = level.has_passed(self._wanted) or (len(level) >= SEEK_ROWS and not self._is_whole)
        if row is None and not has_moved and not is_over:
            return
        if row is not None and not has_moved:
            if row != self.table.cursor:
                self.table.rows_changed(row)
                self._was_put()
            if self._above is not None:
                self.table.scroll_to(y=row - self._above, animate=False, immediate=True, force=True)
        elif row is None and self._must_find and is_over:
            name = printable(self._wanted)
            hint = "" if self.with_deleted else with_keys(" If it was deleted, {browse.toggle_deleted} shows it.")
            self.notify(f"{name} is not here.{hint}", severity="warning", markup=False)
        self._wanted, self._must_find = "", False

    @on(ObjectTable.Arranged)
    def _settle_arranged(self) -> None:
        if self._coming is not None:
            self._note_deleted()
            self._was_put()
            self._settle(self._coming)
            self._paint_state(self._coming)

    def _go_on(self) -> None:
        """Ask for the next pages while some are wanted."""
        level, services = self._coming, self._services
        if level is None or services is None or level.next is None or self._question is not None:
            return
        is_shown = level is self.table.level or self.table.is_coming(level)
        if not is_shown or self._wanted:
            rows = SEEK_STEP
        elif len(level) < AUTO_ROWS:
            rows = AUTO_ROWS - len(level)
        elif self.table.arrangement.is_as_listed and self.table.rows_below < NEAR_ROWS:
            rows = 1
        else:
            return
        self._ask(services, Question(level.place, self._generation, level.next, self.with_deleted, rows))

    @on(ObjectTable.Moved)
    @on(Rows.Highlighted)
    def _near_the_end(self) -> None:
        self._go_on()

    def _failed(self, error: S3mlError) -> None:
        if self.with_deleted and isinstance(error, (Denied, NotSupported)):
            self.with_deleted = False
            self.notify(printable(error.sentence), title="Deleted objects cannot be shown", markup=False)
            self._read(self.table.marks.texts())
        elif self._coming is self.table.level and len(self.table.level):
            self._coming = None
            self._said = f"{error.title}: more cannot be loaded, {key_for('app.refresh_screen')} asks again"
        else:
            self._coming = None
            self.trouble(error)
        self.paint_title()

    # painting ------------------------------------------------------------------------------------------------------

    def _paint_state(self, level: Level) -> None:
        if level is not self.table.level:
            return
        if len(level) or not level.is_complete:
            self.ready()
        elif self.with_deleted or level.place.prefix:
            self.empty("Nothing here", with_keys("{browse.add} uploads a file to this level"))
        else:
            self.empty(
                "Nothing here yet",
                with_keys("{browse.add} uploads a file · {browse.toggle_deleted} shows deleted objects"),
            )

    def _say_waiting(self, question: Question | None) -> None:
        if question is not None and question is self._question and not len(self.table.level):
            self.wait_for(self.place_name)
