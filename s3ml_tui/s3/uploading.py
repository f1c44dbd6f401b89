"""Putting a file: whole or in parts, with progress, stopped from the middle of a body, checked against its ETag."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from s3ml_tui.domain.errors import Corrupted
from s3ml_tui.domain.origins import SHA256
from s3ml_tui.domain.store import Cancelled, Progress, Written
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.attempts import attempt
from s3ml_tui.s3.checking import Digests, blocks_of, digests_of, is_md5
from s3ml_tui.s3.clients import Client, Clients
from s3ml_tui.s3.content_types import content_type_of
from s3ml_tui.s3.errors import translated
from s3ml_tui.s3.local_files import Source, told_locally
from s3ml_tui.s3.multipart import Parted, in_parts
from s3ml_tui.s3.operations import landed, marked, new_operation
from s3ml_tui.s3.sending import FileBody, sent
from s3ml_tui.s3.tuning import part_ranges
from s3ml_tui.s3.writing import check_etag, of_facts, written


def upload(
    clients: Clients,
    path: Path,
    key: ObjectKey,
    *,
    content_type: str | None,
    metadata: Mapping[str, str] | None,
    conditions: Mapping[str, str],
    progress: Progress,
    cancelled: Cancelled,
) -> Written:
    """Put the file at `path`. Raises LocalTrouble, Corrupted, Conflict, Cancelled."""
    source = Source(path)
    try:
        with told_locally("read", path):
            digests = digests_of(blocks_of(path, cancelled))
        source.check_unchanged()
        one = _Upload(
            clients,
            source,
            key,
            digests=digests,
            headers={
                "ContentType": content_type or content_type_of(path.name),
                "Metadata": {**(metadata or {}), SHA256: digests.sha256},
            },
            conditions=conditions,
            progress=progress,
            cancelled=cancelled,
        )
        return one.in_parts() if source.size >= clients.settings.multipart_threshold else one.whole()
    except Corrupted:
        source.check_unchanged()  # or else the server saw bytes that were never the file's
        raise
    finally:
        source.close()


class _Upload:
    """One file on its way."""

    def __init__(
        self,
        clients: Clients,
        source: Source,
        key: ObjectKey,
        *,
        digests: Digests,
        headers: dict[str, Any],
        conditions: Mapping[str, str],
        progress: Progress,
        cancelled: Cancelled,
    ) -> None:
        self._clients = clients
        self._source = source
        self._key = key
        self._digests = digests
        self._operation = new_operation()
        self._headers = headers | {"Metadata": marked(headers["Metadata"], self._operation)}
        self._conditions = conditions
        self._progress = progress
        self._cancelled = cancelled

    def whole(self) -> Written:
        """In one request."""

        def send(client: Client) -> Written:
            body = self._body(0, self._source.size, self._cancelled, checks_source=True)
            with sent(body):
                answer = client.put_object(
                    Bucket=self._key.bucket,
                    Key=self._key.key,
                    Body=body if self._source.size else b"",
                    **self._headers,
                    **self._conditions,
                )
            made = written(self._key, answer, size=self._source.size, sha256=self._digests.sha256)
            check_etag(made, self._digests.md5, str(answer.get("ServerSideEncryption", "")))
            return made

        with self._translated():
            return attempt(self._clients, send, look=self._look, cancelled=self._cancelled)

    def in_parts(self) -> Written:
        """In parts at the same time."""
        made = in_parts(
            self._clients,
            Parted(
                key=self._key,
                headers=self._headers,
                ranges=part_ranges(self._source.size, self._clients.settings.part_size),
                send_part=self._send_part,
                look=self._look,
                before_completing=self._source.check_unchanged,
                conditions=self._conditions,
            ),
            self._cancelled,
        )
        return Written(self._key, made.version_id, made.etag, self._source.size, self._digests.sha256)

    def _send_part(
        self, upload_id: str, number: int, stretch: tuple[int, int], cancelled: Cancelled
    ) -> Mapping[str, Any]:
        start, length = stretch

        def send(client: Client) -> Mapping[str, Any]:
            body = self._body(start, length, cancelled, checks_source=False)
            with sent(body):
                answer: Mapping[str, Any] = client.upload_part(
                    Bucket=self._key.bucket, Key=self._key.key, UploadId=upload_id, PartNumber=number, Body=body
                )
                self._check_part(body, answer)
            return answer

        with self._translated():
            return attempt(self._clients, send, cancelled=cancelled)

    def _check_part(self, body: FileBody, answer: Mapping[str, Any]) -> None:
        etag = str(answer.get("ETag", "")).strip('"')
        if is_md5(etag, str(answer.get("ServerSideEncryption", ""))) and etag != body.md5():
            raise Corrupted(
                f"A part of {printable(self._key.uri)} was stored with other bytes than were sent",
                cause="The server's ETag of the part is not the MD5 of its bytes; nothing was put under the key",
                advice="Try again; look for a faulty proxy or disk",
            )

    def _look(self) -> Written | None:
        found = landed(self._clients, self._key, self._operation)
        return None if found is None else of_facts(found, self._digests.sha256)

    def _body(self, start: int, length: int, cancelled: Cancelled, *, checks_source: bool) -> FileBody:
        return FileBody(
            self._source.descriptor,
            start,
            length,
            progress=self._progress,
            cancelled=cancelled,
            before_end=self._source.check_unchanged if checks_source else _nothing,
        )

    def _translated(self) -> AbstractContextManager[None]:
        return translated(
            action="s3:PutObject", bucket=self._key.bucket, key=self._key.key, endpoint=self._clients.endpoint
        )


def _nothing() -> None:
    """Done before the last bytes of a part."""
