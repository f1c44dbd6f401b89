"""A change is made only to what was seen: the current entry is read again right before."""

from s3ml_tui.domain.errors import Conflict, Denied, NotFound, NotSupported
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.storage.store import ObjectFacts
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connection.clients import Clients
from s3ml_tui.s3.versions.facts import facts
from s3ml_tui.s3.versions.history import current_entry, history

NOTHING_THERE = {"IfNoneMatch": "*"}
"""What a write goes under where nothing, or a delete marker, is on top."""


def seen(clients: Clients, key: ObjectKey, expected: str | None) -> Version | None:
    """The current entry. Raises Conflict when it is not `expected`; None expects nothing."""
    try:
        current = current_entry(clients, key)
    except Denied as closed:
        current = _seen_by_facts(clients, key, closed)
    if expected is not None and (current is None or current.version_id != expected):
        raise changed(key)
    return current


def _seen_by_facts(clients: Clients, key: ObjectKey, closed: Denied) -> Version:
    """The current version for whom the history is closed. Raises `closed` where there is none, or a marker on top."""
    try:
        return _of_facts(facts(clients, key))
    except (Denied, NotFound):
        raise closed from None


def unchanged(clients: Clients, key: ObjectKey, before: Version | None) -> None:
    """Raise Conflict when the current entry is no longer the one that was seen (None: nothing was there)."""
    try:
        now = current_entry(clients, key)
    except (Denied, NotSupported):
        now = _from_facts(clients, key, before)
    if before is None or now is None:
        is_same = before is now
    else:
        is_same = (before.version_id, before.is_delete_marker) == (now.version_id, now.is_delete_marker)
        is_same = is_same and (before.version_id != NULL_VERSION or before.etag == now.etag)
        is_same = is_same or (before.may_be(now) and facts(clients, key).etag == before.etag)
    if not is_same:
        raise changed(key)


def _from_facts(clients: Clients, key: ObjectKey, before: Version | None) -> Version | None:
    """The current entry for whom the history is closed; a delete marker looks like nothing at all."""
    try:
        found = facts(clients, key)
    except NotFound:
        return before if before is not None and before.is_delete_marker else None
    return _of_facts(found)


def _of_facts(found: ObjectFacts) -> Version:
    version_id = found.version_id or NULL_VERSION
    return Version(found.key, version_id, found.modified, found.size, found.etag, found.storage_class, is_latest=True)


def conditions_over(clients: Clients, key: ObjectKey, current: Version | None) -> dict[str, str]:
    """If-Match where an object was seen on top, unless the server was seen to refuse a right one; else that none is."""
    if current is None or current.is_delete_marker:
        return NOTHING_THERE
    known = clients.capabilities.get(key.bucket)
    if known is not None and not known.conditional_replace:
        return {}
    if current.has_listed_etag:
        return _own_etag(clients, key, current)
    return {"IfMatch": f'"{current.etag}"'} if current.etag else {}


def _own_etag(clients: Clients, key: ObjectKey, current: Version) -> dict[str, str]:
    """If-Match with the ETag that the server compares with; after it was asked for the key is looked at once more."""
    try:
        own = facts(clients, key).etag
    except NotFound:
        raise changed(key) from None
    unchanged(clients, key, current)
    return {"IfMatch": f'"{own}"'} if own else {}


def changed(key: ObjectKey) -> Conflict:
    """What the user is told."""
    return Conflict(
        f"{printable(key.uri)} was changed by somebody else meanwhile",
        cause="Its current version is not the one you saw; nothing was changed",
        advice="Refresh the history and decide again",
    )


def is_listed_as(clients: Clients, found: ObjectFacts, version_id: str | None, etag: str) -> bool:
    """Whether the source of a copy, which HEAD gives another ETag than was seen, is listed with the one that was seen.

    HEAD came first, and the copy is pinned to its ETag; so what is listed now is what will be copied.
    """
    if version_id not in {None, NULL_VERSION} or found.version_id not in {None, NULL_VERSION}:
        return False
    try:
        listed = current_entry(clients, found.key) if version_id is None else _null_version(clients, found.key)
    except (Denied, NotSupported):
        return False
    return listed is not None and listed.has_listed_etag and (listed.etag, listed.size) == (etag, found.size)


def _null_version(clients: Clients, key: ObjectKey) -> Version | None:
    versions = (version for page in history(clients, key) for version in page.versions)
    return next((version for version in versions if version.version_id == NULL_VERSION), None)
