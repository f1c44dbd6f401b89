"""A stretch of a file as a request's body: counted as it leaves, stopped in the middle when cancelled.

boto3 reads a body for its checksum and its signature before it sends it. Only what is sent is counted, so the
body is told when sending begins: by a handler, which finds it because it runs in the thread that sends.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import LocalTrouble
from s3ml_tui.domain.storage.store import Cancelled, Progress

_CHUNK = 1024 * 1024
_here = threading.local()


class FileBody:
    """`length` bytes of an open file from `start`, for one request at a time; the file's own position is not moved."""

    def __init__(
        self,
        descriptor: int,
        start: int,
        length: int,
        *,
        progress: Progress,
        cancelled: Cancelled,
        before_end: Callable[[], None],
    ) -> None:
        self._descriptor = descriptor
        self._start = start
        self._length = length
        self._position = 0
        self._progress = progress
        self._cancelled = cancelled
        self._before_end = before_end
        """Called before the last bytes leave; what it raises keeps the request from ending well."""
        self._is_sending = False
        self._counted = 0

    @property
    def size(self) -> int:
        """Bytes."""
        return self._length

    def read(self, amount: int | None = -1) -> bytes:
        """The next bytes; b"" at the end. Raises Cancelled, LocalTrouble."""
        if self._cancelled():
            raise Stopped
        left = self._length - self._position
        wanted = left if amount is None or amount < 0 else min(amount, left)
        if wanted <= 0:
            return b""
        data = self._pread(wanted, self._position)
        self._position += len(data)
        if self._is_sending:
            if self._position == self._length:
                self._before_end()
            self._counted += len(data)
            self._progress(len(data))
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to `offset`; what was counted before and is sent again is taken back."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._length}[whence]
        self._position = max(0, base + offset)
        return self._position

    def tell(self) -> int:
        """Where the next read begins."""
        return self._position

    def sending(self, *, is_sending: bool) -> None:
        """Told by the handlers whether what is read now leaves this machine."""
        self._is_sending = is_sending

    def md5(self) -> str:
        """Of the whole stretch, hex; read once more, from memory as a rule."""
        digest = hashlib.md5(usedforsecurity=False)
        for start in range(0, self._length, _CHUNK):
            digest.update(self._pread(min(_CHUNK, self._length - start), start))
        return digest.hexdigest()

    def take_back(self) -> None:
        """Uncount what was sent of a request that failed."""
        if self._counted:
            self._progress(-self._counted)
        self._counted = 0

    def _pread(self, wanted: int, position: int) -> bytes:
        try:
            data = os.pread(self._descriptor, wanted, self._start + position)
        except OSError as error:
            raise LocalTrouble(
                "The file cannot be read", cause=error.strerror or "", advice="Check the disk, then try again"
            ) from error
        if not data:
            raise LocalTrouble(
                "The file became shorter while it was read", advice="Upload it again once nobody writes to it"
            )
        return data


@contextmanager
def sent(body: FileBody) -> Iterator[None]:
    """Within it, this thread sends `body`; what was counted is taken back when it fails."""
    _here.body = body
    is_done = False
    try:
        yield
        is_done = True
    finally:
        _here.body = None
        body.sending(is_sending=False)
        if not is_done:
            body.take_back()


def watch_bodies(client: Any) -> None:
    """Tell a body when it is read for the wire and when for a signature."""
    client.meta.events.register_first("request-created.s3", _on_preparing, unique_id="s3ml-body-preparing")
    client.meta.events.register_first("before-send.s3", _on_sending, unique_id="s3ml-body-sending")


def _on_preparing(**_event: Any) -> None:
    body: FileBody | None = getattr(_here, "body", None)
    if body is not None:
        body.sending(is_sending=False)
        body.take_back()


def _on_sending(**_event: Any) -> None:
    body: FileBody | None = getattr(_here, "body", None)
    if body is not None:
        body.sending(is_sending=True)
