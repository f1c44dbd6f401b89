"""A small object that was listed: one request that needs no boto3, pinned to the ETag the listing told."""

import os
from pathlib import Path

from s3ml_tui.domain.resuming import DownloadNotes, Listed
from s3ml_tui.domain.store import Cancelled, ObjectFacts, Received
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3 import lean
from s3ml_tui.s3.checking import digests_of, proven
from s3ml_tui.s3.clients import Clients
from s3ml_tui.s3.local_files import told_locally
from s3ml_tui.s3.looking import facts_of_headers
from s3ml_tui.s3.temporary_files import remove, set_time, temporary_beside, write_at
from s3ml_tui.s3.wire import Answered

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
        answered = lean.get(clients, key, None, {"IfMatch": f'"{listed.etag}"'}, take, room=max(listed.size, 1))
    if isinstance(answered, lean.Miss) or answered.status != 200 or len(data) != listed.size:
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
        with told_locally("write", path):
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _SAFELY, 0o666)
            try:
                write_at(descriptor, data, 0)
                set_time(descriptor, modified)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        is_proven = proven(clients, found, temporary, digests)
        if is_proven is False:
            remove(temporary)
            return None
        with told_locally("write", path):
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
