"""Getting one version into a file: pinned, into a temporary file beside it, checked whole, then renamed.

A small object that was listed: one request that needs no boto3, pinned to the ETag the listing told.
"""

import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import Conflict, Corrupted, Denied, S3mlError
from s3ml_tui.domain.storage.resume_point import BegunDownload, DownloadNotes, Listed
from s3ml_tui.domain.storage.store import Cancelled, ObjectFacts, Progress, Received, never, unobserved
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connection.clients import Clients
from s3ml_tui.s3.direct_http.client import Answered
from s3ml_tui.s3.direct_http.requests import Miss
from s3ml_tui.s3.objects.checksums import blocks_of, digests_of, is_md5, known_sha256, parts_of_etag, proven
from s3ml_tui.s3.objects.read import Stretch
from s3ml_tui.s3.parsing.object_headers import facts_of_headers
from s3ml_tui.s3.transfers.digest_follower import Follower
from s3ml_tui.s3.transfers.download_ranges import Arrival, Ranges, bring, wrong
from s3ml_tui.s3.transfers.local_files import (
    check_room,
    is_temporary,
    remove,
    set_time,
    sync_folder,
    temporary_beside,
    translated_os_errors,
    write_at,
)
from s3ml_tui.s3.versions.facts import facts, without_name

_SAFELY = os.O_CLOEXEC | os.O_NOFOLLOW


def download_small(
    clients: Clients,
    key: ObjectKey,
    path: Path,
    listed: Listed,
    *,
    notes: DownloadNotes | None,
    cancelled: Cancelled,
) -> Received | None:
    """Get it whole; None when the plain way does not go, or what came does not prove itself."""
    if not listed.etag:
        return None
    data = bytearray()

    def take(_answered: Answered, block: memoryview) -> None:
        data.extend(block)

    with clients.slots.taken(cancelled):
        answered = clients.direct.get(key, None, {"IfMatch": f'"{listed.etag}"'}, take, room=max(listed.size, 1))
    if isinstance(answered, Miss) or answered.status != 200 or len(data) != listed.size:
        return None
    found = facts_of_headers(key, answered.headers, len(data))
    if found.etag != listed.etag:
        return None
    return _written(clients, found, bytes(data), path, listed.modified, notes)


def _written(
    clients: Clients, found: ObjectFacts, data: bytes, path: Path, modified: float, notes: DownloadNotes | None
) -> Received | None:
    digests = digests_of(iter((data,)))
    if notes is not None:
        notes.uses(os.path.dirname(path))  # noqa: PTH120 - a hundred thousand times
    temporary = temporary_beside(path, notes.token if notes is not None else "")
    try:
        with translated_os_errors("write", path):
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _SAFELY, 0o666)
            try:
                write_at(descriptor, data, 0)
                set_time(descriptor, modified)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        is_proven = proven(clients, found, temporary, digests)
        if is_proven is False or (is_proven is None and parts_of_etag(found)):
            remove(temporary)
            return None
        with translated_os_errors("write", path):
            os.replace(temporary, path)  # noqa: PTH105 - as above
    except BaseException:
        remove(temporary)
        raise
    return Received(
        key=found.key,
        version_id=found.version_id,
        etag=found.etag,
        size=found.size,
        sha256=digests.sha256,
        path=path,
        is_verified=is_proven is True,
    )


def download(
    clients: Clients,
    key: ObjectKey,
    path: Path,
    version_id: str | None = None,
    *,
    listed: Listed | None = None,
    notes: DownloadNotes | None = None,
    progress: Progress = unobserved,
    cancelled: Cancelled = never,
) -> Received:
    """Get one version. Whatever is raised, `path` is as it was; what may go on later stays only with `notes`."""
    if cancelled():
        raise Stopped
    if listed is not None and version_id is None and listed.size <= clients.settings.direct_size:
        received = download_small(clients, key, path, listed, notes=notes, cancelled=cancelled)
        if received is not None:
            progress(received.size)
            return received
    pinned = facts(clients, key, version_id)
    if listed is not None and not listed.is_still(pinned.etag, pinned.size, pinned.modified.timestamp()):
        raise _replaced(key)
    kept = _kept(notes, path, pinned)
    check_room(path, pinned.size, sum(length for _, length in kept.done) if kept is not None else 0)
    temporary = kept.temporary if kept is not None else temporary_beside(path, notes.token if notes else "")
    modified = listed.modified if listed is not None else 0.0
    one = _Download(clients, pinned, path, temporary, modified, notes, progress, cancelled)
    try:
        received = _run(one, kept)
        if cancelled():
            raise Stopped
        with translated_os_errors("write", path):
            temporary.replace(path)
    except BaseException as error:
        if notes is None or not _may_go_on(error, notes):
            remove(temporary)
            if notes is not None:
                notes.download_closed(is_done=False)
        raise
    if listed is None:
        sync_folder(path.parent)
    if notes is not None:
        notes.download_closed(is_done=True)
    return received


def _run(one: "_Download", kept: BegunDownload | None) -> Received:
    """By its version id; as what is current, under its ETag, where it may not be named."""
    try:
        return one.run(kept)
    except Denied as refusal:
        pinned = without_name(one.clients, one.pinned, refusal)
    if kept is None:
        remove(one.temporary)
    return replace(one, pinned=pinned).run(kept)


