"""A journal whose file is made with its first line: jobs over small objects, which have nothing to note, have none."""

import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from s3ml_tui.domain.moving import Move
from s3ml_tui.services.journal import Journal, Journals
from s3ml_tui.services.journal_file import Record
from s3ml_tui.services.notes import Notes


class LaterJournal:
    """Of one job that begins now; safe to use from many threads."""

    def __init__(self, journals: Journals, record: Record) -> None:
        self._journals = journals
        self._record = record
        self._journal: Journal | None = None
        self._lock = threading.Lock()
        self._given: list[Notes] = []

    def notes(self, move: Move) -> Notes:
        """Where the copy of one object writes down what it has begun."""
        notes = Notes(self, self._journals, self._record, move, set(), is_again=False)
        self._given.append(notes)
        return notes

    def add(self, line: Mapping[str, Any]) -> None:
        """One line; a full disk stops nobody."""
        with self._lock:
            if self._journal is None:
                with suppress(OSError):  # it goes without: only after a kill it would be missed
                    self._journal = self._journals.put(self._record)
            if self._journal is not None:
                self._journal.add(line)

    def end(self) -> None:
        """The job is over; what is open still, the next start has to know of."""
        with self._lock:
            if self._journal is None:
                return
            if any(one.has_open for one in self._given):
                self._journal.leave()
            else:
                self._journal.remove()
