"""Bringing an old version forward: copied on top with all that belongs to it, at any size."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import Conflict, Corrupted, NotSupported
from s3ml_tui.domain.history import Version
from s3ml_tui.domain.origins import brought_back
from s3ml_tui.domain.store import Cancelled, ObjectFacts, Progress, Written
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.attempts import attempt
from s3ml_tui.s3.clients import Client, Clients
from s3ml_tui.s3.errors import translated
from s3ml_tui.s3.guards import seen
from s3ml_tui.s3.looking import facts, tags
from s3ml_tui.s3.multipart import Parted, in_parts
from s3ml_tui.s3.operations import landed, marked, new_operation
from s3ml_tui.s3.tuning import part_ranges
from s3ml_tui.s3.writing import of_facts


@dataclass(frozen=True, slots=True)
class _Copy:
    """One version on its way to the top."""

    clients: Clients
    source: ObjectFacts
    version_id: str
    operation: str
    expected: str | None
    conditions: Mapping[str, str]
    progress: Progress

    @property
    def key(self) -> ObjectKey:
        return self.source.key

    @property
    def named_source(self) -> dict[str, Any]:
        """The source by version, and only while it has the bytes that were looked at."""
        place = {"Bucket": self.key.bucket, "Key": self.key.key, "VersionId": self.version_id}
        return {"CopySource": place} | ({"CopySourceIfMatch": f'"{self.source.etag}"'} if self.source.etag else {})

    def look(self) -> Written | None:
        found = landed(self.clients, self.key, self.operation)
        return None if found is None else of_facts(found)

    def translated(self) -> AbstractContextManager[None]:
        return translated(
            action="s3:PutObject", bucket=self.key.bucket, key=self.key.key, endpoint=self.clients.endpoint
        )


def copy_version(
    clients: Clients,
    key: ObjectKey,
    version_id: str,
    *,
    expected: str | None,
    progress: Progress,
    cancelled: Cancelled,
) -> Written:
    """Copy a version of `key` on top. Raises Conflict, NotFound, Cancelled."""
    source = facts(clients, key, version_id)
    current = seen(clients, key, expected) if expected is not None else None
    if cancelled():
        raise Stopped
    work = _Copy(
        clients=clients,
        source=source,
        version_id=version_id,
        operation=new_operation(),
        expected=expected,
        conditions=_conditions(clients, key, current),
        progress=progress,
    )
    try:
        made = _copy(work, cancelled)
    except (Conflict, NotSupported):
        if current is None or not work.conditions:
            raise
        seen(clients, key, current.version_id)  # raises Conflict when somebody did write meanwhile
        made = _copy(replace(work, conditions={}), cancelled)  # some servers refuse a condition that holds
    return _confirmed(work, made)


def _copy(work: _Copy, cancelled: Cancelled) -> Written:
    if work.source.size >= work.clients.settings.copy_threshold:
        return _copy_in_parts(work, cancelled)
    return _copy_whole(work, cancelled)


def _conditions(clients: Clients, key: ObjectKey, current: Version | None) -> dict[str, str]:
    """If-Match where there is an object to match, unless the server was seen to refuse a right one."""
    known = clients.capabilities.get(key.bucket)
    refuses = known is not None and not known.conditional_replace
    if refuses or current is None or current.is_delete_marker:
        return {}
    return {"IfMatch": f'"{current.etag}"'} if current.etag else {}


def _headers(source: ObjectFacts, version_id: str, operation: str) -> dict[str, Any]:
    """What is kept with the object, and our marks in place of the old ones."""
    metadata = brought_back(source.metadata, version_id)
    headers: dict[str, Any] = {**source.headers, "Metadata": marked(metadata, operation)}
    if source.content_type:
        headers["ContentType"] = source.content_type
    if source.storage_class != "STANDARD":
        headers["StorageClass"] = source.storage_class
    algorithm, _, kms_key = source.encryption.partition(" ")
    if algorithm.startswith("aws:kms"):
        headers["ServerSideEncryption"] = algorithm
        headers |= {"SSEKMSKeyId": kms_key} if kms_key else {}
    return headers


def _copy_whole(work: _Copy, cancelled: Cancelled) -> Written:
    def send(client: Client) -> Written:
        answer = client.copy_object(
            Bucket=work.key.bucket,
            Key=work.key.key,
            MetadataDirective="REPLACE",
            TaggingDirective="COPY",
            **work.named_source,
            **_headers(work.source, work.version_id, work.operation),
            **work.conditions,
        )
        result = answer.get("CopyObjectResult", {})
        etag = str(result.get("ETag", "")).strip('"')
        return Written(work.key, answer.get("VersionId") or None, etag, work.source.size)

    with work.translated():
        made = attempt(work.clients, send, look=work.look, cancelled=cancelled)
    work.progress(work.source.size)
    return made


def _copy_in_parts(work: _Copy, cancelled: Cancelled) -> Written:
    labels = tags(work.clients, work.key, work.version_id)
    headers = _headers(work.source, work.version_id, work.operation) | ({"Tagging": urlencode(labels)} if labels else {})

    def send_part(upload_id: str, number: int, stretch: tuple[int, int], stopped: Cancelled) -> Mapping[str, Any]:
        start, length = stretch

        def send(client: Client) -> Mapping[str, Any]:
            answer = client.upload_part_copy(
                Bucket=work.key.bucket,
                Key=work.key.key,
                UploadId=upload_id,
                PartNumber=number,
                CopySourceRange=f"bytes={start}-{start + length - 1}",
                **work.named_source,
            )
            result: Mapping[str, Any] = answer["CopyPartResult"]
            return result

        with work.translated():
            answer = attempt(work.clients, send, cancelled=stopped)
        work.progress(length)
        return answer

    def look_again() -> None:
        if work.expected is not None:
            seen(work.clients, work.key, work.expected)

    return in_parts(
        work.clients,
        Parted(
            key=work.key,
            headers=headers,
            ranges=part_ranges(work.source.size, work.clients.settings.copy_part_size),
            send_part=send_part,
            look=work.look,
            before_completing=look_again,
            conditions=work.conditions,
        ),
        cancelled,
    )


def _confirmed(work: _Copy, made: Written) -> Written:
    """The new version as the server has it: its id where the answer had none, its size."""
    found = facts(work.clients, work.key, made.version_id) if made.version_id else None
    if found is None:
        found = landed(work.clients, work.key, work.operation)
    if found is None:
        return made
    if found.size != work.source.size:
        raise Corrupted(
            f"The copy of {printable(work.key.uri)} has another size than its source",
            cause=f"{found.size} bytes instead of {work.source.size}",
            advice="The version you chose is still there: delete the new one and try again",
        )
    return of_facts(found)
