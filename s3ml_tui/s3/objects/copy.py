"""Copying one version with all that belongs to it, at any size: on top of its own key, or to another key.

One copy under way: whole or in parts, under its conditions, seen to have landed.

No bytes pass this machine. Plain copies of large objects lose metadata, tags and content type; these carry them.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from s3ml_tui.domain.errors import BadInput, Conflict, Corrupted, Denied, NotFound, NotSupported, S3mlError
from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.storage.metadata_rules import can_be_written
from s3ml_tui.domain.storage.provenance import BROUGHT_FROM, COPIED_FROM, brought_back, copied
from s3ml_tui.domain.storage.resume_point import BegunUpload, UploadNotes
from s3ml_tui.domain.storage.store import Cancelled, Description, ObjectFacts, Progress, Written
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connection.clients import Client, Clients
from s3ml_tui.s3.connection.retry import attempt
from s3ml_tui.s3.direct_requests import object_requests
from s3ml_tui.s3.direct_requests.head import facts, refused_name, tags, version_parameter, without_name
from s3ml_tui.s3.direct_requests.send import Miss
from s3ml_tui.s3.errors.translate import translated
from s3ml_tui.s3.objects.delete import delete_version
from s3ml_tui.s3.objects.multipart import Opened, Parted, abort, in_parts
from s3ml_tui.s3.objects.open_uploads import abort_upload
from s3ml_tui.s3.objects.tags import tags_to_keep, with_tags
from s3ml_tui.s3.objects.write import kept_headers, of_facts, put_whole, written
from s3ml_tui.s3.settings import MIB, part_ranges
from s3ml_tui.s3.versions.operation_ids import landed, new_operation, on_top
from s3ml_tui.s3.versions.preconditions import (
    NOTHING_THERE,
    changed,
    conditions_over,
    has_bytes,
    is_listed_as,
    seen,
    unchanged,
)

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
    notes: UploadNotes | None = None
    """Where what is begun is written down; with them a copy that an earlier attempt made is known."""
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
        return of_facts(found) if found is not None and (self.is_unmarked or self._is_of_source(found)) else None

    def landed(self) -> ObjectFacts | None:
        """What it made a moment ago: known by our mark, or by being another version on top with the same bytes."""
        if not self.is_unmarked:
            return landed(self.clients, self.target, self.operation)
        try:
            there = facts(self.clients, self.target)
        except NotFound:
            return None
        is_other = self.over is None or there.version_id is None or there.version_id != self.over.version_id
        return there if is_other and (there.etag, there.size) == (self.source.etag, self.source.size) else None

    def look_on_top(self) -> Written | None:
        """The same where nothing is above it."""
        return self._made(on_top(self.clients, self.target, self.operation))

    def _made(self, found: ObjectFacts | None) -> Written | None:
        return of_facts(found) if found is not None and self._is_of_source(found) else None

    def _is_of_source(self, found: ObjectFacts) -> bool:
        """Whether it was made from this version; an earlier attempt may have copied another."""
        source, kept = self.source, self.kept.metadata
        is_marked = all(found.metadata.get(mark) == kept.get(mark) for mark in (COPIED_FROM, BROUGHT_FROM))
        return is_marked and found.size == source.size and bool(source.version_id or found.etag == source.etag)

    def opened(self) -> Opened | None:
        """What is to be known of an upload; what an earlier attempt left open is thrown away."""
        notes = self.notes
        if notes is None:
            return None
        if notes.begun_upload is not None:
            with suppress(S3mlError):  # it is gone, or goes with the journal
                abort_upload(self.clients, self.target, notes.begun_upload.upload_id)
        size = self.clients.settings.copy_part_size
        return Opened(
            upload_id="",
            begun=lambda upload_id: notes.upload_begun(BegunUpload(upload_id, size, self.operation, "")),
            closed=notes.upload_closed,
            earlier=notes.wanted_upload,
            wanted=notes.upload_wanted,
            settled=notes.upload_settled,
            known=notes.known_uploads,
        )

    def translated(self) -> AbstractContextManager[None]:
        """Within it boto3's errors become ours."""
        return translated(
            action="s3:PutObject", bucket=self.target.bucket, key=self.target.key, endpoint=self.clients.endpoint
        )


