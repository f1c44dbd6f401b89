"""Changes that were made, though nobody could tell: seen by what is on top of a key and what lies directly below it.

A plan names what it expects on top. Where something else is, that may be what the plan itself was to make, made a
moment before its process was killed: the chosen version once more, or a delete marker, right above what was expected.
Then all is as it was to be, nothing is sent, and a change that is asked for again is not made twice, nor refused as if
somebody else had come between.
"""

from collections.abc import Sequence
from dataclasses import replace

from s3ml_tui.domain.errors import Denied, NotFound, NotSupported, S3mlError
from s3ml_tui.domain.plans.copy_move import CopyItem
from s3ml_tui.domain.plans.plan import CopyForward, DeleteObject
from s3ml_tui.domain.plans.tags_metadata import DescriptionChange
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.storage.metadata_rules import fields_of
from s3ml_tui.domain.storage.provenance import BROUGHT_FROM, COPIED_FROM, copy_mark
from s3ml_tui.domain.storage.store import Description, ObjectFacts, Store, Written
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.versions.history import latest_first, whole_history

DONE_BEFORE = "It was so already: an earlier try had done it, and was interrupted before it could tell."
_UNSEEN = (Denied, NotFound, NotSupported)
"""Who may not look takes nothing for granted."""


def brought_back(store: Store, plan: CopyForward) -> Written | None:
    """What is on top when it is the chosen version, brought back over exactly what was expected."""
    try:
        top = _top_over(store, plan.key, plan.current)
        if top is None or top.size != plan.source.size:
            return None
        there = store.facts(plan.key, _id_of(top))
        if there.metadata.get(BROUGHT_FROM) != plan.source.version_id:
            return None
        source = store.facts(plan.key, _id_of(plan.source))
        is_same = fields_of(_description(there)) == fields_of(_description(source))
    except _UNSEEN:
        return None
    return _written(there) if is_same else None


def same_bytes_over(seen: Sequence[Version], plan: CopyForward) -> Written | None:
    """The same by a history alone, newest first: the chosen bytes, directly over exactly what was expected."""
    top = seen[0]
    if top.is_delete_marker or top.version_id == NULL_VERSION or not _is_over(seen, plan.current):
        return None
    is_same = top.size == plan.source.size and top.etag == plan.source.etag
    return Written(top.key, top.version_id, top.etag, top.size) if is_same else None


def copied(store: Store, item: CopyItem) -> Written | None:
    """The same of a copy to another key."""
    try:
        top = _top_over(store, item.target, item.there)
        if top is None or top.size != item.source.size:
            return None
        there = store.facts(item.target, _id_of(top))
    except _UNSEEN:
        return None
    is_ours = there.metadata.get(COPIED_FROM) == copy_mark(item.source.key, _id_of(item.source))
    return _written(there) if is_ours else None


def described(store: Store, change: DescriptionChange) -> Written | None:
    """The same of an object that got other metadata or headers."""
    key = change.current.key
    try:
        top = _top_over(store, key, change.current)
        if top is None or top.size != change.current.size:
            return None
        there = store.facts(key, _id_of(top))
    except _UNSEEN:
        return None
    is_same = not replace(change, before=_description(there)).words
    return _written(there) if is_same else None


def deleted(store: Store, plan: DeleteObject) -> tuple[Version | None] | None:
    """In a tuple the marker right above what was to be deleted; no marker where the bucket puts none."""
    try:
        newest = _newest_two(store, plan.key)
    except _UNSEEN:
        return None
    if not newest:
        return (None,) if plan.versioning is Versioning.OFF else None
    top = newest[0]
    return (top,) if top.is_delete_marker and _is_over(newest, plan.current) else None


def before(store: Store, new: Version | None, replaced: Version | None) -> Version | None:
    """What was on top until `new` was made: `replaced`, unless an earlier try had made `new`, which then was seen."""
    if new is None or replaced is None or new.version_id in {"", NULL_VERSION}:
        return replaced
    if new.version_id != replaced.version_id:
        return replaced
    try:
        versions = whole_history(store, new.key).versions
    except S3mlError:  # the change was made: no trouble in looking turns that into a failure
        return replaced
    at = next((at for at, version in enumerate(versions) if version.version_id == new.version_id), len(versions))
    return versions[at + 1] if at + 1 < len(versions) else None


def _top_over(store: Store, key: ObjectKey, expected: Version | None) -> Version | None:
    """What is on top, when it has bytes and lies directly on what was expected there."""
    newest = _newest_two(store, key)
    is_it = bool(newest) and not newest[0].is_delete_marker and _is_over(newest, expected)
    return newest[0] if is_it else None


def _is_over(newest: Sequence[Version], expected: Version | None) -> bool:
    """Whether the first lies directly on what was expected; what has no version id of its own has taken its place."""
    if expected is None:
        return len(newest) == 1 or newest[1].is_delete_marker
    if expected.version_id == NULL_VERSION and newest[0].version_id == NULL_VERSION:
        return newest[0].is_delete_marker != expected.is_delete_marker or newest[0].etag != expected.etag
    return len(newest) > 1 and newest[1].version_id == expected.version_id


def _newest_two(store: Store, key: ObjectKey) -> Sequence[Version]:
    found: list[Version] = []
    for page in store.history(key):
        found += page.versions
        if len(found) > 1:
            break
    return latest_first(found)[:2]


def _description(facts: ObjectFacts) -> Description:
    return Description(facts.content_type, dict(facts.headers), dict(facts.metadata))


def _id_of(version: Version) -> str | None:
    return None if version.version_id in {"", NULL_VERSION} else version.version_id


def _written(facts: ObjectFacts) -> Written:
    return Written(facts.key, facts.version_id, facts.etag, facts.size)
