"""The pane around the history: asks for the versions of the object under the cursor once the cursor rests."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.message import Message
from textual.worker import get_current_worker

from s3ml_tui.domain.errors import NotFound, S3mlError
from s3ml_tui.domain.storage.history import History, HistoryPage, Version
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.session import Services
from s3ml_tui.ui.history.lineage import Lineage
from s3ml_tui.ui.history.provenance import Provenance
from s3ml_tui.ui.history.rows import HistoryRows
from s3ml_tui.ui.widgets.tabs import TabPane

if TYPE_CHECKING:
    from textual.timer import Timer

REST_S = 0.15
"""So long the cursor must rest on an object before its versions are asked for."""

WAITING_SHOWN_AFTER_S = 0.15
"""An answer that comes sooner is shown without saying that it was waited for."""


@dataclass(eq=False)
class Question:
    """Whose history was asked for; an answer to any but the latest is dropped."""

    key: ObjectKey


class HistoryPane(TabPane):
    """All versions of exactly one key."""

    TAB = "History"

    @dataclass
    class Gone(Message):
        """The object whose history this is does not exist now: it is deleted, or nothing is left of it."""

        key: ObjectKey

    @dataclass
    class PageArrived(Message):
        """Some versions, or why there are none."""

        question: Question
        page: HistoryPage | None = None
        error: S3mlError | None = None

    def __init__(self, clock: Callable[[], datetime], **options: Any) -> None:
        self.rows = HistoryRows(clock, id="versions")
        self.lineage, self.provenance = Lineage(self.rows), Provenance(self.rows)
        self.rows.providers = (self.lineage, self.provenance)
        super().__init__(self.rows, **options)
        self.key: ObjectKey | None = None
        self.is_complete = False
        """Whether all pages of the key are here."""
        self._services: Services | None = None
        self._question: Question | None = None
        self._timer: Timer | None = None
        self._wanted = ""
        """The version id the cursor is to come to; "" is the top."""
        self._is_first = True
        self._said = ""
        """How many versions there are."""

    def connect(self, services: Services | None) -> None:
        """Use another session."""
        self._services = self.lineage.services = self.provenance.services = services
        self._forget_versions()

    @property
    def chosen(self) -> Version | None:
        """The version under the cursor; None behind a notice."""
        return self.rows.chosen if self.state == "ready" else None

    @property
    def history(self) -> History | None:
        """The whole of it; None while some of it may be missing."""
        if self.key is None or not self.is_complete or self.state not in {"ready", "empty"}:
            return None
        return History(self.key, tuple(self.rows.versions))

    def point_at(self, key: ObjectKey | None) -> None:
        """Another object is under the cursor, or none; nothing is asked for while it goes on moving."""
        if key == self.key and key is not None:
            return
        self._forget_versions()
        self.key = key
        self.rows.unmark()
        self.rows.versions = []
        self.rows.rows_changed(0)
        if key is None:
            self.title("History")
            self.empty("No object chosen", "move the cursor to an object, and its versions are listed here")
            return
        self._said = ""
        self.paint_title()
        self.ready()
        self._timer = self.set_timer(REST_S, self._read)

    def reload(self, *, to_top: bool = False, looks_again: bool = True) -> None:
        """Read the history again; the cursor stays on its version, or comes to the top.

        Without `looks_again` what is known of versions by their ids is taken to be so still.
        """
        if self.key is not None and self._services is not None:
            if looks_again:
                self._services.look_again(self.key)
            for provider in self.rows.providers:
                provider.ask_again()
        self._read(to_top=to_top)

    def _read(self, *, to_top: bool = False) -> None:
        self._forget()
        if self.key is None or self._services is None:
            return
        chosen = self.rows.chosen
        self._wanted = "" if to_top or chosen is None else chosen.version_id
        self._is_first = True
        question = self._question = Question(self.key)
        if self.state != "ready":
            self.wait_for("versions")
        self.set_timer(WAITING_SHOWN_AFTER_S, lambda: self._say_waiting(question))
        self._load(self._services, question)

    def _say_waiting(self, question: Question) -> None:
        if question == self._question and self._is_first and not self.rows.row_count:
            self.wait_for("versions")

    def paint_title(self) -> None:
        """Whose history, how long, and what of it is marked."""
        name = self.key.name if self.key is not None else ""
        self.title(" · ".join(part for part in (name, self.TAB, self._said, self.rows.marked_text) if part))

    def _forget_versions(self) -> None:
        self._forget()
        for provider in self.rows.providers:
            provider.forget()

    def _forget(self) -> None:
        """Drop what is asked for, and what is about to be."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._question = None
        self.is_complete = False
        self.workers.cancel_group(self, "history")

    @work(thread=True, group="history", exit_on_error=False)
    def _load(self, services: Services, question: Question) -> None:
        worker = get_current_worker()
        try:
            for page in services.versions.history_or_current(question.key, cancelled=lambda: worker.is_cancelled):
                self.post_message(self.PageArrived(question, page))
        except S3mlError as error:
            self.post_message(self.PageArrived(question, error=error))

    @on(PageArrived)
    def _arrived(self, message: PageArrived) -> None:
        if message.question != self._question:
            return
        if message.error is not None:
            self._question = None
            self.rows.versions = []
            self.trouble(message.error)
        elif message.page is not None:
            self._take(message.question.key, message.page)

    def _take(self, key: ObjectKey, page: HistoryPage) -> None:
        if self._is_first:
            self._is_first = False
            self.rows.versions = list(page.versions)
            cursor = 0
            if page.versions[0].is_delete_marker if page.versions else page.is_last:
                self.post_message(self.Gone(key))
        else:
            self.rows.versions.extend(page.versions)
            cursor = self.rows.cursor
        found = (row for row, version in enumerate(self.rows.versions) if version.version_id == self._wanted)
        row = next(found, None) if self._wanted else None
        if row is not None:
            self._wanted = ""
        self.is_complete = page.is_last
        self._paint(key, page.missing)
        self.rows.rows_changed(cursor if row is None else row)

    def _paint(self, key: ObjectKey, missing: str) -> None:
        count = len(self.rows.versions)
        said = count_text(count, "version") if self.is_complete else f"{count:,}+ versions"
        if missing:
            said = f"the current version alone: {missing}"
        self._said = said if count else ""
        self.paint_title()
        if count or not self.is_complete:
            self.ready()
        else:
            cause = "All its versions are gone, or the bucket keeps none."
            self.trouble(NotFound(f"{key.name} is not there any more", cause=cause, advice="Read the listing again"))
