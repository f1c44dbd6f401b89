"""Looking inside an object without downloading it: a preview of its content, and its details."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.preview.content import (
    MOST_READ_BYTES,
    READ_BYTES,
    UNPACKED_BYTES,
    Empty,
    Model,
    Preview,
    Reading,
    hex_of,
)
from s3ml_tui.domain.preview.protocol import Request
from s3ml_tui.domain.storage.details import Details
from s3ml_tui.domain.storage.store import Cancelled, ObjectFacts, Store, never
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.objects.details import Detailing
from s3ml_tui.services.preview.model_files import said_of_model
from s3ml_tui.services.preview.process import Failed, PreviewProcess

_POLL_S = 0.05
_STRETCH = 8 * 1024 * 1024
_PIECE = 2 * 1024 * 1024
"""Bytes of one request for a preview."""
Reached = Callable[[int, int], None]
"""Told how many bytes were read, of how many that may be."""


def _unheard(_read_bytes: int, _of: int) -> None:
    """Nobody watches."""


class Previews:
    """Everything about looking inside; all methods block and raise only `S3mlError`s. Safe to use from many threads."""

    def __init__(self, store: Store, process: PreviewProcess | None = None) -> None:
        self._store = store
        self._process = process or PreviewProcess()
        self._detailing = Detailing(store)
        self._turn = threading.Lock()
        self._numbers = count(1)
        self._is_closed = False

    def preview(
        self,
        key: ObjectKey,
        version_id: str | None = None,
        *,
        budget: int = READ_BYTES,
        room: tuple[int, int] = (0, 0),
        is_styled: bool = False,
        progress: Reached = _unheard,
        cancelled: Cancelled = never,
    ) -> Preview:
        """A look inside one version, of which at most `budget` bytes are read; the current one when none is named.

        A picture is made to fit into `room`, width and height in pixels, and not drawn where that is nothing. Markdown
        and source get their looks where `is_styled`. Whatever is wrong with the content is said in the preview's
        notes. Raises NotFound, Denied, Conflict (it was replaced meanwhile), Unreachable …, Cancelled.
        """
        facts = self._store.facts(key, version_id)
        named = facts.id_to_ask(version_id) if version_id is not None else None
        fetched = _Fetched(self._store, facts, named, budget, progress, cancelled)
        reading = self._read(self._request(facts, budget, room, is_styled=is_styled), fetched, cancelled)
        if isinstance(reading.content, Model):
            said, notes = said_of_model(self._store, facts, fetched.whole())
            content = replace(reading.content, details=(*reading.content.details, *said))
            reading = replace(reading, content=content, notes=(*reading.notes, *notes))
        return Preview(
            key=key,
            version_id=facts.version_id or version_id,
            size=facts.size,
            content=reading.content,
            notes=reading.notes,
            packed=reading.packed,
            styled=reading.styled,
            read_bytes=fetched.read_bytes,
            budget=budget,
        )

    def _request(self, facts: ObjectFacts, budget: int, room: tuple[int, int], *, is_styled: bool) -> Request:
        return Request(
            request=next(self._numbers),
            key=facts.key.key,
            content_type=facts.content_type,
            size=facts.size,
            budget=budget,
            unpacked=max(UNPACKED_BYTES, min(budget * UNPACKED_BYTES // READ_BYTES, MOST_READ_BYTES)),
            width=room[0],
            height=room[1],
            is_styled=is_styled,
        )

    def _read(self, request: Request, fetched: "_Fetched", cancelled: Cancelled) -> Reading:
        while not self._turn.acquire(timeout=_POLL_S):
            if cancelled():
                raise Stopped
        try:
            self._refuse_closed()
            return self._process.ask(request, fetched, cancelled=cancelled)
        except Failed as failure:
            self._refuse_closed()
            content = hex_of(fetched.head, is_truncated=request.size > len(fetched.head)) if fetched.head else Empty()
            return Reading(content, (str(failure),))
        finally:
            if self._is_closed:
                self._process.close()
            self._turn.release()

    def _refuse_closed(self) -> None:
        if self._is_closed:
            raise Stopped

    # details ---------------------------------------------------------------------------------------------------

    def details(self, key: ObjectKey, version_id: str | None = None) -> Details:
        """What is known of one version without its bytes; what is denied alone is named, not raised.

        Raises NotFound, Unreachable …, and Denied when neither the object nor its history may be seen.
        """
        return self._detailing.of(key, version_id)

    # bytes -----------------------------------------------------------------------------------------------------

    def chunks(self, key: ObjectKey, version_id: str | None = None, *, cancelled: Cancelled = never) -> Iterator[bytes]:
        """All bytes of one version in order, some MiB at a time. Raises NotFound, Conflict, Cancelled …"""
        facts = self._store.facts(key, version_id)
        named = facts.id_to_ask(version_id) if version_id is not None else None
        for start in range(0, facts.size, _STRETCH):
            if cancelled():
                raise Stopped
            length = min(_STRETCH, facts.size - start)
            yield self._store.read(
                key, named, start=start, length=length, if_match=facts.etag or None, cancelled=cancelled
            )

    def close(self) -> None:
        """End the process; a preview that goes on ends as cancelled."""
        self._is_closed = True
        if self._turn.acquire(blocking=False):
            try:
                self._process.close()
            finally:
                self._turn.release()
        else:
            self._process.kill()


class _Fetched:
    """The bytes the preview process asks for, of one version, within the budget."""

    def __init__(
        self,
        store: Store,
        facts: ObjectFacts,
        version_id: str | None,
        budget: int,
        progress: Reached,
        cancelled: Cancelled,
    ) -> None:
        self._store = store
        self._facts = facts
        self._version_id = version_id
        self._budget = budget
        self._progress = progress
        self._cancelled = cancelled
        self.head = b""
        self.read_bytes = 0

    def __call__(self, start: int, length: int) -> bytes | None:
        """What `PreviewProcess` calls; None when it would be too much."""
        if self._cancelled():
            raise Stopped
        length = max(0, min(length, self._facts.size - start))
        if length == 0:
            return b""
        if self.read_bytes + length > self._budget:
            return None
        pieces = [self._piece(at, min(_PIECE, start + length - at)) for at in range(start, start + length, _PIECE)]
        data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        if start == 0 and not self.head:
            self.head = data
        return data

    def whole(self) -> bytes | None:
        """All of it; None when that would be too much."""
        return self.head if len(self.head) == self._facts.size else self(0, self._facts.size)

    def _piece(self, start: int, length: int) -> bytes:
        """Some of it; of a length that shows how it goes on."""
        data = self._store.read(
            self._facts.key,
            self._version_id,
            start=start,
            length=length,
            if_match=self._facts.etag or None,
            cancelled=self._cancelled,
        )
        self.read_bytes += length
        self._progress(self.read_bytes, min(self._budget, self._facts.size))
        return data
