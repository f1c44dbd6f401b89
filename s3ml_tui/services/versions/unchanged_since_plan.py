"""Somebody else's write between a plan and its change: seen, and the change refused."""

from collections.abc import Iterator
from contextlib import contextmanager

from s3ml_tui.domain.errors import Conflict, Denied, NotSupported, S3mlError
from s3ml_tui.domain.plans.plan import when
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.text import size_text
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.versions.history import newest, whole_history

DONE_BEFORE = "It was so already: an earlier try had done it, and was interrupted before it could tell."


def ensure_unchanged(store: Store, key: ObjectKey, seen: Version | None) -> None:
    """Raise Conflict when the newest entry of `key` is no longer the one seen (None: nothing was there)."""
    there = newest(store, key)
    if not is_still(store, seen, there):
        raise conflict(key, seen, there, is_gone=_is_gone(store, seen))


@contextmanager
def guarded(store: Store, key: ObjectKey, seen: Version | None, *, was_just_seen: bool = False) -> Iterator[None]:
    """Change `key` only while what was seen is on top; a refusal says what is there instead.

    The store compares version ids (or ETags) itself. The id `null` outlives a write on a bucket that keeps no
    versions, so there the entry is compared whole before, unless it `was_just_seen`.
    """
    if seen is not None and seen.version_id == NULL_VERSION and not was_just_seen:
        ensure_unchanged(store, key, seen)
    try:
        yield
    except Conflict as refusal:
        told = explained(store, key, seen, refusal)
        if told is refusal:
            raise
        raise told from refusal


def explained(store: Store, key: ObjectKey, seen: Version | None, refusal: Conflict) -> Conflict:
    """The refusal of a change to `key` with what is there instead of what was seen, as far as that can be told."""
    try:
        there = newest(store, key)
    except (Denied, NotSupported):
        return refusal
    return refusal if is_still(store, seen, there) else conflict(key, seen, there, is_gone=_is_gone(store, seen))


def _is_gone(store: Store, seen: Version | None) -> bool | None:
    """Whether what was seen is in the history no more; None when that cannot be told."""
    if seen is None or seen.version_id == NULL_VERSION:
        return None
    try:
        return not any(version.version_id == seen.version_id for version in whole_history(store, seen.key).versions)
    except S3mlError:
        return None


def is_still(store: Store, seen: Version | None, there: Version | None) -> bool:
    """Whether what is on top still is what was seen, also where the two ETags cannot be compared: then HEAD tells."""
    if is_same(seen, there):
        return True
    if seen is None or there is None or not seen.may_be(there):
        return False
    try:
        return store.facts(seen.key).etag == seen.etag
    except S3mlError:
        return False


def is_same(seen: Version | None, there: Version | None) -> bool:
    """Whether what is on top still is what was seen. The id `null` outlives a write, so there the bytes count."""
    if seen is None or there is None:
        return seen is there
    if seen.version_id != there.version_id or seen.is_delete_marker != there.is_delete_marker:
        return False
    return seen.version_id != NULL_VERSION or seen.etag == there.etag


def conflict(key: ObjectKey, seen: Version | None, there: Version | None, *, is_gone: bool | None = None) -> Conflict:
    """What is told when something else is on top; where nobody knows whether what was seen is gone, times tell."""
    if is_gone is None:
        is_gone = seen is not None and there is not None and there.modified < seen.modified
    if there is None:
        cause = "Meanwhile somebody removed it with its whole history"
    elif there.is_delete_marker:
        cause = f"Somebody deleted it meanwhile, on {when(there)}"
    elif is_gone:
        cause = f"What was on top is gone meanwhile; now it is {size_text(there.size)} from {when(there)}"
    else:
        cause = f"Somebody wrote {size_text(there.size)} to it meanwhile, on {when(there)}"
    return Conflict(
        f"{key.name} is no longer as it was when this was planned; nothing was done",
        cause=cause,
        advice="Look at its history and decide again",
    )
