"""Transfers of many files, and of large ones: planned, performed, taken up after a crash, swept when they cannot be.

Transfers whose process ended before they did: noted while they go on, offered later, taken up, discarded, swept.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, Cancelled, LocalTrouble, NotFound
from s3ml_tui.domain.plans.download_share import DownloadFile
from s3ml_tui.domain.plans.plan import NothingToDo, Outcome, UploadFile
from s3ml_tui.domain.plans.transfer import (
    DEFAULT_AT_ONCE,
    Interrupted,
    Move,
    MoveFiles,
    Swept,
    TransferRequest,
    Way,
    refuse_emptying,
)
from s3ml_tui.domain.plans.undo import TakeUploadsBack
from s3ml_tui.domain.storage.resume_point import Storing
from s3ml_tui.domain.storage.store import Cancelled as IsCancelled
from s3ml_tui.domain.storage.store import Progress, Received, Store, never, unobserved
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import ObjectKey, Place, parse_object
from s3ml_tui.services.transfers.cleanup import clear_leftovers, sweep, why_not
from s3ml_tui.services.transfers.journal import Journal, Journals, Notes, held
from s3ml_tui.services.transfers.journal_file import Record
from s3ml_tui.services.transfers.local_files import sha256_of
from s3ml_tui.services.transfers.perform import DeleteSeen, Mover, OnFileEnd
from s3ml_tui.services.transfers.plan import plan_down, plan_up, refuse_file_target
from s3ml_tui.services.transfers.single_file import Objects
from s3ml_tui.services.transfers.sync import plan_sync
from s3ml_tui.services.transfers.undo import take_back
from s3ml_tui.services.versions.read_only import refuse_read_only

LONGEST_KEPT_S = 7 * 86400.0
"""So long an interrupted job can be taken up; open uploads cost money."""


class TakingUp(ABC):
    """What is written down of transfers, and what becomes of those that were broken off."""

    def __init__(
        self,
        store: Store,
        context: Context,
        now: Callable[[], datetime],
        state_folder: Path,
        objects: Objects,
        delete_seen: DeleteSeen,
    ) -> None:
        self._store = store
        self._context = context
        self._now = now
        self._objects = objects
        self._delete_seen = delete_seen
        self._journals = Journals(state_folder / "transfers", account_of(context, store))

    @abstractmethod
    def plan(self, transfer_request: TransferRequest, *, cancelled: IsCancelled = never) -> MoveFiles | NothingToDo:
        """What a transfer request means now, without what an interrupted job of it has done already."""

    def interrupted(self) -> list[Interrupted]:
        """Jobs of this account and machine whose process ended before they did, oldest first."""
        found = [one for one in self._journals.abandoned() if not (one.is_given_up or one.transfer_request.is_copy)]
        return [
            _interrupted(record)
            for record in found
            if not self._context.read_only or record.transfer_request.way is Way.DOWN
        ]

    def plan_resume(
        self, job_id: str, *, cancelled: IsCancelled = never
    ) -> MoveFiles | UploadFile | DownloadFile | NothingToDo:
        """What is left of an interrupted job. Raises NotFound, and what planning raises."""
        record = self._record(job_id)
        reason = why_not(record)
        if reason:
            raise BadInput(f"{record.title} cannot go on", cause=reason, advice="Discard it, and begin again")
        if is_single(record.transfer_request):
            return self._plan_single(record.transfer_request)
        plan = self.plan(record.transfer_request, cancelled=cancelled)
        if isinstance(plan, NothingToDo):
            self._close(record)
            return plan
        return replace(
            plan, transfer_request=replace(plan.transfer_request, collision=record.transfer_request.collision)
        )

    def _plan_single(self, transfer_request: TransferRequest) -> UploadFile | DownloadFile:
        if transfer_request.way is Way.UP:
            plan = self._objects.plan_upload(Path(transfer_request.sources[0]), parse_object(transfer_request.target))
            return replace(plan, storing=transfer_request.storing)
        key, path = parse_object(transfer_request.sources[0]), Path(transfer_request.target)
        return self._objects.plan_download(key, path, transfer_request.version_id, overwrite=True)

    @contextmanager
    def noted(self, plan: UploadFile | DownloadFile) -> Iterator[Notes | None]:
        """Notes for the transfer of one file, so that it can go on after a crash; None where none can be kept.

        Raises Conflict when the same transfer goes on elsewhere.
        """
        transfer_request, move = _single(plan)
        try:
            journal = self._journals.begin(
                transfer_request, title=plan.title, files=1, size=plan.size, now=self._now().timestamp()
            )
        except LocalTrouble:
            yield None
            return
        notes = journal.notes(move)
        try:
            with held(journal, [notes]):
                yield notes
        except Cancelled as stopped:
            if notes.has_open or notes.has_ranges:
                _tell_kept(stopped, journal, [move.target], transfer_request.way)
            raise
        journal.remove()

    def got_before(self, key: ObjectKey, path: Path, version_id: str | None = None) -> Received | None:
        """The file an interrupted download had just given its name, and could not say so any more; that is over then.

        None when there is no such thing, or the file or the object is another now.
        """
        target = Path(os.path.abspath(path / key.name if path.is_dir() else path))  # noqa: PTH100 - as below
        for record in self._journals.abandoned():
            begun = record.downloads.get(str(target))
            is_it = (
                record.transfer_request.sources == (key.uri,)
                and is_single(record.transfer_request)
                and begun is not None
            )
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
            doomed = [record for record in doomed if not record.uploads]  # to abort is to change
        return sweep(self._store, self._journals, doomed, run_folders=run_folders)

    def _is_over(self, record: Record) -> bool:
        age_s = self._now().timestamp() - record.begun_at
        return bool(why_not(record)) or age_s > LONGEST_KEPT_S or record.transfer_request.is_copy

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


def is_single(transfer_request: TransferRequest) -> bool:
    """Whether it is about one file and one object."""
    return not transfer_request.target.endswith("/")


def _single(plan: UploadFile | DownloadFile) -> tuple[TransferRequest, Move]:
    """The request that a plan for one file stands for, and its move."""
    path, place = os.path.abspath(plan.path), f"{plan.key.bucket}/{plan.key.key}"  # noqa: PTH100 - as below
    if isinstance(plan, UploadFile):
        transfer_request = TransferRequest(Way.UP, (path,), plan.key.uri, storing=plan.storing)
        return transfer_request, Move(plan.path.name, path, place, plan.size, 0)
    transfer_request = TransferRequest(Way.DOWN, (plan.key.uri,), path, version_id=plan.version_id)
    return transfer_request, Move(plan.key.name, place, path, plan.size, 0)


def _interrupted(record: Record) -> Interrupted:
    return Interrupted(
        record.id,
        record.title,
        record.transfer_request,
        files=record.files,
        done=len(record.done),
        size=record.size,
        begun=datetime.fromtimestamp(record.begun_at, UTC),
        why_not=why_not(record),
    )


Filters = tuple[tuple[bool, str], ...]


class Transfers(TakingUp):
    """Everything about many files at once; all methods block and raise only `S3mlError`s."""

    # planning --------------------------------------------------------------------------------------------------

    def plan_upload(
        self,
        sources: Sequence[Path],
        place: Place,
        *,
        storing: Storing | None = None,
        filters: Filters = (),
        at_once: int = DEFAULT_AT_ONCE,
        cancelled: IsCancelled = never,
    ) -> MoveFiles | NothingToDo:
        """Files and folders below `place`: the contents of a single folder, several by their names.

        Raises LocalTrouble, NotFound (no such bucket), BadInput, Cancelled.
        """
        named = tuple(_local(path) for path in sources)
        transfer_request = TransferRequest(
            Way.UP, named, place.uri, storing=storing or Storing(), filters=filters, at_once=at_once
        )
        return self.plan(transfer_request, cancelled=cancelled)

    def plan_download(
        self,
        sources: Sequence[ObjectKey | Place],
        folder: Path,
        *,
        filters: Filters = (),
        at_once: int = DEFAULT_AT_ONCE,
        cancelled: IsCancelled = never,
    ) -> MoveFiles | NothingToDo:
        """Objects and all below places, into `folder`: the contents of a single place, several by their names.

        Raises NotFound, BadInput, LocalTrouble, Cancelled.
        """
        named = tuple(source.uri for source in sources)
        transfer_request = TransferRequest(Way.DOWN, named, _folder(folder), filters=filters, at_once=at_once)
        return self.plan(transfer_request, cancelled=cancelled)

    def plan_sync(
        self,
        source: Path | Place,
        target: Path | Place,
        *,
        by_checksum: bool = False,
        deletes: bool = False,
        deletes_all: bool = False,
        filters: Filters = (),
        at_once: int = DEFAULT_AT_ONCE,
        cancelled: IsCancelled = never,
    ) -> MoveFiles | NothingToDo:
        """What it takes that the target has what the source has. Raises LocalTrouble, NotFound, BadInput, Cancelled.

        A plan that deletes all there is at the target is performed only with `deletes_all`.
        """
        if isinstance(source, Place):
            way = Way.ACROSS if isinstance(target, Place) else Way.DOWN
        elif isinstance(target, Place):
            way = Way.UP
        else:
            raise BadInput("Neither of the two is in S3", advice="Write an address as s3://bucket/prefix/")
        ends = [end.uri if isinstance(end, Place) else _folder(end) for end in (source, target)]
        if way is Way.ACROSS and (ends[0].startswith(ends[1]) or ends[1].startswith(ends[0])):
            raise BadInput(f"{ends[0]} and {ends[1]} lie in one another", advice="Sync places that are apart")
        transfer_request = TransferRequest(
            way,
            (ends[0],),
            ends[1],
            is_sync=True,
            by_checksum=by_checksum,
            deletes=deletes or deletes_all,
            filters=filters,
            at_once=at_once,
            deletes_all=deletes_all,
        )
        return self.plan(transfer_request, cancelled=cancelled)

    def plan(self, transfer_request: TransferRequest, *, cancelled: IsCancelled = never) -> MoveFiles | NothingToDo:
        """What a transfer request means now, without what an interrupted job of it has done already."""
        refuse_file_target(transfer_request)
        earlier = self._journals.of(transfer_request)
        if transfer_request.is_sync:
            plan = plan_sync(self._store, transfer_request, earlier, cancelled)
        elif transfer_request.way is Way.UP:
            plan = plan_up(self._store, transfer_request, earlier, cancelled)
        else:
            plan = plan_down(self._store, transfer_request, earlier, cancelled)
        if not plan.changes_anything and not plan.collisions and not plan.refused:
            if earlier is not None:  # it was killed when all was done
                self._sweep([earlier])
            return NothingToDo(plan.title, _why_nothing(plan))
        return plan

    # doing -----------------------------------------------------------------------------------------------------

    def perform(
        self,
        plan: MoveFiles | TakeUploadsBack,
        *,
        progress: Progress = unobserved,
        cancelled: IsCancelled = never,
        on_file_end: OnFileEnd | None = None,
    ) -> Outcome:
        """Do what a plan says; `on_file_end` hears of each file as it ends.

        Raises ReadOnly, Conflict (it goes on elsewhere), LocalTrouble, Cancelled, the first error when none could be
        done. One that cannot be done does not stop the others: the outcome has its failures, and a plan for the rest.
        """
        if isinstance(plan, TakeUploadsBack):
            return self._take_back(plan, cancelled)
        if plan.transfer_request.way is not Way.DOWN:
            refuse_read_only(self._context, plan.title)
        refuse_emptying(plan)
        if not plan.changes_anything:
            return Outcome(plan.title, self._now(), plan.sentences(), no_undo="Nothing was changed.")
        self._store.limit_requests(plan.transfer_request.at_once)
        journal = self._begin(plan)
        journal.note_landed(plan.landed)
        clear_leftovers(self._store, journal, {move.target for move in plan.work})
        mover = Mover(
            self._store,
            plan,
            journal,
            now=self._now,
            delete_seen=self._delete_seen,
            progress=progress,
            cancelled=cancelled,
            on_file_end=on_file_end,
        )
        try:
            outcome = mover.run()
        except Cancelled as stopped:
            if kept := journal.stop():
                _tell_kept(stopped, journal, kept, plan.transfer_request.way)
            raise
        except BaseException:
            if mover.is_all_denied:
                journal.leave_if_any()
            else:
                journal.leave()
            raise
        return self._ended(journal, outcome, plan.transfer_request.way)

    def _take_back(self, plan: TakeUploadsBack, cancelled: IsCancelled) -> Outcome:
        refuse_read_only(self._context, plan.title)
        return take_back(self._store, plan, self._now, cancelled)

    def _begin(self, plan: MoveFiles) -> Journal:
        work = plan.work
        return self._journals.begin(
            plan.transfer_request,
            title=plan.title,
            files=len(work),
            size=sum(move.size for move in work),
            now=self._now().timestamp(),
            replaced=frozenset(move.target for move in work if move.over is not None),
        )

    def _ended(self, journal: Journal, outcome: Outcome, way: Way) -> Outcome:
        if outcome.is_cancelled:
            kept = journal.stop()
            told = (f"{_kept_text(kept, way)}. {_how_it_goes_on(journal)}.",) if kept else ()
            return replace(outcome, details=(*outcome.details, *told))
        if outcome.failures or outcome.left:
            journal.leave()
        else:
            journal.remove()
        return outcome


def _local(path: Path) -> str:
    """A source as a request has it. The path stays as it was given: links are not followed."""
    absolute = os.path.abspath(path)  # noqa: PTH100 - Path.resolve follows links
    return f"{absolute.rstrip('/')}/" if path.is_dir() else absolute


def _tell_kept(stopped: Cancelled, journal: Journal, targets: Sequence[str], way: Way) -> None:
    stopped.cause, stopped.advice = _kept_text(targets, way), _how_it_goes_on(journal)


def _how_it_goes_on(journal: Journal) -> str:
    return f"The same again goes on from there; s3ml transfers --discard {journal.record.id} throws it away"


def _kept_text(targets: Sequence[str], way: Way) -> str:
    what = targets[0].rpartition("/")[2] if len(targets) == 1 else count_text(len(targets), "large file")
    return f"What {'came' if way is Way.DOWN else 'was sent'} of {what} is kept"


def _folder(path: Path) -> str:
    return f"{os.path.abspath(path).rstrip('/')}/"  # noqa: PTH100 - as above


def _why_nothing(plan: MoveFiles) -> str:
    if plan.unchanged or plan.done:
        return "All is there already."
    return f"There is nothing in {', '.join(plan.transfer_request.sources)}."
