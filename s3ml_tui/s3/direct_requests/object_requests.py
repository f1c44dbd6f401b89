"""What is asked of one object without a body of its own, without boto3: looked at, copied, its tags read and written.

A copy of a small object is a tenth of a millisecond's work for a server and two milliseconds' for boto3. As in `send`,
only good answers are understood here; a `Miss` is boto3's to repeat and to tell.
"""

import base64
import hashlib
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from s3ml_tui.domain.storage.store import ObjectFacts
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connection.clients import Clients
from s3ml_tui.s3.direct_http.client import Answered
from s3ml_tui.s3.direct_http.sigv4 import quoted_path
from s3ml_tui.s3.direct_requests import send
from s3ml_tui.s3.direct_requests.send import Miss
from s3ml_tui.s3.errors.responses import answered_at
from s3ml_tui.s3.parsing.response_checks import is_of_s3

_MOST_ANSWER = 64 * 1024
_COPIED = re.compile(rb"<CopyObjectResult[\s>].*?<ETag>(?:&quot;|&#34;|\")?([0-9a-zA-Z-]+)", re.DOTALL)
_HEADERS = {
    "cache-control": "CacheControl",
    "content-disposition": "ContentDisposition",
    "content-encoding": "ContentEncoding",
    "content-language": "ContentLanguage",
    "expires": "Expires",
    "x-amz-website-redirect-location": "WebsiteRedirectLocation",
}
_META = "x-amz-meta-"
_KEPT = frozenset({*_HEADERS, "content-type"})


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy made, as its answer tells."""

    version_id: str | None
    etag: str
    at: datetime | None
    """As in `Written`."""


class _Taken:
    """A small body as it comes."""

    def __init__(self) -> None:
        self.body = b""

    def __call__(self, _answered: Answered, block: memoryview) -> None:
        self.body += block
        if len(self.body) > _MOST_ANSWER:
            raise ValueError("an answer that is too long")


def look(clients: Clients, key: ObjectKey, version_id: str | None) -> ObjectFacts | Miss:
    """HEAD: what is kept with one version. Neither its checksums nor its states are asked for, nor its time told."""
    query = {} if version_id is None else {"versionId": version_id}
    answered = send.send(clients, "HeadObject", "HEAD", key, {}, query=query)
    if isinstance(answered, Miss):
        return answered
    facts = _facts(key, answered.headers)
    return Miss.UNDONE if facts is None else facts


def copy(
    clients: Clients, source: ObjectKey, version_id: str | None, target: ObjectKey, headers: Mapping[str, object]
) -> Copied | Miss:
    """Copy one version whole; `headers` by boto3's names."""
    place = f"{source.bucket}/{quoted_path(source.key)}"
    if version_id is not None:
        place += f"?versionId={quoted_path(version_id)}"
    asked = {"CopySource": place, **headers}
    taken = _Taken()
    answered = send.send(clients, "CopyObject", "PUT", target, asked, take=taken, shown=asked)
    if isinstance(answered, Miss):
        return answered
    found = _COPIED.search(taken.body)
    if found is None:  # S3 may find out that it failed when it has begun to answer
        return Miss.LOST
    version_id = answered.headers.get("x-amz-version-id") or None
    return Copied(version_id, found[1].decode(), answered_at(answered.headers))


def tags(clients: Clients, key: ObjectKey, version_id: str | None) -> dict[str, str] | Miss:
    """The tags of one version."""
    query = {"tagging": ""} | ({} if version_id is None else {"versionId": version_id})
    taken = _Taken()
    answered = send.send(clients, "GetObjectTagging", "GET", key, {}, query=query, take=taken)
    if isinstance(answered, Miss):
        return answered
    return Miss.UNDONE if answered.headers.get("etag") else _tags(taken.body)  # with one it is the object itself


def write_tags(clients: Clients, key: ObjectKey, tags: Mapping[str, str], version_id: str | None) -> bool:
    """Make these all the tags of one version; whether it was done."""
    query = {"tagging": ""} | ({} if version_id is None else {"versionId": version_id})
    if not tags or not all(name.isprintable() and value.isprintable() for name, value in tags.items()):
        return False
    pairs = [{"Key": name, "Value": value} for name, value in tags.items()]
    each = "".join(
        f"<Tag><Key>{_escaped(one['Key'])}</Key><Value>{_escaped(one['Value'])}</Value></Tag>" for one in pairs
    )
    xml = f'<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet>{each}</TagSet></Tagging>'.encode()
    body = send.Body(len(xml), lambda: (xml,), hashlib.sha256(xml).hexdigest(), _crc32(xml))
    answered = send.send(
        clients, "PutObjectTagging", "PUT", key, {}, query=query, body=body, shown={"Tagging": {"TagSet": pairs}}
    )
    return not isinstance(answered, Miss) and is_of_s3(answered.headers)


def _escaped(text: str) -> str:
    """As text of an element."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _crc32(body: bytes) -> str:
    return base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()


def _tags(body: bytes) -> dict[str, str] | Miss:
    try:
        root = ET.fromstring(body)  # noqa: S314 - expat takes no entities from elsewhere; 64 KiB at most
    except ET.ParseError:
        return Miss.UNDONE
    if not root.tag.endswith("Tagging"):
        return Miss.UNDONE
    namespace = root.tag[: root.tag.rindex("Tagging")]
    return {
        one.findtext(f"{namespace}Key", ""): one.findtext(f"{namespace}Value", "")
        for one in root.iter(f"{namespace}Tag")
    }


def _facts(key: ObjectKey, headers: Mapping[str, str]) -> ObjectFacts | None:
    """What the head tells; None when something of it is not that plain."""
    length = headers.get("content-length", "")
    kept = {name: value for name, value in headers.items() if name in _KEPT or name.startswith(_META)}
    if not length.isdigit() or not headers.get("etag") or not all(value.isascii() for value in kept.values()):
        return None
    algorithm = headers.get("x-amz-server-side-encryption", "")
    if "x-amz-server-side-encryption-customer-algorithm" in headers:
        algorithm = "SSE-C"
    kms_key = headers.get("x-amz-server-side-encryption-aws-kms-key-id", "")
    count = headers.get("x-amz-tagging-count", "")
    return ObjectFacts(
        key=key,
        version_id=headers.get("x-amz-version-id") or None,
        size=int(length),
        etag=headers.get("etag", "").strip('"'),
        modified=datetime.fromtimestamp(0, UTC),
        content_type=headers.get("content-type", ""),
        metadata={name.removeprefix(_META): value for name, value in kept.items() if name.startswith(_META)},
        headers={_HEADERS[name]: value for name, value in kept.items() if name in _HEADERS},
        storage_class=headers.get("x-amz-storage-class") or "STANDARD",
        encryption=" ".join(part for part in (algorithm, kms_key) if part),
        tag_count=int(count) if count.isdigit() else None,
    )
