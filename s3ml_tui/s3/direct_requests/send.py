"""Small objects and parts without boto3: signed and sent by ourselves, for a tenth of the time under the lock.

This way knows one good answer only. Whatever else happens (a refusal, a redirect, a throttled or broken request) is
boto3's to repeat and to tell; `Lost` says that the change may have been made, so that it is looked for first. Why so:
docs/decisions/0002-transfers.md.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.storage.store import Cancelled, never
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connection.clients import Clients
from s3ml_tui.s3.direct_http.client import BLOCK, Answered, HttpError
from s3ml_tui.s3.direct_http.routes import Route
from s3ml_tui.s3.direct_http.sigv4 import NO_BODY, UNSIGNED, quoted_path

_SIMPLE = {
    "ContentType": "content-type",
    "StorageClass": "x-amz-storage-class",
    "ServerSideEncryption": "x-amz-server-side-encryption",
    "SSEKMSKeyId": "x-amz-server-side-encryption-aws-kms-key-id",
    "ACL": "x-amz-acl",
    "IfMatch": "if-match",
    "IfNoneMatch": "if-none-match",
    "Range": "range",
    "CacheControl": "cache-control",
    "ContentDisposition": "content-disposition",
    "ContentEncoding": "content-encoding",
    "ContentLanguage": "content-language",
    "Expires": "expires",
    "WebsiteRedirectLocation": "x-amz-website-redirect-location",
    "CopySource": "x-amz-copy-source",
    "CopySourceIfMatch": "x-amz-copy-source-if-match",
    "MetadataDirective": "x-amz-metadata-directive",
    "TaggingDirective": "x-amz-tagging-directive",
}


_ASKED = {"versionId": "VersionId", "partNumber": "PartNumber", "uploadId": "UploadId"}
_BOTO_NAMES = {
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
    ABSENT = auto()
    """The same, since there is no such thing."""
    UNMET = auto()
    """The same, since a condition did not hold."""
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
    operation = "UploadPart" if query and "uploadId" in query else "PutObject"
    return send(clients, operation, "PUT", key, headers, query=query, body=body)


def get(
    clients: Clients,
    key: ObjectKey,
    version_id: str | None,
    headers: Mapping[str, object],
    take: Callable[[Answered, memoryview], None],
    *,
    room: int = BLOCK,
    cancelled: Cancelled = never,
) -> Answered | Miss:
    """GET a version, or a range of it, handed to `take` as it comes. Raises Cancelled, and what `take` raises."""
    query = {} if version_id is None else {"versionId": version_id}
    return send(
        clients,
        "GetObject",
        "GET",
        key,
        headers,
        query=query,
        take=take,
        room=room,
        wants_checksums=True,
        cancelled=cancelled,
    )


def by_boto_names(answered: Answered) -> dict[str, object]:
    """An answer to a PUT by boto3's names."""
    found = {ours: value for theirs, ours in _BOTO_NAMES.items() if (value := answered.headers.get(theirs))}
    return {**found, "ResponseMetadata": {"HTTPHeaders": answered.headers}}


def signs_payload(clients: Clients, bucket: str) -> bool:
    """Whether a body's digest is to be signed: where no TLS guards it."""
    route = clients.routes.to(bucket)
    return route is not None and not route.is_secure


def send(
    clients: Clients,
    operation: str,
    method: str,
    key: ObjectKey,
    headers: Mapping[str, object],
    *,
    query: Mapping[str, str] | None = None,
    body: Body | None = None,
    take: Callable[[Answered, memoryview], None] | None = None,
    room: int = BLOCK,
    wants_checksums: bool = False,
    shown: Mapping[str, object] | None = None,
    cancelled: Cancelled = never,
) -> Answered | Miss:
    """One request about one object; `operation` and `headers` by boto3's names. Raises what `body` and `take` raise.

    `body` is None where the request has none, `take` where the answer's is of no interest; `shown` are the parameters
    that belong to the request for those who watch what is sent. Raises Cancelled while the answer is waited for.
    """
    route = clients.routes.to(key.bucket)
    plain = _plain(headers)
    signer = clients.routes.signer(route) if route is not None and plain is not None else None
    if route is None or plain is None or signer is None or not route.is_open_for(operation):
        return Miss.UNDONE
    query = query or {}
    if method == "PUT":
        plain["content-length"] = str(body.size if body is not None else 0)
    if body is not None and not clients.are_checksums_eased:
        plain["x-amz-checksum-crc32"] = body.crc32
    if wants_checksums:
        plain["x-amz-checksum-mode"] = "ENABLED"
    plain |= route.extra
    path = f"{route.path}/{quoted_path(key.key)}"
    head = signer.head(method, route.host, path, query, plain, NO_BODY if body is None else body.sha256)
    noted = clients.requests.began(operation, _parameters(key, shown or {}, query, body), time.time())
    started, size = time.perf_counter(), None if body is None else body.size or None
    try:
        blocks = () if body is None else body.blocks()
        answered = route.pool.send(
            head, blocks, take or _ignore, room=room, has_body=method != "HEAD", cancelled=cancelled
        )
    except Stopped:
        clients.requests.ended(noted, time.perf_counter() - started, error="cancelled")
        raise
    except HttpError as error:
        route.failures += 1
        clients.requests.ended(noted, time.perf_counter() - started, error=str(error))
        return Miss.LOST if error.was_sent else Miss.UNDONE
    clients.requests.ended(noted, time.perf_counter() - started, status=answered.status, size=size)
    return _judged(route, operation, answered)


_TELLING = {404: Miss.ABSENT, 412: Miss.UNMET}
"""Statuses that tell nothing of the way."""


_BESIDE = frozenset({"CopyObject", "GetObjectTagging", "HeadObject", "PutObjectTagging"})
"""What may be closed to somebody, or unknown to a server, while objects and parts come and go."""


def _judged(route: Route, operation: str, answered: Answered) -> Answered | Miss:
    """A good answer as it is; what a bad one means for whoever asked, and for the way it came."""
    if answered.status in {200, 204, 206}:
        route.failures = route.refusals[operation] = 0
        return answered
    if answered.status in _TELLING:
        return _TELLING[answered.status]
    if operation in _BESIDE and (answered.status < 500 or answered.status == 501):
        route.refusals[operation] = route.refusals.get(operation, 0) + 1
    else:
        route.failures += 1
    return Miss.LOST if answered.status >= 500 and answered.status != 501 else Miss.UNDONE


def _parameters(
    key: ObjectKey, shown: Mapping[str, object], query: Mapping[str, str], body: Body | None
) -> dict[str, object]:
    """What is asked, for those who watch, by boto3's names."""
    asked = {_ASKED[name]: value for name, value in query.items() if name in _ASKED}
    sent = {"Body": b""} if body is not None and body.size else {}
    return {"Bucket": key.bucket, "Key": key.key, **asked, **shown, **sent}


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


__all__ = ["UNSIGNED", "Body", "Miss", "by_boto_names", "get", "put", "send", "signs_payload"]
