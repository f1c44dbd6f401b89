"""Operation ids: the mark every write of ours carries, and finding it again after a lost answer."""

import secrets
from collections.abc import Mapping

from s3ml_tui.domain.errors import Denied, NotFound, NotSupported
from s3ml_tui.domain.storage.store import OPERATION, ObjectFacts
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connection.clients import Clients
from s3ml_tui.s3.versions.facts import facts
from s3ml_tui.s3.versions.history import history

_MOST_LOOKED_AT = 5
"""Newest versions among which a write of ours is looked for: others may have written on top of it."""


def new_operation() -> str:
    """A new operation id."""
    return secrets.token_hex(8)


def marked(metadata: Mapping[str, str] | None, operation: str) -> dict[str, str]:
    """`metadata` with the mark of `operation`."""
    return {**(metadata or {}), OPERATION: operation}


def on_top(clients: Clients, key: ObjectKey, operation: str) -> ObjectFacts | None:
    """The current version when `operation` wrote it: what is left to be seen of an attempt that ended long ago.

    What it wrote and somebody has written over, or deleted, since counts for nothing: who asks again wants it on top.
    """
    current = _current(clients, key)
    return current if current is not None and current.metadata.get(OPERATION) == operation else None


def landed(clients: Clients, key: ObjectKey, operation: str) -> ObjectFacts | None:
    """The version that `operation` wrote a moment ago; None when it is not there. Raises what looking raises."""
    current = _current(clients, key)
    if current is not None and current.metadata.get(OPERATION) == operation:
        return current
    if current is not None and current.version_id is None:
        return None
    try:
        newest = next((page.versions for page in history(clients, key)), ())
    except (Denied, NotSupported):
        return None
    for version in newest[:_MOST_LOOKED_AT]:
        if version.is_delete_marker or (current and version.version_id == current.version_id):
            continue
        try:
            found = facts(clients, key, version.version_id)
        except NotFound:
            continue
        if found.metadata.get(OPERATION) == operation:
            return found
    return None


def _current(clients: Clients, key: ObjectKey) -> ObjectFacts | None:
    try:
        return facts(clients, key)
    except NotFound:
        return None
