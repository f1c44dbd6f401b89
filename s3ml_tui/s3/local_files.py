"""Files on this machine: their troubles told in sentences, their state before and after they were read."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from s3ml_tui.domain.errors import LocalTrouble
from s3ml_tui.domain.text import printable

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
def told_locally(doing: str, path: Path) -> Iterator[None]:
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
        with told_locally("read", path):
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
        with told_locally("read", self.path):
            states = [os.fstat(self.descriptor), self.path.stat()]
        if any((state.st_size, state.st_mtime_ns, state.st_ino) != self._state for state in states):
            raise LocalTrouble(
                f"{printable(str(self.path))} changed while it was read",
                cause="Somebody wrote to it during the upload; nothing was put under the key",
                advice="Upload it again once nobody writes to it",
            )

    def read(self, start: int, length: int) -> bytes:
        """Exactly so many bytes from there. Raises LocalTrouble."""
        with told_locally("read", self.path):
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
