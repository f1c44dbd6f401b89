"""Doing what a plan over many files says: some at a time under one bound, each noted, and one outcome."""

import os
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import Conflict, Denied, LocalTrouble, NotFound, NotSupported, S3mlError
from s3ml_tui.domain.plans.batch import BringBackMany
from s3ml_tui.domain.plans.plan import CopyForward, DeleteObject, Outcome, told_unnamed
from s3ml_tui.domain.plans.transfer import Move, MoveFiles, Way
from s3ml_tui.domain.plans.undo import Made, TakeBack, TakeUploadsBack, undo_of_delete
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.storage.resume_point import Listed
from s3ml_tui.domain.storage.store import Cancelled, Progress, Store, never, unobserved
from s3ml_tui.domain.text import count_text, size_text
from s3ml_tui.domain.uri import ObjectKey, Place, parse_place
from s3ml_tui.services.parallel import Results, each
from s3ml_tui.services.transfers.journal import Journal
from s3ml_tui.services.transfers.journal_file import Done
from s3ml_tui.services.transfers.local_files import Inside
from s3ml_tui.services.transfers.sources import NS, object_key
from s3ml_tui.services.versions.history import newest, without_tags

OnFileEnd = Callable[[Move, Done | S3mlError], None]
"""Hears of each file as it ends, from any thread."""
_PAST = {Way.UP: "Uploaded", Way.DOWN: "Downloaded", Way.ACROSS: "Copied"}
_MOST_SHOWN = 20


Deleted = tuple[Version, Version | None]
"""What was on top, and the delete marker on it now; None where the server puts none."""


class DeleteSeen(Protocol):
    """`services.objects.delete.delete_seen`, which lies in a layer above this one."""

    def __call__(
        self,
        store: Store,
        seen: Sequence[Version],
        *,
        place: Place | None,
        versioning: Versioning,
        now: Callable[[], datetime],
        cancelled: Cancelled,
    ) -> Results[Version, Deleted]:
        """Delete each that still is as it was seen."""


