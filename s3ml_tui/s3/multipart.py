"""An object made of parts sent at the same time; aborted whole when one fails or the user stops it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import Corrupted, S3mlError
from s3ml_tui.domain.store import Cancelled, Written
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.attempts import attempt
from s3ml_tui.s3.clients import Client, Clients
from s3ml_tui.s3.errors import translated
from s3ml_tui.s3.writing import written

_LOG = logging.getLogger(__name__)
_CHECKSUMS = ("ChecksumCRC32", "ChecksumCRC32C", "ChecksumCRC64NVME", "ChecksumSHA1", "ChecksumSHA256")

SendPart = Callable[[str, int, tuple[int, int], Cancelled], Mapping[str, Any]]
"""Sends one part (upload id, number from 1, start and length, cancelled) and answers with its ETag and checksums."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What is to be known of an upload that may be taken up again."""

    upload_id: str
    """Of the one that is open already; "" begins a new one."""
    begun: Callable[[str], None]
    """Told the id of a new one."""
    closed: Callable[[], None]
    """Told when it is completed or aborted."""


@dataclass(frozen=True, slots=True)
class Parted:
    """What a multipart upload needs to be told."""

    key: ObjectKey
    headers: Mapping[str, Any]
    """Of the object, by boto3's names."""
    ranges: Sequence[tuple[int, int]]
    """Start and length of each part."""
    send_part: SendPart
    look: Callable[[], Written | None]
    """Finds whether completing had landed."""
    before_completing: Callable[[], None]
    """The last look; what it raises aborts the upload."""
    conditions: Mapping[str, str]
    """On completing."""
    opened: Opened | None = None
    """With it an upload whose server is lost stays open."""


def in_parts(clients: Clients, work: Parted, cancelled: Cancelled) -> Written:
    """The object `work` describes, or nothing: no open upload stays behind. Raises what a part raised, Cancelled."""
    upload_id = (work.opened.upload_id if work.opened else "") or _begin(clients, work, cancelled)
    try:
        if work.opened is not None and not work.opened.upload_id:
            work.opened.begun(upload_id)
        parts = _send_all(clients, work, upload_id, cancelled)
        work.before_completing()
        if cancelled():
            raise Stopped
        made = _complete(clients, work, upload_id, parts)
    except BaseException as error:
        if work.opened is None or not _may_go_on(error):
            abort(clients, work.key, upload_id)
            if work.opened is not None:
                work.opened.closed()
        raise
    if work.opened is not None:
        work.opened.closed()
    return made


def _may_go_on(error: BaseException) -> bool:
    """Whether the same upload may be finished later: the server is lost or busy, and the bytes are right."""
    return isinstance(error, S3mlError) and error.can_retry and not isinstance(error, Corrupted)


def _begin(clients: Clients, work: Parted, cancelled: Cancelled) -> str:
    def send(client: Client) -> str:
        # Said outright, since AWS refuses parts with a checksum that the upload was not begun with.
        algorithm = {} if client is clients.changing_eased else {"ChecksumAlgorithm": "CRC32"}
        answer = client.create_multipart_upload(Bucket=work.key.bucket, Key=work.key.key, **algorithm, **work.headers)
        return str(answer["UploadId"])

    with translated(action="s3:PutObject", bucket=work.key.bucket, key=work.key.key, endpoint=clients.endpoint):
        return attempt(clients, send, cancelled=cancelled)


def _send_all(clients: Clients, work: Parted, upload_id: str, cancelled: Cancelled) -> list[dict[str, Any]]:
    """Every part, some at a time; the first failure stops the others."""
    made: dict[int, dict[str, Any]] = {}

    def one(numbered: tuple[int, tuple[int, int]], stopped: Cancelled) -> None:
        number, stretch = numbered
        answer = work.send_part(upload_id, number, stretch, stopped)
        sums = {name: answer[name] for name in _CHECKSUMS if answer.get(name)}
        made[number] = {"PartNumber": number, "ETag": answer["ETag"], **sums}

    clients.slots.each(one, list(enumerate(work.ranges, 1)), cancelled)
    return [made[number] for number in sorted(made)]


def _complete(clients: Clients, work: Parted, upload_id: str, parts: list[dict[str, Any]]) -> Written:
    size = sum(length for _, length in work.ranges)

    def send(client: Client) -> Written:
        answer = client.complete_multipart_upload(
            Bucket=work.key.bucket,
            Key=work.key.key,
            UploadId=upload_id,
            MultipartUpload={"Parts": parts},
            **work.conditions,
        )
        return written(work.key, answer, size=size)

    with translated(action="s3:PutObject", bucket=work.key.bucket, key=work.key.key, endpoint=clients.endpoint):
        return attempt(clients, send, look=work.look)


def abort(clients: Clients, key: ObjectKey, upload_id: str) -> None:
    """Throw an upload's parts away; who cannot is warned, since what made us abort is what the user must hear."""

    def send(client: Client) -> None:
        client.abort_multipart_upload(Bucket=key.bucket, Key=key.key, UploadId=upload_id)

    try:
        with translated(action="s3:AbortMultipartUpload", bucket=key.bucket, key=key.key, endpoint=clients.endpoint):
            attempt(clients, send, most=2)
    except S3mlError as error:
        _LOG.warning("An open multipart upload was left behind: %s", error.sentence)
