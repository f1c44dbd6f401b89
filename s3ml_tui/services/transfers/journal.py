"""Journals of transfers: what it takes to go on after a crash, and whose job it is.

A job that lives holds a lock on a file beside its journal. The lock is fcntl's: it goes with the process, however that
ends, so that nobody has to guess how old a lock may grow; NFS carries it to the server (version 4 itself, version 3 by
lockd). Where a mount keeps such locks to itself, the host, pid and start time in the journal still tell: a journal of
another host is never touched, nor one whose process lives.

What one transfer writes down of itself in a journal: what it has begun, how far it came, what is over.
"""

import fcntl
import hashlib
import os
import secrets
import socket
import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from s3ml_tui.domain.errors import Conflict, LocalTrouble, S3mlError
from s3ml_tui.domain.plans.transfer import Landed, Move, TransferRequest
from s3ml_tui.domain.storage.resume_point import BegunDownload, BegunUpload
from s3ml_tui.services.processes.end import is_running
from s3ml_tui.services.transfers.journal_file import Done, Lines, Record, head, is_torn, owner, read, storing_entry


class Notes:
    """Upload and download notes of one file, kept in the journal."""

    def __init__(
        self,
        lines: Lines,
        record: Record,
        move: Move,
        folders: set[str],
        *,
        is_again: bool,
    ) -> None:
        self._lines = lines
        self._move = move
        self._folders = folders
        self.token = record.id
        self.is_again = is_again
        self.begun_upload: BegunUpload | None = record.uploads.get(move.target)
        self.begun_download: BegunDownload | None = record.downloads.get(move.target)
        self.has_ranges = self.begun_download is not None and bool(self.begun_download.done)
        self.operation = operation_of(record.id, move.target)

    @property
    def has_open(self) -> bool:
        """Whether an upload is open on the server that only these notes know of."""
        return self.begun_upload is not None

    def upload_begun(self, begun: BegunUpload) -> None:
        """An upload is open."""
        self.begun_upload = begun
        self._lines.add(
            {
                "up": self._move.target,
                "id": begun.upload_id,
                "part": begun.part_size,
                "op": begun.operation,
                "sha256": begun.sha256,
                "storing": storing_entry(begun.storing),
            }
        )

    def upload_closed(self) -> None:
        """It is no longer."""
        self.begun_upload = None
        self._lines.add({"end": self._move.target})

    def uses(self, folder: str) -> None:
        """Temporary files may be left there."""
        if folder not in self._folders:
            self._folders.add(folder)
            self._lines.add({"in": os.path.abspath(folder)})  # noqa: PTH100 - links are not followed

    def download_begun(self, begun: BegunDownload) -> None:
        """A temporary file is about to be made."""
        self._lines.add(
            {
                "down": self._move.target,
                "file": str(begun.temporary.absolute()),
                "v": begun.version_id,
                "e": begun.etag,
                "n": begun.size,
            }
        )

    def range_done(self, start: int, length: int) -> None:
        """More of it is there."""
        self.has_ranges = True
        self._lines.add({"range": self._move.target, "at": start, "n": length})

    def download_closed(self, *, is_done: bool) -> None:
        """It has its final name, which `note_done` tells soon, or is gone."""
        self.has_ranges = False
        if not is_done:
            self._lines.add({"end": self._move.target})


