"""Requests about one object, sent and signed by ourselves; parameters by boto3's names, answers as plain values."""

import base64
import hashlib
import html
import re
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from xml.etree import ElementTree as ET

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.storage.request_log import RequestLog
from s3ml_tui.domain.storage.store import Cancelled, ObjectFacts, never
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.direct_http.client import BLOCK, Answered, HttpError, Take
from s3ml_tui.s3.direct_http.routes import Route, Routes
from s3ml_tui.s3.direct_http.sigv4 import NO_BODY, quoted_path
from s3ml_tui.s3.errors.responses import answered_at
from s3ml_tui.s3.parsing.object_headers import KEPT, META, facts_of_headers
from s3ml_tui.s3.parsing.response_checks import is_of_s3

_SENT = KEPT | {
    "ContentType": "content-type",
    "StorageClass": "x-amz-storage-class",
    "ServerSideEncryption": "x-amz-server-side-encryption",
    "SSEKMSKeyId": "x-amz-server-side-encryption-aws-kms-key-id",
    "ACL": "x-amz-acl",
    "IfMatch": "if-match",
    "IfNoneMatch": "if-none-match",
    "Range": "range",
    "ChecksumMode": "x-amz-checksum-mode",
    "CopySource": "x-amz-copy-source",
    "CopySourceIfMatch": "x-amz-copy-source-if-match",
    "MetadataDirective": "x-amz-metadata-directive",
    "TaggingDirective": "x-amz-tagging-directive",
}
_ASKED = {"versionId": "VersionId", "partNumber": "PartNumber", "uploadId": "UploadId"}
_MOST_ANSWER = 64 * 1024
_COPIED = re.compile(rb"<CopyObjectResult[\s>].*?<ETag>(?:&quot;|&#34;|\")?([0-9a-zA-Z-]+)", re.DOTALL)
_BESIDE = frozenset({"CopyObject", "GetObjectTagging", "HeadObject", "PutObjectTagging"})
"""What may be denied to somebody, or unknown to a server, while objects and parts come and go."""


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


_TELLING = {404: Miss.ABSENT, 412: Miss.UNMET}
"""Statuses that say nothing about the route."""


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent."""

    size: int
    blocks: Callable[[], Iterable[bytes]]
    sha256: str
    """Hex; `UNSIGNED` where TLS guards it."""
    crc32: str
    """Base64."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy made, as its answer says."""

    version_id: str | None
    etag: str
    at: datetime | None
    """As in `Written`."""


