"""The pane around the object table: what is asked of a level, sorted, filtered, marked and said about it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from textual import on
from textual.message import Message

from s3ml_tui.domain.errors import Denied, NotSupported, S3mlError
from s3ml_tui.domain.text import printable, size_text
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.keys import key_for, with_keys
from s3ml_tui.ui.object_table.cursor_place import AUTO_ROWS, CursorTarget, Kept, PlaceMemory
from s3ml_tui.ui.object_table.filter import Filter, FilterLine
from s3ml_tui.ui.object_table.level import Entry, Level
from s3ml_tui.ui.object_table.loader import Loader, Question
from s3ml_tui.ui.object_table.marks import Marks
from s3ml_tui.ui.object_table.table import ObjectTable
from s3ml_tui.ui.object_table.view import Sort
from s3ml_tui.ui.widgets.rows import Rows
from s3ml_tui.ui.widgets.status_pane import Pane

SEEK_ROWS = 100_000
"""So many are loaded to find a key."""
SEEK_STEP = 10_000
NEAR_ROWS = 200
WAITING_SHOWN_AFTER_S = 0.15
"""An answer that comes sooner is shown without saying that it was waited for."""


class ObjectPane(Pane):
    """One level of a bucket; the cursor stays on what it was on while the level is read, sorted and filtered."""

    @dataclass
    class Listed(Message):
        """More of the level is known."""

        level: Level

    @dataclass
    class Changed(Message):
        """Other rows, or other marks, are shown."""

    def __init__(self, clock: Callable[[], datetime], **options: Any) -> None:
        self.table = ObjectTable(clock, id="objects")
        self.filter_line = FilterLine(id="filter")
        super().__init__(self.table, self.filter_line, title="Objects", **options)
        self.place: Place | None = None
        self.memory = PlaceMemory()
        """Of the places that were shown here before."""
        self._loader = Loader(self)
        self._target = CursorTarget(self.table)
        self._marks = self.table.marks
        """Of what is being read."""
        self._shows_deleted = False
        """Whether the level that is shown was read with its deleted objects."""
        self._said = ""
        """What went wrong while reading on."""

    @property
    def entry(self) -> Entry | None:
        """What is under the cursor; None behind a notice."""
        return self.table.entry if self.state == "ready" else None

    # which place ---------------------------------------------------------------------------------------------------

    def connect(self, services: Services | None) -> None:
        """Use another session."""
        self._loader.connect(services)

    def show(self, place: Place, wanted: str = "", *, must_find: bool = False, as_seen: bool = False) -> None:
        """Go to a place, and there to a whole key or prefix, or to where the cursor was the last time.

        `as_seen` shows what was seen there until it is read again.
        """
        self.remember()
        kept = self.memory.of(place)
        self.place = place
        self._target.aim(wanted or kept.text, must_find=must_find, above=None if wanted else kept.above)
        self._loader.is_whole = kept.is_whole
        self.filter_line.close()
        seen = self.memory.level(place, with_deleted=self._loader.with_deleted) if as_seen else None
        level = Level(place) if seen is None else seen
        self.table.show(level, 0, Marks(level, () if seen is None else kept.marked))
        self._target.was_put()
        self.ready()
        self.paint_title()
        if seen is not None:
            self._shows_deleted = self._loader.with_deleted
            self._settle(seen)
        self._read(kept.marked)
        question = self._loader.question
        self.set_timer(WAITING_SHOWN_AFTER_S, lambda: self._say_waiting(question))

    def remember(self) -> None:
        """Keep where the cursor is and what is marked, for who comes back."""
        if self.place is not None:
            at = self._target
            self.memory.keep(self.place, Kept(at.anchor, self.table.marks.texts(), self._loader.is_whole, at.above))
            if self.state == "ready" and len(self.table.level):
                self.memory.keep_level(self.table.level, with_deleted=self._shows_deleted)

    def reload(self, wanted: str = "") -> None:
        """Read the place again; the cursor stays on what it is on, or comes to `wanted`."""
        if self.place is None:
            return
        self._target.aim(wanted)
        self._target.was_put()
        if self.state not in {"ready", "empty"}:
            self.wait_for(self.place_name)
        self._read(self.table.marks.texts())

    @property
    def looked_for(self) -> str:
        """The key somebody wants to see, until it is here or known not to be; "" when there is none."""
        return self._target.text if self._target.must_find else ""

    def toggle_deleted(self) -> None:
        """Show deleted objects too, or hide them."""
        self._loader.with_deleted = not self._loader.with_deleted
        self.reload()

    def escape(self) -> str:
        """Take back one thing: loading all, the filter, the marks; says what, "" when there is nothing."""
        if self.is_loading_all:
            self._stop_loading()
            return with_keys("Loading stopped; {list.bottom} goes on.")
        if self.table.arrangement.filter.is_on or self.filter_line.has_class("-open"):
            self.clear_filter()
            return "The filter is cleared."
        if self.table.marks.count:
            self.clear_marks()
            return "The marks are cleared; escape again goes up a level."
        return ""

    # reading it ----------------------------------------------------------------------------------------------------

    @property
    def is_reading(self) -> bool:
        """Whether something that was asked is not answered yet."""
        return self._loader.question is not None

    @property
    def is_loading_all(self) -> bool:
        """Whether all of the level is being read because the user asked for it."""
        return self._loader.is_loading_all

    @property
    def is_read_again(self) -> bool:
        """Whether what is shown is about to be replaced by what is there now."""
        return self.is_reading and self._loader.level is not self.table.level

    @property
    def is_waiting_for_marks(self) -> bool:
        """Whether marked objects may still come."""
        return self.table.marks.is_waiting or self.is_read_again

    def _read(self, marked: frozenset[str]) -> None:
        if self.place is None or self._loader.services is None:
            return
        level = Level(self.place)
        self._marks = Marks(level, marked)
        self._said = ""
        self._loader.begin(level, AUTO_ROWS)
        self.paint_title()

    @on(ObjectTable.EndWanted)
    def load_all(self) -> None:
        """Read all of the level, by the fastest way the server allows."""
        loader = self._loader
        if loader.level is None:
            loader.level, self._marks = self.table.level, self.table.marks
        is_asked = loader.question is not None and not loader.question.rows
        if self.place is None or loader.services is None or loader.level.is_complete or is_asked:
            return
        loader.is_whole = True
        loader.ask(0)
        self.paint_title()

    def _stop_loading(self) -> None:
        loader = self._loader
        loader.stop()
        if loader.level is not self.table.level:
            loader.level = None
            loader.with_deleted = self._shows_deleted  # what was toggled is not shown any more
        self.paint_title()

    @on(ObjectTable.Moved)
    @on(Rows.Highlighted)
    def _go_on(self) -> None:
        """Ask for the next pages while some are wanted."""
        level, table = self._loader.level, self.table
        if level is None or level.next is None or self.is_reading:
            return
        is_shown = level is table.level or table.is_coming(level)
        if not is_shown or self._target.text:
            rows = SEEK_STEP
        elif len(level) < AUTO_ROWS:
            rows = AUTO_ROWS - len(level)
        elif table.arrangement.is_as_listed and table.rows_below < NEAR_ROWS:
            rows = 1
        else:
            return
        self._loader.ask(rows)
        self.paint_title()

    @on(Loader.Arrived)
    def _arrived(self, message: Loader.Arrived) -> None:
        level, question = self._loader.level, self._loader.question
        if message.question is not question or question is None or level is None:
            return
        if message.batch is not None:
            self._take(level, self._loader.take(level, question, message.batch))
        elif message.error is not None:
            self._loader.question = None
            self._failed(message.error)

    def _take(self, level: Level, moved: int) -> None:
        if level is self.table.level:
            has_moved = self._target.has_moved
            self.table.grow(moved)
            if not has_moved:
                self._target.was_put()
        elif not self.table.is_coming(level) and self._may_replace(level):
            self.table.replace(level, self._marks, (self._target.text, self._target.anchor))
            self._target.was_put()
        self._note_deleted()
        self._settle(level)
        self._paint_state(level)
        self.paint_title()
        self.post_message(self.Listed(level))
        self._go_on()

    def _may_replace(self, level: Level) -> bool:
        """Whether a level may take the table over: at once where nothing is shown, else once it is at the cursor.

        Where that is not told by the key, the level must be as long as the one that is shown.
        """
        if not len(self.table.level) or self.state != "ready" or level.is_complete:
            return True
        if not self._loader.is_whole and len(level) >= SEEK_ROWS:
            return True
        if not self.table.arrangement.is_as_listed:
            return len(level) >= len(self.table.level)
        return level.has_passed(self._target.text) and level.has_passed(self._target.anchor)

    def _settle(self, level: Level) -> None:
        """Put the cursor on what is wanted, as soon as that is here."""
        wanted = self._target.text
        if level is not self.table.level or not wanted:
            return
        is_over = level.has_passed(wanted) or (len(level) >= SEEK_ROWS and not self._loader.is_whole)
        missing = self._target.settle(is_over=is_over)
        if missing:
            hint = "" if self._loader.with_deleted else " If it was deleted, {browse.toggle_deleted} shows it."
            self.notify(f"{printable(missing)} is not here.{with_keys(hint)}", severity="warning", markup=False)

    def _note_deleted(self) -> None:
        if self._loader.level is self.table.level:
            self._shows_deleted = self._loader.with_deleted

    def _failed(self, error: S3mlError) -> None:
        loader = self._loader
        if loader.with_deleted and isinstance(error, (Denied, NotSupported)):
            loader.with_deleted = False
            self.notify(printable(error.sentence), title="Deleted objects cannot be shown", markup=False)
            self._read(self.table.marks.texts())
        elif loader.level is self.table.level and len(self.table.level):
            loader.level = None
            self._said = f"{error.title}: more cannot be loaded, {key_for('app.refresh_screen')} asks again"
        else:
            loader.level = None
            self.trouble(error)
        self.paint_title()

    @on(ObjectTable.Arranged)
    def _arranged(self) -> None:
        if self._loader.level is not None:
            self._note_deleted()
            self._target.was_put()
            self._settle(self._loader.level)
            self._paint_state(self._loader.level)
        self.paint_title()
        self.post_message(self.Changed())

    # sort and filter -----------------------------------------------------------------------------------------------

    def sort_next(self) -> None:
        """By the next column; after the last, all once more the other way round."""
        self._sort(self.table.arrangement.sort.following)

    @on(ObjectTable.SortWanted)
    def _header_clicked(self, message: ObjectTable.SortWanted) -> None:
        self._sort(self.table.arrangement.sort.clicked(message.by))

    def _sort(self, sort: Sort) -> None:
        self.table.rearrange(replace(self.table.arrangement, sort=sort))
        self.paint_title()

    def open_filter(self) -> None:
        """Let the user type."""
        self.filter_line.add_class("-open")
        self.screen.set_focus(self.filter_line)
        self.table.load_arrow()

    @on(FilterLine.Changed)
    def _filter_typed(self, message: FilterLine.Changed) -> None:
        message.stop()
        self._filter(Filter(message.value))

    @on(FilterLine.Left)
    def _filter_left(self, message: FilterLine.Left) -> None:
        if message.is_cleared:
            self.clear_filter()
        elif not self.filter_line.value:
            self.filter_line.remove_class("-open")
        self.take_focus()

    def clear_filter(self) -> None:
        """Show everything again."""
        self.filter_line.close()
        self._filter(Filter())

    def _filter(self, wanted: Filter) -> None:
        if wanted != self.table.arrangement.filter:
            self.table.rearrange(replace(self.table.arrangement, filter=wanted))
        self.paint_title()

    # marks ---------------------------------------------------------------------------------------------------------

    def mark(self) -> bool:
        """Mark the object under the cursor, or take its mark away; False when there is none."""
        return self._has_marked(self.table.mark())

    def mark_range(self) -> bool:
        """Mark from the object marked last to the cursor; False when none was."""
        return self._has_marked(self.table.mark_range())

    def _has_marked(self, is_done: bool) -> bool:
        self.paint_title()
        return is_done

    def mark_all(self) -> None:
        """Mark all objects that are shown."""
        self.table.mark_all()
        self.paint_title()

    def invert_marks(self) -> None:
        """Mark the objects that are shown and not marked, and the other way round."""
        self.table.invert_marks()
        self.paint_title()

    def clear_marks(self) -> None:
        """Take all marks away, those of hidden rows too."""
        self.table.clear_marks()
        self.paint_title()

    def marked(self) -> list[Entry]:
        """What is marked, hidden or not, in key order; empty behind a notice."""
        if self.state != "ready" or not self.table.marks.count:
            return []
        return [self.table.level.object(at) for at in self.table.marks.places()]

    # painting ------------------------------------------------------------------------------------------------------

    @property
    def place_name(self) -> str:
        """The prefix, or the bucket."""
        return "" if self.place is None else self.place.prefix or self.place.bucket

    def paint_title(self) -> None:
        """Where, how much, what is marked, what goes on; on the lower border what is wrong."""
        view, marks, (refused, why) = self.table.view, self.table.marks, self.table.refused
        parts = [
            self.place_name,
            view.count() if self.state == "ready" else "",
            f"{marks.count:,} marked, {size_text(marks.size)}" if marks.count else "",
            "arranging …" if self.table.is_arranging else "",
            self._loader.reading,
            "deleted shown" if self._loader.with_deleted else "",
        ]
        is_wrong = bool(refused) and refused == self.filter_line.value
        self.filter_line.set_class(is_wrong, "-wrong")
        said = f"✗ {why}" if is_wrong else self._said
        if not said and self.state == "ready" and view.hides_all:
            said = "∅ nothing here matches the filter; escape shows all"
        self.title(" · ".join(part for part in parts if part), said)

    def _paint_state(self, level: Level) -> None:
        if level is not self.table.level:
            return
        if len(level) or not level.is_complete:
            self.ready()
        elif self._loader.with_deleted or level.place.prefix:
            self.empty("Nothing here", with_keys("{browse.add} uploads a file to this level"))
        else:
            self.empty(
                "Nothing here yet",
                with_keys("{browse.add} uploads a file · {browse.toggle_deleted} shows deleted objects"),
            )

    def _say_waiting(self, question: Question | None) -> None:
        if self.filter_line.has_focus:
            return  # the notice would take it, and what is typed next would be keys of the screen
        if question is not None and question is self._loader.question and not len(self.table.level):
            self.wait_for(self.place_name)
