"""Deleting up to a thousand keys or versions by one request; what became of each is told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from s3ml_tui.domain.errors import Denied, NotSupported, S3mlError
from s3ml_tui.domain.storage.store import Doomed, Removed, never
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connection.boto3_event_hooks import MOST_SILENT, is_silence
from s3ml_tui.s3.connection.clients import Client, Clients
from s3ml_tui.s3.connection.retry import attempt, pause
from s3ml_tui.s3.errors.translate import Subject, translate, translated
from s3ml_tui.s3.objects.delete import delete, delete_version, delete_without_etag, may_be_for_condition
from s3ml_tui.s3.versions.history import current_entry

MOST = 1000
"""Keys in one request (S3 API reference, "DeleteObjects")."""

Done = tuple[Doomed, str | None]
Failed = tuple[Doomed, S3mlError]


class _LostError(Exception):
    """The answer is lost: ends `attempt`, which would send everything again."""


def delete_many(clients: Clients, bucket: str, doomed: Sequence[Doomed]) -> Removed:
    """Delete all; one that fails does not stop the others. Raises what concerns the request as a whole."""
    together = [one for one in doomed if len(doomed) > 1 and _can_be_in_xml(one.key)]
    alone = [one for one in doomed if len(doomed) == 1 or not _can_be_in_xml(one.key)]
    done: list[Done] = []
    failed: list[Failed] = []
    for start in range(0, len(together), MOST):
        batch, refused = together[start : start + MOST], list[Failed]()
        try:
            _delete_batch(clients, bucket, batch, done, refused)
        except S3mlError as error:
            may_be_for_etags = type(error) is S3mlError and any(one.etag for one in batch)
            if not (isinstance(error, NotSupported) or may_be_for_etags):
                raise
            alone += _left(batch, done)
        failed += _again_without_etags(clients, bucket, refused, done)
    _delete_each(clients, bucket, alone, done, failed)
    return Removed(done, failed)


def _again_without_etags(clients: Clients, bucket: str, refused: Sequence[Failed], done: list[Done]) -> list[Failed]:
    """Delete what may be refused for its ETag alone, as long as the same is on top; what is refused all the same.

    Who lacks the right that AWS wants for the condition lacks it for all: these are sent again together.
    """
    failed: list[Failed] = []
    denied: list[Doomed] = []
    for one, error in refused:
        if not one.etag or one.expected is None or not may_be_for_condition(clients, error):
            failed.append((one, error))
        elif isinstance(error, Denied):
            denied.append(replace(one, etag=""))
        else:
            try:
                key = ObjectKey(bucket, one.key)
                done.append((one, delete_without_etag(clients, key, expected=one.expected, etag=one.etag)))
            except S3mlError as again:
                failed.append((one, again))
    if denied:
        before = len(done)
        try:
            _delete_batch(clients, bucket, denied, done, failed)
        except S3mlError as error:
            failed += [(one, error) for one in _left(denied, done)]
        if len(done) > before:
            clients.habits.deletes_without_etags.add(bucket)
    return failed


def _left(batch: Sequence[Doomed], done: Sequence[Done]) -> list[Doomed]:
    ended = {id(one) for one, _ in done}
    return [one for one in batch if id(one) not in ended]


def _delete_batch(
    clients: Clients, bucket: str, batch: Sequence[Doomed], done: list[Done], failed: list[Failed]
) -> None:
    """Send until an answer has come for all; after a lost one the markers that are there are not made again."""
    left, silent = list(batch), 0
    with translated(action="s3:DeleteObject", bucket=bucket, endpoint=clients.endpoint):
        for number in range(1, clients.settings.attempts + 1):
            try:
                answer = attempt(clients, partial(_send, bucket=bucket, batch=left), look=_lost)
            except _LostError as lost:
                silent += is_silence(lost.__context__)
                pause(clients, number, never)
                left = _not_yet(clients, bucket, left, done)
                if not left:
                    return
                if lost.__context__ and (number == clients.settings.attempts or silent >= MOST_SILENT):
                    raise lost.__context__ from None
            else:
                unnamed = _sort(bucket, left, answer, done, failed)
                break
        else:
            return
    # Some servers say how many were deleted and name none. Those list no folder under its own name, so that it seems
    # to be gone; it is deleted once more.
    folders = [one for one in unnamed if one.key.endswith("/")]
    others = [one for one in unnamed if not one.key.endswith("/")]
    _delete_each(clients, bucket, [*folders, *_not_yet(clients, bucket, others, done)], done, failed)


def _delete_each(
    clients: Clients, bucket: str, batch: Sequence[Doomed], done: list[Done], failed: list[Failed]
) -> None:
    for one in batch:
        try:
            done.append((one, _delete_one(clients, bucket, one)))
        except S3mlError as error:
            failed.append((one, error))


def _send(client: Client, bucket: str, batch: Iterable[Doomed]) -> Mapping[str, Any]:
    objects = [
        {"Key": one.key}
        | ({"VersionId": one.version_id} if one.version_id else {})
        | ({"ETag": f'"{one.etag}"'} if one.etag else {})
        for one in batch
    ]
    answer: Mapping[str, Any] = client.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": False})
    return answer


def _lost() -> Mapping[str, Any] | None:
    raise _LostError


def _not_yet(clients: Clients, bucket: str, batch: Sequence[Doomed], done: list[Done]) -> list[Doomed]:
    """Those to send again: versions in any case, keys where no marker is on top."""
    left = []
    for one in batch:
        entry = None if one.version_id else current_entry(clients, ObjectKey(bucket, one.key))
        if one.version_id or (entry is not None and not entry.is_delete_marker):
            left.append(one)
        else:
            done.append((one, entry.version_id if entry else None))
    return left


def _sort(
    bucket: str, batch: Sequence[Doomed], answer: Mapping[str, Any], done: list[Done], failed: list[Failed]
) -> list[Doomed]:
    """What became of each by the answer; those that it does not name."""
    unnamed: list[Doomed] = []
    markers = {_named(one): one.get("DeleteMarkerVersionId") for one in answer.get("Deleted", ())}
    unmarked = {(str(one.get("Key")), str(one.get("DeleteMarkerVersionId"))) for one in answer.get("Deleted", ())}
    refusals = {_named(one): one for one in answer.get("Errors", ())}
    for one in batch:
        named = (one.key, one.version_id or "")
        if one.version_id is None and named in markers:
            done.append((one, markers[named] or None))
        elif one.version_id is not None and (named in markers or named in unmarked):
            done.append((one, None))  # some servers name a marker that was removed by its own id alone
        elif named in refusals:
            failed.append((one, _our_error(bucket, one, refusals[named])))
        else:
            unnamed.append(one)
    return unnamed


def _named(one: Mapping[str, Any]) -> tuple[str, str]:
    return str(one.get("Key")), str(one.get("VersionId") or "")


def _our_error(bucket: str, one: Doomed, refusal: Mapping[str, Any]) -> S3mlError:
    """A refusal within an answer, as if it had been alone."""
    action = "s3:DeleteObjectVersion" if one.version_id else "s3:DeleteObject"
    error = ClientError({"Error": {"Code": refusal.get("Code"), "Message": refusal.get("Message")}}, "DeleteObjects")
    return translate(error, Subject(action=action, bucket=bucket, key=one.key))


def _delete_one(clients: Clients, bucket: str, one: Doomed) -> str | None:
    key = ObjectKey(bucket, one.key)
    if one.version_id is None:
        marker = delete(clients, key, expected=one.expected, etag=one.etag)
        if one.expected is not None and not one.etag:
            clients.habits.deletes_without_etags.add(bucket)
        return marker
    delete_version(clients, key, one.version_id)
    return None


def _can_be_in_xml(key: str) -> bool:
    """Whether the key comes through as it is: XML 1.0 has no control characters, and parsers change line ends."""
    return not any(ord(letter) < 0x20 or 0xD800 <= ord(letter) < 0xE000 or letter in "\ufffe\uffff" for letter in key)
