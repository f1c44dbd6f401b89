"""Deleting: a marker on top, or one version for good; a lost answer is recognised by the history."""

from collections.abc import Mapping

from botocore.exceptions import BotoCoreError, ClientError

from s3ml_tui.domain.errors import Conflict, Denied, NotFound, NotSupported, S3mlError, StrangeAnswer
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connection.clients import Client, Clients
from s3ml_tui.s3.connection.retry import attempt
from s3ml_tui.s3.errors.responses import Fate, fate_of
from s3ml_tui.s3.errors.translate import translated
from s3ml_tui.s3.versions.history import current_entry, history
from s3ml_tui.s3.versions.preconditions import changed, seen


def delete(
    clients: Clients, key: ObjectKey, *, expected: str | None = None, etag: str = "", was_just_seen: bool = False
) -> str | None:
    """Put a delete marker on top; its version id. None on a bucket without versions. Raises Conflict."""
    before = expected if was_just_seen else _before(clients, key, expected)
    if not etag:
        return _delete(clients, key, before, {})
    try:
        return _delete(clients, key, before, {"IfMatch": f'"{etag}"'})
    except (Conflict, Denied, NotFound, NotSupported) as error:
        if expected is None or not may_be_for_condition(clients, error):
            raise
        return delete_without_etag(clients, key, expected=expected, etag=etag)


def delete_without_etag(clients: Clients, key: ObjectKey, *, expected: str, etag: str) -> str | None:
    """Delete where a condition was refused, as long as the same is on top. Raises Conflict."""
    current = seen(clients, key, expected)
    if expected == NULL_VERSION and (current is None or current.etag != etag):
        raise changed(key)  # the id `null` outlives a write
    marker = _delete(clients, key, expected, {})
    clients.habits.deletes_without_etags.add(key.bucket)
    return marker


def may_be_for_condition(clients: Clients, error: S3mlError) -> bool:
    """Whether a delete under an ETag may have been refused though the ETag holds.

    Some servers refuse every such condition. AWS wants s3:GetObject for it, and says of a delete marker that there is
    no such key.
    """
    return isinstance(error, Conflict | NotFound | NotSupported) or (isinstance(error, Denied) and clients.is_aws)


def _delete(clients: Clients, key: ObjectKey, before: str | None, conditions: Mapping[str, str]) -> str | None:
    was_lost = False

    def send(client: Client) -> tuple[str | None]:
        nonlocal was_lost
        try:
            answer = client.delete_object(Bucket=key.bucket, Key=key.key, **conditions)
        except (ClientError, BotoCoreError, StrangeAnswer) as error:
            was_lost = was_lost or fate_of(error) is Fate.UNKNOWN
            raise
        return (answer.get("VersionId") or None,)

    def look() -> tuple[str | None] | None:
        # A condition that is not met at the first attempt is not met because of somebody else.
        return _made_since(before, current_entry(clients, key)) if was_lost else None

    with translated(action="s3:DeleteObject", bucket=key.bucket, key=key.key, endpoint=clients.endpoint):
        (marker,) = attempt(clients, send, look=look)
    return marker


def delete_version(clients: Clients, key: ObjectKey, version_id: str) -> None:
    """Destroy one version, or remove one marker; twice is the same as once."""

    def send(client: Client) -> bool:
        client.delete_object(Bucket=key.bucket, Key=key.key, VersionId=version_id)
        return True

    def look() -> bool | None:
        try:
            there = {version.version_id for page in history(clients, key) for version in page.versions}
        except (Denied, NotSupported):
            return None
        return None if version_id in there else True

    with translated(action="s3:DeleteObjectVersion", bucket=key.bucket, key=key.key, endpoint=clients.endpoint):
        attempt(clients, send, look=look)


def _before(clients: Clients, key: ObjectKey, expected: str | None) -> str | None:
    """The current entry's id; None also when the history may not be read and nothing is expected of it."""
    try:
        current = seen(clients, key, expected)
        return current.version_id if current is not None else None
    except (Denied, NotSupported):
        if expected is not None:
            raise
        return None


def _made_since(before: str | None, now: Version | None) -> tuple[str | None] | None:
    """The marker that an earlier attempt of ours left, in a tuple; None when the object is still there."""
    if now is None:
        return (None,)
    if now.is_delete_marker and now.version_id != before:
        return (now.version_id,)
    return None
