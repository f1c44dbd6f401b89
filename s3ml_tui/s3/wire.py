"""HTTP/1.1 to one server as plainly as it goes: a head, a body, an answer; connections kept open.

Whatever is not that plain is a `WireError`, and whoever asked goes the long way through boto3.
"""

import select
import socket
import ssl
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from s3ml_tui.s3.wire_bodies import BLOCK, drop_body, take_body, take_chunks

_MOST_HEAD = 64 * 1024
_MOST_IDLE = 64
__all__ = ["BLOCK", "Answered", "Wire", "WireError"]


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
        self,
        head: bytes,
        body: Iterable[bytes],
        take: Callable[[Answered, memoryview], None],
        *,
        room: int = BLOCK,
        has_body: bool = True,
    ) -> Answered:
        """Send a request and hand the body of a good answer (2xx) to `take`, block by block.

        `has_body` is False for HEAD, whose answer tells of a body that does not come.

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
                if has_body:
                    is_clean = _body(connection, answered, rest, take, room)
                else:
                    is_clean = not rest and answered.headers.get("connection", "").lower() != "close"
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
