"""What changes a bucket as a whole, beside making it: versioning suspended, the block taken away, uploads, its end.

The parts that an open multipart upload has already.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from s3ml_tui.domain.errors import Denied, NotFound, NotSupported, StrangeAnswer
from s3ml_tui.domain.storage.store import OpenUpload
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.buckets.buckets import BLOCKS, block_public_access, bucket_exists, switch_versioning
from s3ml_tui.s3.connection.clients import Client, Clients
from s3ml_tui.s3.connection.retry import attempt
from s3ml_tui.s3.errors.responses import code_of
from s3ml_tui.s3.errors.translate import translated

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


def suspend_versioning(clients: Clients, bucket: str) -> None:
    """Keep no more old versions from now on."""
    switch_versioning(clients, bucket, "Suspended")


def allow_public_access(clients: Clients, bucket: str) -> None:
    """Switch the four blocks off. Raises NotSupported.

    Not by DELETE: a server that does not know the subresource would take that for the bucket's own end.
    """
    block_public_access(clients, bucket, but=BLOCKS)


def delete_bucket(clients: Clients, bucket: str) -> None:
    """Delete it; a lost answer is recognised by its absence."""

    def send(client: Client) -> bool:
        client.delete_bucket(Bucket=bucket)
        return True

    with translated(action="s3:DeleteBucket", bucket=bucket, endpoint=clients.endpoint):
        attempt(clients, send, look=lambda: not bucket_exists(clients, bucket) or None)
    clients.habits.versionings.forget(bucket)


def open_uploads(clients: Clients, place: Place) -> Sequence[OpenUpload]:
    """Those below `place`. Raises Denied, NotSupported, StrangeAnswer."""
    found: list[OpenUpload] = []
    following: dict[str, str] = {}
    while True:
        with translated(action="s3:ListBucketMultipartUploads", bucket=place.bucket, endpoint=clients.endpoint):
            answer = _asked_for_uploads(clients, place, following)
        found += [
            OpenUpload(str(one["Key"]), str(one["UploadId"]), one["Initiated"]) for one in answer.get("Uploads", ())
        ]
        if not answer.get("IsTruncated"):
            return found
        before = following
        following = {
            "KeyMarker": str(answer.get("NextKeyMarker") or ""),
            "UploadIdMarker": str(answer.get("NextUploadIdMarker") or ""),
        }
        if following == before or not following["KeyMarker"]:
            raise StrangeAnswer(
                "The server's list of open uploads does not go on",
                cause="It says there is more and gives no new place to go on from",
                advice="Report it to whoever runs the server",
            )


def _asked_for_uploads(clients: Clients, place: Place, following: Mapping[str, str]) -> Mapping[str, Any]:
    try:
        answer: Mapping[str, Any] = clients.looking.list_multipart_uploads(
            Bucket=place.bucket, Prefix=place.prefix, **following
        )
    except ClientError as error:
        if code_of(error) == "NoSuchUpload":  # how some servers say that there is none
            return {}
        raise
    return answer


def abort_upload(clients: Clients, key: ObjectKey, upload_id: str, *, most: int = 0) -> None:
    """Throw its parts away; one that is gone already is fine. Sent up to `most` times."""

    def send(client: Client) -> bool:
        client.abort_multipart_upload(Bucket=key.bucket, Key=key.key, UploadId=upload_id)
        return True

    def look() -> bool | None:
        return True if parts_there(clients, key, upload_id) is None else None

    try:
        with translated(action="s3:AbortMultipartUpload", bucket=key.bucket, key=key.key, endpoint=clients.endpoint):
            attempt(clients, send, look=look, most=most)
    except NotFound:
        return
