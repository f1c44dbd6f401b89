"""Getting one version into a file: pinned, into a temporary file beside it, checked whole, then renamed."""

import os
import secrets
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import Corrupted, LocalTrouble
from s3ml_tui.domain.store import Cancelled, ObjectFacts, Progress, Received
from s3ml_tui.domain.text import printable, size_text
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.checking import Digests, blocks_of, digests_of, proven
from s3ml_tui.s3.clients import Clients
from s3ml_tui.s3.local_files import told_locally
from s3ml_tui.s3.looking import facts
from s3ml_tui.s3.reading import Stretch
from s3ml_tui.s3.tuning import part_ranges

_LONGEST_NAME = 180
"""Characters of the final name kept in the temporary one; file systems take 255 bytes."""


@dataclass(frozen=True, slots=True)
class _Pinned:
    """One version on its way down."""

    facts: ObjectFacts
    descriptor: int
    progress: Progress
    cancelled: Cancelled


def download(
    clients: Clients, key: ObjectKey, path: Path, version_id: str | None, *, progress: Progress, cancelled: Cancelled
) -> Received:
    """Get one version. Whatever is raised, `path` is as it was and no temporary file stays."""
    if cancelled():
        raise Stopped
    pinned = facts(clients, key, version_id)
    _check_room(path, pinned.size)
    temporary = temporary_beside(path)
    try:
        with told_locally("write", path):
            descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
            try:
                _fetch(clients, _Pinned(pinned, descriptor, progress, cancelled))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            digests = digests_of(blocks_of(temporary, cancelled))
            is_verified = _checked(clients, pinned, temporary, digests)
            if cancelled():
                raise Stopped
            temporary.replace(path)
            _sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    return Received(
        key=key,
        version_id=pinned.version_id,
        etag=pinned.etag,
        size=pinned.size,
        sha256=digests.sha256,
        path=path,
        is_verified=is_verified,
    )


def temporary_beside(path: Path) -> Path:
    """A new name in the same folder, recognisable as ours: `.<name>.s3ml-<id>.part`."""
    name = os.fsencode(path.name)[:_LONGEST_NAME]
    return path.with_name(f".{os.fsdecode(name)}.s3ml-{secrets.token_hex(4)}.part")


def _check_room(path: Path, size: int) -> None:
    with told_locally("write", path):
        if path.is_dir():
            raise IsADirectoryError(21, os.strerror(21), str(path))
        free = shutil.disk_usage(path.parent).free
    if free < size:
        raise LocalTrouble(
            f"There is no room for {printable(path.name)}",
            cause=f"It has {size_text(size)}, and {size_text(free)} are free",
            advice="Make room, or choose another disk",
        )


def _fetch(clients: Clients, pinned: _Pinned) -> None:
    size = pinned.facts.size
    if size < clients.settings.multipart_threshold:
        _fetch_range(clients, pinned, (0, size), pinned.cancelled)
        return
    stop = threading.Event()

    def stopped() -> bool:
        return stop.is_set() or pinned.cancelled()

    def one(stretch: tuple[int, int]) -> None:
        try:
            _fetch_range(clients, pinned, stretch, stopped)
        except BaseException:
            stop.set()
            raise

    with ThreadPoolExecutor(clients.settings.threads, thread_name_prefix="s3ml-range") as pool:
        futures = [pool.submit(one, stretch) for stretch in part_ranges(size, clients.settings.part_size)]
    failures = [error for future in futures if (error := future.exception()) is not None]
    if failures:
        raise next((error for error in failures if not isinstance(error, Stopped)), failures[0])


def _fetch_range(clients: Clients, pinned: _Pinned, stretch: tuple[int, int], cancelled: Cancelled) -> None:
    start, length = stretch
    if cancelled():
        raise Stopped
    is_whole = length == pinned.facts.size
    body = Stretch(
        clients,
        pinned.facts.key,
        pinned.facts.version_id,
        start=start,
        length=None if is_whole else length,
        if_match=pinned.facts.etag or None,
        cancelled=cancelled,
    )
    position = start
    for data in body.chunks():
        if position + len(data) > start + length:
            raise _wrong(pinned.facts, "More bytes came than were asked for")
        _write_all(pinned.descriptor, data, position)
        position += len(data)
        pinned.progress(len(data))
    if position != start + length:
        raise _wrong(pinned.facts, f"{size_text(start + length - position)} did not come")


def _write_all(descriptor: int, data: bytes, position: int) -> None:
    view = memoryview(data)
    while view:
        count = os.pwrite(descriptor, view, position)
        view, position = view[count:], position + count


def _checked(clients: Clients, pinned: ObjectFacts, temporary: Path, digests: Digests) -> bool:
    answer = proven(clients, pinned, temporary, digests)
    if answer is False:
        raise _wrong(pinned, "The bytes that came do not fit the server's ETag or checksum")
    return answer is True


def _wrong(pinned: ObjectFacts, cause: str) -> Corrupted:
    return Corrupted(
        f"{printable(pinned.key.uri)} did not arrive as it is on the server",
        cause=cause,
        advice="Try again; nothing was put under the final name. If it goes on, look for a faulty proxy or disk",
    )


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut, where the file system lets us."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
