"""Following logs: a run's chunks and then its whole log, any growing object, a file on this machine.

A reader keeps a cursor and asks again; it is told what came since, each line once. The whole log of a run is the
bytes of its chunks in order, so the number of lines given out tells where to go on when it replaces them.

Reading what was added to a growing object since a cursor: whole lines only, a bounded piece at a time.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Conflict, LocalTrouble, NotFound
from s3ml_tui.domain.ml.events import Cursor, LogPage
from s3ml_tui.domain.ml.layout import Layout, chunk_number
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.uri import ObjectKey, Place

MOST_BYTES = 4 * 1024 * 1024
"""Read at one poll; a line that is longer comes in pieces."""
TAIL_BYTES = 64
"""Of what was given out, kept to recognise a continuation."""

Read = Callable[[int, int], bytes]
"""Asked for bytes from a position on, so many at most."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What an object, or a file, is at one moment."""

    etag: str
    """Another one whenever the bytes are others, also when there are only more of them."""
    size: int
    """Bytes."""
    read: Read


def advance(seen: Seen, cursor: Cursor, *, is_final: bool = False, most_bytes: int = MOST_BYTES) -> LogPage:
    """The lines that came since `cursor`, decoded leniently; those of the beginning when the object was replaced.

    It was replaced when it is shorter than what was read, or when the bytes before the cursor are others. A last line
    without its newline is kept back, unless `is_final` says that nothing more will come.
    """
    was_replaced = seen.size < cursor.offset or not _continues(seen, cursor)
    if was_replaced:
        cursor = Cursor()
    wanted = min(seen.size - cursor.offset, most_bytes)
    data = seen.read(cursor.offset, wanted) if wanted > 0 else b""
    at_end = cursor.offset + len(data) >= seen.size
    whole = data if is_final and at_end else data[: data.rfind(b"\n") + 1]
    if not whole and len(data) >= most_bytes:
        whole = data
    return _page(cursor, whole, seen, is_over=is_final and cursor.offset + len(whole) >= seen.size, anew=was_replaced)


def skip_lines(seen: Seen, lines: int, *, most_bytes: int = MOST_BYTES) -> Cursor:
    """The cursor after the first `lines` lines; at the end when there are fewer."""
    offset, left, tail = 0, lines, b""
    while left and offset < seen.size:
        data = seen.read(offset, min(seen.size - offset, most_bytes))
        if not data:
            break
        found = data.count(b"\n")
        if found >= left:
            data = data[: _after(data, left)]
            found = left
        left -= found
        offset += len(data)
        tail = (tail + data)[-TAIL_BYTES:]
    return Cursor(offset=offset, etag=seen.etag, lines=lines, tail=tail)


def split_lines(whole: bytes) -> tuple[str, ...]:
    """The lines of complete bytes: cut at newlines alone, a carriage return before them dropped."""
    if not whole:
        return ()
    parts = whole.removesuffix(b"\n").split(b"\n")
    return tuple(part.removesuffix(b"\r").decode("utf-8", "replace") for part in parts)


def _continues(seen: Seen, cursor: Cursor) -> bool:
    if not cursor.tail or seen.etag == cursor.etag:
        return True
    return seen.read(cursor.offset - len(cursor.tail), len(cursor.tail)) == cursor.tail


def _page(cursor: Cursor, whole: bytes, seen: Seen, *, is_over: bool, anew: bool) -> LogPage:
    lines = split_lines(whole)
    after = Cursor(
        offset=cursor.offset + len(whole),
        etag=seen.etag,
        lines=cursor.lines + len(lines),
        tail=(cursor.tail + whole)[-TAIL_BYTES:],
    )
    return LogPage(lines, after, is_over=is_over, was_replaced=anew)


def _after(data: bytes, lines: int) -> int:
    position = 0
    for _line in range(lines):
        position = data.index(b"\n", position) + 1
    return position


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
                status = os.fstat(file.fileno())
                etag = f"{status.st_ino}-{status.st_size}-{status.st_mtime_ns}"
                read = partial(_pread, file.fileno())
                return advance(Seen(etag, status.st_size, read), cursor, is_final=is_final)
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
