"""HTTP/1.1 to one server as plainly as it goes: a head, a body, an answer with a length; connections kept open.

Whatever is not that plain is a `WireError`, and whoever asked goes the long way through boto3.
"""

import select
import socket
import ssl
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

BLOCK = 1024 * 1024
"""Bytes read or written at once; what one request holds in memory."""
_MOST_HEAD = 64 * 1024
_MOST_ERROR = 64 * 1024
_MOST_IDLE = 64


class WireError(Exception):
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


class Wire:
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
        self, head: bytes, body: Iterable[bytes], take: Callable[[Answered, memoryview], None], *, room: int = BLOCK
    ) -> Answered:
        """Send a request and hand the body of a good answer (2xx) to `take`, block by block.

        Raises WireError, and the `S3mlError`s that `body` and `take` raise; the connection is given up then.
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
                answered, rest = _head(connection)
                is_clean = _body(connection, answered, rest, take, room)
            except (OSError, ValueError) as error:
                raise WireError(str(error), was_sent=was_sent) from error
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
            raise WireError(str(error), was_sent=False) from error
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = plain if self._tls is None else self._tls.wrap_socket(plain, server_hostname=self._address[0])
        except (OSError, ValueError) as error:
            plain.close()
            raise WireError(str(error), was_sent=False) from error
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


def _head(connection: socket.socket) -> tuple[Answered, bytes]:
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
    connection: socket.socket,
    answered: Answered,
    rest: bytes,
    take: Callable[[Answered, memoryview], None],
    room: int,
) -> bool:
    """Hand the body on; True when the connection can be used again."""
    if "transfer-encoding" in answered.headers or not answered.headers.get("content-length", "").isdigit():
        if answered.status == 200 and not rest and answered.headers.get("content-length") is None:
            return False  # a put that is answered without a body; what may come is not waited for
        raise ValueError("an answer without a length")
    left = int(answered.headers["content-length"])
    if not 200 <= answered.status < 300:
        if left > _MOST_ERROR:
            return False
        while len(rest) < left:
            more = connection.recv(left - len(rest))
            if not more:
                return False
            rest += more
        return answered.headers.get("connection", "").lower() != "close"
    if len(rest) > left:
        raise ValueError("more came than was said")
    if rest:
        take(answered, memoryview(rest))
        left -= len(rest)
    space = memoryview(bytearray(min(room, left)))
    while left:
        count = connection.recv_into(space, min(left, len(space)))
        if not count:
            raise ValueError("the body broke off")
        take(answered, space[:count])
        left -= count
    return answered.headers.get("connection", "").lower() != "close"
