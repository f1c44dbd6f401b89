"""A large file on its way up in parts: each read, digested, sent and checked on its own slot.

What an earlier attempt left open is taken up again when the file has the same bytes and is to be kept the same way: the
parts that are there and whose digests are those of the file's are not sent again.
"""

import base64
import hashlib
import zlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import Corrupted
from s3ml_tui.domain.storage.provenance import SHA256
from s3ml_tui.domain.storage.resume_point import BegunUpload, Storing, UploadNotes
from s3ml_tui.domain.storage.store import Cancelled, ObjectFacts, Progress, Written
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connection.clients import Client, Clients
from s3ml_tui.s3.connection.retry import attempt
from s3ml_tui.s3.connection.upload_body import FileBody, sent
from s3ml_tui.s3.direct_http.client import BLOCK
from s3ml_tui.s3.direct_http.requests import Body, Miss
from s3ml_tui.s3.direct_http.sigv4 import UNSIGNED
from s3ml_tui.s3.errors.translate import translated
from s3ml_tui.s3.objects.checksums import is_md5, sha256_of
from s3ml_tui.s3.objects.multipart import Opened, Parted, abort, in_parts
from s3ml_tui.s3.objects.open_uploads import PartThere, parts_there
from s3ml_tui.s3.objects.write import of_facts
from s3ml_tui.s3.parsing.object_headers import by_boto_names
from s3ml_tui.s3.settings import part_ranges
from s3ml_tui.s3.transfers.local_files import Source
from s3ml_tui.s3.versions.operation_ids import landed, on_top