@dataclass(frozen=True, slots=True)
class _Download:
    """One version on its way down."""

    clients: Clients
    pinned: ObjectFacts
    path: Path
    temporary: Path
    modified: float
    """The time the file gets; 0 for none."""
    notes: DownloadNotes | None
    progress: Progress
    cancelled: Cancelled

    def run(self, kept: BegunDownload | None) -> Received:
        """Fill the temporary file and check it whole."""
        pinned = self.pinned
        if kept is None and self.notes is not None:
            remove(self.temporary)  # of an attempt of this very job whose note was lost: nobody else has its token
            self.notes.download_begun(BegunDownload(self.temporary, pinned.version_id, pinned.etag, pinned.size))
        with translated_os_errors("write", self.path):
            flags = os.O_RDWR | os.O_CLOEXEC | (0 if kept is not None else os.O_CREAT | os.O_EXCL)
            descriptor = os.open(self.temporary, flags | os.O_NOFOLLOW, 0o666)
        try:
            is_large = pinned.size >= self.clients.settings.multipart_threshold
            sha256, etag = self._in_ranges(descriptor, kept) if is_large else self._in_one(descriptor)
            with translated_os_errors("write", self.path):
                set_time(descriptor, self.modified)
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return Received(
            key=pinned.key,
            version_id=pinned.version_id,
            etag=pinned.etag,
            size=pinned.size,
            sha256=sha256,
            path=self.path,
            is_verified=self._is_proven(sha256, etag),
            was_named=pinned.may_be_named,
        )

    def _in_one(self, descriptor: int) -> tuple[str, str]:
        """As one stream: SHA256 and MD5, of what came."""
        arrival = Arrival(self.pinned, self.path, descriptor, (0, self.pinned.size), self.progress, self.cancelled)
        arrival.digest = digests = _Both()
        with self.clients.slots.taken(self.cancelled):
            bring(self.clients, arrival)
        return digests.sha256.hexdigest(), digests.md5.hexdigest()

    def _in_ranges(self, descriptor: int, kept: BegunDownload | None) -> tuple[str, str]:
        """By ranges: SHA256 of the file, and what should be its ETag ("" when that was not made)."""
        pinned = self.pinned
        ranges = Ranges(self.clients, pinned, self.path, descriptor, notes=self.notes, progress=self.progress)
        with_md5 = is_md5(pinned.etag, pinned.encryption, pinned.key.bucket) and not known_sha256(pinned)
        follower = Follower(self.temporary, descriptor, pinned.size, with_md5=with_md5)
        try:
            ranges.fetch(set(kept.done) if kept is not None else (), follower, self.cancelled)
            sha256, md5 = follower.digests()
        finally:
            follower.stop()
        return sha256, md5 or ranges.etag

    def _is_proven(self, sha256: str, etag: str) -> bool:
        """Whether a proof of the server's fits; raises Corrupted when it gives proofs and none does."""
        pinned = self.pinned
        if known_sha256(pinned) == sha256 or (
            etag and etag == pinned.etag and not pinned.encryption.startswith("SSE-C")
        ):
            return True
        with translated_os_errors("read", self.temporary):
            answer = proven(self.clients, pinned, self.temporary, digests_of(blocks_of(self.temporary, self.cancelled)))
        if answer is False:
            raise wrong(pinned, "The bytes that came do not fit the server's ETag or checksum")
        if answer is None and parts_of_etag(pinned):
            self._check_again(sha256)
        return answer is True

    def _check_again(self, sha256: str) -> None:
        """Have it sent once more, for an ETag that proves nothing. Raises Corrupted when other bytes come.

        Its parts may have had sizes that nobody told, or a byte may have changed on the way: only the second is seen
        so.
        """
        pinned, digest = self.pinned, hashlib.sha256()
        again = Stretch(
            self.clients, pinned.key, pinned.id_to_ask(), if_match=pinned.etag or None, cancelled=self.cancelled
        )
        for block in again.chunks():
            digest.update(block)
        if digest.hexdigest() != sha256:
            raise wrong(pinned, "It does not fit its ETag, and when it was sent again other bytes came")


class _Both:
    """SHA256 and MD5 of the same bytes."""

    def __init__(self) -> None:
        self.sha256 = hashlib.sha256()
        self.md5 = hashlib.md5(usedforsecurity=False)

    def update(self, data: bytes | memoryview) -> None:
        """More bytes."""
        self.sha256.update(data)
        self.md5.update(data)


def _kept(notes: DownloadNotes | None, path: Path, pinned: ObjectFacts) -> BegunDownload | None:
    """What an earlier attempt has of exactly this version; anything else of it is removed."""
    begun = notes.begun_download if notes is not None else None
    if begun is None or notes is None:
        return None
    is_same = (begun.version_id, begun.etag, begun.size) == (pinned.version_id, pinned.etag, pinned.size)
    is_there = (
        begun.temporary.parent == path.absolute().parent and is_temporary(begun.temporary) and begun.temporary.is_file()
    )
    if is_same and is_there and pinned.etag and not begun.temporary.is_symlink():
        return begun
    remove(begun.temporary)
    notes.download_closed(is_done=False)
    return None


def _may_go_on(error: BaseException, notes: DownloadNotes) -> bool:
    """Whether the bytes that came may be used later: the user stopped it, the server is lost or busy."""
    if isinstance(error, Stopped | KeyboardInterrupt):
        return notes.has_ranges
    return isinstance(error, S3mlError) and error.can_retry and not isinstance(error, Corrupted)


def _replaced(key: ObjectKey) -> Conflict:
    return Conflict(
        f"{printable(key.uri)} was replaced since it was listed",
        cause="Its ETag is another now; nothing was downloaded",
        advice="Refresh, and download it again",
    )
