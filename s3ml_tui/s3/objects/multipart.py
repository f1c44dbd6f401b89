"""An object made of parts sent at the same time; aborted whole when one fails or the user stops it.

Only what is known by its id is ever aborted. An upload whose first answer was lost stays open, without parts: S3 keeps
no mark that tells whose it is. A lifecycle rule of the bucket removes such (`s3/buckets/lifecycle.py`).
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import Corrupted, S3mlError, Unreachable
from s3ml_tui.domain.storage.store import Cancelled, Written
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connection.clients import Client, Clients
from s3ml_tui.s3.connection.retry import attempt
from s3ml_tui.s3.errors.translate import translated
from s3ml_tui.s3.objects.open_uploads import abort_upload
from s3ml_tui.s3.objects.write import written

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
    outlives_cancel: bool = False
    """Whether it stays open also when the user stops it, once a part is there."""
    most_at_once: int | None = None
    """Parts; as many as there are slots without."""


def in_parts(clients: Clients, work: Parted, cancelled: Cancelled) -> Written:
    """The object `work` describes; else nothing stays but what `work` says. Raises what a part raised, Cancelled."""
    upload_id = work.opened.upload_id if work.opened else ""
    is_taken_up = bool(upload_id)
    if not upload_id:
        upload_id = _begin(clients, work, cancelled)
    made: dict[int, dict[str, Any]] = {}
    try:
        _send_all(clients, work, upload_id, made, cancelled)
        work.before_completing()
        if cancelled():
            raise Stopped
        completed = _complete(clients, work, upload_id, [made[number] for number in sorted(made)])
    except BaseException as error:
        is_kept = _may_go_on(error) or (_is_cancel(error) and work.outlives_cancel and bool(made or is_taken_up))
        if work.opened is None or not is_kept:
            is_aborted = abort(clients, work.key, upload_id, most=1 if isinstance(error, Unreachable) else 2)
            if work.opened is not None and is_aborted:
                work.opened.closed()
        raise
    if work.opened is not None:
        work.opened.closed()
    return completed


def _may_go_on(error: BaseException) -> bool:
    """Whether the same upload may be finished later: the server is lost or busy, and the bytes are right."""
    return isinstance(error, S3mlError) and error.can_retry and not isinstance(error, Corrupted)


def _is_cancel(error: BaseException) -> bool:
    return isinstance(error, Stopped | KeyboardInterrupt)


def _begin(clients: Clients, work: Parted, cancelled: Cancelled) -> str:
    """The id of a new upload."""

    def send(client: Client) -> str:
        # Said outright, since AWS refuses parts with a checksum that the upload was not begun with.
        algorithm = {} if client is clients.changing_eased else {"ChecksumAlgorithm": "CRC32"}
        answer = client.create_multipart_upload(Bucket=work.key.bucket, Key=work.key.key, **algorithm, **work.headers)
        return str(answer["UploadId"])

    with translated(action="s3:PutObject", bucket=work.key.bucket, key=work.key.key, endpoint=clients.endpoint):
        upload_id = attempt(clients, send, cancelled=cancelled)
    if work.opened is not None:
        work.opened.begun(upload_id)
    return upload_id


def _send_all(
    clients: Clients, work: Parted, upload_id: str, made: dict[int, dict[str, Any]], cancelled: Cancelled
) -> None:
    """Every part, some at a time, each into `made` by its number; the first failure stops the others."""

    def one(numbered: tuple[int, tuple[int, int]], stopped: Cancelled) -> None:
        number, stretch = numbered
        answer = work.send_part(upload_id, number, stretch, stopped)
        sums = {name: answer[name] for name in _CHECKSUMS if answer.get(name)}
        made[number] = {"PartNumber": number, "ETag": answer["ETag"], **sums}

    clients.slots.each(one, list(enumerate(work.ranges, 1)), cancelled, most=work.most_at_once)


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


def abort(clients: Clients, key: ObjectKey, upload_id: str, *, most: int = 2) -> bool:
    """Throw an upload's parts away; whether it could be. Only warned of: what made us abort is what must be heard."""
    try:
        abort_upload(clients, key, upload_id, most=most)
    except S3mlError as error:
        _LOG.warning("An open multipart upload was left behind: %s", error.sentence)
        return False
    return True
