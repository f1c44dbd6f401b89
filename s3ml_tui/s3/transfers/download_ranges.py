"""A large version on its way down: in ranges at the same time, each pinned to it, digested as it comes.

Where the ETag was made of parts the ranges are those parts, so that their digests prove the whole.
"""

import hashlib
import os
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Protocol

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import Corrupted
from s3ml_tui.domain.storage.part_sizes import likely_part_sizes
from s3ml_tui.domain.storage.resume_point import DownloadNotes
from s3ml_tui.domain.storage.store import Cancelled, ObjectFacts, Progress
from s3ml_tui.domain.text import printable, size_text
from s3ml_tui.s3.connection.clients import Clients
from s3ml_tui.s3.direct_http.client import BLOCK, Answered
from s3ml_tui.s3.objects.checksums import known_sha256, parts_of_etag, told_part_size
from s3ml_tui.s3.objects.read import Stretch
from s3ml_tui.s3.parsing.response_checks import is_range, no_range
from s3ml_tui.s3.settings import MIB, part_ranges
from s3ml_tui.s3.transfers.digest_follower import Follower
from s3ml_tui.s3.transfers.local_files import translated_os_errors, write_at

_LARGEST_RANGE = 128 * MIB
"""Bytes; parts that are larger are not taken as ranges."""


class Ranges:
    """All ranges of one version."""

    def __init__(
        self,
        clients: Clients,
        facts: ObjectFacts,
        path: Path,
        descriptor: int,
        *,
        notes: DownloadNotes | None,
        progress: Progress,
    ) -> None:
        self._clients = clients
        self._facts = facts
        self._path = path
        self._descriptor = descriptor
        self._notes = notes
        self._progress = progress
        has_sha256 = bool(known_sha256(facts))  # then it is proven by that, for less work
        usual = part_ranges(facts.size, clients.settings.range_size)
        self._ranges, self._is_by_parts = (usual, False) if has_sha256 else _ranges(clients, facts, usual)
        self._md5s: dict[int, bytes] = {}
        self._follower: Follower | None = None

    def fetch(self, there: Collection[tuple[int, int]], follower: Follower, cancelled: Cancelled) -> None:
        """Bring all that is not `there` already. Raises Conflict, NotFound, Corrupted, LocalTrouble, Cancelled."""
        self._follower = follower

        def one(stretch: tuple[int, int], stopped: Cancelled) -> None:
            if stretch in there:
                self._read_again(stretch, stopped)
            else:
                self._bring(stretch, stopped)
            follower.arrived(*stretch)

        self._clients.slots.each(one, self._ranges, cancelled)

    @property
    def etag(self) -> str:
        """What the ranges' digests make; "" where they are not the parts the ETag was made of."""
        if not self._is_by_parts or len(self._md5s) != len(self._ranges):
            return ""
        joined = b"".join(self._md5s[start] for start, _ in self._ranges)
        return f"{hashlib.md5(joined, usedforsecurity=False).hexdigest()}-{len(self._ranges)}"

    def _bring(self, stretch: tuple[int, int], cancelled: Cancelled) -> None:
        arrival = Arrival(self._facts, self._path, self._descriptor, stretch, self._progress, cancelled)
        digest = hashlib.md5(usedforsecurity=False)
        arrival.digest = digest if self._is_by_parts else None
        bring(self._clients, arrival)
        self._md5s[stretch[0]] = digest.digest()
        if self._notes is not None:
            self._notes.range_done(*stretch)

    def _read_again(self, stretch: tuple[int, int], cancelled: Cancelled) -> None:
        """What an earlier attempt has brought; its bytes count, and prove themselves as all do."""
        digest, (start, length) = hashlib.md5(usedforsecurity=False), stretch
        if not self._is_by_parts:
            self._progress(length)
            return
        with translated_os_errors("read", self._path):
            for at in range(start, start + length, BLOCK):
                if cancelled():
                    raise Stopped
                digest.update(os.pread(self._descriptor, min(BLOCK, start + length - at), at))
        self._md5s[start] = digest.digest()
        self._progress(length)


