"""Where readers get bytes from: an object read by ranges within a budget, or bytes that were unpacked.

A source as the file object that zipfile and pyarrow want.
"""

import io
from collections.abc import Callable
from typing import Protocol

BLOCK = 32 * 1024
"""Ranges are fetched in whole blocks, so that many small reads are few requests."""


class Unread(Exception):
    """Bytes that are wanted cannot be had."""


class OverBudget(Unread):
    """More of the object would have to be read than may be."""


class Source(Protocol):
    """Bytes that can be read at any place."""

    @property
    def size(self) -> int:
        """How many there are to read."""
        ...

    @property
    def is_whole(self) -> bool:
        """Whether nothing comes after the last of them."""
        ...

    @property
    def left(self) -> int:
        """How many more may be fetched."""
        ...

    def read(self, start: int, length: int) -> bytes:
        """Bytes `start` to `start + length`, fewer at the end. Raises OverBudget."""
        ...


class InMemory:
    """Bytes that are here already."""

    def __init__(self, data: bytes, *, is_whole: bool = True) -> None:
        self._data = data
        self.is_whole = is_whole

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self._data)

    @property
    def left(self) -> int:
        """All of them."""
        return len(self._data)

    def read(self, start: int, length: int) -> bytes:
        """A part of them."""
        return self._data[start : start + length]


class Ranged:
    """An object far away; each block of it is fetched once."""

    is_whole = True

    def __init__(self, size: int, budget: int, fetch: Callable[[int, int], bytes]) -> None:
        self._size = size
        self._left = budget
        self._fetch = fetch
        self._blocks: dict[int, bytes] = {}

    @property
    def size(self) -> int:
        """Bytes of the whole object."""
        return self._size

    @property
    def left(self) -> int:
        """How many more may be fetched."""
        return self._left

    def read(self, start: int, length: int) -> bytes:
        """Bytes `start` to `start + length`. Raises OverBudget, before anything is fetched."""
        end = min(start + length, self._size)
        if start >= end:
            return b""
        first, last = start // BLOCK, (end - 1) // BLOCK
        missing = [block for block in range(first, last + 1) if block not in self._blocks]
        for begin, behind in _stretches(missing):
            self._get(begin, behind)
        joined = b"".join(self._blocks[block] for block in range(first, last + 1))
        return joined[start - first * BLOCK : end - first * BLOCK]

    def _get(self, first: int, behind: int) -> None:
        start, end = first * BLOCK, min(behind * BLOCK, self._size)
        if end - start > self._left:
            raise OverBudget
        data = self._fetch(start, end - start)
        self._left -= end - start
        if len(data) != end - start:
            raise Unread
        for block in range(first, behind):
            self._blocks[block] = data[(block - first) * BLOCK : (block - first + 1) * BLOCK]


def _stretches(blocks: list[int]) -> list[tuple[int, int]]:
    """Blocks that follow each other, as the first and the one behind the last."""
    found: list[tuple[int, int]] = []
    for block in blocks:
        if found and found[-1][1] == block:
            found[-1] = found[-1][0], block + 1
        else:
            found.append((block, block + 1))
    return found


class SourceFile(io.RawIOBase):
    """Readable and seekable; reading raises OverBudget as the source does."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self._position = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move, as files do."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._source.size}[whence]
        if base + offset < 0:
            raise OSError("a place before the beginning")
        self._position = base + offset
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes from here on."""
        length = self._source.size - self._position if size is None or size < 0 else size
        data = self._source.read(self._position, length)
        self._position += len(data)
        return data

    def readall(self) -> bytes:
        """All that is left."""
        return self.read()
