"""Small objects and parts without boto3: signed and sent by ourselves, for a tenth of the time under the lock.

This way knows one good answer only. Whatever else happens (a refusal, a redirect, a throttled or broken request) is
boto3's to repeat and to tell; `Lost` says that the change may have been made, so that it is looked for first. Why so:
docs/decisions/0002-transfers.md.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from s3ml_tui.domain.requests import Request
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.clients import Clients
from s3ml_tui.s3.routes import Route
from s3ml_tui.s3.signing import NO_BODY, UNSIGNED, quoted_path
from s3ml_tui.s3.wire import BLOCK, Answered, WireError

_SIMPLE = {
    "ContentType": "content-type",
    "StorageClass": "x-amz-storage-class",
    "ServerSideEncryption": "x-amz-server-side-encryption",
    "SSEKMSKeyId": "x-amz-server-side-encryption-aws-kms-key-id",
    "ACL": "x-amz-acl",
    "IfMatch": "if-match",
    "IfNoneMatch": "if-none-match",
    "Range": "range",
}


_ASKED = {"versionId": "VersionId", "partNumber": "PartNumber", "uploadId": "UploadId"}
_TOLD = {
    "etag": "ETag",
    "x-amz-version-id": "VersionId",
    "x-amz-server-side-encryption": "ServerSideEncryption",
    "x-amz-checksum-crc32": "ChecksumCRC32",
    "x-amz-checksum-crc32c": "ChecksumCRC32C",
    "x-amz-checksum-crc64nvme": "ChecksumCRC64NVME",
    "x-amz-checksum-sha1": "ChecksumSHA1",
    "x-amz-checksum-sha256": "ChecksumSHA256",
}


class Miss(Enum):
    """Why there is no answer from here."""

    UNDONE = auto()
    """Nothing was changed; boto3 may send it."""
    LOST = auto()
    """It may have been carried out."""


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent."""

    size: int
    blocks: Callable[[], Iterable[bytes]]
    sha256: str
    """Hex; `UNSIGNED` where TLS guards it."""
    crc32: str
    """Base64."""


def put(
    clients: Clients,
    key: ObjectKey,
    body: Body,
    headers: Mapping[str, object],
    *,
    query: Mapping[str, str] | None = None,
) -> Answered | Miss:
    """PUT an object or a part; `headers` by boto3's names. Raises what `body` raises."""
    route = clients.routes.to(key.bucket)
    plain = _plain(headers)
    if route is None or plain is None:
        return Miss.UNDONE
    more = {} if clients.are_checksums_eased else {"x-amz-checksum-crc32": body.crc32}
    plain |= {"content-length": str(body.size), **more}
    return _send(clients, route, "PUT", key, query or {}, plain, body, _ignore, room=BLOCK)


def get(
    clients: Clients,
    key: ObjectKey,
    version_id: str | None,
    headers: Mapping[str, object],
    take: Callable[[Answered, memoryview], None],
    *,
    room: int = BLOCK,
) -> Answered | Miss:
    """GET a version, or a range of it, handed to `take` as it comes. Raises what `take` raises."""
    route = clients.routes.to(key.bucket)
    plain = _plain(headers)
    if route is None or plain is None:
        return Miss.UNDONE
    plain["x-amz-checksum-mode"] = "ENABLED"
    query = {} if version_id is None else {"versionId": version_id}
    return _send(clients, route, "GET", key, query, plain, _NOTHING, take, room=room)


def told(answered: Answered) -> dict[str, str]:
    """An answer to a PUT by boto3's names."""
    return {ours: value for theirs, ours in _TOLD.items() if (value := answered.headers.get(theirs))}


def signs_payload(clients: Clients, bucket: str) -> bool:
    """Whether a body's digest is to be signed: where no TLS guards it."""
    route = clients.routes.to(bucket)
    return route is not None and not route.is_secure


def _send(
    clients: Clients,
    route: Route,
    method: str,
    key: ObjectKey,
    query: Mapping[str, str],
    headers: dict[str, str],
    body: Body,
    take: Callable[[Answered, memoryview], None],
    *,
    room: int,
) -> Answered | Miss:
    signer = clients.routes.signer(route)
    if signer is None:
        return Miss.UNDONE
    path = f"{route.path}/{quoted_path(key.key)}"
    headers |= route.extra
    head = signer.head(method, route.host, path, query, headers, body.sha256)
    noted = _noted(clients, method, key, query, body)
    started = time.perf_counter()
    try:
        answered = route.wire.send(head, body.blocks(), take, room=room)
    except WireError as error:
        route.failures += 1
        clients.requests.ended(noted, time.perf_counter() - started, error=str(error))
        return Miss.LOST if error.was_sent else Miss.UNDONE
    clients.requests.ended(noted, time.perf_counter() - started, status=answered.status, size=body.size or None)
    if answered.status in {200, 206}:
        route.failures = 0
        return answered
    if answered.status not in {404, 412}:  # these tell nothing of the way
        route.failures += 1
    return Miss.LOST if answered.status >= 500 and answered.status != 501 else Miss.UNDONE


def _noted(clients: Clients, method: str, key: ObjectKey, query: Mapping[str, str], body: Body) -> Request:
    """The request among those that were sent, by boto3's names."""
    asked = {_ASKED[name]: value for name, value in query.items()}
    operation = "GetObject" if method == "GET" else "UploadPart" if "uploadId" in query else "PutObject"
    sent = {"Body": b""} if method == "PUT" and body.size else {}
    return clients.requests.began(operation, {"Bucket": key.bucket, "Key": key.key, **asked, **sent}, time.time())


def _plain(headers: Mapping[str, object]) -> dict[str, str] | None:
    """Headers as they go over the wire; None when one of them is not that plain."""
    plain: dict[str, str] = {}
    for name, value in headers.items():
        if name == "Metadata" and isinstance(value, Mapping):
            plain |= {f"x-amz-meta-{meta}": str(text) for meta, text in value.items()}
        elif name in _SIMPLE:
            plain[_SIMPLE[name]] = str(value)
        else:
            return None
    if all(name.isascii() and value.isascii() and value.isprintable() for name, value in plain.items()):
        return plain
    return None


def _ignore(_answered: Answered, _block: memoryview) -> None:
    """The body of an answer that has none."""


_NOTHING = Body(0, lambda: (), NO_BODY, "")
__all__ = ["UNSIGNED", "Body", "Miss", "get", "put", "signs_payload", "told"]
