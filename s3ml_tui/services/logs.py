"""Following logs: a run's chunks and then its whole log, any growing object, a file on this machine.

A reader keeps a cursor and asks again; it is told what came since, each line once. The whole log of a run is the
bytes of its chunks in order, so the number of lines given out tells where to go on when it replaces them.
"""

import os
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Conflict, LocalTrouble, NotFound
from s3ml_tui.domain.layout import Layout, chunk_number
from s3ml_tui.domain.logs import Cursor, LogPage
from s3ml_tui.domain.store import Store
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.growing import MOST_BYTES, Seen, advance, skip_lines, split_lines

MOST_CHUNKS = 64
"""Read at one poll."""
_TRIES = 3
"""Looks at an object that is replaced between HEAD and GET, before it is left for the next poll."""


class Logs:
    """What came since a cursor, of any log."""

    def __init__(self, store: Store, context: Context, now: Callable[[], datetime]) -> None:
        self._store = store
        self._context = context
        self._now = now

    def poll_run(self, workspace: Place, run_id: str, cursor: Cursor) -> LogPage:
        """The lines of a run since `cursor`: from chunks while it goes on, from the whole log once it is there.

        No line comes twice or is lost when the one takes the other's place. `is_over` once all of the whole log was
        given out, or the run has a result and no log.
        """
        layout = Layout(workspace)
        if cursor.etag:
            return self._poll_whole(layout.training_log(run_id), cursor) or LogPage((), cursor, is_over=True)
        page = self._poll_chunks(layout, run_id, cursor)
        if page.cursor != cursor:
            return page
        for has_result in (False, True):
            whole = self._poll_whole(layout.training_log(run_id), cursor)
            if whole is not None:
                return whole
            if not has_result and not self._exists(layout.run_result(run_id)):
                return page
        return LogPage((), cursor, is_over=True)

    def poll_object(self, key: ObjectKey, cursor: Cursor) -> LogPage:
        """The lines added to one object since `cursor`. Whether it is over nobody knows. Raises NotFound."""
        for _try in range(_TRIES):
            try:
                return advance(self._seen(key), cursor)
            except Conflict:
                continue
        return LogPage((), cursor, is_over=False)

    def poll_file(self, path: Path, cursor: Cursor, *, is_final: bool = False) -> LogPage:
        """The lines added to a file since `cursor`; with `is_final` also a last one without its newline.

        Raises NotFound, LocalTrouble.
        """
        try:
            with path.open("rb", buffering=0) as file:
                told = os.fstat(file.fileno())
                etag = f"{told.st_ino}-{told.st_size}-{told.st_mtime_ns}"
                read = partial(_pread, file.fileno())
                return advance(Seen(etag, told.st_size, read), cursor, is_final=is_final)
        except FileNotFoundError as error:
            raise NotFound(f"There is no file {path}", advice="It may have been cleared away") from error
        except OSError as error:
            raise LocalTrouble(f"{path} cannot be read", cause=error.strerror or str(error)) from error

    def chunk_numbers(self, workspace: Place, run_id: str) -> tuple[int, ...]:
        """The chunks that are there, in order."""
        folder = Layout(workspace).training_chunks(run_id)
        numbers: list[int] = []
        token: str | None = None
        while True:
            listing = self._store.list_page(folder, token=token)
            found = (chunk_number(key[len(folder.prefix) :]) for key in listing.keys)
            numbers += [number for number in found if number is not None]
            token = listing.next
            if token is None:
                return tuple(sorted(numbers))

    def _poll_chunks(self, layout: Layout, run_id: str, cursor: Cursor) -> LogPage:
        """Lines of the chunks after `cursor.chunk`, as far as they follow without a gap.

        A gap means that chunks are being purged, so that the whole log is there. Of the chunk after `cursor.chunk`
        the first `cursor.offset` bytes were given out before: its last line was torn.
        """
        there = self.chunk_numbers(layout.root, run_id)
        newer = [number for number in there if number > cursor.chunk][:MOST_CHUNKS]
        whole, torn = b"", b""
        chunk, offset, torn_from = cursor.chunk, cursor.offset, (cursor.chunk, cursor.offset)
        for number in newer:
            body = self._chunk(layout, run_id, number) if number == chunk + 1 else None
            if body is None:
                break
            fresh = body[offset:]
            cut = fresh.rfind(b"\n") + 1
            if cut:
                whole, torn = whole + torn + fresh[:cut], fresh[cut:]
                torn_from = (number - 1, offset + cut) if torn else (number, 0)
            else:
                torn += fresh
                torn_from = torn_from if torn else (number, 0)
            chunk, offset = number, 0
        lines = split_lines(whole)
        after = Cursor(chunk=torn_from[0], offset=torn_from[1], lines=cursor.lines + len(lines))
        return LogPage(lines, after, is_over=False)

    def _chunk(self, layout: Layout, run_id: str, number: int) -> bytes | None:
        try:
            return self._store.read(layout.training_chunk(run_id, number))
        except NotFound:
            return None

    def _poll_whole(self, key: ObjectKey, cursor: Cursor) -> LogPage | None:
        """Lines of the whole log since `cursor`, which may come from chunks; None when it is not there."""
        for _try in range(_TRIES):
            try:
                seen = self._seen(key)
                start = cursor if cursor.etag else skip_lines(seen, cursor.lines)
                return advance(seen, start, is_final=True)
            except NotFound:
                return None
            except Conflict:
                continue
        return LogPage((), cursor, is_over=False)

    def _seen(self, key: ObjectKey) -> Seen:
        facts = self._store.facts(key)

        def read(start: int, length: int) -> bytes:
            return self._store.read(key, start=start, length=min(length, MOST_BYTES), if_match=facts.etag)

        return Seen(facts.etag, facts.size, read)

    def _exists(self, key: ObjectKey) -> bool:
        try:
            self._store.facts(key)
        except NotFound:
            return False
        return True


def _pread(descriptor: int, start: int, length: int) -> bytes:
    return os.pread(descriptor, length, start)
