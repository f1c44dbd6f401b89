"""What a server honours, tried with writes under `.s3ml/`; every trace is removed by version id."""

import base64
import logging
import secrets
from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError

from s3ml_tui.domain.errors import Denied, NotSupported, S3mlError
from s3ml_tui.domain.storage.capabilities import Capabilities
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.connection.clients import Client, Clients
from s3ml_tui.s3.connection.retry import attempt
from s3ml_tui.s3.errors.responses import Fate, fate_of, status_of
from s3ml_tui.s3.errors.translate import translated
from s3ml_tui.s3.objects.delete import delete, delete_version
from s3ml_tui.s3.objects.lock import retains
from s3ml_tui.s3.versions.history import history

_LOG = logging.getLogger(__name__)
_NO_SUCH_ETAG = '"00000000000000000000000000000000"'
_WRONG_SHA256 = base64.b64encode(bytes(32)).decode()


def probe(clients: Clients, place: Place) -> Capabilities:
    """Try conditional writes and checksums; remembered for the bucket. Raises Denied, Unreachable."""
    known = clients.capabilities.get(place.bucket)
    if known is not None:
        return known
    if _retains(clients, place.bucket):
        raise NotSupported(
            "Nothing was tried, since it could not be removed again",
            cause="The bucket's default retention locks every new version",
            advice="What the server honours is found out by each change itself",
        )
    key = place.key(f".s3ml/probe-{secrets.token_hex(8)}")
    trial = _Trial(clients, key)
    try:
        found = trial.run()
    finally:
        trial.clear()
    clients.capabilities[place.bucket] = found
    return found


def _retains(clients: Clients, bucket: str) -> bool:
    with suppress(Denied, NotSupported):
        return retains(clients, bucket)
    return False


class _Trial:
    """Writes to one key of its own."""

    def __init__(self, clients: Clients, key: ObjectKey) -> None:
        self._clients = clients
        self._key = key
        self._made: set[str] = set()

    def run(self) -> Capabilities:
        first = self._put(b"1", IfNoneMatch="*")
        creates = first is not None and self._put(b"2", IfNoneMatch="*") is None
        current = self._put(b"3")
        etag = str(current.get("ETag", "")) if current else ""
        refuses = self._put(b"4", IfMatch=_NO_SUCH_ETAG) is None
        replaces = refuses and bool(etag) and self._put(b"5", IfMatch=etag) is not None
        checks = self._put(b"6", ChecksumSHA256=_WRONG_SHA256) is None
        return Capabilities(conditional_create=creates, conditional_replace=replaces, checksums=checks)

    def _put(self, body: bytes, **conditions: str) -> dict[str, Any] | None:
        """boto3's answer; None when the server refused because of the condition or checksum."""

        def send(client: Client) -> dict[str, Any]:
            answer: dict[str, Any] = client.put_object(
                Bucket=self._key.bucket, Key=self._key.key, Body=body, **conditions
            )
            return answer

        try:
            with translated(
                action="s3:PutObject", bucket=self._key.bucket, key=self._key.key, endpoint=self._clients.endpoint
            ):
                answer = self._sent(send, conditions)
        except NotSupported:
            if not conditions:
                raise
            return None
        if answer is not None and answer.get("VersionId"):
            self._made.add(str(answer["VersionId"]))
        return answer

    def _sent(self, send: Any, conditions: dict[str, str]) -> dict[str, Any] | None:
        try:
            answer: dict[str, Any] = attempt(self._clients, send)
        except ClientError as error:
            if conditions and (fate_of(error) is Fate.UNMET or status_of(error) == 400):
                return None
            raise
        return answer

    def clear(self) -> None:
        """Remove every version and marker of the key; also after a failure, then without hiding it."""
        left = set(self._made)
        try:
            for page in history(self._clients, self._key):
                if not page.missing:
                    left |= {version.version_id for version in page.versions}
        except S3mlError as error:
            _LOG.warning("The history of the probe cannot be read: %s", error.sentence)
        try:
            for version_id in left:
                delete_version(self._clients, self._key, version_id)
            if not left:  # nothing told of versions: what is there goes by its key
                delete(self._clients, self._key, expected=None)
        except S3mlError as error:
            _LOG.warning("A trace of the probe was left behind: %s", error.sentence)
