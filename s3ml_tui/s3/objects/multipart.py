"""An object made of parts sent at the same time; aborted whole when one fails or the user stops it.

Multipart uploads that were begun for us though we never heard of it: their first answer was lost.

S3 keeps no mark on an open upload that could tell whose it is, so this is circumstantial, and what is in doubt is left
alone. An upload is taken for ours when all of this holds: it is of exactly the key we asked for; it was not there
before we asked; it was begun while we asked, by the server's own clock; no job of this machine has it or is asking for
one of this key; the same principal began it, where the server says who; it has no parts, since nobody knows its id; and
there are no more such uploads than requests of ours that were never answered. When there are more, all are left.

What remains: our request was lost on the way there, and in the same seconds somebody else with the same credentials, on
another machine, began exactly one upload of the same key and has not finished its first part by the time we look, which
is after all our parts where one answer came. Then that upload is thrown away. No object and no version is touched by
it: whoever sends it is told that it is gone, and begins anew, as s3ml does by the same command.
"""

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import Conflict, Corrupted, NotSupported, S3mlError, Unreachable
from s3ml_tui.domain.storage.resume_point import WantedUpload
from s3ml_tui.domain.storage.store import Cancelled, Written
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connection.clients import Client, Clients
from s3ml_tui.s3.connection.retry import attempt
from s3ml_tui.s3.errors.translate import translated
from s3ml_tui.s3.objects.open_uploads import abort_upload, parts_there
from s3ml_tui.s3.objects.write import written

_SLACK_S = 3.0
"""Clocks tell whole seconds."""
_LONGEST_S = 120.0
"""So long after we began to ask, an upload of ours may have been begun: all attempts and their waits."""


def about_to_ask(clients: Clients, key: ObjectKey) -> WantedUpload | None:
    """What is open of this key before we ask; None where that may not be seen. Raises Unreachable."""
    try:
        return WantedUpload(time.time(), frozenset(one.upload_id for one in _open(clients, key)[0]))
    except Unreachable:
        raise
    except S3mlError:
        return None


def abort_unclaimed(clients: Clients, key: ObjectKey, wanted: WantedUpload, known: Collection[str]) -> int:
    """Throw away what was begun for us and is not `known`; how many. Raises Conflict when in doubt, Denied …"""
    if wanted.unheard < 1:
        return 0
    found, ahead_s = _open(clients, key)
    from_s = wanted.asked_at + ahead_s - _SLACK_S
    new = [one for one in found if one.upload_id not in wanted.seen and from_s <= one.begun <= from_s + _LONGEST_S]
    ours = {one.initiator for one in found if one.upload_id in known}
    doubtful = [
        one
        for one in new
        if one.upload_id not in known
        and (not ours or one.initiator in ours)
        and parts_there(clients, key, one.upload_id) == {}
    ]
    if len(doubtful) > wanted.unheard:
        raise Conflict(
            f"Of {len(doubtful)} open uploads of {printable(key.uri)} only {wanted.unheard} can be ours",
            cause="Somebody else began one in the same moment",
            advice="They are left alone; those that nobody finishes cost nothing, since they have no parts",
        )
    for one in doubtful:
        abort_upload(clients, key, one.upload_id)
    return len(doubtful)


@dataclass(frozen=True, slots=True)
class _Open:
    """An open upload."""

    upload_id: str
    begun: float
    """By the server's clock, seconds since the epoch."""
    initiator: str
    """Who began it; "" where the server does not say."""


def _open(clients: Clients, key: ObjectKey) -> tuple[list[_Open], float]:
    """The open uploads of exactly this key, and how far the server's clock is ahead of ours."""
    with translated(action="s3:ListBucketMultipartUploads", bucket=key.bucket, key=key.key, endpoint=clients.endpoint):
        answer = clients.looking.list_multipart_uploads(Bucket=key.bucket, Prefix=key.key)
    found = [
        _Open(str(one["UploadId"]), one["Initiated"].timestamp(), str(one.get("Initiator", {}).get("ID", "")))
        for one in answer.get("Uploads", ())
        if one["Key"] == key.key
    ]
    if answer.get("IsTruncated") and not found:
        raise NotSupported("The server's list of open uploads does not begin with the key that was asked for")
    return found, _ahead(answer)