class Digest(Protocol):
    """What takes bytes in order."""

    def update(self, data: bytes | memoryview, /) -> None:
        """More bytes."""
        ...


class Arrival:
    """One range as it arrives."""

    def __init__(
        self,
        facts: ObjectFacts,
        path: Path,
        descriptor: int,
        stretch: tuple[int, int],
        progress: Progress,
        cancelled: Cancelled,
    ) -> None:
        self.facts = facts
        self.position = stretch[0]
        self.end = stretch[0] + stretch[1]
        self.is_whole = stretch == (0, facts.size)
        self.digest: Digest | None = None
        """Updated with what comes."""
        self.cancelled = cancelled
        self._path = path
        self._descriptor = descriptor
        self._progress = progress

    def take(self, data: bytes | memoryview) -> None:
        """Write what came. Raises Corrupted, LocalTrouble, Cancelled."""
        if self.cancelled():
            raise Stopped
        if self.position + len(data) > self.end:
            raise wrong(self.facts, "More bytes came than were asked for")
        with translated_os_errors("write", self._path):
            write_at(self._descriptor, data, self.position)
        if self.digest is not None:
            self.digest.update(data)
        self.position += len(data)
        self._progress(len(data))


def bring(clients: Clients, arrival: Arrival) -> None:
    """All bytes of one range: the plain way, and by boto3 from where that ended."""
    facts = arrival.facts
    if arrival.position < arrival.end and facts.etag:
        ranged = {} if arrival.is_whole else {"Range": f"bytes={arrival.position}-{arrival.end - 1}"}
        start = arrival.position

        def take(answered: Answered, block: memoryview) -> None:
            sent = answered.headers.get("content-range", "")
            is_asked = is_range(answered.status, sent, start, arrival.end)
            if not (answered.status == 200 if arrival.is_whole else is_asked):
                raise no_range()
            arrival.take(block)

        wanted = {"IfMatch": f'"{facts.etag}"', **ranged}
        clients.direct.get(facts.key, facts.id_to_ask(), wanted, take, cancelled=arrival.cancelled)
    if arrival.position == arrival.end and arrival.end > 0:
        return
    body = Stretch(
        clients,
        facts.key,
        facts.id_to_ask(),
        start=arrival.position,
        length=None if arrival.is_whole and arrival.position == 0 else arrival.end - arrival.position,
        if_match=facts.etag or None,
        cancelled=arrival.cancelled,
    )
    for data in body.chunks():
        arrival.take(data)
    if arrival.position != arrival.end:
        raise wrong(facts, f"{size_text(arrival.end - arrival.position)} did not come")


def wrong(pinned: ObjectFacts, cause: str) -> Corrupted:
    """What the user is told."""
    return Corrupted(
        f"{printable(pinned.key.uri)} did not arrive as it is on the server",
        cause=cause,
        advice="Try again; nothing was put under the final name. If it goes on, look for a faulty proxy or disk",
    )


def _ranges(clients: Clients, facts: ObjectFacts, usual: list[tuple[int, int]]) -> tuple[list[tuple[int, int]], bool]:
    """The ranges to ask for, and whether they are the parts the ETag was made of, as far as that is known."""
    count = parts_of_etag(facts)
    for size in _part_sizes(clients, facts, count) if count else ():
        parts = part_ranges(facts.size, size) if 0 < size <= _LARGEST_RANGE else []
        if len(parts) == count:
            return parts, True
    return usual, False


def _part_sizes(clients: Clients, facts: ObjectFacts, count: int) -> Iterator[int]:
    """Our own, then what the server tells, then what other clients use."""
    yield clients.settings.upload_part_size(facts.size)
    told = told_part_size(clients, facts)
    yield from [told] if told else likely_part_sizes(facts.size, count)[:1]
