"""Following a log: where a reader stands, and what came since."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a reader of a log stands; the default is its beginning."""

    chunk: int = 0
    """The last chunk read; 0 when the log is one object."""
    offset: int = 0
    """Bytes read of the object, whole lines only."""
    etag: str = ""
    """Of the object when it was read; another one with fewer bytes means it was replaced."""
    lines: int = 0
    """Lines given out so far."""
    tail: bytes = b""
    """The last bytes given out, by which a replaced object that is no shorter is noticed."""


@dataclass(frozen=True, slots=True)
class LogPage:
    """What came since a cursor."""

    lines: tuple[str, ...]
    cursor: Cursor
    is_over: bool
    """Whether nothing more will come."""
    was_replaced: bool = False
    """Whether the object was replaced, so that the lines begin anew."""
