"""How much lies under a place, and in which of its folders; counted while one looks, folder by folder.

The folders of a place by what lies in them, the biggest first.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.text import age_text, count_text, size_text
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.browse.folder_size import Usage
from s3ml_tui.services.session import Services
from s3ml_tui.ui import keys, render
from s3ml_tui.ui.clock import local_now
from s3ml_tui.ui.dialogs.dialog import Dialog
from s3ml_tui.ui.widgets.rows import Cell, Column, Rows

if TYPE_CHECKING:
    from s3ml_tui.services.browse.folder_size import Share


_BAR = 14


class UsageRows(Rows):
    """Bytes, objects, a bar against the biggest, the folder's name."""

    COLUMNS = (
        Column("size", 9, "right"),
        Column("objects", 13, "right"),
        Column("", _BAR, from_width=60),
        Column("folder"),
    )
    GAP = 2

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._parts: list[tuple[str, Share]] = []
        self._place: Place | None = None
        self._is_by_size = True

    @property
    def row_count(self) -> int:
        """One row a folder, and one for what lies on the level itself."""
        return len(self._parts)

    @property
    def folder(self) -> Place | None:
        """What is under the cursor; None where that is no folder."""
        prefix = self._parts[self.cursor][0] if self._parts else ""
        return Place(self._place.bucket, prefix) if self._place is not None and prefix else None

    def show(self, usage: "Usage", wanted: str = "") -> None:
        """Other figures; the cursor stays where it is, or comes to a whole prefix."""
        self._place, self._parts = usage.place, list(usage.by_prefix.items())
        self._is_by_size = usage.total.size > 0
        row = next((at for at, (prefix, _) in enumerate(self._parts) if prefix == wanted), None) if wanted else None
        self.rows_changed(row)

    def row(self, index: int) -> Sequence[Cell | str]:
        """The cells of one folder."""
        prefix, share = self._parts[index]
        bar = Cell("▓" * self._length(share), "accent")
        cut = len(self._place.prefix) if self._place is not None else 0
        name = Cell(prefix[cut:], "accent") if prefix else Cell("objects on this level", "dim")
        return (size_text(share.size), f"{share.count:,}", bar, name)

    def _length(self, share: "Share") -> int:
        """Of the bar, which tells of counts where all objects are empty."""
        first = self._parts[0][1]
        part, whole = (share.size, first.size) if self._is_by_size else (share.count, first.count)
        return max(1, round(_BAR * part / whole)) if part and whole else 0


_EVERY_S = 0.1
"""While it is counted, figures are shown so often at most."""


