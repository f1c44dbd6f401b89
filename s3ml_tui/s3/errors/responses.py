"""What a failed request tells: S3's code, the HTTP status, and whether the request may have been carried out."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum, auto

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
    ProxyConnectionError,
    SSLError,
)

from s3ml_tui.domain.errors import StrangeAnswer

THROTTLING = frozenset(
    {
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottled",
        "RequestThrottledException",
    }
    | {"TooManyRequests", "TooManyRequestsException", "RequestLimitExceeded", "BandwidthLimitExceeded", "429"}
)
_NOT_DONE = THROTTLING | {"RequestTimeout", "OperationAborted"}
_CONDITION = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412"})
_NEVER_SENT = (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError)
_CHECKSUM_CODES = frozenset(
    {"MissingContentLength", "NotImplemented", "InvalidArgument", "InvalidRequest", "BadRequest", "InvalidHeader"}
    | {"MalformedTrailerError", "XAmzContentSHA256Mismatch", "IncompleteBody", "400", "411", "501"}
)


class Fate(Enum):
    """What became of a request that failed."""

    REFUSED = auto()
    """The server will not do it; asking again changes nothing."""
    NOT_DONE = auto()
    """It was not carried out and may be sent again at once."""
    UNMET = auto()
    """A condition did not hold; perhaps because our own earlier attempt had landed."""
    UNKNOWN = auto()
    """The answer is lost: it may or may not have been carried out."""


def code_of(error: BaseException) -> str:
    """S3's code, such as NoSuchKey; the status as text when the server gave none, "" when nobody answered."""
    if not isinstance(error, ClientError):
        return ""
    code = str(error.response.get("Error", {}).get("Code") or "")
    return code or str(status_of(error) or "")


def status_of(error: BaseException) -> int:
    """The HTTP status; 0 when nobody answered."""
    if not isinstance(error, ClientError):
        return 0
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    code = str(error.response.get("Error", {}).get("Code") or "")
    return int(status or (code if code.isdigit() else 0))


def message_of(error: BaseException) -> str:
    """The server's own words, raw; "" when it gave none."""
    if not isinstance(error, ClientError):
        return ""
    return str(error.response.get("Error", {}).get("Message") or "")


def fate_of(error: ClientError | BotoCoreError | StrangeAnswer) -> Fate:
    """Whether the request that ended so may have been carried out."""
    if isinstance(error, StrangeAnswer):  # not the server's own
        return Fate.UNKNOWN
    if isinstance(error, ClientError):
        code, status = code_of(error), status_of(error)
        if code in _CONDITION or status == 412:
            return Fate.UNMET
        if code in _NOT_DONE:
            return Fate.NOT_DONE
        return Fate.UNKNOWN if status >= 500 and status != 501 else Fate.REFUSED
    if isinstance(error, _NEVER_SENT):
        return Fate.NOT_DONE
    if isinstance(error, (HTTPClientError, IncompleteReadError)) and not isinstance(error, SSLError):
        return Fate.UNKNOWN
    return Fate.REFUSED


def may_refuse_checksums(error: BaseException) -> bool:
    """Whether the server may have choked on boto3's default checksum (a trailer over TLS, a header otherwise)."""
    return isinstance(error, ClientError) and (code_of(error) in _CHECKSUM_CODES or status_of(error) in {411, 501})


def answered_at(headers: Mapping[str, str]) -> datetime | None:
    """The server's clock when it answered; None when it does not tell."""
    try:
        at = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo is not None else None
