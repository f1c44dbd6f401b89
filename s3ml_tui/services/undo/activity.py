"""What was done from this machine: remembered with its undo, over restarts and between processes."""

import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from s3ml_tui.domain.activity import ActivityRecord, Where, activity_record_of
from s3ml_tui.domain.errors import BadInput, Conflict, LocalTrouble, NotFound, NotSupported
from s3ml_tui.domain.plans.plan import Outcome, Plan
from s3ml_tui.domain.serialization import Misfit
from s3ml_tui.services.local_state.jsonl_file import JsonLinesFile
from s3ml_tui.services.local_state.plan_files import PlanFiles
from s3ml_tui.services.undo.activity_codec import Kept, line_of, read_line, read_plan

FILE = "activity.jsonl"
FOLDER = "activity"
"""For plans that are too large for a line."""
OLDEST = timedelta(days=90)
"""What is older is not shown any more."""
__all__ = ["FILE", "FOLDER", "OLDEST", "Activity", "ActivityRecord", "Where"]
_LETTERS = "abcdefghijkmnpqrstuvwxyz"


class Activity:
    """The record of one session; safe to use from many threads. Without a folder it lasts as long as the session."""

    def __init__(
        self,
        folder: Path | None = None,
        where: Where = Where("default", ""),  # noqa: B008 - a value
        *,
        by: str = "",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.where = where
        self.trouble: LocalTrouble | None = None
        """Why what is done is not remembered after the session; None while it is."""
        self._file = JsonLinesFile(folder / FILE) if folder is not None else None
        self._plans = PlanFiles(folder / FOLDER) if folder is not None else None
        self._by, self._now = by, now
        self._session: list[Kept] = []
        """What was done in this session, oldest first."""
        self._known: dict[bytes, Kept | None] = {}
        """Lines that were read before."""
        self._lock = threading.Lock()

    # writing -------------------------------------------------------------------------------------------------------

    def note(self, outcome: Outcome, *, plan: Plan | None = None, undoes: str = "") -> ActivityRecord:
        """Remember an outcome: of `plan`, which undid the record with the id `undoes`. Raises nothing.

        What cannot be written is remembered until the session ends, and `trouble` says why.
        """
        record = activity_record_of(outcome, self.where, record_id=_new_id(), by=self._by, plan=plan, undoes=undoes)
        with self._lock:
            self._session.append(Kept(record, outcome.undo))
        if self._file is not None and self._plans is not None:
            try:
                if self._file.append(line_of(record, outcome.undo, self._plans)):
                    self._forget()
                self.trouble = None
            except LocalTrouble as trouble:
                self.trouble = trouble
        return record

    def _forget(self) -> None:
        """Remove the plans of records that made room for others."""
        if self._file is not None and self._plans is not None:
            named = {kept.record.id for line in self._file.lines() if (kept := read_line(line)) is not None}
            self._plans.keep_only(named)

    # reading -------------------------------------------------------------------------------------------------------

    def records(self) -> tuple[ActivityRecord, ...]:
        """What was done from this machine, newest first. Raises LocalTrouble when it cannot be read."""
        return tuple(kept.record for kept in self._all())

    def is_here(self, record: ActivityRecord) -> bool:
        """Whether it can be taken back in this session: it was done to this server, for this account."""
        return record.where.is_same_as(self.where)

    def last(self, bucket: str = "") -> ActivityRecord | None:
        """The last record that can be undone here: of this session, or in this bucket ("": in any).

        What took another back is none of them: one after the other goes further back, not to and fro.
        """
        own, records = {kept.record.id for kept in self._session}, self.records()
        undoing = _undoing(records)
        return next(
            (
                record
                for record in records
                if record.can_be_undone
                and record.id not in undoing
                and self.is_here(record)
                and (record.id in own or not bucket or record.bucket in {bucket, ""})
            ),
            None,
        )

    @contextmanager
    def telling_of_older(self, undoes: str) -> Iterator[None]:
        """An undo that is refused does not hide how to undo what lies further back; "" is no undo."""
        try:
            yield
        except (Conflict, NotSupported) as refusal:
            older = self.way_to_older(undoes) if undoes else ""
            if not older:
                raise
            advice = "; ".join(part for part in (refusal.advice, older) if part)
            raise type(refusal)(refusal.title, cause=refusal.cause, advice=advice) from refusal

    def way_to_older(self, record_id: str) -> str:
        """How to undo what was done before this record, in a sentence; "" where nothing of that can be undone."""
        try:
            records = self.records()
        except LocalTrouble:
            return ""
        undoing = _undoing(records)
        at = next((at for at, record in enumerate(records) if record.id == record_id), len(records))
        for record in records[at + 1 :]:
            if record.can_be_undone and record.id not in undoing and self.is_here(record):
                return (
                    "What was done before it can still be undone: choose it in Activity, or "
                    f"`s3ml undo {record.id}` undoes “{record.title}”"
                )
        return ""

    def find(self, name: str) -> ActivityRecord:
        """The record with this id, or of this number in the list, from 1. Raises NotFound, BadInput."""
        records = self.records()
        if name.isascii() and name.isdigit():
            number = int(name[:9])
            if 1 <= number <= len(records):
                return records[number - 1]
            raise NotFound(
                f"There is no number {name} in what was done",
                cause=f"{len(records)} are remembered" if records else "Nothing is remembered",
                advice="See them with `s3ml activity`",
            )
        found = next((record for record in records if record.id == name), None)
        if found is None:
            raise NotFound(f"Nothing that was done has the id {name}", advice="See them with `s3ml activity`")
        return found

    def undo_of(self, record: ActivityRecord) -> Plan:
        """The plan that undoes a record. Raises BadInput (it has none, or is of elsewhere), NotSupported."""
        if record.undone_at is not None:
            raise BadInput(f"“{record.title}” was undone already", advice="What undid it can be undone in its turn")
        if not self.is_here(record):
            raise BadInput(
                f"“{record.title}” was done to another server",
                cause=f"It was done in the context {record.where.context}, on {record.where.server}",
                advice="Undo it there",
            )
        kept = next((one for one in self._all() if one.record.id == record.id), None)
        if kept is None or not kept.record.undo:
            why = kept.record.no_undo if kept is not None else "It is not remembered any more."
            raise BadInput(f"“{record.title}” cannot be undone", cause=why)
        return kept.plan if kept.plan is not None else self._read_plan(kept)

    def _read_plan(self, kept: Kept) -> Plan:
        assert self._plans is not None  # noqa: S101 - or it would not be in a file
        try:
            return read_plan(self._plans.read(kept.record.id))
        except (NotFound, Misfit) as error:
            raise NotSupported(
                f"“{kept.record.title}” cannot be undone any more",
                cause="The file that says how is gone, damaged, or of another version of s3ml",
                advice="Look at the histories of what it changed: older versions can be brought back there",
            ) from error

    def _all(self) -> list[Kept]:
        """Newest first, each with whether it was undone."""
        with self._lock:
            own = {kept.record.id: kept for kept in self._session}
            found = [own.pop(kept.record.id, kept) for kept in self._written()]
            found += own.values()  # what could not be written
        undone = {kept.record.undoes: kept.record.at for kept in found if kept.record.undoes and not kept.record.failed}
        oldest = self._now() - OLDEST
        return [
            replace(kept, record=replace(kept.record, undone_at=undone[kept.record.id]))
            if kept.record.id in undone
            else kept
            for kept in reversed(found)
            if kept.record.at >= oldest
        ]

    def _written(self) -> list[Kept]:
        if self._file is None:
            return []
        try:
            lines = self._file.lines()
        except LocalTrouble:
            if self._session:
                return []  # what was done just now is not hidden by that
            raise
        self._known = {line: self._known[line] if line in self._known else read_line(line) for line in lines}
        return [kept for line in lines if (kept := self._known[line]) is not None]


def _undoing(newest_first: Sequence[ActivityRecord]) -> set[str]:
    """The ids of those that took another back; who takes such a one back does anew what it undid."""
    found: set[str] = set()
    for record in reversed(newest_first):
        if record.undoes and record.undoes not in found:
            found.add(record.id)
    return found


def _new_id() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(8))
