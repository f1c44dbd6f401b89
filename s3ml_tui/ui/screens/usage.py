"""How much lies under a place, and in which of its folders; counted while one looks, folder by folder."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static
from textual.worker import get_current_worker

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.text import age_text, count_text, size_text
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.searching import Usage
from s3ml_tui.services.session import Services
from s3ml_tui.ui import cells, keys
from s3ml_tui.ui.clock import local_now
from s3ml_tui.ui.widgets.rows import Rows
from s3ml_tui.ui.widgets.usage_rows import UsageRows

_EVERY_S = 0.1
"""While it is counted, figures are shown so often at most."""


class UsageScreen(ModalScreen[Place | None]):
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
        self.query_one(".dialog--title", Static).update(cells.plain(f"All that lies in {place.uri}"))
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
        told = 0.0
        try:
            for usage in services.searching.usage(place, cancelled=lambda: worker.is_cancelled):
                if usage.is_complete or time.monotonic() - told >= _EVERY_S:
                    told = time.monotonic()
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
        self.query_one("#usage-total", Static).update(cells.lines(*_words(usage)))
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
        hint.update(cells.plain(" · ".join(part for part in (*parts, "escape leaves") if part)))
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
