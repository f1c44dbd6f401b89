"""One copy under way: whole or in parts, under its conditions, seen to have landed.

No bytes pass this machine. Plain copies of large objects lose metadata, tags and content type; these carry them.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from s3ml_tui.domain.errors import BadInput, Conflict, Corrupted, NotFound, NotSupported, S3mlError
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.storage.metadata_rules import can_be_written
from s3ml_tui.domain.storage.store import Cancelled, ObjectFacts, Progress, Written
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connection.clients import Client, Clients
from s3ml_tui.s3.connection.retry import attempt
from s3ml_tui.s3.direct_http.requests import Miss
from s3ml_tui.s3.errors.translate import translated
from s3ml_tui.s3.objects.multipart import Parted, in_parts
from s3ml_tui.s3.objects.write import kept_headers, of_facts, put_whole, written
from s3ml_tui.s3.settings import MIB, part_ranges
from s3ml_tui.s3.versions.facts import facts, tags, version_parameter
from s3ml_tui.s3.versions.operation_ids import landed
from s3ml_tui.s3.versions.preconditions import changed

MOST_WHOLE = 5 * 1024 * MIB
"""Bytes that one request copies at most (S3 API reference, "CopyObject")."""
_NEVER_COPIED = ("StorageClass", "ServerSideEncryption", "SSEKMSKeyId", "WebsiteRedirectLocation")
"""What is kept with an object and does not come along by itself."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One version on its way to where it is to be on top."""

    clients: Clients
    source: ObjectFacts
    version_id: str | None
    """None on a bucket without versions, and where it may not be named: then its ETag pins it."""
    kept: ObjectFacts
    """What is to be kept with the copy."""
    target: ObjectKey
    operation: str
    conditions: Mapping[str, str]
    look_again: Callable[[], None]
    """The last look before a copy in parts is completed; it raises Conflict."""
    progress: Progress
    over: Version | None = None
    """What was on top of the target."""
    is_described: bool = False
    """Whether other metadata and headers than the source's are to be kept with it."""

    @property
    def is_unmarked(self) -> bool:
        """Whether the server is to copy metadata and headers by itself, without our marks.

        What another client set beyond ASCII comes as Latin-1 or encoded, and cannot be sent as it was.
        """
        return not self.is_described and not can_be_written(self.source)

    @property
    def is_in_parts(self) -> bool:
        """Whether it is too large for one request, or for one that is over soon."""
        most = MOST_WHOLE if self.is_unmarked else self.clients.settings.copy_threshold - 1
        return self.source.size > most

    @property
    def pin(self) -> dict[str, str]:
        """That the source is to have the bytes that were looked at."""
        return {"CopySourceIfMatch": f'"{self.source.etag}"'} if self.source.etag else {}

    @property
    def named_source(self) -> dict[str, Any]:
        """The source by version, and only while it has the bytes that were looked at."""
        key, which = self.source.key, version_parameter(self.version_id)
        return {"CopySource": {"Bucket": key.bucket, "Key": key.key} | which, **self.pin}

    @property
    def headers(self) -> dict[str, Any]:
        """What is kept with the object, and our mark in place of the old one."""
        headers = kept_headers(self.kept, self.operation)
        if not self.is_unmarked:
            return {"MetadataDirective": "REPLACE", **headers}
        return {"MetadataDirective": "COPY"} | {name: headers[name] for name in _NEVER_COPIED if name in headers}

    def look(self) -> Written | None:
        """What an earlier attempt of this copy made."""
        found = self.landed()
        return of_facts(found) if found is not None else None

    def landed(self) -> ObjectFacts | None:
        """What it made a moment ago: known by our mark, or by being another version on top with the same bytes."""
        if not self.is_unmarked:
            return landed(self.clients, self.target, self.operation)
        try:
            there = facts(self.clients, self.target)
        except NotFound:
            return None
        is_same = (there.etag, there.size) == (self.source.etag, self.source.size)
        return there if is_same and self._is_other(there) else None

    def _is_other(self, there: ObjectFacts) -> bool:
        """Whether it is not what was on top before; an id of its own tells that, where there is none the time does."""
        over = self.over
        if over is None or there.version_id not in {None, NULL_VERSION, over.version_id}:
            return True
        return there.modified > over.modified

    def translated(self) -> AbstractContextManager[None]:
        """Within it boto3's errors become ours."""
        return translated(
            action="s3:PutObject", bucket=self.target.bucket, key=self.target.key, endpoint=self.clients.endpoint
        )


