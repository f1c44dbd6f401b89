"""A way to a server that kills the client at the n-th request: before, in the middle of, or after it."""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tests.s3 import faults
from tests.s3.faults import FaultyServer

TIMEOUT_S = 60.0
MOMENTS = ("before", "inside", "after", "answer")
"""Before it is passed on; with half of its body on the way; once the server did it; with half of the answer there."""


class KillWay(FaultyServer):
    """Passes requests on and counts them; used as a context manager."""

    def __init__(self, upstream: str) -> None:
        super().__init__(upstream)
        self.counted = 0
        """Requests since it was armed."""
        self.killed_at = ""
        """The request at which the client died last."""
        self._nth, self._moment = 0, ""
        self._kill: Callable[[], None] = _nobody
        self._under_way = 0
        self._changed = threading.Condition()
        outer = self

        class Handler(_Passing):
            server_of = outer

        self._http.RequestHandlerClass = Handler

    def arm(self, nth: int, moment: str, kill: Callable[[], None]) -> None:
        """Call `kill` at this moment of the `nth` request from now on; never, when it is 0."""
        with self._changed:
            self.counted, self._nth, self._moment, self._kill = 0, nth, moment, kill
            self.killed_at = ""

    def settle(self) -> None:
        """Wait until everything that was under way has arrived, as it would on a real way, and pass all on again."""
        with self._changed:
            assert self._changed.wait_for(lambda: not self._under_way, TIMEOUT_S)
            self._nth, self._kill = 0, _nobody

    @contextmanager
    def next_moment(self) -> Iterator[str]:
        """Of the request that has come: the moment at which the client is to die, "" for never."""
        with self._changed:
            self.counted += 1
            self._under_way += 1
            moment = self._moment if self.counted == self._nth else ""
        try:
            yield moment
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def kill(self, request: str) -> None:
        """The client dies now."""
        self.killed_at = request
        self._kill()


def _nobody() -> None:
    """Nobody is to be killed."""


class _Passing(faults._Handler):
    server_of: KillWay

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (OSError, ValueError):  # who was killed says nothing any more, or half of it
            self.close_connection = True

    def _handle(self) -> None:
        with self.server_of.next_moment() as moment, suppress(OSError):
            self._pass(moment)

    def _pass(self, moment: str) -> None:
        if moment == "before":
            self._end()
            return
        size = int(self.headers.get("Content-Length") or 0)
        if moment == "inside" and size:
            begun = self.rfile.read(size // 2)
            self.server_of.kill(self.requestline)
            self._torn(begun, size)
            return
        body = self._body()
        if len(body) < size:
            self._torn(body, size)
            return
        status, headers, content = self._forward(body)
        if moment == "answer" and content and self.command != "HEAD":
            self._answer(status, headers, content, cut_after=len(content) // 2)
        if moment:
            self._end()
        else:
            self._answer(status, headers, content)

    def _end(self) -> None:
        self.server_of.kill(self.requestline)
        self.close_connection = True

    def _torn(self, begun: bytes, size: int) -> None:
        """Pass on what came of a body, and hang up, as a way does whose client is gone."""
        self.close_connection = True
        connection = http.client.HTTPConnection(self.server_of.upstream, timeout=30)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in {"connection", "expect", "content-length"}:
                    connection.putheader(name, value)
            connection.putheader("Content-Length", str(size))
            connection.endheaders(begun or None)
        finally:
            connection.close()


for _method in ("GET", "PUT", "HEAD", "DELETE", "POST"):
    setattr(_Passing, f"do_{_method}", _Passing._handle)
