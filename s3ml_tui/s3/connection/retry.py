"""Sending a change more than once without making it twice.

A request that was refused or throttled was not carried out and may be sent again. One whose answer was lost may have
been: then we look for our own mark first, and only when it is not there send again.
"""

import random
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import Denied, S3mlError, StrangeAnswer
from s3ml_tui.domain.storage.store import Cancelled, never
from s3ml_tui.s3.connection.boto3_event_hooks import MOST_SILENT, is_silence
from s3ml_tui.s3.connection.clients import Client, Clients
from s3ml_tui.s3.errors.responses import Fate, fate_of, may_refuse_checksums

T = TypeVar("T")
_LONGEST_WAIT_S = 8.0
_SLICE_S = 0.1


def attempt(
    clients: Clients,
    send: Callable[[Client], T],
    *,
    look: Callable[[], T | None] | None = None,
    cancelled: Cancelled = never,
    most: int = 0,
) -> T:
    """What `send` answers, sent up to `most` times (`settings.attempts` when 0).

    Args:
        clients: The connection.
        send: Sends the change once with the client it is given.
        look: Finds whether an earlier attempt had landed; None when sending twice changes nothing.
        cancelled: Asked between attempts.
        most: How often it is sent.

    Raises boto3's exception of the last attempt, StrangeAnswer, or what `look` raised.
    """
    is_easing = False  # trying without boto3's default checksums, which this server may refuse
    was_lost, silent = False, 0
    most = most or clients.settings.attempts
    for number in range(1, most + 1):
        is_eased = is_easing or clients.are_checksums_eased
        try:
            answer = send(clients.changing_eased if is_eased else clients.changing)
        except (ClientError, BotoCoreError, StrangeAnswer) as error:
            if _carries_ours(error):
                raise
            silent += is_silence(error)
            if may_refuse_checksums(error) and not is_eased and number < most:
                is_easing = True
                continue
            fate = fate_of(error)
            was_lost = was_lost or fate is Fate.UNKNOWN
            is_enough = number == most or silent >= MOST_SILENT
            if fate is Fate.UNKNOWN and not (is_enough and look is None):
                pause(clients, number, cancelled)
            if look is not None and (was_lost or fate is Fate.UNMET):
                landed = _looked(look, error, fate)
                if landed is not None:
                    return landed
            if fate in {Fate.REFUSED, Fate.UNMET} or is_enough:
                raise
            if fate is Fate.NOT_DONE:
                pause(clients, number, cancelled)
        else:
            if is_easing:
                clients.ease_checksums()
            return answer
    raise AssertionError("the last attempt returns or raises")


def _looked(look: Callable[[], T | None], error: Exception, fate: Fate) -> T | None:
    """What `look` finds. Who may not look is told that the condition was not met, not that looking is denied."""
    try:
        return look()
    except Denied:
        if fate is Fate.UNMET:
            raise error from None
        raise


def _carries_ours(error: Exception) -> bool:
    """Whether a body of ours raised while it was being sent."""
    return isinstance(error, BotoCoreError) and isinstance(error.kwargs.get("error"), S3mlError)


def pause(clients: Clients, number: int, cancelled: Cancelled) -> None:
    """Wait before attempt `number + 1`. Raises Cancelled."""
    longest = min(clients.settings.backoff_s * 2 ** (number - 1), _LONGEST_WAIT_S)
    end = time.monotonic() + random.uniform(longest / 2, longest)  # noqa: S311 - jitter, no secret
    nobody = threading.Event()
    while (left := end - time.monotonic()) > 0:
        if cancelled():
            raise Stopped
        nobody.wait(min(left, _SLICE_S))
