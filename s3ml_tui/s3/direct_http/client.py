"""HTTP/1.1 to one server as plainly as it goes: a head, a body, an answer; connections kept open.

Whatever is not that plain is an `HttpError`, and whoever asked goes the long way through boto3.

The body of an answer as it comes over a connection: by its length, in chunks, or none at all.

AWS answers copies and tags in chunks, since it does not know yet how long they will be; files and parts have a length.
"""

import select
import socket
import ssl
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.storage.store import Cancelled, never

T = TypeVar("T")
BLOCK = 1024 * 1024
"""Bytes read or written at once; what one request holds in memory."""
_MOST_ERROR = 64 * 1024
_MOST_LINE = 4096
_READ = 65536

_LOOK_EVERY_S = 0.05
"""So often it is asked whether an answer is still wanted."""

Take = Callable[[memoryview], None]


class Receiver(Protocol):
    """What an answer comes over."""

    def recv(self, size: int, /) -> bytes:
        """Some of it; nothing at its end."""
        ...

    def recv_into(self, buffer: memoryview, size: int, /) -> int:
        """The same, into a buffer; how much came."""
        ...


class _CancellableReceiver:
    """A connection that is received from until that is cancelled."""

    def __init__(self, connection: socket.socket, timeout_s: float, cancelled: Cancelled) -> None:
        self._connection = connection
        self._timeout_s = timeout_s
        self._cancelled = cancelled

    def recv(self, size: int, /) -> bytes:
        """Some of it. Raises Cancelled."""
        return self._received(lambda: self._connection.recv(size))

    def recv_into(self, buffer: memoryview, size: int, /) -> int:
        """The same. Raises Cancelled."""
        return self._received(lambda: self._connection.recv_into(buffer, size))

    def _received(self, receive: Callable[[], T]) -> T:
        end = time.monotonic() + self._timeout_s
        self._connection.settimeout(_LOOK_EVERY_S)
        try:
            while True:
                if self._cancelled():
                    raise Stopped
                try:
                    return receive()
                except TimeoutError:
                    if time.monotonic() >= end:
                        raise
        finally:
            self._connection.settimeout(self._timeout_s)


def take_body(connection: Receiver, rest: bytes, length: int, take: Take, room: int) -> None:
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


def drop_body(connection: Receiver, rest: bytes, length: int) -> bool:
    """Read over an error's body of `length` bytes; whether all of it came."""
    if length > _MOST_ERROR:
        return False
    while len(rest) < length:
        more = connection.recv(length - len(rest))
        if not more:
            return False
        rest += more
    return True


def take_chunks(connection: Receiver, rest: bytes, take: Take) -> None:
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

    def __init__(self, connection: Receiver, buffer: bytes) -> None:
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


_MOST_HEAD = 64 * 1024
_MOST_IDLE = 64
__all__ = ["BLOCK", "Answered", "HttpConnectionPool", "HttpError"]


class HttpError(Exception):
    """It did not go; `was_sent` says whether the server may have carried it out."""

    def __init__(self, reason: str, *, was_sent: bool) -> None:
        super().__init__(reason)
        self.was_sent = was_sent


