"""A small object that was listed: one request that needs no boto3, pinned to the ETag the listing told."""

import os
from pathlib import Path

from s3ml_tui.domain.resuming import BegunDownload, DownloadNotes, Listed
from s3ml_tui.domain.store import Cancelled, ObjectFacts, Received
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3 import lean
from s3ml_tui.s3.checking import digests_of, proven
from s3ml_tui.s3.clients import Clients
from s3ml_tui.s3.local_files import told_locally
from s3ml_tui.s3.looking import facts_of_headers
from s3ml_tui.s3.temporary_files import remove, temporary_beside, write_at
from s3ml_tui.s3.wire import Answered


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
        answered = lean.get(clients, key, None, {"IfMatch": f'"{listed.etag}"'}, take, room=max(listed.size, 1))
    if isinstance(answered, lean.Miss) or answered.status != 200 or len(data) != listed.size:
        return None
    found = facts_of_headers(key, answered.headers, len(data))
    if found.etag != listed.etag:
        return None
    return _written(clients, found, bytes(data), path, notes)


def _written(
    clients: Clients, found: ObjectFacts, data: bytes, path: Path, notes: DownloadNotes | None
) -> Received | None:
    digests = digests_of(iter((data,)))
    temporary = temporary_beside(path)
    if notes is not None:
        notes.download_begun(BegunDownload(temporary, found.version_id, found.etag, found.size))
    try:
        with told_locally("write", path):
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
            try:
                write_at(descriptor, data, 0)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        is_proven = proven(clients, found, temporary, digests)
        if is_proven is False:
            _give_up(temporary, notes)
            return None
        with told_locally("write", path):
            temporary.replace(path)
    except BaseException:
        _give_up(temporary, notes)
        raise
    if notes is not None:
        notes.download_closed(is_done=True)
    return Received(
        key=found.key,
        version_id=found.version_id,
        etag=found.etag,
        size=found.size,
        sha256=digests.sha256,
        path=path,
        is_verified=is_proven is True,
    )


def _give_up(temporary: Path, notes: DownloadNotes | None) -> None:
    remove(temporary)
    if notes is not None:
        notes.download_closed(is_done=False)