def upload_in_parts(
    clients: Clients,
    source: Source,
    key: ObjectKey,
    *,
    operation: str,
    headers: dict[str, Any],
    storing: Storing,
    conditions: Mapping[str, str],
    notes: UploadNotes | None,
    progress: Progress,
    cancelled: Cancelled,
) -> Written:
    """Put a file in parts; `headers` have what `storing` means. Raises LocalTrouble, Corrupted, Conflict, Cancelled."""
    sha256 = sha256_of(source.descriptor, source.size, cancelled)
    source.check_unchanged()
    headers["Metadata"][SHA256] = sha256
    begun = notes.begun_upload if notes is not None else None
    there = _taken_up(clients, key, begun, sha256, operation, storing) if begun is not None else None
    usual = clients.settings.upload_part_size(source.size)
    part_size = begun.part_size if begun is not None and there is not None else usual
    work = _Parts(clients, source, key, operation, sha256, there or {}, progress)
    is_again = begun.storing == storing if begun is not None else notes is not None and notes.is_again
    if is_again and there is None and (before := work.look_on_top()) is not None:
        if notes is not None and begun is not None:
            notes.upload_closed()  # completed by an earlier attempt, which ended before it could note that
        return before
    ranges = part_ranges(source.size, part_size)
    made = in_parts(
        clients,
        Parted(
            key=key,
            headers=headers,
            ranges=ranges,
            most_at_once=max(1, len(ranges) // 2),  # so that one which is broken off late has whole parts to go on from
            send_part=work.send,
            look=work.look,
            before_completing=source.check_unchanged,
            conditions=conditions,
            outlives_cancel=True,
            opened=None
            if notes is None
            else Opened(
                upload_id=begun.upload_id if begun is not None and there is not None else "",
                begun=lambda made_id: notes.upload_begun(BegunUpload(made_id, part_size, operation, sha256, storing)),
                closed=notes.upload_closed,
            ),
        ),
        cancelled,
    )
    return Written(key, made.version_id, made.etag, source.size, sha256)


def _taken_up(
    clients: Clients, key: ObjectKey, begun: BegunUpload, sha256: str, operation: str, storing: Storing
) -> Mapping[int, PartThere] | None:
    """The parts of the upload left open; None when it is gone, or of other bytes or storing (then it is aborted)."""
    if (begun.sha256, begun.operation, begun.storing) != (sha256, operation, storing):
        abort(clients, key, begun.upload_id)
        return None
    return parts_there(clients, key, begun.upload_id)


@dataclass(frozen=True, slots=True)
class _PartDigests:
    """Of one part."""

    md5: str
    crc32: str
    """Base64."""
    sha256: str
    """Hex; `UNSIGNED` where TLS guards the part."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of one file."""

    clients: Clients
    source: Source
    key: ObjectKey
    operation: str
    sha256: str
    there: Mapping[int, PartThere]
    progress: Progress

    def send(self, upload_id: str, number: int, stretch: tuple[int, int], cancelled: Cancelled) -> Mapping[str, Any]:
        """Send one part, unless it is there; the server's answer to it."""
        digests = self._digests(stretch, cancelled)
        there = self.there.get(number)
        if there is not None and there.size == stretch[1] and {digests.md5, digests.crc32} & {there.etag, there.crc32}:
            self.progress(stretch[1])
            # Some servers do not list the checksums they want to be told in the end.
            sums = {} if self.clients.are_checksums_eased else {"ChecksumCRC32": digests.crc32}
            return {**sums, **there.answer}
        query = {"partNumber": str(number), "uploadId": upload_id}
        counted = _Counted(self.progress)
        body = Body(stretch[1], lambda: self._blocks(stretch, counted, cancelled), digests.sha256, digests.crc32)
        with counted:
            answered = self.clients.direct.put(self.key, body, {}, query=query)
            answer: Mapping[str, Any] = {} if isinstance(answered, Miss) else by_boto_names(answered.headers)
            counted.is_done = "ETag" in answer  # without, it is not S3's answer
        answer = answer if counted.is_done else self._by_boto(upload_id, number, stretch, cancelled)
        self._check(answer, digests)
        return answer

    def look(self) -> Written | None:
        """Whether completing had landed."""
        return self._of_ours(landed(self.clients, self.key, self.operation))

    def look_on_top(self) -> Written | None:
        """What an attempt completed whose end nobody knows, while it still is on top."""
        return self._of_ours(on_top(self.clients, self.key, self.operation))

    def _of_ours(self, found: ObjectFacts | None) -> Written | None:
        """What was found, if it has these bytes."""
        is_ours = found is not None and found.metadata.get(SHA256) == self.sha256
        return of_facts(found, self.sha256) if found is not None and is_ours else None

    def _by_boto(
        self, upload_id: str, number: int, stretch: tuple[int, int], cancelled: Cancelled
    ) -> Mapping[str, Any]:
        def send(client: Client) -> Mapping[str, Any]:
            body = FileBody(
                self.source.descriptor, *stretch, progress=self.progress, cancelled=cancelled, before_end=_nothing
            )
            with sent(body):
                answer: Mapping[str, Any] = client.upload_part(
                    Bucket=self.key.bucket, Key=self.key.key, UploadId=upload_id, PartNumber=number, Body=body
                )
            return answer

        with self._translated():
            return attempt(self.clients, send, cancelled=cancelled)

    def _digests(self, stretch: tuple[int, int], cancelled: Cancelled) -> _PartDigests:
        is_signed = self.clients.direct.signs_payload(self.key.bucket)
        md5, sha256, crc = hashlib.md5(usedforsecurity=False), hashlib.sha256(), 0
        for block in self._blocks(stretch, _nobody, cancelled):
            md5.update(block)
            crc = zlib.crc32(block, crc)
            if is_signed:
                sha256.update(block)
        crc32 = base64.b64encode(crc.to_bytes(4, "big")).decode()
        return _PartDigests(md5.hexdigest(), crc32, sha256.hexdigest() if is_signed else UNSIGNED)

    def _blocks(self, stretch: tuple[int, int], progress: Progress, cancelled: Cancelled) -> Iterator[bytes]:
        start, length = stretch
        for at in range(start, start + length, BLOCK):
            if cancelled():
                raise Stopped
            block = self.source.read(at, min(BLOCK, start + length - at))
            yield block
            progress(len(block))

    def _check(self, answer: Mapping[str, Any], digests: _PartDigests) -> None:
        etag = str(answer.get("ETag", "")).strip('"')
        encryption = str(answer.get("ServerSideEncryption", ""))
        if is_md5(etag, encryption, self.key.bucket) and etag != digests.md5:
            raise Corrupted(
                f"A part of {printable(self.key.uri)} was stored with other bytes than were sent",
                cause="The server's ETag of the part is not the MD5 of its bytes; nothing was put under the key",
                advice="Try again; look for a faulty proxy or disk",
            )

    def _translated(self) -> AbstractContextManager[None]:
        return translated(
            action="s3:PutObject", bucket=self.key.bucket, key=self.key.key, endpoint=self.clients.endpoint
        )


class _Counted:
    """A progress that takes back what it told when the request fails."""

    def __init__(self, progress: Progress) -> None:
        self.is_done = False
        self._progress = progress
        self._reported = 0

    def __call__(self, moved: int) -> None:
        self._reported += moved
        self._progress(moved)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        if not self.is_done and self._reported:
            self._progress(-self._reported)


def _nothing() -> None:
    """Done before the last bytes of a part."""


def _nobody(_moved: int) -> None:
    """Reading for the digests moves nothing."""
