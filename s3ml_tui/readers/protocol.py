"""The process's side of the conversation: requests in, requests for bytes and readings out."""

from typing import BinaryIO

from s3ml_tui.domain.preview.content import Empty, Reading
from s3ml_tui.domain.preview.protocol import (
    BYTES,
    CODEC,
    HEADER,
    LONGEST,
    Request,
    header,
    message,
    parsed,
)
from s3ml_tui.domain.serialization import Misfit
from s3ml_tui.readers.detect import look, unread
from s3ml_tui.readers.source import OverBudget, Ranged, Unread


class Over(Exception):
    """The app has gone."""


class NoLongerWanted(Exception):
    """Another request came instead of the bytes."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self.request = request


class Conversation:
    """With one app, one request after the other."""

    def __init__(self, source: BinaryIO, target: BinaryIO) -> None:
        self._in = source
        self._out = target

    def go_on(self) -> None:
        """Answer requests until the app has gone. Raises Misfit when it says what it could not have meant."""
        try:
            request = self._next()
            while True:
                try:
                    self._answer(request.request, self._reading(request))
                    request = self._next()
                except NoLongerWanted as instead:
                    request = instead.request
        except (Over, BrokenPipeError):
            return

    def _next(self) -> Request:
        kind, payload = self._frame()
        if kind == BYTES:
            raise Misfit("bytes that were not asked for")
        return CODEC.read_one(Request, parsed(payload))

    def _reading(self, request: Request) -> Reading:
        def fetch(start: int, length: int) -> bytes:
            return self._fetch(request, start, length)

        source = Ranged(request.size, request.budget, fetch)
        try:
            return look(request, source)
        except OverBudget:
            return unread(source, f"More than {request.budget:,} bytes of it would have to be read.")
        except Unread:
            return Reading(Empty(), ("Fewer bytes of it came than it has.",))
        except (MemoryError, RecursionError):
            return unread(source, "Reading it takes more memory than a preview may have.")

    def _fetch(self, request: Request, start: int, length: int) -> bytes:
        self._say({"request": request.request, "need": [start, length]})
        kind, payload = self._frame()
        if kind == BYTES:
            return payload
        said = parsed(payload)
        if "refused" in said:
            raise OverBudget
        raise NoLongerWanted(CODEC.read_one(Request, said))

    def _frame(self) -> tuple[bytes, bytes]:
        kind, length = header(self._exactly(HEADER.size))
        return kind, self._exactly(length)

    def _exactly(self, length: int) -> bytes:
        data = self._in.read(length)
        if len(data) < length:
            raise Over
        return data

    def _answer(self, number: int, reading: Reading) -> None:
        said = message({"request": number, "reading": CODEC.plain(reading)})
        if len(said) > LONGEST:
            too_much = Reading(Empty(), ("What there is to show of it is more than a preview can hold.",))
            said = message({"request": number, "reading": CODEC.plain(too_much)})
        self._out.write(said)
        self._out.flush()

    def _say(self, content: dict[str, object]) -> None:
        self._out.write(message(content))
        self._out.flush()
