"""What was done from this machine: remembered with its undo, over restarts and between processes."""

import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from s3ml_tui.domain.activity import Deed, Where, deed_of
from s3ml_tui.domain.errors import BadInput, LocalTrouble, NotFound, NotSupported
from s3ml_tui.domain.plans.plan import Outcome, Plan
from s3ml_tui.domain.serialization import Misfit
from s3ml_tui.services.local_state.jsonl_file import DeedFile
from s3ml_tui.services.local_state.plan_files import PlanFiles
from s3ml_tui.services.undo.activity_codec import Kept, line_of, read_line, read_plan

FILE = "activity.jsonl"
FOLDER = "activity"
"""For plans that are too large for a line."""
OLDEST = timedelta(days=90)
"""What is older is not shown any more."""
__all__ = ["FILE", "FOLDER", "OLDEST", "Activity", "Deed", "Where"]
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
        self._file = DeedFile(folder / FILE) if folder is not None else None
        self._plans = PlanFiles(folder / FOLDER) if folder is not None else None
        self._by, self._now = by, now
        self._session: list[Kept] = []
        """What was done in this session, oldest first."""
        self._known: dict[bytes, Kept | None] = {}
        """Lines that were read before."""
        self._lock = threading.Lock()

    # writing -------------------------------------------------------------------------------------------------------

    def note(self, outcome: Outcome, *, plan: Plan | None = None, undoes: str = "") -> Deed:
        """Remember an outcome: of `plan`, which took the deed with the id `undoes` back. Raises nothing.

        What cannot be written is remembered until the session ends, and `trouble` says why.
        """
        deed = deed_of(outcome, self.where, deed_id=_new_id(), by=self._by, plan=plan, undoes=undoes)
        with self._lock:
            self._session.append(Kept(deed, outcome.undo))
        if self._file is not None and self._plans is not None:
            try:
                if self._file.append(line_of(deed, outcome.undo, self._plans)):
                    self._forget()
                self.trouble = None
            except LocalTrouble as trouble:
                self.trouble = trouble
        return deed

    def _forget(self) -> None:
        """Remove the plans of deeds that made room for others."""
        if self._file is not None and self._plans is not None:
            named = {kept.deed.id for line in self._file.lines() if (kept := read_line(line)) is not None}
            self._plans.keep_only(named)

    # reading -------------------------------------------------------------------------------------------------------

    def deeds(self) -> tuple[Deed, ...]:
        """What was done from this machine, newest first. Raises LocalTrouble when it cannot be read."""
        return tuple(kept.deed for kept in self._all())

    def is_here(self, deed: Deed) -> bool:
        """Whether it can be taken back in this session: it was done to this server, for this account."""
        return deed.where.is_same_as(self.where)

    def is_of_session(self, deed: Deed) -> bool:
        """Whether it was done in this session."""
        with self._lock:
            return any(kept.deed.id == deed.id for kept in self._session)

    def last(self, bucket: str = "") -> Deed | None:
        """The last deed that can be taken back here: of this session, or in this bucket ("": in any).

        What took another back is none of them: one after the other goes further back, not to and fro.
        """
        own, deeds = {kept.deed.id for kept in self._session}, self.deeds()
        undoing = _undoing(deeds)
        return next(
            (
                deed
                for deed in deeds
                if deed.can_be_undone
                and deed.id not in undoing
                and self.is_here(deed)
                and (deed.id in own or not bucket or deed.bucket in {bucket, ""})
            ),
            None,
        )

    def find(self, name: str) -> Deed:
        """The deed with this id, or of this number in the list, from 1. Raises NotFound, BadInput."""
        deeds = self.deeds()
        if name.isascii() and name.isdigit():
            number = int(name[:9])
            if 1 <= number <= len(deeds):
                return deeds[number - 1]
            raise NotFound(
                f"There is no number {name} in what was done",
                cause=f"{len(deeds)} are remembered" if deeds else "Nothing is remembered",
                advice="See them with `s3ml activity`",
            )
        found = next((deed for deed in deeds if deed.id == name), None)
        if found is None:
            raise NotFound(f"Nothing that was done has the id {name}", advice="See them with `s3ml activity`")
        return found

    def undo_of(self, deed: Deed) -> Plan:
        """The plan that takes a deed back. Raises BadInput (it has none, or is of elsewhere), NotSupported."""
        if deed.undone_at is not None:
            raise BadInput(f"“{deed.title}” was undone already", advice="What undid it can be undone in its turn")
        if not self.is_here(deed):
            raise BadInput(
                f"“{deed.title}” was done to another server",
                cause=f"It was done in the context {deed.where.context}, on {deed.where.server}",
                advice="Undo it there",
            )
        kept = next((one for one in self._all() if one.deed.id == deed.id), None)
        if kept is None or not kept.deed.undo:
            why = kept.deed.no_undo if kept is not None else "It is not remembered any more."
            raise BadInput(f"“{deed.title}” cannot be undone", cause=why)
        return kept.plan if kept.plan is not None else self._read_plan(kept)

    def _read_plan(self, kept: Kept) -> Plan:
        assert self._plans is not None  # noqa: S101 - or it would not be in a file
        try:
            return read_plan(self._plans.read(kept.deed.id))
        except (NotFound, Misfit) as error:
            raise NotSupported(
                f"“{kept.deed.title}” cannot be undone any more",
                cause="The file that says how is gone, damaged, or of another version of s3ml",
                advice="Look at the histories of what it changed: older versions can be brought back there",
            ) from error

    def _all(self) -> list[Kept]:
        """Newest first, each with whether it was undone."""
        with self._lock:
            own = {kept.deed.id: kept for kept in self._session}
            found = [own.pop(kept.deed.id, kept) for kept in self._written()]
            found += own.values()  # what could not be written
        undone = {kept.deed.undoes: kept.deed.at for kept in found if kept.deed.undoes and not kept.deed.failed}
        oldest = self._now() - OLDEST
        return [
            replace(kept, deed=replace(kept.deed, undone_at=undone[kept.deed.id])) if kept.deed.id in undone else kept
            for kept in reversed(found)
            if kept.deed.at >= oldest
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


def _undoing(newest_first: Sequence[Deed]) -> set[str]:
    """The ids of those that took another back; who takes such a one back does anew what it undid."""
    found: set[str] = set()
    for deed in reversed(newest_first):
        if deed.undoes and deed.undoes not in found:
            found.add(deed.id)
    return found


def _new_id() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(8))
