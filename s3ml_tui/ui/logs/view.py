"""A log that can be followed: lines by level, stage and time, drawn only where they are on screen.

How a screen uses it: `extend` it with the lines of each LogPage; `follow` sticks to the end until the user goes up (by
key or mouse), End turns it on again; `cycle_level`, `search`, `next_hit`, `previous_hit` are for the screen's actions;
`status` is for the border; `FollowChanged` says that the user's hand changed it. Enter posts `Rows.Opened`: show
`whole_text(row)` then. Left posts `Rows.Left`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from s3ml_tui.domain.ml.events import Event, Kind, Level
from s3ml_tui.domain.text import count_text
from s3ml_tui.ui.logs.lines import LogLines, message_text, needle_pattern, time_text
from s3ml_tui.ui.widgets.rows import Cell, Column, Rows

_CYCLE = (Level.INFO, Level.WARNING, Level.ERROR, Level.DEBUG)
_LEVEL_TEXT = {Level.DEBUG: "everything", Level.INFO: "info", Level.WARNING: "warnings", Level.ERROR: "errors"}
_LOOKS = {Level.DEBUG: "dim", Level.WARNING: "warn", Level.ERROR: "bad"}
_MESSAGE_FROM = 10
"""Where the message, or the stage before it, begins in a line."""
_KIND_LOOKS = {
    Kind.STAGE_STARTED: "dim",
    Kind.PROGRESS: "dim",
    Kind.METRICS: "good",
    Kind.STAGE_FINISHED: "good",
    Kind.RUN_FINISHED: "good",
}


class LogView(Rows):
    """A log; `row` counts the lines that are shown."""

    COLUMNS = (Column("time", 8), Column("stage", 8, from_width=44), Column("message"))
    COMPONENT_CLASSES = {"log-view--hit"}

    follow: reactive[bool] = reactive(True, repaint=False, init=False)
    """Whether it sticks to the end."""
    min_level: reactive[Level] = reactive(Level.INFO, init=False)
    """Lines below it are not shown."""

    @dataclass
    class FollowChanged(Message):
        """The user went up, or to the end."""

        log: "LogView"
        follow: bool

        @property
        def control(self) -> "LogView":
            """For selectors of `@on`."""
            return self.log

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - as all widgets
        super().__init__(id=id, classes=classes)
        self._lines = LogLines()
        self._needle = ""

    # what it holds -------------------------------------------------------------------------------------------------

    @property
    def row_count(self) -> int:
        """How many lines are shown."""
        return len(self._lines)

    @property
    def total(self) -> int:
        """How many lines came."""
        return self._lines.total

    @property
    def needle(self) -> str:
        """What is searched for; "" for nothing."""
        return self._needle

    @property
    def status(self) -> str:
        """For the border: `following · level info · 1,204 lines · /text`."""
        state = "following" if self.follow else "paused"
        needle = f" · /{self._needle}" if self._needle else ""
        return f"{state} · level {_LEVEL_TEXT[self.min_level]} · {count_text(self.row_count, 'line')}{needle}"

    def event_at(self, row: int) -> Event:
        """The event shown in `row`."""
        return self._lines.event(row)

    def whole_text(self, row: int) -> tuple[str, ...]:
        """Everything the line in `row` says, for a dialog; text from outside."""
        event = self._lines.event(row)
        head = f"{time_text(event.at, '%Y-%m-%d %H:%M:%S')}  {event.level}  {event.stage or ''}".strip()
        return (head, event.message, *[f"{name} = {value}" for name, value in event.data.items()])

    def row(self, index: int) -> Sequence[Cell | str]:
        """Time, stage, message."""
        event = self._lines.event(index)
        look = _LOOKS.get(event.level) or _KIND_LOOKS.get(event.kind, "")
        return (
            Cell(time_text(event.at, "%H:%M:%S"), "dim"),
            Cell(event.stage or "", "accent"),
            Cell(message_text(event), look),
        )

    # what a screen does with it -------------------------------------------------------------------------------------

    def extend(self, lines: Sequence[str]) -> None:
        """More lines came; when following, the last one is shown."""
        if lines:
            self._lines.extend(lines)
            self._settle()

    def clear(self) -> None:
        """Begin anew, following."""
        self._lines.clear()
        self._needle = ""
        self.follow = True
        self._settle(0)

    def cycle_level(self) -> Level:
        """Info and above, then warnings, then errors, then everything; answers which."""
        self.min_level = _CYCLE[(_CYCLE.index(self.min_level) + 1) % len(_CYCLE)]
        return self.min_level

    def search(self, text: str) -> int:
        """Highlight `text`, ignoring case, and go to its next hit from the cursor on; how many lines have it."""
        self._needle = text
        self.refresh()
        if not text:
            return 0
        hits = list(self._lines.rows_with(text))
        if hits:
            self._go(next((row for row in hits if row >= self.cursor), hits[0]))
        return len(hits)

    def next_hit(self) -> bool:
        """To the next line with what is searched for, round the end; whether there is one."""
        return self._hit(1)

    def previous_hit(self) -> bool:
        """To the line before with what is searched for, round the beginning; whether there is one."""
        return self._hit(-1)

    def _hit(self, step: int) -> bool:
        found = self._lines.find(self._needle, self.cursor, step) if self._needle else None
        if found is not None:
            self._go(found)
        return found is not None

    def _go(self, row: int) -> None:
        self._follow_by_hand(False)
        self.cursor = row
        self._show_cursor()

    # following ------------------------------------------------------------------------------------------------------

    def watch_follow(self, follow: bool) -> None:
        """To the end, when it is turned on."""
        if follow:
            self._settle()
        else:
            self.refresh()

    def watch_min_level(self, level: Level) -> None:
        """Show what is of that level and above; the cursor keeps its line."""
        line = self._lines.line_of(self.cursor) if self.row_count else 0
        self._lines.show_from(level)
        self._settle(self._lines.row_of(line))

    def watch_cursor(self, old: int, new: int) -> None:
        """Up stops following."""
        if new < old:
            self._follow_by_hand(False)
        super().watch_cursor(old, new)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Scrolled up by mouse: following stops, and the cursor comes along."""
        super().watch_scroll_y(old_value, new_value)
        if new_value < old_value and round(new_value) < self.max_scroll_y:
            self._follow_by_hand(False)
        if not self.follow:
            top = round(new_value)
            self.set_reactive(Rows.cursor, self.validate_cursor(min(max(self.cursor, top), top + self._page() - 1)))

    def action_bottom(self) -> None:
        """To the last line, and follow from there."""
        self._follow_by_hand(True)
        super().action_bottom()

    def on_resize(self) -> None:
        """Keep the end in sight when following."""
        self._settle()

    def _follow_by_hand(self, follow: bool) -> None:
        if self.follow != follow:
            self.follow = follow
            self.post_message(self.FollowChanged(self, follow))

    def _settle(self, cursor: int | None = None) -> None:
        if not self.is_mounted:
            return
        self.rows_changed(self.row_count - 1 if self.follow else cursor)

    def _show_cursor(self) -> None:
        if not self.size.height:
            return
        if self.follow:
            end = max(self.virtual_size.height - self.size.height, 0)
            self.scroll_to(y=end, animate=False, immediate=True, force=True)
        else:
            super()._show_cursor()

    # drawing --------------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One line, its hits highlighted; no cursor while following."""
        index = y - 1 + int(self.scroll_offset.y)
        strip = super().render_line(y)
        if self.follow and y > 0 and index == self.cursor < self.row_count:
            strip = self._draw(self.lead(index), self.row(index), self.scrollable_content_region.width, "")
        return self._highlight(strip) if self._needle and y > 0 else strip

    def _highlight(self, strip: Strip) -> Strip:
        hits = list(needle_pattern(self._needle).finditer(strip.text, _MESSAGE_FROM))
        if not hits:
            return strip
        ink = self.get_component_rich_style("log-view--hit")
        pieces: list[Segment] = []
        at = 0
        for segment in strip:
            style, start, end = segment.style, at, at + len(segment.text)
            place = start
            for hit in hits:
                first, last = max(hit.start(), place), min(hit.end(), end)
                if first < last:
                    pieces.append(Segment(segment.text[place - start : first - start], style))
                    pieces.append(Segment(segment.text[first - start : last - start], (style or ink) + ink))
                    place = last
            pieces.append(Segment(segment.text[place - start :], style))
            at = end
        return Strip([piece for piece in pieces if piece.text], strip.cell_length)
