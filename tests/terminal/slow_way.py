"""A way to a server on which bytes go up slowly, so that a transfer can be met in its middle."""

import socket
import threading
from contextlib import suppress
from typing import Self

PIECE_BYTES = 1 << 15


class SlowWay:
    """Passes connections on to `endpoint`; each sends up at most `bytes_per_s`. Used as a context manager."""

    def __init__(self, endpoint: str, bytes_per_s: int) -> None:
        host, _, port = endpoint.partition("://")[2].partition(":")
        self._upstream = (host, int(port))
        self._pause_s = PIECE_BYTES / bytes_per_s
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for one in (self._listener, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join(10)

    def _accept(self) -> None:
        with suppress(OSError):
            while not self._over.is_set():
                client, _ = self._listener.accept()
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, PIECE_BYTES)
                server = socket.create_connection(self._upstream, timeout=30)
                server.settimeout(None)
                self._open += [client, server]
                self._pass_on(client, server, self._pause_s)
                self._pass_on(server, client, 0)

    def _pass_on(self, source: socket.socket, target: socket.socket, pause_s: float) -> None:
        thread = threading.Thread(target=self._copy, args=(source, target, pause_s))
        self._threads.append(thread)
        thread.start()

    def _copy(self, source: socket.socket, target: socket.socket, pause_s: float) -> None:
        with suppress(OSError):
            while not self._over.is_set() and (piece := source.recv(PIECE_BYTES)):
                target.sendall(piece)
                if pause_s:
                    self._over.wait(pause_s * len(piece) / PIECE_BYTES)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)
