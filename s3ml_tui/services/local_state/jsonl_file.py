"""A file of JSON lines that several processes append to: private, bounded, and readable after any of them died.

A line is appended by one write under a lock, and begins on a line of its own even when the last writer died in the
middle of one. When the file has become too large it is written anew without its oldest lines. Readers take no lock.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from s3ml_tui.domain.errors import LocalTrouble

LARGEST = 4 * 1024 * 1024
"""Bytes from which on the file is written anew."""
KEPT = LARGEST // 2
"""Bytes that are kept of it then."""
LOCK_TIMEOUT_S = 5.0
"""How long another process may hold the lock; it holds it for milliseconds."""
_PAUSE_S = 0.01


class JsonLinesFile:
    """One such file. All methods raise LocalTrouble."""

    def __init__(self, path: Path, *, largest: int = LARGEST, kept: int = KEPT) -> None:
        self.path = path
        self._largest, self._kept = largest, kept
        self._read: tuple[int, int] = (0, 0)
        """Of which file (its inode), and up to where it was read."""
        self._lines: list[bytes] = []

    def append(self, line: bytes) -> bool:
        """Add a line, which has no line end in it; whether others were left out to make room."""
        with self._translated_os_errors("written"), self._locked():
            descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                size = os.fstat(descriptor).st_size
                is_torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
                _write_all(descriptor, (b"\n" if is_torn else b"") + line + b"\n")
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if size + len(line) <= self._largest:
                return False
            self._shorten()
            return True

    def lines(self) -> list[bytes]:
        """All whole lines, oldest first; what was read before is not read again."""
        with self._translated_os_errors("read"):
            try:
                descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                self._read, self._lines = (0, 0), []
                return []
            try:
                facts = os.fstat(descriptor)
                inode, start = self._read
                if inode != facts.st_ino or facts.st_size < start:
                    start, self._lines = 0, []
                new = _read_all(descriptor, start, facts.st_size)
            finally:
                os.close(descriptor)
        whole, end, _ = new.rpartition(b"\n")
        if end:
            self._lines = self._lines + whole.split(b"\n")
            start += len(whole) + 1
        self._read = (facts.st_ino, start)
        return self._lines

    def _shorten(self) -> None:
        """Write the file anew with its newest lines."""
        lines = self.path.read_bytes().split(b"\n")[:-1]
        size, first = 0, len(lines)
        while first > 0 and size + len(lines[first - 1]) + 1 <= self._kept:
            first -= 1
            size += len(lines[first]) + 1
        draft = self.path.with_name(f"{self.path.name}.{os.getpid()}.new")
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            try:
                _write_all(descriptor, b"".join(line + b"\n" for line in lines[first:]))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            draft.replace(self.path)
        except OSError:
            with suppress(OSError):  # the first trouble is the one to tell
                draft.unlink()
            raise

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone with the file, where the file system has locks; else as alone as one append is."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(
            self.path.with_name(f"{self.path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
        try:
            end = time.monotonic() + LOCK_TIMEOUT_S
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > end:
                        raise
                    time.sleep(_PAUSE_S)
                except OSError:  # a file system without locks
                    break
            yield
        finally:
            os.close(descriptor)

    @contextmanager
    def _translated_os_errors(self, verb: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise LocalTrouble(
                f"What was done {'cannot be read back' if verb == 'read' else 'is not remembered'}",
                cause=f"{self.path} cannot be {verb}: {error.strerror or error}",
                advice="Check the folder's permissions and the space on its disk",
            ) from error


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _read_all(descriptor: int, start: int, end: int) -> bytes:
    parts = []
    while start < end and (part := os.pread(descriptor, end - start, start)):
        parts.append(part)
        start += len(part)
    return b"".join(parts)