def operation_of(record_id: str, target: str) -> str:
    """The operation id of one file of a job: the same in each attempt, so that an upload is known again."""
    return hashlib.sha256(f"{record_id}\0{target}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


_LIVING: set[str] = set()
"""Journals of this process; a lock does not keep a process from itself, and closing its file would let it go."""
_GUARD = threading.Lock()


class Journals:
    """The journals in one folder."""

    def __init__(self, folder: Path, account: str) -> None:
        self._folder = folder
        self._account = account

    def begin(
        self,
        transfer_request: TransferRequest,
        *,
        title: str,
        files: int,
        size: int,
        now: float,
        replaced: frozenset[str] | None = None,
    ) -> "Journal":
        """A journal for a job that begins; that of an interrupted job of the same request is taken up.

        `replaced` are the targets that are taken.

        Raises Conflict when the same job goes on elsewhere, LocalTrouble when nothing can be written.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.clear_torn()
            for record in self._records():
                if record.account == self._account and record.transfer_request.is_same(transfer_request):
                    journal = self.take(record)
                    if journal is None and record.host == socket.gethostname():
                        raise _goes_on(record)
                    if journal is not None:
                        return journal
            token = secrets.token_hex(4)
            record = Record(token, transfer_request, self._account, title, files, size, begun_at=now, replaced=replaced)
            lock = self._lock(record, is_new=True)
            if lock is None:
                raise OSError(11, "the lock of a new journal is taken")
            return Journal(self._path(record.id), record, lock, is_new=True)
        except OSError as error:
            raise LocalTrouble(
                f"The journal of the transfer cannot be written to {self._folder}",
                cause=error.strerror or "",
                advice="Make room, or let XDG_STATE_HOME name a folder that can be written to",
            ) from error

    def of(self, transfer_request: TransferRequest) -> Record | None:
        """What the journal of an earlier job of this request tells; None when there is none."""
        return next(
            (
                one
                for one in self._records()
                if one.account == self._account and one.transfer_request.is_same(transfer_request)
            ),
            None,
        )

    def abandoned(self) -> list[Record]:
        """Those of this account and host whose process is gone, oldest first."""
        found = [one for one in self._records() if one.account == self._account and self._is_abandoned(one)]
        return sorted(found, key=lambda one: one.begun_at)

    def take(self, record: Record) -> "Journal | None":
        """Take an abandoned one over; None when it lives, or is another host's."""
        if record.host != socket.gethostname():
            return None
        lock = self._lock(record)
        if lock is None:
            return None
        fresh = read(self._path(record.id)) or record
        return Journal(self._path(record.id), fresh, lock, is_new=False)

    def clear_torn(self) -> None:
        """Remove journals without a whole first line: their process was killed before it had begun anything."""
        for path in self._folder.glob("*.lock"):
            journal = path.with_suffix(".jsonl")
            if is_torn(journal) and (lock := self._locked(path.stem)) is not None:
                if is_torn(journal):  # nobody has begun it since
                    for one in (journal, path):
                        one.unlink(missing_ok=True)
                _release(path.stem, lock)

    def _records(self) -> Iterator[Record]:
        try:
            paths = sorted(self._folder.glob("*.jsonl"))
        except OSError:
            return
        for path in paths:
            record = read(path)
            if record is not None:
                yield record

    def _is_abandoned(self, record: Record) -> bool:
        if record.host != socket.gethostname():
            return False
        lock = self._lock(record)
        if lock is None:
            return False
        _release(record.id, lock)
        return True

    def _lock(self, record: Record, *, is_new: bool = False) -> int | None:
        """A locked descriptor; None when the job lives."""
        return None if not is_new and _lives(record) else self._locked(record.id)

    def _locked(self, record_id: str) -> int | None:
        with _GUARD:
            if record_id in _LIVING:
                return None
            descriptor = os.open(
                self._path(record_id).with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
            )
            try:
                fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except (BlockingIOError, PermissionError):
                os.close(descriptor)
                return None
            except OSError:  # no locks on this file system: host, pid and start time must do
                pass
            _LIVING.add(record_id)
        return descriptor

    def _path(self, record_id: str) -> Path:
        return self._folder / f"{record_id}.jsonl"


class Journal:
    """The journal of a job that goes on in this process; safe to use from many threads."""

    def __init__(self, path: Path, record: Record, lock: int, *, is_new: bool) -> None:
        self.record = record
        self._path = path
        self._lock = lock
        self._lines = Lines(path)
        self._folders: set[str] = set()
        self._is_again = not is_new
        me = psutil.Process()
        record.host, record.pid, record.process_started = socket.gethostname(), me.pid, me.create_time()
        self._lines.add(head(record) if is_new else owner(record.host, record.pid, record.process_started))
        if record.is_given_up:
            self._lines.add({"given_up": False})

    def note_done(self, move: Move, done: Done) -> None:
        """A file is where it was to go; one whose line is lost with the process is known by its operation id."""
        self._lines.add_soon(
            {
                "ok": move.name,
                "to": move.target,
                "n": done.size,
                "t": done.modified_ns,
                "v": done.version_id,
                "e": done.etag,
            }
            | ({"o": 1} if done.over else {})
        )

    def note_landed(self, landed: Iterable[Landed]) -> None:
        """What an earlier attempt did and could not write down."""
        for one in landed:
            over, target = one.has_replaced, one.move.target
            done = Done(one.move.size, one.modified_ns, one.version_id, one.etag, over, target)
            self.record.done[one.move.name] = done
            self.note_done(one.move, done)

    def notes(self, move: Move) -> Notes:
        """Where the transfer of one file writes down what it has begun."""
        return Notes(self._lines, self.record, move, self._folders, is_again=self._is_again)

    def closed(self, target: str) -> None:
        """Nothing of this target is open any more."""
        self._lines.add({"end": target})

    def give_up(self) -> None:
        """The user stopped it: keep what was done for the same command, and offer it no more."""
        self._lines.add({"given_up": True})
        self.leave()

    def stop(self) -> list[str]:
        """The user stopped it: what is begun and kept of large files, by its targets. What was done is remembered."""
        self._lines.flush()
        found = read(self._path)
        kept = [*found.uploads, *found.downloads] if found is not None else []
        if kept:
            self.leave()
        else:
            self.give_up()
        return kept

    def leave(self) -> None:
        """Let go of it; the same command, or another session, goes on."""
        self._lines.add(owner(self.record.host, 0, 0.0))  # this process may live on, and have nothing to do with it
        self._lines.close()
        _release(self.record.id, self._lock)

    def leave_if_any(self) -> None:
        """Let go of it, or remove it where there is nothing to go on from."""
        self._lines.flush()
        found = read(self._path)
        if found is None or found.done or found.is_open or found.downloads:
            self.leave()
        else:
            self.remove()

    def remove(self) -> None:
        """The job is over."""
        self._lines.close()
        for path in (self._path, self._path.with_suffix(".lock")):
            with suppress(OSError):  # what is left tells of nothing open, and goes with a later start
                path.unlink()
        _release(self.record.id, self._lock)


@contextmanager
def held(journal: Journal, notes: Collection[Notes]) -> Iterator[None]:
    """While the job goes on. Where it fails its journal is removed, or left to whoever finishes or sweeps it.

    `notes` are those that were given out; what is open by them has to be known to the next start.
    """
    try:
        yield
    except S3mlError as error:
        if error.can_retry or any(one.has_open or one.has_ranges for one in notes):
            journal.leave()
        else:
            journal.remove()
        raise
    except BaseException:
        journal.leave()
        raise


def _lives(record: Record) -> bool:
    return record.pid > 0 and record.pid != os.getpid() and is_running(record.pid, record.process_started)


def _release(record_id: str, descriptor: int) -> None:
    with _GUARD:
        os.close(descriptor)
        _LIVING.discard(record_id)


def _goes_on(record: Record) -> Conflict:
    return Conflict(
        f"{record.title} goes on already",
        cause=f"Process {record.pid} of this machine does it",
        advice="Wait for it, or end it first",
    )
