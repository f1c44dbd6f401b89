"""What boto3 sends, told to the request log by its own events: operation, parameters, status, time, bytes, retries.

No header is looked at but lengths, so no signature, token or key can get into the log; what the parameters hold of
bytes and secrets the log itself leaves out.
"""

import time
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from s3ml_tui.domain.storage.request_log import RequestLog

_PARAMETERS = "s3ml_parameters"
_REQUEST = "s3ml_request"


def watch_requests(client: Any, log: RequestLog, *, is_signed: bool) -> None:
    """Tell `log` of every request of `client`, and of its answer."""

    def on_parameters(params: Mapping[str, object], context: dict[str, Any], **_event: Any) -> None:
        context[_PARAMETERS] = params

    def on_call(model: Any, context: dict[str, Any], **_event: Any) -> None:
        parameters: Mapping[str, object] = context.pop(_PARAMETERS, {})
        request = log.began(model.name, parameters, time.time(), is_signed=is_signed)
        context[_REQUEST] = (request, time.perf_counter(), _size_of(parameters.get("Body")))

    def on_answer(http_response: Any, parsed: Mapping[str, Any], context: dict[str, Any], **_event: Any) -> None:
        if _REQUEST not in context:
            return
        request, sent, size = context.pop(_REQUEST)
        response_metadata = parsed.get("ResponseMetadata", {})
        error = parsed.get("Error", {})
        log.ended(
            request,
            time.perf_counter() - sent,
            status=http_response.status_code,
            error=str(error.get("Code") or "") if error else "",
            size=size or _length(http_response.headers),
            retries=int(response_metadata.get("RetryAttempts", 0)),
        )

    def on_no_answer(exception: BaseException, context: dict[str, Any], **_event: Any) -> None:
        if _REQUEST in context:
            request, sent, _ = context.pop(_REQUEST)
            log.ended(request, time.perf_counter() - sent, error=type(exception).__name__)

    events = client.meta.events
    events.register_last("before-parameter-build.s3", on_parameters, unique_id="s3ml-requests-parameters")
    events.register_last("before-call.s3", on_call, unique_id="s3ml-requests-call")
    events.register_first("after-call.s3", on_answer, unique_id="s3ml-requests-answer")
    events.register_first("after-call-error.s3", on_no_answer, unique_id="s3ml-requests-no-answer")


def connection_flags(*, profile: str | None, endpoint: str | None, region: str | None) -> tuple[str, ...]:
    """How `aws` is told the same connection. An address with a name and a password in it must be cut before."""
    flags = (("--endpoint-url", endpoint), ("--profile", profile), ("--region", region))
    return tuple(word for flag, value in flags if value for word in (flag, value))


def _size_of(body: object) -> int:
    """Bytes that will be sent, as far as the body says it; 0 when there is none."""
    if isinstance(body, bytes | bytearray):
        return len(body)
    if isinstance(body, BytesIO):
        return body.getbuffer().nbytes
    size = getattr(body, "size", 0)
    return size if isinstance(size, int) else 0


def _length(headers: Mapping[str, str]) -> int | None:
    """Bytes of an answer's body; None when the server did not say."""
    text = headers.get("content-length") or headers.get("Content-Length") or ""
    return int(text) if text.isdigit() else None
