"""HTTP as plain as it goes: bodies by length and in chunks, answers without one, and what is not that plain."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from s3ml_tui.domain.errors import Cancelled
from s3ml_tui.s3.direct_http.client import Answered, HttpConnectionPool, HttpError

HEAD = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


class Canned:
    """Answers every request with the same bytes, in pieces, over connections that stay open."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.connections = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self._open.append(connection)
            self.connections += 1
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while connection.recv(65536):
                for piece in self.pieces:
                    connection.sendall(piece)
        except OSError:
            return

    def close(self) -> None:
        self._listening.close()
        for connection in self._open:
            connection.close()


@pytest.fixture
def canned() -> Iterator[Canned]:
    server = Canned()
    yield server
    server.close()


Ask = Callable[..., tuple[Answered, bytes]]


@pytest.fixture
def ask(canned: Canned) -> Iterator[Ask]:
    pool = HttpConnectionPool("127.0.0.1", canned.port, tls=None, connect_timeout_s=5, read_timeout_s=1)

    def asked(*pieces: bytes, has_body: bool = True) -> tuple[Answered, bytes]:
        canned.pieces, body = list(pieces), list[bytes]()
        answered = pool.send(HEAD, (), lambda _, block: body.append(bytes(block)), has_body=has_body)
        return answered, b"".join(body)

    yield asked
    pool.close()


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_chunks_are_joined_wherever_they_are_cut_and_the_connection_is_used_again(
    canned: Canned, ask: Ask, size: int
) -> None:
    whole = CHUNKED + b"5\r\nabcde\r\nA;x=y\r\n0123456789\r\n0\r\nx-trailer: 1\r\n\r\n"
    pieces = [whole[start : start + size] for start in range(0, len(whole), size)]
    for _ in range(3):
        answered, body = ask(*pieces)
        assert (answered.status, body) == (200, b"abcde0123456789")
    assert canned.connections == 1


@pytest.mark.parametrize(
    "broken",
    [b"zz\r\nabc\r\n0\r\n\r\n", b"3\r\nabcd\r\n0\r\n\r\n", b"\r\n", b"fffffffff\r\n", b"1" * 9000, b"0\r\n\r\nmore"],
)
def test_chunks_that_are_none_are_a_wire_error(ask: Ask, broken: bytes) -> None:
    with pytest.raises(HttpError) as raised:
        ask(CHUNKED + broken)
    assert raised.value.was_sent


def test_the_answer_to_a_head_has_no_body_though_it_tells_of_one(canned: Canned, ask: Ask) -> None:
    for _ in range(2):
        answered, body = ask(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", has_body=False)
        assert (answered.headers["content-length"], body) == ("5", b"")
    assert canned.connections == 1


def test_an_answer_without_content_needs_no_length(canned: Canned, ask: Ask) -> None:
    for _ in range(2):
        answered, body = ask(b"HTTP/1.1 204 No Content\r\n\r\n")
        assert (answered.status, body) == (204, b"")
    assert canned.connections == 1


def test_an_error_in_chunks_is_told_by_its_status_alone(canned: Canned, ask: Ask) -> None:
    error = b"HTTP/1.1 412 Precondition Failed\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    for _ in range(2):
        answered, body = ask(error)
        assert (answered.status, body) == (412, b"")
    assert canned.connections == 2


def test_an_answer_that_may_be_cancelled_is_given_up_in_time_too_and_its_connection_is_used_again(
    canned: Canned,
) -> None:
    pool = HttpConnectionPool("127.0.0.1", canned.port, tls=None, connect_timeout_s=5, read_timeout_s=0.2)
    whole = CHUNKED + b"5\r\nabcde\r\n0\r\n\r\n"
    canned.pieces, body = [whole[:50], whole[50:]], bytearray()
    for _ in range(2):
        pool.send(HEAD, (), lambda _, block: body.extend(block), cancelled=lambda: False)
    assert body == b"abcde" * 2
    assert canned.connections == 1
    canned.pieces = []
    with pytest.raises(HttpError, match="timed out"):
        pool.send(HEAD, (), lambda *_: None, cancelled=lambda: False)
    with pytest.raises(Cancelled):
        pool.send(HEAD, (), lambda *_: None, cancelled=lambda: canned.connections == 2)
    pool.close()
