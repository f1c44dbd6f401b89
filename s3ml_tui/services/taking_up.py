"""Transfers whose process ended before they did: noted while they go on, offered later, taken up, discarded, swept."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, LocalTrouble, NotFound
from s3ml_tui.domain.interrupted import Interrupted, Swept
from s3ml_tui.domain.moving import Move, MoveFiles, Way, Wish
from s3ml_tui.domain.plans import NothingToDo, UploadFile
from s3ml_tui.domain.store import Cancelled as IsCancelled
from s3ml_tui.domain.store import Received, Store, never
from s3ml_tui.domain.transfers import DownloadFile
from s3ml_tui.domain.uri import ObjectKey, parse_object
from s3ml_tui.services.copy_journals import CopyJournals
from s3ml_tui.services.files import sha256_of
from s3ml_tui.services.journal import Journals, held
from s3ml_tui.services.journal_file import Record
from s3ml_tui.services.notes import Notes
from s3ml_tui.services.objects import Objects
from s3ml_tui.services.sweeping import sweep, why_not

LONGEST_KEPT_S = 7 * 86400.0
"""So long an interrupted job can be taken up; open uploads cost money."""


class TakingUp:
    """What is written down of transfers, and what becomes of those that were broken off."""

    def __init__(
        self, store: Store, context: Context, now: Callable[[], datetime], state_folder: Path, objects: Objects
    ) -> None:
        self._store = store
        self._context = context
        self._now = now
        self._objects = objects
        self._journals = Journals(state_folder / "transfers", account_of(context, store))
        self.copies = CopyJournals(store, self._journals, now)
        """Of what the server copies."""

    def plan(self, wish: Wish, *, cancelled: IsCancelled = never) -> MoveFiles | NothingToDo:
        """What a wish means now, without what an interrupted job of it has done already."""
        raise NotImplementedError

    def interrupted(self) -> list[Interrupted]:
        """Jobs of this account and machine whose process ended before they did, oldest first."""
        found = [one for one in self._journals.abandoned() if not (one.is_given_up or one.wish.is_copy)]
        return [_told(record) for record in found if not self._context.read_only or record.wish.way is Way.DOWN]

    def plan_resume(
        self, job_id: str, *, cancelled: IsCancelled = never
    ) -> MoveFiles | UploadFile | DownloadFile | NothingToDo:
        """What is left of an interrupted job. Raises NotFound, and what planning raises."""
        record = self._record(job_id)
        reason = why_not(record)
        if reason:
            raise BadInput(f"{record.title} cannot go on", cause=reason, advice="Discard it, and begin again")
        if is_single(record.wish):
            return self._plan_single(record.wish)
        plan = self.plan(record.wish, cancelled=cancelled)
        if isinstance(plan, NothingToDo):
            self._close(record)
            return plan
        return replace(plan, wish=replace(plan.wish, collision=record.wish.collision))

    def _plan_single(self, wish: Wish) -> UploadFile | DownloadFile:
        if wish.way is Way.UP:
            plan = self._objects.plan_upload(Path(wish.sources[0]), parse_object(wish.target))
            return replace(plan, storing=wish.storing)
        key, path = parse_object(wish.sources[0]), Path(wish.target)
        return self._objects.plan_download(key, path, wish.version_id, overwrite=True)

    @contextmanager
    def noted(self, plan: UploadFile | DownloadFile) -> Iterator[Notes | None]:
        """Notes for the transfer of one file, so that it can go on after a crash; None where none can be kept.

        Raises Conflict when the same transfer goes on elsewhere.
        """
        wish, move = _single(plan)
        try:
            journal = self._journals.begin(wish, title=plan.title, files=1, size=plan.size, now=self._now().timestamp())
        except LocalTrouble:
            yield None
            return
        notes = journal.notes(move)
        with held(journal, [notes]):
            yield notes
        if notes.has_open:
            journal.give_up()  # it is done, and what may be left open beside it is in doubt: a later start looks again
        else:
            journal.remove()

    def got_before(self, key: ObjectKey, path: Path, version_id: str | None = None) -> Received | None:
        """The file an interrupted download had just given its name, and could not say so any more; that is over then.

        None when there is no such thing, or the file or the object is another now.
        """
        target = Path(os.path.abspath(path / key.name if path.is_dir() else path))  # noqa: PTH100 - as below
        for record in self._journals.abandoned():
            begun = record.downloads.get(str(target))
            is_it = record.wish.sources == (key.uri,) and is_single(record.wish) and begun is not None
            if not is_it or begun is None or begun.temporary.exists() or not target.is_file():
                continue
            facts = self._store.facts(key, version_id)
            is_same = (begun.version_id, begun.etag) == (facts.version_id, facts.etag)
            if is_same and target.stat().st_size == begun.size:
                self._close(record)
                return Received(key, facts.version_id, facts.etag, facts.size, sha256_of(target), target, True)
        return None

    def discard(self, job_id: str) -> None:
        """Throw away what an interrupted job left open; what it moved stays. Raises NotFound."""
        record = self._record(job_id)
        sweep(self._store, self._journals, [record])

    def sweep(self) -> Swept:
        """Remove what interrupted jobs of this account left behind and cannot go on, and old folders of runs."""
        with suppress(OSError):  # a later start does it
            self._journals.clear_torn()
        doomed = [record for record in self._journals.abandoned() if self._is_over(record)]
        return self._sweep(doomed, run_folders=True)

    def _sweep(self, doomed: Sequence[Record], *, run_folders: bool = False) -> Swept:
        if self._context.read_only:
            doomed = [record for record in doomed if not (record.uploads or record.wanted)]  # to abort is to change
        return sweep(self._store, self._journals, doomed, run_folders=run_folders)

    def _is_over(self, record: Record) -> bool:
        age_s = self._now().timestamp() - record.begun_at
        is_swept = record.wish.is_in_place or (record.wish.is_copy and record.is_open)
        return bool(why_not(record)) or age_s > LONGEST_KEPT_S or is_swept

    def _record(self, job_id: str) -> Record:
        found = next((record for record in self._journals.abandoned() if record.id == job_id), None)
        if found is None:
            raise NotFound(f"There is no interrupted transfer {job_id}", advice="It may go on, or be over")
        return found

    def _close(self, record: Record) -> None:
        journal = self._journals.take(record)
        if journal is not None:
            journal.remove()


def account_of(context: Context, store: Store) -> str:
    """Which server as whom; the embedded server is known by its folder, since its port changes."""
    if context.local_dir is not None:
        return f"local:{context.local_dir.absolute()}"
    return f"{context.profile or ''}@{store.endpoint}"


def is_single(wish: Wish) -> bool:
    """Whether it is about one file and one object."""
    return not wish.target.endswith("/")


def _single(plan: UploadFile | DownloadFile) -> tuple[Wish, Move]:
    """The wish that a plan for one file stands for, and its move."""
    path, place = os.path.abspath(plan.path), f"{plan.key.bucket}/{plan.key.key}"  # noqa: PTH100 - as below
    if isinstance(plan, UploadFile):
        wish = Wish(Way.UP, (path,), plan.key.uri, storing=plan.storing)
        return wish, Move(plan.path.name, path, place, plan.size, 0)
    wish = Wish(Way.DOWN, (plan.key.uri,), path, version_id=plan.version_id)
    return wish, Move(plan.key.name, place, path, plan.size, 0)


def _told(record: Record) -> Interrupted:
    return Interrupted(
        record.id,
        record.title,
        record.wish,
        files=record.files,
        done=len(record.done),
        size=record.size,
        begun=datetime.fromtimestamp(record.begun_at, UTC),
        why_not=why_not(record),
    )
