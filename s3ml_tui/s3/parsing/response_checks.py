"""Whether an answer of 200 is S3's own: a proxy's page, a login or an empty body must not pass for success.

boto3 takes an empty body for an answer without fields: for no tags, for a bucket that keeps no versions, for a copy
that was made. What tells S3's answers is here, one entry an operation. Such an answer to a change leaves open whether
it was carried out, so `attempts` looks before it sends again.
"""

import re
import threading
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from s3ml_tui.domain.errors import NotSupported, StrangeAnswer
from s3ml_tui.s3.parsing.listing_xml import is_torn

_RANGE = re.compile(r"bytes (\d+)-(\d+)/")
_XML = re.compile(rb"(?:<\?xml[^>]*>\s*)?<(?!html|[!?])", re.IGNORECASE)
_WITH_XML = frozenset(
    {"CompleteMultipartUpload", "CopyObject", "CreateMultipartUpload", "DeleteObjects", "GetBucketVersioning"}
    | {"GetObjectTagging", "ListMultipartUploads", "ListParts", "UploadPartCopy"}
)
"""Servers name the root each in their own way; it is there, and it is no web page."""
_WITH_ETAG = frozenset({"HeadObject", "PutObject", "UploadPart"})
_WITHOUT_A_BODY = frozenset({"AbortMultipartUpload", "DeleteObject", "DeleteObjectTagging", "PutObjectTagging"})
"""Their answers tell nothing but that a server of S3 gave them, by its headers; a look tells the rest."""


_here = threading.local()


def watch_answers(client: Any) -> None:
    """Raise StrangeAnswer for answers to `client` that are not S3's."""
    for operation in _WITH_XML | _WITH_ETAG | _WITHOUT_A_BODY:
        name = f"before-parse.*.{operation}"  # a handler of such a name comes before those of before-parse.s3.*
        client.meta.events.register_first(name, _on_answer, unique_id=f"s3ml-answer-{operation}")
    for operation in _WITH_ETAG:
        client.meta.events.register(f"before-send.s3.{operation}", _on_send, unique_id=f"s3ml-asked-{operation}")


def _on_send(request: Any, **_event: Any) -> None:
    """Remember what this thread asks for; the event is answered with nothing, so boto3 sends it."""
    _here.is_folder = urlsplit(request.url).path.endswith("/")


def _on_answer(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
    status, headers = response_dict["status_code"], response_dict["headers"]
    if not 200 <= status < 300:
        return
    operation = str(operation_model.name)
    if operation == "GetObjectTagging":
        check_tags(headers)
    if operation in _WITH_XML:
        if not is_torn(response_dict):  # that boto3 repeats, or `attempts`
            _check_body(bytes(response_dict["body"]))
    elif operation in _WITH_ETAG:
        # Some servers keep a key that ends with a slash as a folder, which has no ETag.
        if not headers.get("etag") and not (getattr(_here, "is_folder", False) and is_of_s3(headers)):
            raise strange("It names no ETag")
    elif not is_of_s3(headers):
        raise strange("It has none of S3's headers")


def check_tags(headers: Mapping[str, str]) -> None:
    """Raises NotSupported for an answer that is the object itself: what changed its tags would write over it."""
    if headers.get("etag"):
        raise NotSupported(
            "This server keeps no tags",
            cause="It answers with the object itself where its tags were asked for",
            advice="Nothing was changed; keep such notes in the metadata (s3ml meta), or in a file beside it",
        )


def is_range(status: int, content_range: str, start: int, end: int | None) -> bool:
    """Whether an answer is the bytes from `start` on, up to `end` at most, and not the whole object.

    Content-Range decides: there are servers that send a part with status 200.
    """
    named = _RANGE.match(content_range)
    if named is None:
        return status == 206
    return int(named[1]) == start and (end is None or int(named[2]) < end)


def no_range() -> StrangeAnswer:
    """What the user is told when it is not."""
    return StrangeAnswer(
        "The server sent the whole object where a part was asked for",
        cause="It does not honour Range",
        advice="Check for a proxy between here and the server",
    )


def is_of_s3(headers: Iterable[str]) -> bool:
    """Whether an answer without a body was given by a server of S3, as its headers tell."""
    return any(str(name).lower().startswith("x-amz") for name in headers)


def _check_body(body: bytes) -> None:
    whole = body.lstrip()
    if not _XML.match(whole):
        raise strange("It is empty" if not whole else f"It begins with {whole[:40].decode('utf-8', 'replace')!r}")


def strange(cause: str) -> StrangeAnswer:
    """What the user is told."""
    return StrangeAnswer(
        "The server's answer is not what S3 says",
        cause=cause,
        advice="Check that the endpoint is an S3 server and no website or login page stands before it",
    )
