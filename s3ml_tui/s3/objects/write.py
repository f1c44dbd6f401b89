"""Putting a small object from memory.

Putting other bytes in place of an object, with all that was kept with it: metadata, headers, tags, class.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from s3ml_tui.domain.errors import Conflict, Corrupted, NotSupported
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.storage.provenance import SHA256
from s3ml_tui.domain.storage.store import OURS, ObjectFacts, Written
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connection.clients import Client, Clients
from s3ml_tui.s3.connection.retry import attempt
from s3ml_tui.s3.errors.responses import answered_at
from s3ml_tui.s3.errors.translate import translated
from s3ml_tui.s3.objects.checksums import is_md5
from s3ml_tui.s3.versions.operation_ids import landed, marked, new_operation
from s3ml_tui.s3.versions.preconditions import conditions_over, unchanged


def write(
    clients: Clients,
    key: ObjectKey,
    body: bytes,
    *,
    content_type: str = "application/octet-stream",
    metadata: Mapping[str, str] | None = None,
    operation: str | None = None,
    if_absent: bool = False,
    if_match: str | None = None,
) -> Written:
    """Put `body`; a lost answer is recognised by the operation id, not repeated."""
    mark = operation or new_operation()
    conditions = conditions_of(if_absent=if_absent, if_match=if_match)
    headers = {"ContentType": content_type, "Metadata": marked(metadata, mark), **conditions}
    return put_whole(clients, key, body, headers, mark)


def put_whole(clients: Clients, key: ObjectKey, body: bytes, headers: Mapping[str, Any], operation: str) -> Written:
    """Put `body` with `headers` by boto3's names, `operation` in its metadata; checked by its ETag.

    Raises Conflict, Corrupted.
    """
    sha256, md5 = hashlib.sha256(body).hexdigest(), hashlib.md5(body, usedforsecurity=False).hexdigest()

    def send(client: Client) -> Written:
        answer = client.put_object(Bucket=key.bucket, Key=key.key, Body=body, **headers)
        made = written(key, answer, size=len(body), sha256=sha256)
        check_etag(made, md5, str(answer.get("ServerSideEncryption", "")))
        return made

    def look() -> Written | None:
        found = landed(clients, key, operation)
        return None if found is None else of_facts(found, sha256)

    with translated(action="s3:PutObject", bucket=key.bucket, key=key.key, endpoint=clients.endpoint):
        return attempt(clients, send, look=look)


def conditions_of(*, if_absent: bool, if_match: str | None) -> dict[str, str]:
    """As boto3 wants them."""
    if if_absent:
        return {"IfNoneMatch": "*"}
    return {"IfMatch": f'"{if_match}"'} if if_match is not None else {}


def written(key: ObjectKey, answer: Mapping[str, Any], *, size: int, sha256: str = "") -> Written:
    """boto3's answer as a value."""
    etag = str(answer.get("ETag", "")).strip('"')
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    version_id = answer.get("VersionId") or None
    return Written(key=key, version_id=version_id, etag=etag, size=size, sha256=sha256, at=answered_at(headers))


def of_facts(found: ObjectFacts, sha256: str = "") -> Written:
    """What was found to have landed."""
    at = found.modified if found.modified.timestamp() else None
    return Written(key=found.key, version_id=found.version_id, etag=found.etag, size=found.size, sha256=sha256, at=at)


def check_etag(made: Written, expected: str, encryption: str) -> None:
    """Raises Corrupted when the server's ETag is an MD5 and another than `expected`."""
    if is_md5(made.etag, encryption, made.key.bucket) and made.etag != expected:
        raise Corrupted(
            f"{printable(made.key.uri)} was stored with other bytes than were sent",
            cause="The server's ETag is not the MD5 of the bytes; the version is there and must not be used",
            advice="Delete that version, then try again; look for a faulty proxy or disk",
        )


def kept_headers(kept: ObjectFacts, operation: str) -> dict[str, Any]:
    """What is kept with an object, as boto3 wants it, and our mark in place of the old one."""
    headers: dict[str, Any] = {**kept.headers, "Metadata": marked(kept.metadata, operation)}
    if kept.content_type:
        headers["ContentType"] = kept.content_type
    if kept.storage_class != "STANDARD":
        headers["StorageClass"] = kept.storage_class
    algorithm, _, kms_key = kept.encryption.partition(" ")
    if algorithm.startswith("aws:kms"):
        headers["ServerSideEncryption"] = algorithm
        headers |= {"SSEKMSKeyId": kms_key} if kms_key else {}
    return headers


def rewrite(
    clients: Clients, like: ObjectFacts, body: bytes, *, tags: Mapping[str, str], over: Version | None
) -> Written:
    """Put `body` on top of what was seen at `like.key`. Raises Conflict, Corrupted."""
    conditions = conditions_over(clients, like.key, over)
    try:
        return _put(clients, like, body, tags, conditions)
    except (Conflict, NotSupported):
        if not conditions:
            raise
        unchanged(clients, like.key, over)  # raises Conflict when somebody did write meanwhile
        return _put(clients, like, body, tags, {})


def _put(
    clients: Clients, like: ObjectFacts, body: bytes, tags: Mapping[str, str], conditions: Mapping[str, str]
) -> Written:
    operation = new_operation()
    theirs = {name: value for name, value in like.metadata.items() if not name.startswith(OURS)}
    kept = replace(like, metadata={**theirs, SHA256: hashlib.sha256(body).hexdigest()})
    tagging = {"Tagging": urlencode(tags)} if tags else {}
    return put_whole(clients, like.key, body, {**kept_headers(kept, operation), **tagging, **conditions}, operation)
