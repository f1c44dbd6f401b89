"""A log that grows in the bucket: small chunks while it goes on, one whole object when it is over."""

import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.storage.store import Store, Written
from s3ml_tui.domain.uri import ObjectKey

EVERY_S = 1.0
LIMIT_BYTES = 64 * 1024
QUIET_S = 30.0
JOIN_S = 2.0
"""How long the end waits for a chunk that is under way."""
PURGE_THREADS = 8
LINES_TYPE = "application/x-ndjson"


def _nothing() -> None:
    pass


class ChunkedLog:
    """Takes lines from any thread; a thread of its own writes them.

    The whole log is exactly the chunks' lines, and those that no chunk took any more.
    """

    def __init__(
        self,
        store: Store,
        whole: ObjectKey,
        chunk: Callable[[int], ObjectKey] | None,
        *,
        every_s: float = EVERY_S,
        limit_bytes: int = LIMIT_BYTES,
        quiet_s: float = QUIET_S,
        on_quiet: Callable[[], None] = _nothing,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        """`chunk` names the chunks, from 1; None writes only the whole log. `on_quiet` should add a line.

        `metadata` is that of everything written.
        """
        self._store, self._whole, self._chunk = store, whole, chunk
        self._every_s, self._limit_bytes, self._quiet_s = every_s, limit_bytes, quiet_s
        self._on_quiet = on_quiet
        self._metadata = metadata
        self._lines: list[bytes] = []
        self._taken = 0
        self._unsure_end: int | None = None
        """Where a chunk ended that may have been written all the same: the retry must be the same chunk."""
        self._pending_bytes = 0
        self._written: list[Written] = []
        self._is_closed = False
        self._has_complained = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._loop, name="chunks", daemon=True)

    def start(self) -> None:
        """Begin to write chunks."""
        if self._chunk is not None:
            self._thread.start()

    def add(self, line: str) -> None:
        """One line, without its newline."""
        with self._changed:
            if self._is_closed:
                return
            self._lines.append(line.encode() + b"\n")
            self._pending_bytes += len(self._lines[-1])
            if self._pending_bytes >= self._limit_bytes:
                self._changed.notify()

    def finish(self) -> Written:
        """Write the whole log; lines that come later are dropped."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(JOIN_S)
        return self._put(self._whole, b"".join(self._lines))

    def _put(self, key: ObjectKey, body: bytes) -> Written:
        return self._store.write(key, body, content_type=LINES_TYPE, metadata=self._metadata)

    def purge(self, within_s: float = 600.0) -> int:
        """Destroy the chunks, by version id; the number of those that are left because time ran out or it failed."""
        deadline = time.monotonic() + within_s
        with ThreadPoolExecutor(PURGE_THREADS, thread_name_prefix="purge") as executor:
            gone = list(executor.map(lambda written: self._purge(written, deadline), self._written))
        return gone.count(False)

    def _purge(self, written: Written, deadline: float) -> bool:
        if time.monotonic() > deadline:
            return False
        try:
            if written.version_id is None:
                self._store.delete(written.key)
            else:
                self._store.delete_version(written.key, written.version_id)
        except S3mlError:
            return False
        return True

    def _loop(self) -> None:
        last_sign = time.monotonic()
        while True:
            with self._changed:
                self._changed.wait_for(self._is_due, timeout=self._every_s)
                if self._is_closed:
                    return
                has_lines = len(self._lines) > self._taken
            if has_lines:
                self._write_chunk()
                last_sign = time.monotonic()
            elif time.monotonic() - last_sign >= self._quiet_s:
                self._on_quiet()

    def _is_due(self) -> bool:
        return self._is_closed or self._pending_bytes >= self._limit_bytes

    def _write_chunk(self) -> None:
        if self._chunk is None:
            return
        with self._changed:
            end = self._unsure_end or len(self._lines)
            body = b"".join(self._lines[self._taken : end])
            self._pending_bytes = 0
        try:
            self._written.append(self._put(self._chunk(len(self._written) + 1), body))
        except S3mlError as error:
            self._unsure_end = end
            self._complain(error)
        else:
            self._taken, self._unsure_end = end, None

    def _complain(self, error: S3mlError) -> None:
        """Once, on stderr: a log that cannot be written is no reason to lose the training."""
        if not self._has_complained:
            self._has_complained = True
            print(f"The log's chunks cannot be written: {error.sentence}", file=sys.stderr, flush=True)
