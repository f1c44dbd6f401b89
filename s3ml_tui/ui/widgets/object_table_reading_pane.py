"""The pane around the object table as far as it is about asking: one question at a time, answered in batches."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from textual import on, work
from textual.message import Message
from textual.worker import get_current_worker

from s3ml_tui.domain.errors import Cancelled, S3mlError
from s3ml_tui.services.session import Services
from s3ml_tui.ui.widgets.object_table import ObjectTable
from s3ml_tui.ui.widgets.object_table_arranging_pane import ArrangingPane
from s3ml_tui.ui.widgets.object_table_level import Level
from s3ml_tui.ui.widgets.object_table_reading import Batch, Question, batches


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
