"""What is known of one version without its bytes: its facts (HEAD) and its tags."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from s3ml_tui.domain.errors import Denied, NotFound, NotSupported
from s3ml_tui.domain.storage.history import NULL_VERSION
from s3ml_tui.domain.storage.store import ObjectFacts
from s3ml_tui.domain.uri import ObjectKey, is_directory_bucket
from s3ml_tui.s3.connection.clients import Clients
from s3ml_tui.s3.direct_http.requests import Miss
from s3ml_tui.s3.errors.responses import status_of
from s3ml_tui.s3.errors.translate import translated

_HEADERS = ("CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "WebsiteRedirectLocation")
_STATES = (
    "ObjectLockMode",
    "ObjectLockRetainUntilDate",
    "ObjectLockLegalHoldStatus",
    "Restore",
    "ArchiveStatus",
    "ReplicationStatus",
    "Expiration",
    "BucketKeyEnabled",
    "ChecksumType",
    "MissingMeta",
)
_CHECKSUMS = ("CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256")
_NEEDED = "s3ml: needed for checksums"
"""Among boto3's own names in an answer."""
_MANY_REASONS = frozenset({301, 307, 400, 401, 403, 503})
"""Statuses that S3 gives for several reasons, which only a body tells apart."""


def version_parameter(version_id: str | None) -> dict[str, str]:
    """As boto3 wants it."""
    return {} if version_id is None else {"VersionId": version_id}


def reading_action(version_id: str | None) -> str:
    """The IAM action that reading a version needs."""
    return "s3:GetObject" if version_id is None else "s3:GetObjectVersion"


def facts(clients: Clients, key: ObjectKey, version_id: str | None = None) -> ObjectFacts:
    """HEAD. Raises NotFound, also for a deleted object or a delete marker's id.

    A version that may not be asked for by its id is asked for as what is current, if it is that: `may_be_named`.
    """
    refusal = refused_name(clients, key)
    if version_id in {None, NULL_VERSION}:
        return replace(_facts(key, head(clients, key, version_id)), may_be_named=refusal is None)
    if refusal is None:
        try:
            return _facts(key, head(clients, key, version_id))
        except Denied as denied:
            refusal = denied
    return _as_current(clients, key, version_id, refusal)


def refused_name(clients: Clients, key: ObjectKey) -> Denied | None:
    """What was told a moment ago to who asked for a version by its id, here; None when nothing was refused."""
    return clients.habits.unnamed_versions.known(key.bucket, key.key)


def _as_current(clients: Clients, key: ObjectKey, version_id: str | None, refusal: Denied) -> ObjectFacts:
    """The version as what is current. Raises `refusal` when it is not, or that may not be read either."""
    try:
        found = _facts(key, head(clients, key))
    except (Denied, NotFound):
        raise refusal from None
    if found.version_id != version_id:
        raise refusal
    clients.habits.unnamed_versions.note(key.bucket, key.key, refusal)
    return replace(found, may_be_named=False)


def without_name(clients: Clients, pinned: ObjectFacts, refusal: Denied) -> ObjectFacts:
    """What was refused by its id, to be asked for as what is current. Raises `refusal` when it was not for its id."""
    if pinned.version_id in {None, NULL_VERSION} or not pinned.may_be_named:
        raise refusal
    found = facts(clients, pinned.key, pinned.version_id)
    if found.may_be_named or found.etag != pinned.etag:
        raise refusal
    return replace(pinned, may_be_named=False)


def head(clients: Clients, key: ObjectKey, version_id: str | None = None, **more: Any) -> dict[str, Any]:
    """boto3's own answer to HEAD, checksums included."""
    with translated(action=reading_action(version_id), bucket=key.bucket, key=key.key, endpoint=clients.endpoint):
        request = {"Bucket": key.bucket, "Key": key.key} | version_parameter(version_id)
        try:
            answer: dict[str, Any] = clients.looking.head_object(**request, ChecksumMode="ENABLED", **more)
        except ClientError as refusal:
            if status_of(refusal) == 403 and (plain := _without_checksums(clients, request | more)) is not None:
                return plain
            if status_of(refusal) in _MANY_REASONS:
                _explain(clients, request, refusal)
            raise
    return answer


def _without_checksums(clients: Clients, request: dict[str, Any]) -> dict[str, Any] | None:
    """The answer to HEAD for whoever may not decrypt: then asking for checksums alone is refused. None if it is not."""
    try:
        answer: dict[str, Any] = clients.once.head_object(**request)
    except ClientError:
        return None
    return answer | {_NEEDED: "kms:Decrypt"}


def _explain(clients: Clients, request: dict[str, str], refusal: ClientError) -> None:
    """Ask once with GET, whose refusal has a body that tells what HEAD's could not; raises it when it is the same."""
    try:
        clients.once.get_object(**request, Range="bytes=0-0")["Body"].close()
    except ClientError as get_refusal:
        if status_of(get_refusal) == status_of(refusal):
            raise


def tags(clients: Clients, key: ObjectKey, version_id: str | None = None) -> Mapping[str, str]:
    """The tags of one version. Raises NotSupported for a directory bucket, which keeps none."""
    if is_directory_bucket(key.bucket):
        raise NotSupported("A directory bucket keeps no tags")
    plain = clients.direct.tags(key, version_id)
    if not isinstance(plain, Miss):
        return plain
    action = "s3:GetObjectTagging" if version_id is None else "s3:GetObjectVersionTagging"
    with translated(action=action, bucket=key.bucket, key=key.key, endpoint=clients.endpoint):
        answer = clients.looking.get_object_tagging(Bucket=key.bucket, Key=key.key, **version_parameter(version_id))
    return {str(tag["Key"]): str(tag["Value"]) for tag in answer.get("TagSet", [])}


def _facts(key: ObjectKey, answer: Mapping[str, Any]) -> ObjectFacts:
    headers = {name: str(answer[name]) for name in _HEADERS if answer.get(name)}
    if answer.get("ExpiresString"):
        headers["Expires"] = str(answer["ExpiresString"])
    algorithm = answer.get("ServerSideEncryption") or ("SSE-C" if answer.get("SSECustomerAlgorithm") else "")
    return ObjectFacts(
        key=key,
        version_id=answer.get("VersionId") or None,
        size=int(answer.get("ContentLength", 0)),
        etag=str(answer.get("ETag", "")).strip('"'),
        modified=answer.get("LastModified", datetime.fromtimestamp(0, UTC)),
        content_type=str(answer.get("ContentType", "")),
        metadata={name.lower(): str(value) for name, value in answer.get("Metadata", {}).items()},
        headers=headers,
        storage_class=str(answer.get("StorageClass") or "STANDARD"),
        encryption=" ".join(part for part in (str(algorithm), str(answer.get("SSEKMSKeyId") or "")) if part),
        checksums={name: str(answer[f"Checksum{name}"]) for name in _CHECKSUMS if answer.get(f"Checksum{name}")},
        states={name: str(answer[name]) for name in _STATES if answer.get(name)},
        needed_for_checksums=str(answer.get(_NEEDED, "")),
        tag_count=answer.get("TagCount"),
    )
