"""Whether an answer of 200 is S3's own: a proxy's page, a login or an empty body must not pass for success.

boto3 takes an empty body for an answer without fields: for no tags, for a bucket that keeps no versions, for a copy
that was made. What tells S3's answers is here, one entry an operation. Such an answer to a change leaves open whether
it was carried out, so `attempts` looks before it sends again.
"""

import re
from collections.abc import Iterable
from typing import Any

from s3ml_tui.domain.errors import StrangeAnswer
from s3ml_tui.s3.parsing.listing_xml import is_torn

_XML = re.compile(rb"(?:<\?xml[^>]*>\s*)?<(?!html|[!?])", re.IGNORECASE)
_WITH_XML = frozenset(
    {"CompleteMultipartUpload", "CopyObject", "CreateMultipartUpload", "DeleteObjects", "GetBucketVersioning"}
    | {"GetObjectTagging", "ListMultipartUploads", "ListParts", "UploadPartCopy"}
)
"""Servers name the root each in their own way; it is there, and it is no web page."""
_WITH_ETAG = frozenset({"HeadObject", "PutObject", "UploadPart"})
_WITHOUT_A_BODY = frozenset({"AbortMultipartUpload", "DeleteObject", "DeleteObjectTagging", "PutObjectTagging"})
"""Their answers tell nothing but that a server of S3 gave them, by its headers; a look tells the rest."""


def watch_answers(client: Any) -> None:
    """Raise StrangeAnswer for answers to `client` that are not S3's."""
    for operation in _WITH_XML | _WITH_ETAG | _WITHOUT_A_BODY:
        name = f"before-parse.*.{operation}"  # a handler of such a name comes before those of before-parse.s3.*
        client.meta.events.register_first(name, _on_answer, unique_id=f"s3ml-answer-{operation}")


def _on_answer(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
    status, headers = response_dict["status_code"], response_dict["headers"]
    if not 200 <= status < 300:
        return
    operation = str(operation_model.name)
    if operation in _WITH_XML:
        if not is_torn(response_dict):  # that boto3 repeats, or `attempts`
            _check_body(bytes(response_dict["body"]))
    elif operation in _WITH_ETAG:
        if not headers.get("etag"):
            raise strange("It names no ETag")
    elif not is_of_s3(headers):
        raise strange("It has none of S3's headers")


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
