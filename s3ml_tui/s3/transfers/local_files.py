"""Files on this machine: their troubles told in sentences, their state before and after they were read.

The file a download is written to: beside its final name, recognisable as ours, made to last before it is renamed.
"""

import errno
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from s3ml_tui.domain.errors import LocalTrouble
from s3ml_tui.domain.text import printable, size_text

_ADVICE = {
    errno.ENOENT: "Check the path",
    errno.EACCES: "Check who may read and write there",
    errno.EPERM: "Check who may read and write there",
    errno.ENOSPC: "Make room, or choose another disk",
    errno.EDQUOT: "Make room, or choose another disk",
    errno.EISDIR: "Name a file, not a folder",
    errno.ENOTDIR: "Check the path",
    errno.EROFS: "Choose a place that can be written to",
    errno.ENAMETOOLONG: "Choose a shorter name",
}


@contextmanager
def translated_os_errors(doing: str, path: Path) -> Iterator[None]:
    """Within it, an OSError becomes LocalTrouble; `doing` is what was tried, as `read`."""
    try:
        yield
    except OSError as error:
        raise LocalTrouble(
            f"Cannot {doing} {printable(str(path))}",
            cause=error.strerror or type(error).__name__,
            advice=_ADVICE.get(error.errno or 0, "Check the path and the disk"),
        ) from error


class Source:
    """A file that is read for an upload; noticed when somebody changes it meanwhile."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with translated_os_errors("read", path):
            self.descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                if path.is_dir():
                    raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
                state = os.fstat(self.descriptor)
            except OSError:
                os.close(self.descriptor)
                raise
        self.size = state.st_size
        """Bytes."""
        self._state = (state.st_size, state.st_mtime_ns, state.st_ino)

    def check_unchanged(self) -> None:
        """Raises LocalTrouble when the file was written to, or replaced, since it was opened."""
        with translated_os_errors("read", self.path):
            states = [os.fstat(self.descriptor), self.path.stat()]
        if any((state.st_size, state.st_mtime_ns, state.st_ino) != self._state for state in states):
            raise LocalTrouble(
                f"{printable(str(self.path))} changed while it was read",
                cause="Somebody wrote to it during the upload; nothing was put under the key",
                advice="Upload it again once nobody writes to it",
            )

    def read(self, start: int, length: int) -> bytes:
        """Exactly so many bytes from there. Raises LocalTrouble."""
        with translated_os_errors("read", self.path):
            data = os.pread(self.descriptor, length, start)
            while 0 < len(data) < length:
                more = os.pread(self.descriptor, length - len(data), start + len(data))
                if not more:
                    break
                data += more
        if len(data) != length:
            raise LocalTrouble(
                "The file became shorter while it was read", advice="Upload it again once nobody writes to it"
            )
        return data

    def read_all(self) -> bytes:
        """All its bytes; for small files."""
        return self.read(0, self.size)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self.descriptor)


_LONGEST_NAME = 180
"""Bytes of the final name in the temporary one; file systems take 255."""
_OURS = re.compile(r"\..*\.s3ml-[0-9a-f]{8}\.part", re.DOTALL)


def temporary_beside(path: Path, token: str = "") -> Path:
    """A name of its own in the same folder, recognisable as ours: `.<name>.s3ml-<token>.part`.

    A long name is cut and told from others that begin like it by its SHA-256: one token serves many files at once.
    """
    name = os.fsencode(path.name)
    if len(name) > _LONGEST_NAME:
        name = name[: _LONGEST_NAME - 17] + b"~" + hashlib.sha256(name).hexdigest()[:16].encode()
    return path.with_name(f".{os.fsdecode(name)}.s3ml-{token or secrets.token_hex(4)}.part")


def set_time(descriptor: int, modified: float) -> None:
    """Give an open file a time, in seconds since the epoch; 0 leaves it as it is."""
    if modified:
        moment = round(modified * 1_000_000) * 1000
        with suppress(OSError):  # a file system that takes no such time
            os.utime(descriptor, ns=(moment, moment))


def is_temporary(path: Path) -> bool:
    """Whether its name is one that we make."""
    return bool(_OURS.fullmatch(path.name))


def remove(temporary: Path) -> None:
    """Take a temporary file away; nothing else."""
    if is_temporary(temporary):
        with suppress(OSError):  # it is gone, or is swept by a later start
            temporary.unlink()


def check_room(path: Path, size: int, there: int = 0) -> None:
    """Raise LocalTrouble where `size` bytes, of which some are `there`, do not fit, or a folder is in the way."""
    with translated_os_errors("write", path):
        if path.is_dir():
            raise IsADirectoryError(21, os.strerror(21), str(path))
        free = shutil.disk_usage(path.parent).free
    if free < size - there:
        raise LocalTrouble(
            f"There is no room for {printable(path.name)}",
            cause=f"It has {size_text(size)}, and {size_text(free)} are free",
            advice="Make room, or choose another disk",
        )


def write_at(descriptor: int, data: bytes | memoryview, position: int) -> None:
    """Write all of it there. Raises OSError."""
    view = memoryview(data)
    while view:
        count = os.pwrite(descriptor, view, position)
        view, position = view[count:], position + count


def sync_folder(folder: Path) -> None:
    """Make new names last through a power cut, where the file system lets us."""
    with suppress(OSError):  # a file system that cannot do that
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