class DirectRequests:
    """The requests of one connection; safe to use from many threads."""

    def __init__(self, routes: Routes, log: RequestLog, are_checksums_eased: Callable[[], bool]) -> None:
        self.routes = routes
        self._log = log
        self._are_checksums_eased = are_checksums_eased

    def put(
        self, key: ObjectKey, body: Body, headers: Mapping[str, object], query: Mapping[str, str] | None = None
    ) -> Answered | Miss:
        """PUT an object, or a part by `query`. Raises what `body` raises."""
        operation = "UploadPart" if query and "uploadId" in query else "PutObject"
        return self._send(operation, "PUT", key, headers, query, body=body)

    def get(
        self,
        key: ObjectKey,
        version_id: str | None,
        headers: Mapping[str, object],
        take: Take,
        *,
        room: int = BLOCK,
        cancelled: Cancelled = never,
    ) -> Answered | Miss:
        """GET a version, or a range of it, handed to `take` as it comes. Raises Cancelled, and what `take` raises."""
        checked = {**headers, "ChecksumMode": "ENABLED"}
        query = _version(version_id)
        return self._send("GetObject", "GET", key, checked, query, take=take, room=room, cancelled=cancelled)

    def look(self, key: ObjectKey, version_id: str | None) -> ObjectFacts | Miss:
        """HEAD: what is kept with one version. Neither checksums nor states are asked for, nor is the time read."""
        answered = self._send("HeadObject", "HEAD", key, {}, _version(version_id))
        if isinstance(answered, Miss):
            return answered
        headers = answered.headers
        kept = (value for name, value in headers.items() if name in _SENT.values() or name.startswith(META))
        length = headers.get("content-length", "")
        if not length.isdigit() or not headers.get("etag") or not all(value.isascii() for value in kept):
            return Miss.UNDONE
        return facts_of_headers(key, headers, int(length))

    def copy(
        self, source: ObjectKey, version_id: str | None, target: ObjectKey, headers: Mapping[str, object]
    ) -> Copied | Miss:
        """Copy one version whole."""
        place = f"{source.bucket}/{quoted_path(source.key)}"
        if version_id is not None:
            place += f"?versionId={quoted_path(version_id)}"
        asked, taken = {"CopySource": place, **headers}, _Taken()
        answered = self._send("CopyObject", "PUT", target, asked, take=taken, shown=asked)
        if isinstance(answered, Miss):
            return answered
        found = _COPIED.search(taken.body)
        if found is None:  # S3 may find out that it failed when it has begun to answer
            return Miss.LOST
        made = answered.headers.get("x-amz-version-id") or None
        return Copied(made, found[1].decode(), answered_at(answered.headers))

    def tags(self, key: ObjectKey, version_id: str | None) -> dict[str, str] | Miss:
        """The tags of one version."""
        query, taken = {"tagging": "", **_version(version_id)}, _Taken()
        answered = self._send("GetObjectTagging", "GET", key, {}, query, take=taken)
        if isinstance(answered, Miss):
            return answered
        return Miss.UNDONE if answered.headers.get("etag") else _tags(taken.body)  # with one it is the object itself

    def write_tags(self, key: ObjectKey, tags: Mapping[str, str], version_id: str | None) -> bool:
        """Make these all the tags of one version; whether it was done."""
        if not tags or not all(name.isprintable() and value.isprintable() for name, value in tags.items()):
            return False
        pairs = [(html.escape(name, quote=False), html.escape(value, quote=False)) for name, value in tags.items()]
        each = "".join(f"<Tag><Key>{name}</Key><Value>{value}</Value></Tag>" for name, value in pairs)
        xml = f'<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet>{each}</TagSet></Tagging>'.encode()
        crc32 = base64.b64encode(zlib.crc32(xml).to_bytes(4, "big")).decode()
        body = Body(len(xml), lambda: (xml,), hashlib.sha256(xml).hexdigest(), crc32)
        shown = {"Tagging": {"TagSet": [{"Key": name, "Value": value} for name, value in tags.items()]}}
        query = {"tagging": "", **_version(version_id)}
        answered = self._send("PutObjectTagging", "PUT", key, {}, query, body=body, shown=shown)
        return not isinstance(answered, Miss) and is_of_s3(answered.headers)

    def signs_payload(self, bucket: str) -> bool:
        """Whether a body's digest is to be signed: where no TLS guards it."""
        route = self.routes.to(bucket)
        return route is not None and not route.is_secure

    def _send(
        self,
        operation: str,
        method: str,
        key: ObjectKey,
        headers: Mapping[str, object],
        query: Mapping[str, str] | None = None,
        *,
        body: Body | None = None,
        take: Take = lambda _answered, _block: None,
        room: int = BLOCK,
        shown: Mapping[str, object] | None = None,
        cancelled: Cancelled = never,
    ) -> Answered | Miss:
        """One request; `shown` are the parameters that the log of requests is to have besides the query's."""
        plain, query = _plain(headers), query or {}
        route = self.routes.to(key.bucket)
        if plain is None or route is None or not route.is_open_for(operation):
            return Miss.UNDONE
        signer = self.routes.signer(route)
        if signer is None:
            return Miss.UNDONE
        if method == "PUT":
            plain["content-length"] = str(body.size if body is not None else 0)
        if body is not None and not self._are_checksums_eased():
            plain["x-amz-checksum-crc32"] = body.crc32
        path = f"{route.path}/{quoted_path(key.key)}"
        digest = NO_BODY if body is None else body.sha256
        head = signer.head(method, route.host, path, query, plain | route.extra, digest)
        asked = {_ASKED[name]: value for name, value in query.items() if name in _ASKED} | dict(shown or {})
        sent = {"Body": b""} if body is not None and body.size else {}
        noted = self._log.began(operation, {"Bucket": key.bucket, "Key": key.key, **asked, **sent}, time.time())
        started, size = time.perf_counter(), None if body is None else body.size or None
        try:
            blocks = () if body is None else body.blocks()
            answered = route.pool.send(head, blocks, take, room=room, has_body=method != "HEAD", cancelled=cancelled)
        except Stopped:
            self._log.ended(noted, time.perf_counter() - started, error="cancelled")
            raise
        except HttpError as error:
            route.failures += 1
            self._log.ended(noted, time.perf_counter() - started, error=str(error))
            return Miss.LOST if error.was_sent else Miss.UNDONE
        self._log.ended(noted, time.perf_counter() - started, status=answered.status, size=size)
        return _judged(route, operation, answered)


class _Taken:
    """A small body as it comes."""

    def __init__(self) -> None:
        self.body = b""

    def __call__(self, _answered: Answered, block: memoryview) -> None:
        self.body += block
        if len(self.body) > _MOST_ANSWER:
            raise ValueError("an answer that is too long")


def _version(version_id: str | None) -> dict[str, str]:
    return {} if version_id is None else {"versionId": version_id}


def _tags(body: bytes) -> dict[str, str] | Miss:
    try:
        root = ET.fromstring(body)  # noqa: S314 - expat takes no entities from elsewhere; 64 KiB at most
    except ET.ParseError:
        return Miss.UNDONE
    if not root.tag.endswith("Tagging"):
        return Miss.UNDONE
    space = root.tag.removesuffix("Tagging")
    return {one.findtext(f"{space}Key", ""): one.findtext(f"{space}Value", "") for one in root.iter(f"{space}Tag")}


def _judged(route: Route, operation: str, answered: Answered) -> Answered | Miss:
    """A good answer as it is; what a bad one means for the caller, and for the route it came by."""
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


def _plain(headers: Mapping[str, object]) -> dict[str, str] | None:
    """Headers as they go over the wire; None when one of them is not that plain."""
    plain: dict[str, str] = {}
    for name, value in headers.items():
        if name == "Metadata" and isinstance(value, Mapping):
            plain |= {f"{META}{meta}": str(text) for meta, text in value.items()}
        elif name in _SENT:
            plain[_SENT[name]] = str(value)
        else:
            return None
    if all(name.isascii() and value.isascii() and value.isprintable() for name, value in plain.items()):
        return plain
    return None
