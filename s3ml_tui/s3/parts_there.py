"""The parts that an open multipart upload has already."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from s3ml_tui.domain.errors import Denied, NotFound, NotSupported
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.clients import Clients
from s3ml_tui.s3.errors import translated

_CHECKSUMS = ("ChecksumCRC32", "ChecksumCRC32C", "ChecksumCRC64NVME", "ChecksumSHA1", "ChecksumSHA256")
_MOST_PAGES = 100


@dataclass(frozen=True, slots=True)
class PartThere:
    """One part as the server has it."""

    etag: str
    size: int
    """Bytes."""
    crc32: str
    """Base64; empty when not told."""
    answer: Mapping[str, Any]
    """As `upload_part` would have answered."""


def parts_there(clients: Clients, key: ObjectKey, upload_id: str) -> dict[int, PartThere] | None:
    """By number; None when the upload is no longer open, or may not be looked into."""
    found: dict[int, PartThere] = {}
    marker = 0
    try:
        with translated(
            action="s3:ListMultipartUploadParts", bucket=key.bucket, key=key.key, endpoint=clients.endpoint
        ):
            for _ in range(_MOST_PAGES):
                answer = clients.looking.list_parts(
                    Bucket=key.bucket, Key=key.key, UploadId=upload_id, PartNumberMarker=marker
                )
                for part in answer.get("Parts", []):
                    found[int(part["PartNumber"])] = _part(part)
                following = int(answer.get("NextPartNumberMarker") or 0)
                if not answer.get("IsTruncated") or following <= marker:
                    return found
                marker = following
    except (NotFound, Denied, NotSupported):
        return None
    return found


def _part(part: Mapping[str, Any]) -> PartThere:
    sums = {name: part[name] for name in _CHECKSUMS if part.get(name)}
    etag = str(part.get("ETag", ""))
    return PartThere(
        etag.strip('"'), int(part.get("Size", -1)), str(sums.get("ChecksumCRC32", "")), {"ETag": etag, **sums}
    )
