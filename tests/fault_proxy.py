"""An address that passes everything on to a server, refuses connections, or answers as an angry server would."""

from collections.abc import Callable
from typing import Self

from tests.s3.faults import Asked, Fault, FaultyServer, anything

ALWAYS = 1_000_000


class SwitchableServer:
    """Always the same address; `stop`, `refuse` and `recover` change what becomes of requests to it."""

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream
        self._server = FaultyServer(upstream)
        self._port = int(self._server.endpoint.rpartition(":")[2])
        self._is_up = False

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def stop(self) -> None:
        """From now on nobody listens here."""
        if self._is_up:
            self._server.__exit__()
            self._is_up = False

    def refuse(self, status: int, code: str, matches: Callable[[Asked], bool] = anything, *, words: str = "") -> None:
        """Answer matching requests with an error of S3, as AWS words it."""
        words = words or f"{code} it is."
        body = f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>{words}</Message></Error>'.encode()
        self._server.add(Fault(matches, ALWAYS, status, body, {"Content-Type": "application/xml"}))

    def recover(self) -> None:
        """Pass everything on again."""
        if not self._is_up:
            self._server = FaultyServer(self._upstream, port=self._port)
            self._server.__enter__()
            self._is_up = True
        self._server.clear()

    def __enter__(self) -> Self:
        self._server.__enter__()
        self._is_up = True
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
