"""Reading what was added to a growing object since a cursor: whole lines only, a bounded piece at a time."""

from collections.abc import Callable
from dataclasses import dataclass

from s3ml_tui.domain.logs import Cursor, LogPage

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