def guarded(work: Copy, cancelled: Cancelled) -> Written:
    """The copy under its conditions; without them where a server refuses such as hold."""
    try:
        return _copy(work, cancelled)
    except (Conflict, NotSupported):
        if not work.conditions:
            raise
        if facts(work.clients, work.source.key, work.version_id).etag != work.source.etag:
            raise changed(work.source.key) from None
        work.look_again()  # raises Conflict when somebody did write meanwhile
        return _copy(replace(work, conditions={}), cancelled)


def _copy(work: Copy, cancelled: Cancelled) -> Written:
    if work.source.size == 0 and "/" in {work.source.key.key[-1], work.target.key[-1]} and not work.is_unmarked:
        return _made_anew(work)
    return _copy_in_parts(work, cancelled) if work.is_in_parts else _copy_whole(work, cancelled)


def _made_anew(work: Copy) -> Written:
    """An empty object whose key ends with a slash, put instead of copied.

    Many servers keep such a key as a folder of theirs, and copy none. What cannot be written (`is_unmarked`) is left
    to the server all the same.
    """
    try:
        labels = tags(work.clients, work.source.key, work.version_id)
    except NotSupported:
        labels = {}
    tagging = {"Tagging": urlencode(labels)} if labels else {}
    headers = {**kept_headers(work.kept, work.operation), **tagging, **work.conditions}
    return put_whole(work.clients, work.target, b"", headers, work.operation)


def _copy_whole(work: Copy, cancelled: Cancelled) -> Written:
    """By one request of our own; by boto3 when that way does not go."""
    said = {"TaggingDirective": "COPY", **work.headers, **work.conditions}
    made = work.clients.direct.copy(work.source.key, work.version_id, work.target, {**said, **work.pin})
    if isinstance(made, Miss):
        copied = _copy_by_boto(work, said, cancelled, was_lost=made is Miss.LOST)
    else:
        copied = Written(work.target, made.version_id, made.etag, work.source.size, at=made.at)
    work.progress(work.source.size)
    return copied


def _copy_by_boto(work: Copy, said: Mapping[str, Any], cancelled: Cancelled, *, was_lost: bool) -> Written:
    def send(client: Client) -> Written:
        answer = client.copy_object(Bucket=work.target.bucket, Key=work.target.key, **work.named_source, **said)
        fields = {**answer, "ETag": answer.get("CopyObjectResult", {}).get("ETag", "")}
        return written(work.target, fields, size=work.source.size)

    with work.translated():
        found = work.look() if was_lost else None
        return found or attempt(work.clients, send, look=work.look, cancelled=cancelled)


def _copy_in_parts(work: Copy, cancelled: Cancelled) -> Written:
    if work.is_unmarked:
        raise BadInput(
            f"{printable(work.source.key.uri)} cannot be copied as it is",
            cause="Its metadata has letters beyond ASCII, and what is larger than 5 GiB is copied without it",
            advice="Give it other metadata first: s3ml meta",
        )
    labels = tags(work.clients, work.source.key, work.version_id)
    headers = kept_headers(work.kept, work.operation) | ({"Tagging": urlencode(labels)} if labels else {})

    def send_part(upload_id: str, number: int, stretch: tuple[int, int], stopped: Cancelled) -> Mapping[str, Any]:
        start, length = stretch

        def send(client: Client) -> Mapping[str, Any]:
            answer = client.upload_part_copy(
                Bucket=work.target.bucket,
                Key=work.target.key,
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

    return in_parts(
        work.clients,
        Parted(
            key=work.target,
            headers=headers,
            ranges=part_ranges(work.source.size, work.clients.settings.copy_part_size),
            send_part=send_part,
            look=work.look,
            before_completing=work.look_again,
            conditions=work.conditions,
        ),
        cancelled,
    )


def confirmed(work: Copy, made: Written) -> Written:
    """The new version as the server has it: its id where the answer had none, its size."""
    try:
        found = facts(work.clients, work.target, made.version_id) if made.version_id else None
        found = found or work.landed()
    except S3mlError:
        if not made.version_id:
            raise
        return made  # the server said that it made it: no trouble in looking again turns that into a failure
    if found is None:
        return made
    if found.size != work.source.size:
        raise Corrupted(
            f"The copy of {printable(work.source.key.uri)} has another size than its source",
            cause=f"{found.size} bytes instead of {work.source.size}",
            advice="The version you chose is still there: delete the new one and try again",
        )
    return of_facts(found)
