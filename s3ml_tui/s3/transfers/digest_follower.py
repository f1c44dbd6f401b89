"""The digests of a file that is being written in ranges: read behind the last byte before the first gap.

It goes on while ranges arrive, so that little is left to read when the last one is there; and it has the disk write
meanwhile, so that little is left to wait for.
"""

import hashlib
import os
import threading
from pathlib import Path

from s3ml_tui.s3.transfers.local_files import translated_os_errors

_BLOCK = 1024 * 1024
_SYNC_EVERY = 64 * 1024 * 1024
_LOOK_EVERY_S = 1.0


class Follower:
    """Reads one file in a thread of its own."""

    def __init__(self, path: Path, descriptor: int, size: int, *, with_md5: bool) -> None:
        self._path = path
        self._descriptor = descriptor
        self._size = size
        self._sha256 = hashlib.sha256()
        self._md5 = hashlib.md5(usedforsecurity=False) if with_md5 else None
        self._ends: dict[int, int] = {}
        self._front = 0
        self._is_over = False
        self._error: OSError | None = None
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="s3ml-follow", daemon=True)
        self._thread.start()

    def arrived(self, start: int, length: int) -> None:
        """So many bytes are in the file from there on; told once for each range."""
        with self._changed:
            self._ends[start] = start + length
            while self._front in self._ends:
                self._front = self._ends.pop(self._front)
            self._changed.notify()

    def digests(self) -> tuple[str, str]:
        """SHA256 and MD5 (or "") of the whole, once all has arrived. Raises LocalTrouble."""
        self._thread.join()
        with translated_os_errors("read", self._path):
            if self._error is not None:
                raise self._error
        return self._sha256.hexdigest(), self._md5.hexdigest() if self._md5 is not None else ""

    def stop(self) -> None:
        """Read no further; the descriptor may be closed afterwards."""
        with self._changed:
            self._is_over = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        position, synced = 0, 0
        try:
            while position < self._size:
                front = self._wait(position)
                while position < front and not self._is_over:
                    block = os.pread(self._descriptor, min(_BLOCK, front - position), position)
                    if not block:
                        raise OSError(5, os.strerror(5), str(self._path))
                    self._sha256.update(block)
                    if self._md5 is not None:
                        self._md5.update(block)
                    position += len(block)
                if self._is_over:
                    return
                if position - synced >= _SYNC_EVERY:
                    os.fsync(self._descriptor)
                    synced = position
        except OSError as error:
            self._error = error

    def _wait(self, position: int) -> int:
        with self._changed:
            while self._front <= position and not self._is_over:
                self._changed.wait(_LOOK_EVERY_S)
            return self._front
