"""What else may be known of a server that fails: whoever started it is asked, and may tell a better reason.

The checksum that older servers ask for, and the one that says nothing of a range.

How often a server that says nothing is asked again: less often than one that refuses, since each time costs so much.

A read that times out has cost 15 s, an address nobody answers at 3 s. With boto3's five attempts and their waits that
is minutes; a user is told after half a minute, and what was begun goes on with the same command.
"""

import base64
import hashlib
from collections.abc import Callable
from typing import Any

from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
    ReadTimeoutError,
)

Explain = Callable[[], None]
"""Raises an S3mlError that says why the server failed, or does nothing."""
_FAILED = 500
_NOT_IMPLEMENTED = 501


def watch_failures(client: Any, explain: Explain) -> None:
    """Call `explain` for each answer that says the server failed, after boto3 has tried again, before it raises."""

    def on_answer(http_response: Any, **_event: Any) -> None:
        if http_response.status_code >= _FAILED and http_response.status_code != _NOT_IMPLEMENTED:
            explain()

    client.meta.events.register("after-call.s3", on_answer, unique_id="s3ml-failures")


MOST_SILENT = 2
"""Times a request is sent whose answer does not come in time."""
_MOST_UNHEARD = 3
"""Times a connection is tried that is not made."""
_UNHEARD = (ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError)


def is_silence(error: BaseException | None) -> bool:
    """Whether somebody was there and said nothing in time."""
    return isinstance(error, ReadTimeoutError)


def limit_silent_retries(client: Any) -> None:
    """Have boto3 give up on a silent server sooner than on one that fails."""

    def on_failure(attempts: int, caught_exception: BaseException | None = None, **_event: Any) -> bool | None:
        is_enough = (is_silence(caught_exception) and attempts >= MOST_SILENT) or (
            isinstance(caught_exception, _UNHEARD) and attempts >= _MOST_UNHEARD
        )
        return False if is_enough else None  # None leaves it to boto3

    client.meta.events.register_first("needs-retry.s3", on_failure, unique_id="s3ml-silent-retries")


def send_content_md5(client: Any) -> None:
    """Add Content-MD5 to what needs a checksum, such as DeleteObjects: many servers know no newer one there."""

    def on_call(model: Any, params: dict[str, Any], **_event: Any) -> None:
        body = params.get("body")
        if (model.http_checksum or {}).get("requestChecksumRequired") and isinstance(body, bytes):
            digest = hashlib.md5(body, usedforsecurity=False).digest()
            params["headers"].setdefault("Content-MD5", base64.b64encode(digest).decode())

    client.meta.events.register("before-call.s3", on_call, unique_id="s3ml-content-md5")


def judge_no_range_by_the_whole(client: Any) -> None:
    """Keep boto3 from holding a part of an object against a checksum, which some servers send of the whole."""

    def on_call(params: dict[str, Any], **_event: Any) -> None:
        if "Range" in params["headers"]:
            params["context"].get("checksum", {}).pop("response_algorithms", None)

    client.meta.events.register("before-call.s3.GetObject", on_call, unique_id="s3ml-checksums-of-ranges")
