"""Multipart uploads that were begun for us though we never heard of it: their first answer was lost.

Nothing marks such an upload as ours. What tells it: it is of exactly the key we asked for, it was not there before we
asked, it was begun while we asked (by the server's own clock), and it has no parts, since nobody knows its id.
Another's is older, younger, or has parts; what is in doubt is left alone.
"""

import time
from collections.abc import Collection
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from s3ml_tui.domain.errors import NotSupported, S3mlError, Unreachable
from s3ml_tui.domain.resuming import WantedUpload
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
        return WantedUpload(time.time(), frozenset(_open(clients, key)[0]))
    except Unreachable:
        raise
    except S3mlError:
        return None


def abort_unclaimed(clients: Clients, key: ObjectKey, wanted: WantedUpload, known: Collection[str]) -> int:
    """Throw away what was begun for us and is not `known`; how many. Raises Denied, Unreachable …"""
    found, ahead_s = _open(clients, key)
    from_s = wanted.asked_at + ahead_s - _SLACK_S
    count = 0
    for upload_id, begun in found.items():
        is_in_time = from_s <= begun <= from_s + _LONGEST_S
        if upload_id in wanted.seen or upload_id in known or not is_in_time:
            continue
        if parts_there(clients, key, upload_id) == {}:
            abort_upload(clients, key, upload_id)
            count += 1
    return count


def _open(clients: Clients, key: ObjectKey) -> tuple[dict[str, float], float]:
    """When each open upload of exactly this key was begun, and how far the server's clock is ahead of ours."""
    with translated(action="s3:ListBucketMultipartUploads", bucket=key.bucket, key=key.key, endpoint=clients.endpoint):
        answer = clients.looking.list_multipart_uploads(Bucket=key.bucket, Prefix=key.key)
    found = {
        str(one["UploadId"]): one["Initiated"].timestamp() for one in answer.get("Uploads", ()) if one["Key"] == key.key
    }
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
