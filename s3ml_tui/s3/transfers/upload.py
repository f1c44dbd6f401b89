"""Putting a file: at once, streamed or in parts, with progress, stopped from the middle of a body, checked by its ETag.

A small file is read into memory and needs no boto3; a larger one is one stream; a large one goes up in parts, each on
its own slot, and an upload that an earlier attempt left open goes on with the parts that are there.

The content type of a file, guessed from its name.
"""

import mimetypes
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from s3ml_tui.domain.errors import Corrupted
from s3ml_tui.domain.storage.provenance import SHA256
from s3ml_tui.domain.storage.resume_point import Storing, UploadNotes
from s3ml_tui.domain.storage.store import Cancelled, ObjectFacts, Progress, Written, never, unobserved
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connection.clients import Client, Clients
from s3ml_tui.s3.connection.retry import attempt
from s3ml_tui.s3.connection.upload_body import FileBody, sent
from s3ml_tui.s3.direct_http.requests import Body, Miss
from s3ml_tui.s3.errors.translate import translated
from s3ml_tui.s3.objects.checksums import Digests, blocks_of, digests_of
from s3ml_tui.s3.objects.multipart import abort
from s3ml_tui.s3.objects.write import check_etag, conditions_of, of_facts, written
from s3ml_tui.s3.parsing.object_headers import by_boto_names
from s3ml_tui.s3.transfers.local_files import Source, translated_os_errors
from s3ml_tui.s3.transfers.upload_parts import upload_in_parts
from s3ml_tui.s3.versions.operation_ids import landed, marked, new_operation, on_top

