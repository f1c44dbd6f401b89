"""Multipart uploads that were begun for us though we never heard of it: their first answer was lost.

S3 keeps no mark on an open upload that could tell whose it is, so this is circumstantial, and what is in doubt is left
alone. An upload is taken for ours when all of this holds: it is of exactly the key we asked for; it was not there
before we asked; it was begun while we asked, by the server's own clock; no job of this machine has it or is asking for
one of this key; the same principal began it, where the server says who; it has no parts, since nobody knows its id; and
there are no more such uploads than requests of ours that were never answered. When there are more, all are left.

What remains: our request was lost on the way there, and in the same seconds somebody else with the same credentials, on
another machine, began exactly one upload of the same key and has not finished its first part by the time we look, which
is after all our parts where one answer came. Then that upload is thrown away. No object and no version is touched by
it: whoever sends it is told that it is gone, and begins anew, as s3ml does by the same command.
"""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from s3ml_tui.domain.errors import Conflict, NotSupported, S3mlError, Unreachable
from s3ml_tui.domain.resuming import WantedUpload
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.buckets_changing import abort_upload
from s3ml_tui.s3.clients import Clients
from s3ml_tui.s3.errors import translated
from s3ml_tui.s3.parts_there import parts_there

_SLACK_S = 3.0
"""Clocks tell whole seconds."""
_LONGEST_S = 120.0
"""So long after we began to ask, an upload of ours may have been begun: all attempts and their waits."""


def about_to_ask(clients: Clients, key: ObjectKey) -> WantedUpload | None:
    """What is open of this key before we ask; None where that may not be seen. Raises Unreachable."""
    try:
        return WantedUpload(time.time(), frozenset(one.upload_id for one in _open(clients, key)[0]))
    except Unreachable:
        raise
    except S3mlError:
        return None


def abort_unclaimed(clients: Clients, key: ObjectKey, wanted: WantedUpload, known: Collection[str]) -> int:
    """Throw away what was begun for us and is not `known`; how many. Raises Conflict when in doubt, Denied …"""
    if wanted.unheard < 1:
        return 0
    found, ahead_s = _open(clients, key)
    from_s = wanted.asked_at + ahead_s - _SLACK_S
    new = [one for one in found if one.upload_id not in wanted.seen and from_s <= one.begun <= from_s + _LONGEST_S]
    ours = {one.initiator for one in found if one.upload_id in known}
    doubtful = [
        one
        for one in new
        if one.upload_id not in known
        and (not ours or one.initiator in ours)
        and parts_there(clients, key, one.upload_id) == {}
    ]
    if len(doubtful) > wanted.unheard:
        raise Conflict(
            f"Of {len(doubtful)} open uploads of {printable(key.uri)} only {wanted.unheard} can be ours",
            cause="Somebody else began one in the same moment",
            advice="They are left alone; those that nobody finishes cost nothing, since they have no parts",
        )
    for one in doubtful:
        abort_upload(clients, key, one.upload_id)
    return len(doubtful)


@dataclass(frozen=True, slots=True)
class _Open:
    """An open upload."""

    upload_id: str
    begun: float
    """By the server's clock, seconds since the epoch."""
    initiator: str
    """Who began it; "" where the server does not say."""


def _open(clients: Clients, key: ObjectKey) -> tuple[list[_Open], float]:
    """The open uploads of exactly this key, and how far the server's clock is ahead of ours."""
    with translated(action="s3:ListBucketMultipartUploads", bucket=key.bucket, key=key.key, endpoint=clients.endpoint):
        answer = clients.looking.list_multipart_uploads(Bucket=key.bucket, Prefix=key.key)
    found = [
        _Open(str(one["UploadId"]), one["Initiated"].timestamp(), str(one.get("Initiator", {}).get("ID", "")))
        for one in answer.get("Uploads", ())
        if one["Key"] == key.key
    ]
    if answer.get("IsTruncated") and not found:
        raise NotSupported("The server's list of open uploads does not begin with the key that was asked for")
    return found, _ahead(answer)


def _ahead(answer: dict[str, Any]) -> float:
    date = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    try:
        told = parsedate_to_datetime(date) if date else datetime.now(UTC)
    except ValueError:
        return 0.0
    return told.timestamp() - time.time()
