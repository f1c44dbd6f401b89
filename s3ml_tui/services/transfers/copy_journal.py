"""Journals of copies that the server makes: what was begun when a process was killed is known to the same command.

No bytes pass this machine, so nothing is resumed. A journal tells which uploads are open, to throw them away, and under
which operation ids copies were made, so that one which landed is not made twice, nor asked about.

A journal whose file is made with its first line: jobs over small objects, which have nothing to note, have none.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from s3ml_tui.domain.errors import Denied, LocalTrouble, NotFound
from s3ml_tui.domain.plans.copy_move import CopyItem, CopyObjects
from s3ml_tui.domain.plans.plan import CopyForward, Outcome
from s3ml_tui.domain.plans.transfer import IN_PLACE, Move, TransferRequest, Way
from s3ml_tui.domain.storage.history import NULL_VERSION
from s3ml_tui.domain.storage.provenance import COPIED_FROM, copy_mark
from s3ml_tui.domain.storage.resume_point import UploadNotes
from s3ml_tui.domain.storage.store import OPERATION, Store
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.parallel import at_once
from s3ml_tui.services.transfers.cleanup import clear_leftovers, sweep
from s3ml_tui.services.transfers.journal import Journal, Journals, Notes, held, operation_of
from s3ml_tui.services.transfers.journal_file import Record


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
        notes = Notes(self, self._record, move, set(), is_again=False)
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


NotesOf = Callable[[ObjectKey, int], UploadNotes | None]
"""The notes for what is to become of one key; its size in bytes."""


def no_notes(_key: ObjectKey, _size: int) -> UploadNotes | None:
    """Where nothing can be written down."""
    return None


class CopyJournals:
    """Those of one account."""

    def __init__(self, store: Store, journals: Journals, now: Callable[[], datetime]) -> None:
        self._store = store
        self._journals = journals
        self._now = now

    def perform(self, plan: CopyObjects | CopyForward, do: Callable[[NotesOf], Outcome]) -> Outcome:
        """What `do` answers, given notes. Raises what it raises, and Conflict when the same goes on elsewhere."""
        journal = self._begin(plan)
        if journal is None:
            return do(no_notes)
        keys = [item.target for item in plan.items] if isinstance(plan, CopyObjects) else [plan.key]
        clear_leftovers(self._store, journal, {_address(key) for key in keys})
        given: list[Notes] = []

        def notes(key: ObjectKey, size: int) -> Notes:
            given.append(journal.notes(_move(key, size)))
            return given[-1]

        with held(journal, given):
            outcome = do(notes)
        if outcome.failed or any(one.has_open for one in given):
            journal.leave()
        else:
            journal.remove()
        return outcome

    @contextmanager
    def in_place(self, title: str, objects: int, size: int) -> Iterator[NotesOf]:
        """Notes for a job that changes so many objects where they are; what earlier ones left open goes first.

        What such a job had done is seen from the objects (`as_wanted`), so only what is open has to be known, and a
        journal is written when the first of them is large enough to be copied in parts.
        """
        self.clear()
        transfer_request = TransferRequest(Way.ACROSS, (), "", version_id=IN_PLACE)
        record = self._journals.draft(
            transfer_request, title=title, files=objects, size=size, now=self._now().timestamp()
        )
        journal = LaterJournal(self._journals, record)
        try:
            yield lambda key, size: journal.notes(_move(key, size))
        finally:
            journal.end()

    def clear(self) -> None:
        """Throw away what interrupted jobs of that kind left open, and journals that were hardly begun."""
        with suppress(OSError):  # a later start does it
            self._journals.clear_torn()
        sweep(
            self._store, self._journals, [one for one in self._journals.abandoned() if one.transfer_request.is_in_place]
        )

    def recognised(self, plan: CopyObjects) -> CopyObjects:
        """The plan with what an interrupted job of it has copied already known as its own, and not as a collision."""
        record = self._journals.of(transfer_request_of(plan)) if plan.collisions else None
        if record is None:
            return plan

        def look(item: CopyItem) -> CopyItem:
            return replace(item, is_made=True) if self._is_made(item, record) else item

        return replace(plan, items=tuple(at_once(look, plan.items)))

    def was_moved(self, transfer_request: TransferRequest, key: ObjectKey | None = None) -> bool:
        """Whether an interrupted job had moved all there was, to `key` when it was one; then it is over now."""
        record = self._journals.of(transfer_request)
        if record is None or (key is not None and not self._is_ours(key, record)):
            return False
        self._close(record)
        return True

    def close(self, key: ObjectKey) -> None:
        """Whatever was begun to bring this object back is over."""
        for record in self._journals.abandoned():
            if (
                record.transfer_request.is_copy
                and record.transfer_request.sources == (key.uri,)
                and record.transfer_request.target == key.uri
            ):
                self._close(record)

    def _begin(self, plan: CopyObjects | CopyForward) -> Journal | None:
        files, size = (len(plan.items), plan.size) if isinstance(plan, CopyObjects) else (1, plan.source.size)
        with suppress(LocalTrouble):  # it goes without: only after a kill it would be missed
            return self._journals.begin(
                transfer_request_of(plan), title=plan.title, files=files, size=size, now=self._now().timestamp()
            )
        return None

    def _is_made(self, item: CopyItem, record: Record) -> bool:
        if not item.collides or item.there is None or item.there.size != item.source.size:
            return False
        version_id = item.source.version_id
        mark = copy_mark(item.source.key, None if version_id in {"", NULL_VERSION} else version_id)
        is_same = item.there.etag == item.source.etag or "?" in mark
        return is_same and self._is_ours(item.target, record, mark)

    def _is_ours(self, key: ObjectKey, record: Record, mark: str = "") -> bool:
        try:
            metadata = self._store.facts(key).metadata
        except (NotFound, Denied):
            return False
        is_marked = not mark or metadata.get(COPIED_FROM, mark) == mark
        return is_marked and metadata.get(OPERATION) == operation_of(record.id, _address(key))

    def _close(self, record: Record) -> None:
        journal = self._journals.take(record)
        if journal is not None:
            journal.remove()


def transfer_request_of(plan: CopyObjects | CopyForward) -> TransferRequest:
    """What was asked for, by which the same command is known."""
    if isinstance(plan, CopyForward):
        return TransferRequest(Way.ACROSS, (plan.key.uri,), plan.key.uri, version_id=plan.source.version_id)
    if plan.origin is not None:
        return copy_transfer_request((plan.origin.uri,), plan.to, is_move=plan.is_move)
    first = plan.items[0].source
    version_id = first.version_id if len(plan.items) == 1 and not first.is_latest else None
    return copy_transfer_request(
        tuple(item.source.key.uri for item in plan.items), plan.to, is_move=plan.is_move, version_id=version_id
    )


def copy_transfer_request(
    sources: tuple[str, ...], target: str, *, is_move: bool, version_id: str | None = None
) -> TransferRequest:
    """The same from its parts; of a chosen old version its id."""
    return TransferRequest(Way.ACROSS, sources, target, version_id="moved" if is_move else version_id)


def _move(key: ObjectKey, size: int) -> Move:
    return Move(key.name, "", _address(key), size, 0.0)


def _address(key: ObjectKey) -> str:
    return f"{key.bucket}/{key.key}"