@dataclass(frozen=True, slots=True)
class Answered:
    """The head of an answer whose body was taken."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""


class HttpConnectionPool:
    """The connections to one server; safe to use from many threads."""

    def __init__(
        self, host: str, port: int, *, tls: ssl.SSLContext | None, connect_timeout_s: float, read_timeout_s: float
    ) -> None:
        self._address = (host, port)
        self._tls = tls
        self._connect_timeout_s = connect_timeout_s
        self._read_timeout_s = read_timeout_s
        self._idle: deque[socket.socket] = deque()
        weakref.finalize(self, _close_all, self._idle)

    def send(
        self,
        head: bytes,
        body: Iterable[bytes],
        take: Callable[[Answered, memoryview], None],
        *,
        room: int = BLOCK,
        has_body: bool = True,
        cancelled: Cancelled = never,
    ) -> Answered:
        """Send a request and hand the body of a good answer (2xx) to `take`, block by block.

        `has_body` is False for HEAD, whose answer tells of a body that does not come.

        Raises HttpError, Cancelled while the answer is waited for, and the `S3mlError`s that `body` and `take` raise;
        the connection is closed then.
        """
        connection = self._connection()
        is_clean = False
        try:
            was_sent = False
            try:
                first = next(iter(body := iter(body)), b"")
                connection.sendall(head + first if len(first) <= BLOCK // 16 else head)
                was_sent = True
                if len(first) > BLOCK // 16:
                    connection.sendall(first)
                for block in body:
                    connection.sendall(block)
                receiver: Receiver = connection
                if cancelled is not never:
                    receiver = _CancellableReceiver(connection, self._read_timeout_s, cancelled)
                answered, rest = _head(receiver)
                if has_body:
                    is_clean = _body(receiver, answered, rest, take, room)
                else:
                    is_clean = not rest and answered.headers.get("connection", "").lower() != "close"
            except (OSError, ValueError) as error:
                raise HttpError(str(error), was_sent=was_sent) from error
            return answered
        finally:
            if is_clean and len(self._idle) < _MOST_IDLE:
                self._idle.append(connection)
            else:
                connection.close()

    def close(self) -> None:
        """Close what is open and idle."""
        _close_all(self._idle)

    def _connection(self) -> socket.socket:
        while self._idle:
            try:
                kept = self._idle.pop()
            except IndexError:  # another thread was faster
                break
            if not _was_closed(kept):
                return kept
            kept.close()
        try:
            plain = socket.create_connection(self._address, timeout=self._connect_timeout_s)
        except OSError as error:
            raise HttpError(str(error), was_sent=False) from error
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = plain if self._tls is None else self._tls.wrap_socket(plain, server_hostname=self._address[0])
        except (OSError, ValueError) as error:
            plain.close()
            raise HttpError(str(error), was_sent=False) from error
        connection.settimeout(self._read_timeout_s)
        return connection


def _close_all(idle: deque[socket.socket]) -> None:
    while idle:
        idle.pop().close()


def _was_closed(connection: socket.socket) -> bool:
    """Whether the other side has hung up, or said something nobody asked for."""
    try:
        watched = select.poll()
        watched.register(connection, select.POLLIN | select.POLLHUP | select.POLLERR)
        return bool(watched.poll(0))
    except (OSError, ValueError):
        return True


def _head(connection: Receiver) -> tuple[Answered, bytes]:
    """The answer's head, and what came of the body with it."""
    got = b""
    while (end := got.find(b"\r\n\r\n")) < 0:
        more = connection.recv(65536)
        if not more or len(got) > _MOST_HEAD:
            raise ValueError("no whole head came")
        got += more
    first, *lines = got[:end].decode("latin-1").split("\r\n")
    if not first.startswith("HTTP/1.1 ") or not first[9:12].isdigit() or first[9] == "1":
        raise ValueError("no plain answer")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Answered(int(first[9:12]), headers), got[end + 4 :]


def _body(
    connection: Receiver,
    answered: Answered,
    rest: bytes,
    take: Callable[[Answered, memoryview], None],
    room: int,
) -> bool:
    """Hand the body on; True when the connection can be used again."""
    is_good, is_kept = 200 <= answered.status < 300, answered.headers.get("connection", "").lower() != "close"
    if answered.headers.get("transfer-encoding", "").lower() == "chunked":
        if is_good:
            take_chunks(connection, rest, partial(take, answered))
        return is_good and is_kept  # what an error says is boto3's to read
    length = answered.headers.get("content-length", "")
    if answered.status == 204 and not rest:
        return is_kept
    if "transfer-encoding" in answered.headers or not length.isdigit():
        if answered.status == 200 and not rest and not length:
            return False  # a put that is answered without a body; what may come is not waited for
        raise ValueError("an answer without a length")
    if not is_good:
        return drop_body(connection, rest, int(length)) and is_kept
    take_body(connection, rest, int(length), partial(take, answered), room)
    return is_kept