def made_before(work: Copy) -> Written | None:
    """What an attempt made whose end nobody knows, while it still is on top."""
    notes = work.notes
    if notes is None or not notes.is_again:
        return None
    with work.translated():
        made = work.look_on_top()
    begun = notes.begun_upload
    if made is not None and begun is not None and abort(work.clients, work.target, begun.upload_id):
        notes.upload_closed()  # completed, and nobody was left to write that down
    return made


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
    if work.source.size == 0 and "/" in {work.source.key.key[-1], work.target.key[-1]}:
        return _made_anew(work)
    return _copy_in_parts(work, cancelled) if work.is_in_parts else _copy_whole(work, cancelled)


def _made_anew(work: Copy) -> Written:
    """An empty object whose key ends with a slash, put instead of copied.

    Many servers keep such a key as a folder of theirs, and copy none.
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
    made = object_requests.copy(work.clients, work.source.key, work.version_id, work.target, {**said, **work.pin})
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
            opened=work.opened(),
        ),
        cancelled,
    )


def refuses_again(work: Copy) -> bool:
    """Whether the server refuses to copy once more to where the copy is now; for buckets that keep no versions."""
    said = {"TaggingDirective": "COPY", **work.headers, **NOTHING_THERE}
    again = object_requests.copy(work.clients, work.source.key, work.version_id, work.target, {**said, **work.pin})
    return again is Miss.UNMET


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


def copy_version(
    clients: Clients,
    key: ObjectKey,
    version_id: str,
    *,
    expected: str | None,
    just_seen: Version | None,
    notes: UploadNotes | None,
    progress: Progress,
    cancelled: Cancelled,
) -> Written:
    """Copy a version of `key` on top. Raises Conflict, NotFound, Cancelled."""
    if just_seen is not None and not cancelled():
        as_it_is = _copied_as_it_is(clients, just_seen, progress)
        if as_it_is is not None:
            return as_it_is
    source, current = _both(clients, key, version_id, expected)

    def look_again() -> None:
        if expected is not None:
            seen(clients, key, expected)

    if cancelled():
        raise Stopped
    work = Copy(
        clients=clients,
        source=source,
        version_id=version_id,
        kept=replace(source, metadata=brought_back(source.metadata, version_id)),
        target=key,
        operation=notes.operation if notes is not None else new_operation(),
        conditions=conditions_over(clients, key, current) if expected is not None else {},
        look_again=look_again,
        progress=progress,
        notes=notes,
        over=current,
    )
    keep = tags_to_keep(clients, source, version_id, is_in_parts=work.is_in_parts)
    made = made_before(work)
    if made is None:
        made = guarded(work, cancelled)
        made = made if names_all_it_made(made, source) else confirmed(work, made)
    return with_tags(clients, made, keep)


def _copied_as_it_is(clients: Clients, source: Version, progress: Progress) -> Written | None:
    """The copy by one request, which asks for nothing of the source; None where that way does not go.

    Its own ETag shows that the bytes are the same, and that they were not encrypted by a key that a copy does not keep.
    """
    is_plain = source.etag and "-" not in source.etag and source.version_id != NULL_VERSION
    if not is_plain or source.size >= clients.settings.copy_threshold:
        return None
    key = source.key
    said = {"MetadataDirective": "COPY", "TaggingDirective": "COPY", "CopySourceIfMatch": f'"{source.etag}"'}
    said |= NOTHING_THERE
    if source.storage_class not in {"", "STANDARD"}:
        said["StorageClass"] = source.storage_class
    made = object_requests.copy(clients, key, source.version_id, key, said)
    if made is Miss.LOST:
        return _landed_as_it_is(clients, source)
    if isinstance(made, Miss) or not made.version_id or made.version_id == NULL_VERSION:
        return None
    if made.etag != source.etag:
        delete_version(clients, key, made.version_id)
        return None
    progress(source.size)
    return Written(key, made.version_id, made.etag, source.size, at=made.at)


def _landed_as_it_is(clients: Clients, source: Version) -> Written | None:
    """What is on top now, where it has the bytes of the source and is another version."""
    try:
        found = facts(clients, source.key, None)
    except NotFound:
        return None
    is_it = found.etag == source.etag and found.size == source.size and found.version_id != source.version_id
    return of_facts(found) if is_it else None


def names_all_it_made(made: Written, source: ObjectFacts) -> bool:
    """Whether the answer to a copy says all there is to know: which version it made, and that it has the same bytes.

    What was copied in parts, or encrypted anew, has an ETag of its own.
    """
    return bool(made.version_id) and made.version_id != NULL_VERSION and made.etag == source.etag


def copy(
    clients: Clients,
    key: ObjectKey,
    version_id: str | None,
    target: ObjectKey,
    *,
    over: Version | None,
    etag: str,
    described: Description | None,
    notes: UploadNotes | None,
    progress: Progress,
    cancelled: Cancelled,
) -> Written:
    """Copy a version of `key` to `target`, on top of what was seen there. Raises Conflict, NotFound, Cancelled."""
    source = _kept(clients, key, version_id)
    if etag and source.etag != etag and not is_listed_as(clients, source, version_id, etag):
        raise changed(key)
    if cancelled():
        raise Stopped
    metadata = copied(source) if described is None else described.metadata
    kept = replace(source, metadata=metadata)
    if described is not None:
        kept = replace(kept, content_type=described.content_type, headers=described.headers)
    work = Copy(
        clients=clients,
        source=source,
        version_id=source.id_to_ask(version_id),
        kept=kept,
        target=target,
        operation=notes.operation if notes is not None else new_operation(),
        conditions=conditions_over(clients, target, over),
        look_again=lambda: _unchanged(clients, target, over),
        progress=progress,
        notes=notes,
        over=over,
        is_described=described is not None,
    )
    try:
        return _with_tags(work, cancelled)
    except Denied as refusal:
        source = without_name(clients, source, refusal)
        return _with_tags(replace(work, source=source, version_id=None), cancelled)


def _with_tags(work: Copy, cancelled: Cancelled) -> Written:
    """The copy to another key, with the tags of its source."""
    keep = tags_to_keep(work.clients, work.source, work.version_id, is_in_parts=work.is_in_parts)
    made = with_tags(work.clients, made_before(work) or _sent(work, work.over, cancelled), keep)
    return replace(made, was_named=work.source.may_be_named)


def _sent(work: Copy, over: Version | None, cancelled: Cancelled) -> Written:
    """The copy to another key, looked at where its answer does not tell all."""
    clients, target, is_there = work.clients, work.target, has_bytes(over)
    guards, plain = clients.habits.copies, clients.habits.plain_buckets
    if not clients.is_aws and (is_there or not guards.are_honoured):
        work.look_again()
    made = guarded(work, cancelled)
    if made.etag != work.source.etag or not (made.version_id or plain.knows(target.bucket)):
        made = confirmed(work, made)
        plain.note(made)
    may_try = not is_there and made.version_id is None and plain.knows(target.bucket)
    if may_try and not clients.is_aws and guards.is_time_to_try():
        guards.are_honoured = refuses_again(work)
    return made


def _unchanged(clients: Clients, target: ObjectKey, over: Version | None) -> None:
    """Raise Conflict when something else than was seen is on top of the target.

    Where no object was, one that is not there is all there is to see, by a request that costs next to nothing.
    """
    if (over is None or over.is_delete_marker) and object_requests.look(clients, target, None) is Miss.ABSENT:
        return
    unchanged(clients, target, over)


def _both(
    clients: Clients, key: ObjectKey, version_id: str, expected: str | None
) -> tuple[ObjectFacts, Version | None]:
    """What is kept with the source, and the current entry, asked side by side. Raises NotFound, Conflict."""
    if expected is None:
        return _kept(clients, key, version_id), None
    with ThreadPoolExecutor(1, thread_name_prefix="s3ml-current") as pool:
        asked = pool.submit(seen, clients, key, expected)
        source = _kept(clients, key, version_id)
        return source, asked.result()


def _kept(clients: Clients, key: ObjectKey, version_id: str | None) -> ObjectFacts:
    """What is kept with the source. Raises NotFound, Denied."""
    may_be_named = refused_name(clients, key) is None
    found = object_requests.look(clients, key, version_id if may_be_named else None)
    if isinstance(found, Miss) or not (may_be_named or version_id in {None, NULL_VERSION, found.version_id}):
        return facts(clients, key, version_id)
    return replace(found, may_be_named=may_be_named)
