"""A server that passes requests on to another and misbehaves when told: canned answers, lost answers, torn bodies."""

import http.client
import os
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Asked:
    """A request that arrived."""

    method: str
    target: str
    headers: dict[str, str]

    @property
    def length(self) -> int:
        """Bytes of its body."""
        return int(self.headers.get("x-amz-decoded-content-length") or self.headers.get("content-length") or 0)


@dataclass
class Fault:
    """What goes wrong with the requests that match, so many times."""

    matches: Callable[[Asked], bool]
    times: int = 1
    status: int = 0
    """0 passes the request on."""
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    is_answer_lost: bool = False
    """The request is passed on and carried out; its answer never arrives."""
    cut_after: int | None = None
    """The answer's body breaks off after so many bytes."""
    change: Callable[[bytes], bytes] | None = None
    """What becomes of the answer's body on the way."""
    hangs: bool = False
    """Nothing is answered until the server stops."""
    skip: int = 0
    """So many requests that match are let through first."""
    is_reset: bool = False
    """The connection is reset before anything is carried out."""
    tear_after: int | None = None
    """The connection is reset after so many bytes of the request's body."""
    change_sent: Callable[[bytes], bytes] | None = None
    """What becomes of the request's body on the way."""
    silent_after: int | None = None
    """The answer's body stops after so many bytes, and the connection stays open."""
    drops: frozenset[str] = frozenset()
    """Headers that are not passed on; for servers that check no signatures."""
    as_status: int = 0
    """The answer gets this status on the way."""
    sheds: frozenset[str] = frozenset()
    """Headers of the answer that do not arrive, in lower case."""
    is_death: bool = False
    """From this request on nobody listens at the address any more, until all is clear again."""


class FaultyServer:
    """Between a store and a real server; used as a context manager."""

    def __init__(self, upstream: str, certificate: Path | None = None, *, port: int = 0) -> None:
        self.asked: list[Asked] = []
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self.stopping = threading.Event()
        self.connections: set[socket.socket] = set()
        """Those that clients keep open."""
        self.hung = 0
        """So many requests were left without an answer."""
        self.is_clear = threading.Event()
        """Set when what is silent may hang up."""
        self.latency_s = 0.0
        """So long each request is on its way."""
        self.upstream = upstream.partition("://")[2]
        outer = self

        class Handler(_Handler):
            server_of = outer

        self._handler = Handler
        self._certificate = certificate
        self._scheme = "http" if certificate is None else "https"
        self._listen(port)

    def _listen(self, port: int) -> None:
        self.is_dead = False
        self._http = ThreadingHTTPServer(("127.0.0.1", port), self._handler)
        self._http.daemon_threads = True
        if self._certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self._certificate)
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def endpoint(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._http.server_address[1]}"

    def die(self) -> None:
        """Nobody listens any more; called by whoever handles a request."""
        with self._lock:
            if self.is_dead:
                return
            self.is_dead = True
        self._http.shutdown()
        self._http.socket.close()
        self._hang_up_all()

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        with self._lock:
            self._faults.clear()
            silent, self.is_clear = self.is_clear, threading.Event()
        silent.set()
        if self.is_dead:
            self._thread.join(5)
            self._listen(int(self._http.server_address[1]))
            self._thread.start()

    def take(self, asked: Asked) -> Fault | None:
        """The fault that meets this request, used up by one."""
        with self._lock:
            self.asked.append(asked)
            for fault in self._faults:
                if fault.times > 0 and fault.matches(asked):
                    if fault.skip:
                        fault.skip -= 1
                        continue
                    fault.times -= 1
                    return fault
        return None

    def count(self, matches: Callable[[Asked], bool]) -> int:
        return sum(matches(asked) for asked in self.asked)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.is_clear.set()
        if not self.is_dead:
            self._http.shutdown()
        self._hang_up_all()
        self._http.server_close()
        self._thread.join(5)

    def _hang_up_all(self) -> None:
        for connection in list(self.connections):
            with suppress(OSError):  # the client was faster
                connection.shutdown(socket.SHUT_RDWR)


