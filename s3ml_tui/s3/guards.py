"""A change is made only to what was seen: the current entry is read again right before."""

from s3ml_tui.domain.errors import Conflict
from s3ml_tui.domain.history import Version
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.clients import Clients
from s3ml_tui.s3.histories import current_entry


def seen(clients: Clients, key: ObjectKey, expected: str | None) -> Version | None:
    """The current entry. Raises Conflict when it is not `expected`; None expects nothing."""
    current = current_entry(clients, key)
    if expected is not None and (current is None or current.version_id != expected):
        raise changed(key)
    return current


def changed(key: ObjectKey) -> Conflict:
    """What the user is told."""
    return Conflict(
        f"{printable(key.uri)} was changed by somebody else meanwhile",
        cause="Its current version is not the one you saw; nothing was changed",
        advice="Refresh the history and decide again",
    )
