"""The marks of a level: a byte an object, kept by key while the level is read again."""

from collections.abc import Iterable
from itertools import compress

from s3ml_tui.ui.object_table.level import Level


class Marks:
    """Which objects are marked, how many, and how many bytes they have together."""

    def __init__(self, level: Level, carried: Iterable[str] = ()) -> None:
        self.level = level
        self.count = 0
        self.size = 0
        """Bytes."""
        self.last = ""
        """The key marked last; a range goes from here."""
        self._flags = bytearray()
        self._awaited = set(carried)
        """Keys that were marked before the level was read again, and have not come yet."""
        self.grow()

    def __contains__(self, at: int) -> bool:
        return bool(self._flags[at])

    @property
    def is_waiting(self) -> bool:
        """Whether marked keys may still come."""
        return bool(self._awaited) and not self.level.is_complete

    def grow(self) -> None:
        """Objects came."""
        seen, keys = len(self._flags), self.level.keys
        if seen == len(keys):
            return
        fresh = keys[seen:]
        if not self._awaited:
            self._flags.extend(bytes(len(fresh)))
            return
        self._flags.extend(map(self._awaited.__contains__, fresh))
        self._awaited.difference_update(fresh)
        self._count()

    def texts(self) -> frozenset[str]:
        """The keys that are marked, for the level when it is read again."""
        awaited = self._awaited if not self.level.is_complete else ()
        return frozenset(compress(self.level.keys, self._flags)) | frozenset(awaited)

    def places(self) -> list[int]:
        """The places of the marked objects in the columns."""
        return list(compress(range(len(self._flags)), self._flags))

    def toggle(self, at: int) -> None:
        """Mark an object, or take its mark away."""
        is_marked = not self._flags[at]
        self._flags[at] = is_marked
        self.count += 1 if is_marked else -1
        self.size += self.level.sizes[at] if is_marked else -self.level.sizes[at]
        self.last = self.level.keys[at]

    def mark(self, rows: Iterable[int]) -> None:
        """Mark some."""
        flags = self._flags
        if isinstance(rows, range) and len(rows) == len(flags):
            flags[:] = b"\1" * len(flags)
        else:
            for at in rows:
                flags[at] = 1
        self._count()

    def invert(self, rows: Iterable[int]) -> None:
        """Mark those that are not, and take the marks of the others away."""
        flags = self._flags
        if isinstance(rows, range) and len(rows) == len(flags):
            flags[:] = flags.translate(b"\1\0" + bytes(254))
        else:
            for at in rows:
                flags[at] ^= 1
        self._count()

    def clear(self) -> None:
        """Take all marks away."""
        self._flags = bytearray(len(self._flags))
        self._awaited.clear()
        self.count = self.size = 0
        self.last = ""

    def _count(self) -> None:
        self.count = self._flags.count(1)
        self.size = sum(compress(self.level.sizes, self._flags))