class Mover:
    """One job over many files."""

    def __init__(
        self,
        store: Store,
        plan: MoveFiles,
        journal: Journal,
        *,
        now: Callable[[], datetime],
        delete_seen: DeleteSeen,
        progress: Progress = unobserved,
        cancelled: Cancelled = never,
        on_file_end: OnFileEnd | None = None,
    ) -> None:
        self._store = store
        self._plan = plan
        self._journal = journal
        self._now = now
        self._delete_seen = delete_seen
        self._progress = progress
        self._cancelled = cancelled
        self._on_file_end = on_file_end
        self._inside = Inside(plan.transfer_request.target)
        self._folders: set[str] = set()
        self._guard = threading.Lock()
        self._untagged: list[str] = []
        """What is told of copies that have not the tags of their sources."""
        self._deleted: list[Deleted] = []
        self._was_named = True
        """Whether all that was to be read by its version's id could be."""
        self.is_all_denied = False
        """Whether nothing was done, and everything refused."""

    def run(self) -> Outcome:
        """Move and delete all. Raises the first error when nothing could be done, Cancelled."""
        plan, way = self._plan, self._plan.transfer_request.way
        do = {Way.UP: self._up, Way.DOWN: self._down, Way.ACROSS: self._across}[way]
        results: Results[Move, Done] = Results()
        work = plan.work
        if work:
            results = self._each(work, do)
        for folder in sorted(self._folders):
            _sync(folder)
        deleted, not_deleted = 0, list[tuple[str, S3mlError]]()
        if plan.doomed and not results.failed and not results.left:
            deleted, not_deleted = self._delete_files() if way is Way.DOWN else self._delete_objects(results)
        return self._outcome(results, deleted, not_deleted)

    def _each(self, work: Sequence[Move], do: Callable[[Move], Done]) -> Results[Move, Done]:
        def one(move: Move) -> Done:
            try:
                return do(move)
            except S3mlError as error:
                self.is_all_denied = self.is_all_denied and isinstance(error, Denied)
                raise

        self.is_all_denied = True
        at_once = self._plan.transfer_request.at_once
        try:
            return each(work, one, self._cancelled, threads=at_once, on_end=self._on_file_end)
        except Stopped:
            raise
        except S3mlError as error:  # of the first; nothing was done
            if len(work) > 1:
                way = self._plan.transfer_request.way
                noun = "file" if way is Way.UP else "object"
                error.title = f"{_PAST[way]} 0 of {count_text(len(work), noun)}. {error.title}"
            raise

    # one file --------------------------------------------------------------------------------------------------

    def _up(self, move: Move) -> Done:
        path, key = Path(move.source), object_key(move.target)
        try:
            state = path.stat()
        except OSError as error:
            raise LocalTrouble(f"{path} cannot be read", cause=error.strerror or "", advice="Check it") from error
        notes, storing = self._journal.notes(move), self._plan.transfer_request.storing
        is_guarded = self._plan.is_seen

        def send(*, if_match: str | None = None, if_absent: bool = False) -> Done:
            written = self._store.upload(
                path,
                key,
                if_match=if_match,
                if_absent=if_absent,
                storing=storing,
                notes=notes,
                progress=self._progress,
                cancelled=self._cancelled,
            )
            return Done(written.size, state.st_mtime_ns, written.version_id, written.etag, move.over is not None)

        try:
            done = send(if_match=move.over.etag if move.over else None, if_absent=is_guarded and move.over is None)
        except (Conflict, NotSupported):
            # Some servers refuse conditions that hold, or all conditions: then our own look must do.
            if not self._is_as_planned(key, move):
                raise
            done = send()
        self._journal.note_done(move, done)
        return done

    def _is_as_planned(self, key: ObjectKey, move: Move) -> bool:
        try:
            now = self._store.facts(key)
        except NotFound:
            return move.over is None
        return move.over is not None and move.over.is_still(now)

    def _down(self, move: Move) -> Done:
        target = Path(move.target)
        self._make_folder(move)
        if move.over is None and os.path.lexists(target):
            raise Conflict(
                f"{target} exists already",
                cause="It was not there when this was planned; it was left as it is",
                advice="Download it again to be asked what becomes of it",
            )
        received = self._store.download(
            object_key(move.source),
            target,
            listed=Listed(move.size, move.etag, move.modified),
            notes=self._journal.notes(move),
            progress=self._progress,
            cancelled=self._cancelled,
        )
        self._was_named = self._was_named and received.was_named
        modified_ns = int(move.modified * NS)
        done = Done(received.size, modified_ns, received.version_id, received.etag, move.over is not None)
        self._journal.note_done(move, done)
        return done

    def _make_folder(self, move: Move) -> None:
        folder = os.path.dirname(move.target)  # noqa: PTH120 - a hundred thousand times
        if folder in self._folders:
            return
        try:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - as above
        except OSError as error:
            raise LocalTrouble(
                f"The folder {folder} cannot be made",
                cause=error.strerror or "",
                advice="Check the path and its rights",
            ) from error
        reason = self._inside.refused(move.target)
        if reason:
            raise LocalTrouble(f"{move.name} would leave the folder", cause=reason, advice="Choose another folder")
        with self._guard:
            self._folders.add(folder)

    def _across(self, move: Move) -> Done:
        key = object_key(move.target)
        over = newest(self._store, key)
        there = None if over is None or over.is_delete_marker else over
        if (there is None) != (move.over is None) or (there and move.over and not move.over.is_still(there)):
            raise Conflict(f"{key.name} was changed meanwhile", cause="It was left as it is", advice="Sync again")
        written = self._store.copy(
            object_key(move.source),
            None,
            key,
            over=over,
            etag=move.etag,
            progress=self._progress,
            cancelled=self._cancelled,
        )
        self._untagged += without_tags(written)
        self._was_named = self._was_named and written.was_named
        done = Done(written.size, 0, written.version_id, written.etag, move.over is not None)
        self._journal.note_done(move, done)
        return done

    # what a sync deletes ---------------------------------------------------------------------------------------

    def _delete_objects(self, results: Results[Move, Done]) -> tuple[int, list[tuple[str, S3mlError]]]:
        """Delete what still is as the plan saw it; what a cancel leaves is counted among `results`."""
        doomed = [
            Version(
                object_key(one.target),
                "",
                datetime.fromtimestamp(one.there.modified, UTC),
                one.there.size,
                one.there.etag,
            )
            for one in self._plan.doomed
        ]
        try:
            removed = self._delete_seen(
                self._store,
                doomed,
                place=parse_place(self._plan.transfer_request.target),
                versioning=self._plan.versioning,
                now=self._now,
                cancelled=self._cancelled,
            )
        except Stopped:
            removed = Results(left=len(doomed))
        except S3mlError as error:
            removed = Results(failed=[(version, error) for version in doomed])
        self._deleted = [deleted for _, deleted in removed.done]
        results.left += removed.left
        results.is_stopped |= removed.is_stopped
        return len(removed.done), [(version.key.key, error) for version, error in removed.failed]

    def _delete_files(self) -> tuple[int, list[tuple[str, S3mlError]]]:
        deleted, failed = 0, list[tuple[str, S3mlError]]()
        for one in self._plan.doomed:
            target = Path(one.target)
            try:
                if self._inside.refused(one.target):
                    continue
                state = target.stat()
                if (state.st_size, state.st_mtime_ns / NS) != (one.there.size, one.there.modified):
                    failed.append((one.target, _is_changed(target)))
                    continue
                target.unlink()
                deleted += 1
            except FileNotFoundError:
                deleted += 1
            except OSError as error:
                failed.append((one.target, LocalTrouble(f"{target} cannot be deleted", cause=error.strerror or "")))
        return deleted, failed

    # the end ---------------------------------------------------------------------------------------------------

    def _outcome(self, results: Results[Move, Done], deleted: int, not_deleted: list[tuple[str, S3mlError]]) -> Outcome:
        plan = self._plan
        failures = [*((move.name, error) for move, error in results.failed), *not_deleted]
        earlier = self._earlier(results)
        undo, no_undo = self._undo(results, earlier)
        moved = sum(done.size for _, done in results.done) + sum(done.size for _, done in earlier)
        request = plan.transfer_request
        details = [f"{size_text(moved)} from {', '.join(request.sources[:3])} are in {request.target}."]
        if deleted:
            details.append(f"{count_text(deleted, 'name')} deleted.")
        if plan.skipped:
            details.append(f"{count_text(plan.skipped, 'file')} left as they were.")
        details += [f"{name}: {error.sentence}" for name, error in failures[:_MOST_SHOWN]]
        if len(failures) > _MOST_SHOWN:
            details.append(f"{len(failures) - _MOST_SHOWN:,} more failed.")
        details += self._untagged[:_MOST_SHOWN]
        details += told_unnamed(self._was_named)
        details += [f"Left out: {one.name}: {one.reason}." for one in plan.refused[:_MOST_SHOWN]]
        return Outcome(
            title=self._title(results, len(failures)),
            at=self._now(),
            details=tuple(details),
            undo=undo,
            no_undo=no_undo,
            failed=len(failures),
            failures=tuple(failures),
            left=results.left,
            is_cancelled=results.is_cancelled,
            retry=plan if failures or results.left else None,
        )

    def _title(self, results: Results[Move, Done], failed: int) -> str:
        verb, noun = (
            _PAST[self._plan.transfer_request.way],
            "file" if self._plan.transfer_request.way is Way.UP else "object",
        )
        done = len(results.done) + self._plan.done
        if not failed and not results.left:
            return f"{verb} {count_text(done, noun)}"
        parts = [f"{verb} {done:,} of {done + failed + results.left:,} {noun}s"]
        if failed:
            parts.append(f"{failed:,} failed")
        if results.left:
            parts.append("the rest was cancelled" if results.is_cancelled else "the rest was not begun")
        return "; ".join(parts)

    def _earlier(self, results: Results[Move, Done]) -> list[tuple[str, Done]]:
        """What the job had done before it was interrupted; where it went, and how it was then."""
        names = {move.name for move, _ in results.done}
        found = self._journal.record.done
        return [(done.target or self._target(name), done) for name, done in found.items() if name not in names]

    def _undo(
        self, results: Results[Move, Done], earlier: list[tuple[str, Done]]
    ) -> tuple[TakeUploadsBack | BringBackMany | TakeBack | None, str]:
        uploads, no_undo = self._undo_of_uploads(results, earlier)
        versioning = self._plan.versioning
        backs = [
            undo_of_delete(DeleteObject(current.key, current, versioning), marker) for current, marker in self._deleted
        ]
        deletes = BringBackMany(tuple(back for back, _ in backs if isinstance(back, CopyForward)))
        if not deletes.plans:
            return uploads, no_undo or (backs[0][1] if backs and uploads is None else "")
        if uploads is None:
            return deletes, ""
        return TakeBack(f"the sync to {self._plan.transfer_request.target}", ((uploads,), (deletes,))), ""

    def _undo_of_uploads(
        self, results: Results[Move, Done], earlier: list[tuple[str, Done]]
    ) -> tuple[TakeUploadsBack | None, str]:
        if self._plan.transfer_request.way is Way.DOWN:
            return None, "Nothing in the bucket was changed; the files can be deleted."
        keeps = self._plan.versioning is Versioning.ON
        made = [
            Made(object_key(move.target), done.version_id, done.etag, done.over)
            for move, done in results.done
            if keeps or not done.over
        ]
        made += [
            Made(object_key(target), done.version_id, done.etag, done.over)
            for target, done in earlier
            if keeps or not done.over
        ]
        lost = len(results.done) + len(earlier) - len(made)
        if not made:
            return None, "The bucket keeps no versions: what was there before is gone." if lost else ""
        return TakeUploadsBack(tuple(made), self._plan.versioning, lost), ""

    def _target(self, name: str) -> str:
        """Where a file went that was moved before the job was interrupted."""
        return self._plan.transfer_request.target.removeprefix("s3://") + name


def _is_changed(path: Path) -> Conflict:
    return Conflict(f"{path} was changed meanwhile", cause="It was left as it is", advice="Sync again")


def _sync(folder: str) -> None:
    """Make new names last through a power cut, where the file system lets us."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:  # some file systems have nothing to sync there
        pass
    finally:
        os.close(descriptor)
