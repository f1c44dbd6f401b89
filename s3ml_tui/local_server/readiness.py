"""Whether the embedded server is ready: a signed request (list the buckets) is granted, and its storage is known.

An anonymous 403 would not do: a stranger's S3 server on a port that was taken meanwhile answers so too. Only ours knows
our keys. The signature is AWS's version 4 ("Authenticating Requests", AWS General Reference) for exactly this request,
so that nothing heavy is loaded to start a server. The S3 side answers a moment before the volumes, where the bytes are,
have told the master of themselves; what is read in between is an InternalError.
"""

import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum, auto

from s3ml_tui.domain.local_server import LocalCredentials
from s3ml_tui.local_server.ports import LOOPBACK

REGION = "us-east-1"
_PAUSE_S = 0.02
_REQUEST_S = 5.0
_EMPTY = hashlib.sha256(b"").hexdigest()
_SIGNED = "host;x-amz-content-sha256;x-amz-date"


class Answer(Enum):
    """What a signed request met."""

    GRANTED = auto()
    REFUSED = auto()
    """Somebody answers who does not know our keys."""
    SILENCE = auto()
    """Nobody, or not yet an S3 server."""


def ask(port: int, credentials: LocalCredentials, timeout_s: float = _REQUEST_S) -> Answer:
    """Send one signed request."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=timeout_s)
    try:
        connection.request("GET", "/", headers=signed_headers(port, credentials, datetime.now(UTC)))
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return Answer.SILENCE
    finally:
        connection.close()
    if status == http.HTTPStatus.OK:
        return Answer.GRANTED
    return Answer.REFUSED if status == http.HTTPStatus.FORBIDDEN else Answer.SILENCE


def wait(
    port: int, credentials: LocalCredentials, *, timeout_s: float, has_died: Callable[[], bool] = lambda: False
) -> Answer:
    """Ask until granted, until the server has died, or until the time is over; the last answer."""
    deadline = time.monotonic() + timeout_s
    while True:
        answer = ask(port, credentials)
        if has_died():
            return Answer.SILENCE
        if answer is Answer.GRANTED or time.monotonic() > deadline:
            return answer
        time.sleep(_PAUSE_S)


def wait_for_storage(master_port: int, *, timeout_s: float) -> bool:
    """Wait until the master knows where the bytes are; False when it did not say so in time."""
    deadline = time.monotonic() + timeout_s
    while not _has_storage(master_port):
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE_S)
    return True


def _has_storage(master_port: int) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, master_port, timeout=_REQUEST_S)
    try:
        connection.request("GET", "/dir/status")
        topology = json.loads(connection.getresponse().read())["Topology"]
        return any(
            rack.get("DataNodes") for center in topology["DataCenters"] or () for rack in center.get("Racks") or ()
        )
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return False
    finally:
        connection.close()


def signed_headers(port: int, credentials: LocalCredentials, now: datetime) -> dict[str, str]:
    """The headers that sign `GET /` for our server at `now` (UTC)."""
    moment, host = now.strftime("%Y%m%dT%H%M%SZ"), f"{LOOPBACK}:{port}"
    scope = f"{moment[:8]}/{REGION}/s3/aws4_request"
    request = f"GET\n/\n\nhost:{host}\nx-amz-content-sha256:{_EMPTY}\nx-amz-date:{moment}\n\n{_SIGNED}\n{_EMPTY}"
    to_sign = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{credentials.secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return {
        "Host": host,
        "x-amz-content-sha256": _EMPTY,
        "x-amz-date": moment,
        "Authorization": f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, "
        f"SignedHeaders={_SIGNED}, Signature={signature}",
    }