def _ahead(answer: dict[str, Any]) -> float:
    date = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    try:
        server_time = parsedate_to_datetime(date) if date else datetime.now(UTC)
    except ValueError:
        return 0.0
    return server_time.timestamp() - time.time()


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
    earlier: WantedUpload | None
    """What an earlier attempt asked for and did not settle."""
    wanted: Callable[[WantedUpload], None]
    """Told before a new one is asked for."""
    settled: Callable[[], None]
    """Told when nothing was begun that is not known."""
    known: Callable[[], Collection[str] | None]
    """Ids of other uploads that are somebody's here; None while somebody here asks for one of the same key."""


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
    if work.opened is not None and work.opened.earlier is not None:
        _settle(clients, work, work.opened.earlier, upload_id)
    lost: WantedUpload | None = None
    if not upload_id:
        upload_id, lost = _begin(clients, work, cancelled)
    made: dict[int, dict[str, Any]] = {}
    try:
        _send_all(clients, work, upload_id, made, cancelled)
        if lost is not None:
            _settle(clients, work, lost, upload_id)
            lost = None
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
            if lost is not None and not isinstance(error, Unreachable):
                _settle(clients, work, lost, upload_id)
        raise
    if work.opened is not None:
        work.opened.closed()
    return completed


def _may_go_on(error: BaseException) -> bool:
    """Whether the same upload may be finished later: the server is lost or busy, and the bytes are right."""
    return isinstance(error, S3mlError) and error.can_retry and not isinstance(error, Corrupted)


def _is_cancel(error: BaseException) -> bool:
    return isinstance(error, Stopped | KeyboardInterrupt)


def _begin(clients: Clients, work: Parted, cancelled: Cancelled) -> tuple[str, WantedUpload | None]:
    """The id of a new upload, and what was asked for where answers were lost on the way to it.

    What was begun by those is thrown away when all parts are sent: by then another's upload, begun in the same moment,
    has parts of its own. Where none was answered, that is now, or whoever reads the notes does it.
    """
    wanted, lost, upload_id = about_to_ask(clients, work.key), list[bool](), ""
    sent = 0

    def look() -> None:
        lost.append(True)

    def send(client: Client) -> str:
        nonlocal sent
        sent += 1
        if work.opened is not None and wanted is not None:
            work.opened.wanted(replace(wanted, unheard=sent))
        # Said outright, since AWS refuses parts with a checksum that the upload was not begun with.
        algorithm = {} if client is clients.changing_eased else {"ChecksumAlgorithm": "CRC32"}
        answer = client.create_multipart_upload(Bucket=work.key.bucket, Key=work.key.key, **algorithm, **work.headers)
        return str(answer["UploadId"])

    try:
        with translated(action="s3:PutObject", bucket=work.key.bucket, key=work.key.key, endpoint=clients.endpoint):
            upload_id = attempt(clients, send, look=look, cancelled=cancelled)
    except Unreachable:
        raise  # asking it what it has would take as long again
    except S3mlError:
        if wanted is not None:
            _settle(clients, work, replace(wanted, unheard=sent), "", is_needed=bool(lost))
        raise
    if work.opened is not None:
        work.opened.begun(upload_id)  # first: who is killed before all is settled has to know it
    if wanted is None:
        return upload_id, None
    if lost:
        return upload_id, replace(wanted, unheard=sent - 1)
    _settle(clients, work, wanted, upload_id, is_needed=False)
    return upload_id, None


def _settle(clients: Clients, work: Parted, wanted: WantedUpload, upload_id: str, *, is_needed: bool = True) -> None:
    """Throw away what was begun without our hearing of it; where that cannot be, the notes go on telling of it."""
    try:
        if is_needed:
            known = work.opened.known() if work.opened is not None else ()
            if known is None:
                return
            abort_unclaimed(clients, work.key, wanted, {upload_id, *known})
    except S3mlError as error:
        _LOG.warning("An open multipart upload may have been left behind: %s", error.sentence)
        return
    if work.opened is not None:
        work.opened.settled()


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
