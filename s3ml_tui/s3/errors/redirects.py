"""Answers that send a request elsewhere: followed once, and told when they lead nowhere.

botocore looks for the region of a bucket by HEAD, and treats the answer to that HEAD alike: where everything is
redirected, as by a proxy that wants https, it would ask without end.
"""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from botocore.exceptions import ClientError

from s3ml_tui.s3.errors.responses import code_of, status_of

_STATUSES = frozenset({301, 302, 303, 307, 308})


def watch_redirects(client: Any) -> None:
    """Let the search for a bucket's region not search itself."""
    events = client.meta.events
    events.register("provide-client-params.s3.HeadBucket", _on_asking, unique_id="s3ml-redirect-of-a-bucket")
    events.register("before-call.s3.HeadBucket", _on_search, unique_id="s3ml-redirect-once")


def _on_asking(params: dict[str, Any], **_event: Any) -> None:
    if params.get("Bucket") is None:  # what was redirected was not about a bucket; botocore reads only the headers
        raise ClientError({"ResponseMetadata": {"HTTPHeaders": {}}}, "HeadBucket")


def _on_search(params: dict[str, Any], **_event: Any) -> None:
    params["context"].setdefault("s3_redirect", {})["redirected"] = True


def sent_on_to(error: ClientError) -> str:
    """The address of the server that requests are sent on to; "" when S3 itself redirects, or names none."""
    if status_of(error) not in _STATUSES or not code_of(error).isdigit():
        return ""
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    parts = urlsplit(str(headers.get("location") or ""))
    return urlunsplit((parts.scheme, parts.netloc, "", "", "")) if parts.scheme and parts.netloc else ""
