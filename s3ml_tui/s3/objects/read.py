"""Bytes of one version, in order, taken up again where a broken connection left off."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import Conflict, Denied
from s3ml_tui.domain.storage.history import NULL_VERSION
from s3ml_tui.domain.storage.store import Cancelled, never
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connection.boto3_event_hooks import MOST_SILENT, is_silence
from s3ml_tui.s3.connection.clients import Clients
from s3ml_tui.s3.connection.retry import pause
from s3ml_tui.s3.direct_http.client import Answered
from s3ml_tui.s3.errors.responses import Fate, code_of, fate_of, status_of
from s3ml_tui.s3.errors.translate import Subject, translate
from s3ml_tui.s3.parsing.response_checks import is_range, no_range
from s3ml_tui.s3.versions.facts import facts, reading_action, refused_name, version_parameter

_CHUNK = 256 * 1024


class Stretch:
    """Bytes `start` to `end` of a version, pinned to the ETag of the first answer."""

    def __init__(
        self,
        clients: Clients,
        key: ObjectKey,
        version_id: str | None,
        *,
        start: int = 0,
        length: int | None = None,
        if_match: str | None = None,
        cancelled: Cancelled = never,
    ) -> None:
        self._clients = clients
        self._key = key
        self._version_id = version_id
        self._position = start
        self._end = None if length is None else start + length
        self._etag = if_match
        self._cancelled = cancelled
        self._subject = Subject(
            action=reading_action(version_id), bucket=key.bucket, key=key.key, endpoint=clients.endpoint
        )

    def chunks(self) -> Iterator[bytes]:
        """The bytes, some at a time; none past the object's end.

        Raises NotFound, Conflict (it was replaced meanwhile), Unreachable (broken off again and again), Cancelled.
        """
        failures, silent = 0, 0
        while (body := self._open()) is not None:
            before = self._position
            try:
                yield from self._bytes(body)
            except BotoCoreError as error:
                failures = 1 if self._position > before else failures + 1
                silent += is_silence(error)
                is_enough = failures >= self._clients.settings.attempts or silent >= MOST_SILENT
                if fate_of(error) is not Fate.UNKNOWN or is_enough:
                    raise translate(error, self._subject) from error
                pause(self._clients, failures, self._cancelled)
            else:
                return

    def _open(self) -> Any:
        """The body from here on; None when there is nothing left."""
        if self._cancelled():
            raise Stopped
        if self._end is not None and self._position >= self._end:
            return None
        try:
            answer = self._clients.looking.get_object(**self._request())
        except (ClientError, BotoCoreError) as error:
            if code_of(error) == "InvalidRange" or status_of(error) == 416:
                return None
            if fate_of(error) is Fate.UNMET:
                raise _replaced(self._key) from error
            raise translate(error, self._subject) from error
        status, sent = answer["ResponseMetadata"]["HTTPStatusCode"], str(answer.get("ContentRange") or "")
        if self._is_ranged and not is_range(status, sent, self._position, self._end):
            raise no_range()
        self._etag = self._etag or str(answer.get("ETag", "")).strip('"') or None
        return answer["Body"]

    def _bytes(self, body: Any) -> Iterator[bytes]:
        try:
            while data := body.read(_CHUNK):
                if self._cancelled():
                    raise Stopped
                self._position += len(data)
                yield data
        finally:
            body.close()

    @property
    def _is_ranged(self) -> bool:
        return bool(self._position) or self._end is not None

    def _request(self) -> dict[str, Any]:
        request = {"Bucket": self._key.bucket, "Key": self._key.key} | version_parameter(self._version_id)
        if self._etag:
            request["IfMatch"] = f'"{self._etag}"'
        if self._is_ranged:
            request["Range"] = f"bytes={self._position}-" + ("" if self._end is None else str(self._end - 1))
        return request


def read(
    clients: Clients,
    key: ObjectKey,
    version_id: str | None = None,
    *,
    start: int = 0,
    length: int | None = None,
    if_match: str | None = None,
    cancelled: Cancelled = never,
) -> bytes:
    """Bytes `start` to `start + length`; to the end when None. Raises Cancelled too."""
    refusal = refused_name(clients, key) if version_id not in {None, NULL_VERSION} else None
    if refusal is None:
        try:
            return _read(clients, key, version_id, start, length, if_match, cancelled)
        except Denied as denied:
            if version_id in {None, NULL_VERSION}:
                raise
            refusal = denied
    found = facts(clients, key, version_id)
    if found.may_be_named:
        raise refusal
    return _read(clients, key, None, start, length, if_match or found.etag or None, cancelled)


def _read(
    clients: Clients,
    key: ObjectKey,
    version_id: str | None,
    start: int,
    length: int | None,
    if_match: str | None,
    cancelled: Cancelled,
) -> bytes:
    data = b""
    if length and cancelled is not never:  # boto3 cannot be made to hang up while it waits
        data = _read_directly(clients, key, version_id, start, length, if_match, cancelled)
        length -= len(data)
        if not length:
            return data
    rest = Stretch(
        clients,
        key,
        version_id,
        start=start + len(data),
        length=length,
        if_match=if_match,
        cancelled=cancelled,
    )
    return data + b"".join(rest.chunks())


def _read_directly(
    clients: Clients,
    key: ObjectKey,
    version_id: str | None,
    start: int,
    length: int,
    if_match: str | None,
    cancelled: Cancelled,
) -> bytes:
    """As much of it as comes without boto3; hangs up as soon as it is cancelled."""
    data = bytearray()

    def take(answered: Answered, block: memoryview) -> None:
        if not is_range(answered.status, answered.headers.get("content-range", ""), start, start + length):
            raise no_range()
        data.extend(block)

    condition = {"IfMatch": f'"{if_match}"'} if if_match else {}
    headers = {"Range": f"bytes={start}-{start + length - 1}", **condition}
    clients.direct.get(key, version_id, headers, take, cancelled=cancelled)
    return bytes(data)


def _replaced(key: ObjectKey) -> Conflict:
    return Conflict(
        f"{printable(key.uri)} was replaced while it was read",
        cause="Its ETag is another now",
        advice="Refresh and read it again",
    )