def method(*names: str) -> Callable[[Asked], bool]:
    """Requests with one of these methods for an object or a version of it, no subresource among them."""

    def matches(asked: Asked) -> bool:
        subresource = urlsplit(asked.target).query
        return asked.method in names and (not subresource or subresource.startswith("versionId="))

    return matches


def query(text: str) -> Callable[[Asked], bool]:
    """Requests with this text in their query."""
    return lambda asked: text in urlsplit(asked.target).query


def anything(_asked: Asked) -> bool:
    return True


def carries_bytes(asked: Asked) -> bool:
    """Whether bytes of an object are moved by it."""
    path, _, asks = asked.target.partition("?")
    is_object = "/" in path.strip("/") and not any(word in asks for word in ("list-type", "versions", "uploads"))
    return is_object and asked.method in {"GET", "PUT"}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_of: FaultyServer

    def setup(self) -> None:
        super().setup()
        self.server_of.connections.add(self.connection)

    def finish(self) -> None:
        self.server_of.connections.discard(self.connection)
        super().finish()

    def _handle(self) -> None:
        asked = Asked(self.command, self.path, {name.lower(): value for name, value in self.headers.items()})
        server = self.server_of
        if server.stopping.is_set() or server.is_dead:  # a connection that was kept open
            self._hang_up()
            return
        fault = server.take(asked)
        if fault is not None and fault.tear_after is not None:
            self.rfile.read(min(fault.tear_after, int(self.headers.get("Content-Length") or 0)))
            self._reset()
            return
        body = self._body()
        if fault is None:
            self._answer(*self._forward(body))
            return
        if fault.is_death:
            server.die()
        if fault.is_death or fault.is_reset:
            self._reset()
            return
        if fault.hangs:
            self._be_silent()
            return
        if fault.change_sent is not None:
            body = fault.change_sent(body)
        if fault.status:
            self._answer(fault.status, list(fault.headers.items()), fault.body)
            return
        status, headers, content = self._forward(body, fault.drops)
        if fault.change is not None:
            content = fault.change(content)
        status = fault.as_status or status
        headers = [(name, value) for name, value in headers if name.lower() not in fault.sheds]
        headers += fault.headers.items()
        if fault.is_answer_lost:
            self._hang_up()
            return
        if fault.silent_after is not None:
            self._answer(status, headers, content, cut_after=fault.silent_after)
            self._be_silent()
            return
        self._answer(status, headers, content, cut_after=fault.cut_after)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _forward(self, body: bytes, drops: frozenset[str] = frozenset()) -> tuple[int, list[tuple[str, str]], bytes]:
        if self.server_of.latency_s:
            self.server_of.stopping.wait(self.server_of.latency_s)
        connection = http.client.HTTPConnection(self.server_of.upstream, timeout=30)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in {"connection", "expect", "transfer-encoding", "content-length", *drops}:
                    connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _answer(
        self, status: int, headers: list[tuple[str, str]], body: bytes, *, cut_after: int | None = None
    ) -> None:
        self.send_response(status)
        has_length = False
        for name, value in headers:
            if name.lower() in {"connection", "transfer-encoding", "date", "server"}:
                continue
            if name.lower() == "content-length":
                has_length = self.command == "HEAD"
                if not has_length:
                    continue
            self.send_header(name, value)
        if not has_length:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body if cut_after is None else body[:cut_after])
        if cut_after is not None:
            self._hang_up()

    def _hang_up(self) -> None:
        self.wfile.flush()
        self.close_connection = True

    def _be_silent(self) -> None:
        self.server_of.hung += 1
        self.server_of.is_clear.wait(60)
        self._hang_up()

    def _reset(self) -> None:
        """Close so that the client hears of a reset, not of an end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        os.close(self.connection.detach())  # at once, or an end is sent before

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the parent's
        """Nothing on stderr."""


for _method in ("GET", "PUT", "HEAD", "DELETE", "POST"):
    setattr(_Handler, f"do_{_method}", _Handler._handle)