_OURS = {
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".joblib": "application/octet-stream",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".log": "text/plain; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".ndjson": "application/x-ndjson",
    ".npy": "application/octet-stream",
    ".parquet": "application/vnd.apache.parquet",
    ".pkl": "application/octet-stream",
    ".skops": "application/octet-stream",
    ".svg": "image/svg+xml",
    ".toml": "application/toml",
    ".tsv": "text/tab-separated-values; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}
_DEFAULT = "application/octet-stream"


def content_type_of(name: str) -> str:
    """As `text/csv; charset=utf-8`; application/octet-stream when nothing better is known."""
    dot = name.rfind(".")
    ours = _OURS.get(name[dot:].lower()) if dot >= 0 else None
    if ours is not None:
        return ours
    found, encoding = mimetypes.guess_type(name, strict=False)
    if found is None or encoding is not None:
        return "application/gzip" if encoding == "gzip" else _DEFAULT
    return f"{found}; charset=utf-8" if found.startswith("text/") else found


def upload(
    clients: Clients,
    path: Path,
    key: ObjectKey,
    *,
    content_type: str | None = None,
    metadata: Mapping[str, str] | None = None,
    if_match: str | None = None,
    if_absent: bool = False,
    storing: Storing | None = None,
    notes: UploadNotes | None = None,
    progress: Progress = unobserved,
    cancelled: Cancelled = never,
) -> Written:
    """Put the file at `path`. Raises LocalTrouble, Corrupted, Conflict, Cancelled."""
    source = Source(path)
    operation = notes.operation if notes is not None else new_operation()
    headers = {"ContentType": content_type or content_type_of(path.name), "Metadata": marked(metadata, operation)}
    headers |= storage_headers(storing or Storing())
    conditions = conditions_of(if_absent=if_absent, if_match=if_match)
    try:
        if source.size >= clients.settings.multipart_threshold:
            return upload_in_parts(
                clients,
                source,
                key,
                operation=operation,
                headers=headers,
                storing=storing or Storing(),
                conditions=conditions,
                notes=notes,
                progress=progress,
                cancelled=cancelled,
            )
        begun = notes.begun_upload if notes is not None else None
        if notes is not None and begun is not None and abort(clients, key, begun.upload_id):
            notes.upload_closed()  # the file was larger then: no attempt will ask for those parts
        one = _Upload(clients, source, key, operation, headers, conditions, progress, cancelled)
        is_again = notes is not None and notes.is_again
        return one.at_once(is_again) if source.size <= clients.settings.direct_size else one.streamed(is_again)
    except Corrupted:
        source.check_unchanged()  # or else the server saw bytes that were never the file's
        raise
    finally:
        source.close()


def storage_headers(storing: Storing) -> dict[str, str]:
    """As boto3 wants it."""
    headers = {"StorageClass": storing.storage_class} if storing.storage_class else {}
    if storing.kms_key:
        headers |= {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": storing.kms_key}
    return headers | ({"ACL": "bucket-owner-full-control"} if storing.owner_has_full_control else {})


class _Upload:
    """One file on its way, in one request."""

    def __init__(
        self,
        clients: Clients,
        source: Source,
        key: ObjectKey,
        operation: str,
        headers: dict[str, Any],
        conditions: Mapping[str, str],
        progress: Progress,
        cancelled: Cancelled,
    ) -> None:
        self._clients = clients
        self._source = source
        self._key = key
        self._operation = operation
        self._headers = headers
        self._conditions = conditions
        self._progress = progress
        self._cancelled = cancelled

    def at_once(self, is_again: bool) -> Written:
        """From memory; by boto3 when the plain way does not go."""
        data = self._source.read_all()
        self._source.check_unchanged()
        digests = self._digested(digests_of(iter((data,))))
        body = Body(len(data), lambda: (data,), digests.sha256, digests.crc32)
        with self._clients.slots.taken(self._cancelled):
            if is_again and (before := self._made_before(digests)) is not None:
                return before
            answered = self._clients.direct.put(self._key, body, {**self._headers, **self._conditions})
            if isinstance(answered, Miss) or not answered.headers.get("etag"):  # without, it is not S3's answer
                return self._by_boto(digests, was_lost=answered is not Miss.UNDONE)
        self._progress(len(data))
        return self._checked(by_boto_names(answered.headers), digests)

    def streamed(self, is_again: bool) -> Written:
        """From the disk."""
        with translated_os_errors("read", self._source.path):
            digests = self._digested(digests_of(blocks_of(self._source.path, self._cancelled)))
        self._source.check_unchanged()
        with self._clients.slots.taken(self._cancelled):
            return (self._made_before(digests) if is_again else None) or self._by_boto(digests, was_lost=False)

    def _made_before(self, digests: Digests) -> Written | None:
        """What an attempt put whose end nobody knows, while it still is on top."""
        with self._translated():
            return self._of_ours(on_top(self._clients, self._key, self._operation), digests)

    def _of_ours(self, found: ObjectFacts | None, digests: Digests) -> Written | None:
        """What was found, if it has these bytes."""
        is_ours = found is not None and found.metadata.get(SHA256) == digests.sha256
        return of_facts(found, digests.sha256) if found is not None and is_ours else None

    def _digested(self, digests: Digests) -> Digests:
        self._headers["Metadata"][SHA256] = digests.sha256
        return digests

    def _by_boto(self, digests: Digests, *, was_lost: bool) -> Written:
        def send(client: Client) -> Written:
            body = FileBody(
                self._source.descriptor,
                0,
                self._source.size,
                progress=self._progress,
                cancelled=self._cancelled,
                before_end=self._source.check_unchanged,
            )
            with sent(body):
                answer = client.put_object(
                    Bucket=self._key.bucket,
                    Key=self._key.key,
                    Body=body if self._source.size else b"",
                    **self._headers,
                    **self._conditions,
                )
            return self._checked(answer, digests)

        def look() -> Written | None:
            return self._of_ours(landed(self._clients, self._key, self._operation), digests)

        with self._translated():
            found = look() if was_lost else None
            return found or attempt(self._clients, send, look=look, cancelled=self._cancelled)

    def _checked(self, answer: Mapping[str, Any], digests: Digests) -> Written:
        made = written(self._key, answer, size=self._source.size, sha256=digests.sha256)
        check_etag(made, digests.md5, str(answer.get("ServerSideEncryption", "")))
        return made

    def _translated(self) -> AbstractContextManager[None]:
        return translated(
            action="s3:PutObject", bucket=self._key.bucket, key=self._key.key, endpoint=self._clients.endpoint
        )
