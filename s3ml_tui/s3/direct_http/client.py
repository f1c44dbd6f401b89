"""HTTP/1.1 to one server as plainly as it goes: a head, a body, an answer; connections kept open.

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
from typing import TypeVar

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.storage.store import Cancelled, never

T = TypeVar("T")
BLOCK = 1024 * 1024
"""Bytes read or written at once; what one request holds in memory."""
_MOST_HEAD = 64 * 1024
_MOST_LINE = 4096
_MOST_ERROR = 64 * 1024
_MOST_IDLE = 64
_READ = 65536
_LOOK_EVERY_S = 0.05
"""So often it is asked whether an answer is still wanted."""


class HttpError(Exception):
    """The request failed below HTTP; `was_sent` says whether the server may have carried it out."""

    def __init__(self, reason: str, *, was_sent: bool) -> None:
        super().__init__(reason)
        self.was_sent = was_sent


@dataclass(frozen=True, slots=True)
class Answered:
    """The head of an answer whose body was taken."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""


Take = Callable[[Answered, memoryview], None]
"""Is handed the body of a good answer, block by block."""


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
        take: Take,
        *,
        room: int = BLOCK,
        has_body: bool = True,
        cancelled: Cancelled = never,
    ) -> Answered:
        """Send a request and hand the body of a good answer (2xx) to `take`, `room` bytes at a time.

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
                answer = _Answer(connection, self._read_timeout_s, cancelled)
                answered = answer.head()
                is_clean = answer.take_body(answered, take, room) if has_body else not answer.rest
            except (OSError, ValueError) as error:
                raise HttpError(str(error), was_sent=was_sent) from error
            is_clean = is_clean and answered.headers.get("connection", "").lower() != "close"
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


class _Answer:
    """An answer as it comes over a connection. Raises OSError, ValueError for what is no plain HTTP, Cancelled."""

    def __init__(self, connection: socket.socket, timeout_s: float, cancelled: Cancelled) -> None:
        self.rest = b""
        """What came and was not taken yet."""
        self._connection = connection
        self._timeout_s = timeout_s
        self._cancelled = cancelled

    def head(self) -> Answered:
        first, *lines = self._until(b"\r\n\r\n", _MOST_HEAD).decode("latin-1").split("\r\n")
        if not first.startswith("HTTP/1.1 ") or not first[9:12].isdigit() or first[9] == "1":
            raise ValueError("no plain answer")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        return Answered(int(first[9:12]), headers)

    def take_body(self, answered: Answered, take: Take, room: int) -> bool:
        """Hand on the body of a good answer; whether the connection can be used again. Errors are boto3's to read."""
        is_good = 200 <= answered.status < 300
        length = answered.headers.get("content-length", "")
        if answered.headers.get("transfer-encoding", "").lower() == "chunked":
            if not is_good:
                return False
            self._take_chunks(partial(take, answered), room)
        elif "transfer-encoding" in answered.headers or not length.isdigit():
            if answered.status == 200 and not self.rest and not length:
                return False  # a put that is answered without a body; what may come is not waited for
            if answered.status != 204 or length:
                raise ValueError("an answer without a length")
        elif is_good:
            self._take(int(length), partial(take, answered), room)
        elif int(length) > _MOST_ERROR or not self._was_dropped(int(length)):
            return False
        if self.rest:
            raise ValueError("more came than was said")
        return True

    def _take_chunks(self, take: Callable[[memoryview], None], room: int) -> None:
        """RFC 9112, section 7.1."""
        while size := _chunk_size(self._until(b"\r\n", _MOST_LINE)):
            self._take(size, take, room)
            if self._until(b"\r\n", _MOST_LINE):
                raise ValueError("a chunk longer than was said")
        while self._until(b"\r\n", _MOST_LINE):  # trailers, and the empty line that ends them
            pass

    def _take(self, size: int, take: Callable[[memoryview], None], room: int) -> None:
        part, self.rest = self.rest[:size], self.rest[size:]
        if part:
            take(memoryview(part))
        left = size - len(part)
        space = memoryview(bytearray(min(room, left)))
        while left:
            count = self._received(lambda most: self._connection.recv_into(space, most), min(left, len(space)))
            if not count:
                raise ValueError("the body broke off")
            take(space[:count])
            left -= count

    def _was_dropped(self, size: int) -> bool:
        try:
            self._take(size, lambda _: None, size)
        except ValueError:
            return False
        return True

    def _until(self, mark: bytes, most: int) -> bytes:
        """What comes before the mark, which is dropped."""
        while (end := self.rest.find(mark)) < 0:
            if len(self.rest) > most:
                raise ValueError("a line without an end")
            more = self._received(self._connection.recv, _READ)
            if not more:
                raise ValueError("the answer broke off")
            self.rest += more
        found, self.rest = self.rest[:end], self.rest[end + len(mark) :]
        return found

    def _received(self, receive: Callable[[int], T], size: int) -> T:
        if self._cancelled is never:
            return receive(size)
        end = time.monotonic() + self._timeout_s
        self._connection.settimeout(_LOOK_EVERY_S)
        try:
            while True:
                if self._cancelled():
                    raise Stopped
                try:
                    return receive(size)
                except TimeoutError:
                    if time.monotonic() >= end:
                        raise
        finally:
            self._connection.settimeout(self._timeout_s)


def _chunk_size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    if not digits or len(digits) > 8 or digits.strip(b"0123456789abcdefABCDEF"):
        raise ValueError("a chunk without a size")
    return int(digits, 16)


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
