"""The body of an answer as it comes over a connection: by its length, in chunks, or none at all.

AWS answers copies and tags in chunks, since it does not know yet how long they will be; files and parts have a length.
"""

import socket
from collections.abc import Callable

BLOCK = 1024 * 1024
"""Bytes read or written at once; what one request holds in memory."""
_MOST_ERROR = 64 * 1024
_MOST_LINE = 4096
_READ = 65536

Take = Callable[[memoryview], None]


def take_body(connection: socket.socket, rest: bytes, length: int, take: Take, room: int) -> None:
    """Hand on a body of `length` bytes, of which `rest` came with the head."""
    if len(rest) > length:
        raise ValueError("more came than was said")
    if rest:
        take(memoryview(rest))
    left = length - len(rest)
    space = memoryview(bytearray(min(room, left)))
    while left:
        count = connection.recv_into(space, min(left, len(space)))
        if not count:
            raise ValueError("the body broke off")
        take(space[:count])
        left -= count


def drop_body(connection: socket.socket, rest: bytes, length: int) -> bool:
    """Read over an error's body of `length` bytes; whether all of it came."""
    if length > _MOST_ERROR:
        return False
    while len(rest) < length:
        more = connection.recv(length - len(rest))
        if not more:
            return False
        rest += more
    return True


def take_chunks(connection: socket.socket, rest: bytes, take: Take) -> None:
    """Hand on a body that comes in chunks (RFC 9112, section 7.1), up to its last one."""
    coming = _Coming(connection, rest)
    while size := _size(coming.line()):
        coming.hand_on(size, take)
        if coming.line():
            raise ValueError("a chunk longer than was said")
    while coming.line():  # trailers, and the empty line that ends them
        pass
    if coming.buffer:
        raise ValueError("more came than was said")


def _size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    if not digits or len(digits) > 8 or digits.strip(b"0123456789abcdefABCDEF"):
        raise ValueError("a chunk without a size")
    return int(digits, 16)


class _Coming:
    """What comes over a connection, with what was read of it and not taken yet."""

    def __init__(self, connection: socket.socket, buffer: bytes) -> None:
        self.buffer = buffer
        self._connection = connection

    def line(self) -> bytes:
        """The next line without its end."""
        while (end := self.buffer.find(b"\r\n")) < 0:
            if len(self.buffer) > _MOST_LINE:
                raise ValueError("a line without an end")
            self.buffer += self._more()
        line, self.buffer = self.buffer[:end], self.buffer[end + 2 :]
        return line

    def hand_on(self, size: int, take: Take) -> None:
        """Give the next `size` bytes to `take`."""
        while size:
            if not self.buffer:
                self.buffer = self._more()
            part, self.buffer = self.buffer[:size], self.buffer[size:]
            take(memoryview(part))
            size -= len(part)

    def _more(self) -> bytes:
        more = self._connection.recv(_READ)
        if not more:
            raise ValueError("the body broke off")
        return more
