"""What the headers of an answer say, where boto3 did not read it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from s3ml_tui.domain.storage.store import ObjectFacts
from s3ml_tui.domain.uri import ObjectKey

META = "x-amz-meta-"
KEPT = {
    "CacheControl": "cache-control",
    "ContentDisposition": "content-disposition",
    "ContentEncoding": "content-encoding",
    "ContentLanguage": "content-language",
    "Expires": "expires",
    "WebsiteRedirectLocation": "x-amz-website-redirect-location",
}
"""What an object keeps beside its metadata: boto3's names and the wire's."""
_CHECKSUMS = ("CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256")


def by_boto_names(headers: Mapping[str, str]) -> dict[str, Any]:
    """An answer to a PUT by boto3's names."""
    named = {"ETag": "etag", "VersionId": "x-amz-version-id", "ServerSideEncryption": "x-amz-server-side-encryption"}
    named |= {f"Checksum{name}": f"x-amz-checksum-{name.lower()}" for name in _CHECKSUMS}
    found = {ours: value for ours, theirs in named.items() if (value := headers.get(theirs))}
    return {**found, "ResponseMetadata": {"HTTPHeaders": headers}}


def facts_of_headers(key: ObjectKey, headers: Mapping[str, str], size: int) -> ObjectFacts:
    """What the head of an answer to GET or HEAD says of a version; its time and states are not read."""
    algorithm = headers.get("x-amz-server-side-encryption", "")
    if "x-amz-server-side-encryption-customer-algorithm" in headers:
        algorithm = "SSE-C"
    kms_key = headers.get("x-amz-server-side-encryption-aws-kms-key-id", "")
    count = headers.get("x-amz-tagging-count", "")
    sums = {name: headers.get(f"x-amz-checksum-{name.lower()}", "") for name in _CHECKSUMS}
    return ObjectFacts(
        key=key,
        version_id=headers.get("x-amz-version-id") or None,
        size=size,
        etag=headers.get("etag", "").strip('"'),
        modified=datetime.fromtimestamp(0, UTC),
        content_type=headers.get("content-type", ""),
        metadata={name.removeprefix(META): value for name, value in headers.items() if name.startswith(META)},
        headers={ours: headers[theirs] for ours, theirs in KEPT.items() if theirs in headers},
        storage_class=headers.get("x-amz-storage-class") or "STANDARD",
        encryption=" ".join(part for part in (algorithm, kms_key) if part),
        checksums={name: value for name, value in sums.items() if value},
        tag_count=int(count) if count.isdigit() else None,
    )