class UsageScreen(Dialog[Place | None]):
    """Answers the folder to go to; None when the user leaves. What was counted once is there when one comes back."""

    BINDINGS = [
        Binding("escape,q", "leave", "Leave"),
        Binding("o", "go", "Go there", show=False),
        Binding("R,f5", "count_again", "Count again", show=False),
    ]

    @dataclass
    class Counted(Message):
        """What was found so far, or why it could not be."""

        question: int
        usage: Usage | None = None
        error: S3mlError | None = None

    def __init__(self, services: Services, place: Place) -> None:
        super().__init__()
        self._services = services
        self.place = place
        self._known: dict[Place, Usage] = {}
        """What was counted to its end."""
        self._question = 0
        """Counts the questions; answers to older ones are dropped."""
        self._wanted = ""
        """The prefix the cursor is to come to."""

    def compose(self) -> ComposeResult:
        """Where, how much, the folders, and the keys."""
        with Vertical(classes="dialog usage"):
            yield Static(classes="dialog--title")
            yield Static(id="usage-total")
            yield UsageRows(id="usage-rows")
            yield Static(classes="dialog--hint")

    def on_mount(self) -> None:
        """Count."""
        self.query_one(UsageRows).focus()
        self._show(self.place)

    def _show(self, place: Place, wanted: str = "") -> None:
        """Another place: from what is known of it, or counted now."""
        self.place, self._wanted = place, wanted
        self._question += 1
        self.workers.cancel_group(self, "usage")
        self.query_one(".dialog--title", Static).update(render.plain(f"All that lies in {place.uri}"))
        known = self._known.get(place)
        self.query_one(UsageRows).cursor = 0
        if known is not None:
            self._paint(known)
        else:
            self._paint(Usage(place))
            self._count(self._services, place, self._question)

    @work(thread=True, group="usage", exit_on_error=False)
    def _count(self, services: Services, place: Place, question: int) -> None:
        worker = get_current_worker()
        last_posted_s = 0.0
        try:
            for usage in services.searching.usage(place, cancelled=lambda: worker.is_cancelled):
                if usage.is_complete or time.monotonic() - last_posted_s >= _EVERY_S:
                    last_posted_s = time.monotonic()
                    self.post_message(self.Counted(question, usage))
        except Stopped:
            return
        except S3mlError as error:
            self.post_message(self.Counted(question, error=error))

    @on(Counted)
    def _counted(self, message: Counted) -> None:
        if message.question != self._question:
            return
        if message.error is not None:
            self._hint(message.error.sentence, is_wrong=True)
        elif message.usage is not None:
            if message.usage.is_complete:
                self._known[self.place] = message.usage
            self._paint(message.usage)

    def _paint(self, usage: Usage) -> None:
        self.query_one("#usage-total", Static).update(render.lines(*_words(usage)))
        rows = self.query_one(UsageRows)
        rows.show(usage, self._wanted if usage.is_complete else "")
        self._hint("" if usage.is_complete else "counting")

    def _hint(self, said: str, *, is_wrong: bool = False) -> None:
        up = f"{keys.key_for('list.back')} goes up" if self.place.parent is not None else ""
        parts = [
            said,
            f"{keys.key_for('list.open')} looks inside",
            up,
            "o goes there in Browse",
            f"{keys.key_for('app.refresh_screen')} counts again",
        ]
        hint = self.query_one(".dialog--hint", Static)
        hint.update(render.plain(" · ".join(part for part in (*parts, "escape leaves") if part)))
        hint.set_class(is_wrong, "-wrong")

    @on(Rows.Opened)
    def _inside(self) -> None:
        folder = self.query_one(UsageRows).folder
        if folder is not None:
            self._show(folder)

    @on(Rows.Left)
    def _up(self) -> None:
        parent = self.place.parent
        if parent is not None:
            self._show(parent, self.place.prefix)

    def action_go(self) -> None:
        """To the folder under the cursor; to the place itself where there is none."""
        self._stop()
        self.dismiss(self.query_one(UsageRows).folder or self.place)

    def action_count_again(self) -> None:
        """All of it may be otherwise by now."""
        self._known.clear()
        self._show(self.place)

    def action_leave(self) -> None:
        """What is not counted yet is not wanted any more."""
        self._stop()
        self.dismiss(None)

    def _stop(self) -> None:
        self._question += 1
        self.workers.cancel_group(self, "usage")


def _words(usage: Usage) -> tuple[str, ...]:
    """How much it is, of which classes, and the newest of it."""
    total = f"{count_text(usage.total.count, 'object')}, {size_text(usage.total.size)}"
    if not usage.is_complete:
        return (f"{total} so far" if usage.total.count else "Asking the server …",)
    if not usage.total.count:
        return ("There is nothing in it.",)
    classes = [f"{name} {share.count:,}, {size_text(share.size)}" for name, share in usage.by_class.items()]
    lines = [total, *([" · ".join(classes)] if len(classes) > 1 else [])]
    if usage.newest is not None:
        now = local_now()
        age = age_text(datetime.fromtimestamp(usage.newest, UTC).astimezone(now.tzinfo), now)
        lines.append(f"newest: {usage.newest_key[len(usage.place.prefix) :]}, {age}")
    return tuple(lines)
