"""The undo of something older, once what came after it was undone: what is on top then is what it left, come back.

Undoing rolls forward, so the version that an older undo expects on top is there as a copy, which says in its metadata
whence it came. Without this only the last thing that was done to an object could ever be undone.
"""

from dataclasses import replace
from typing import TypeVar

from s3ml_tui.domain.errors import Denied, NotFound, NotSupported
from s3ml_tui.domain.plans.plan import CopyForward, DeleteObject
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.storage.provenance import BROUGHT_FROM
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.versions.history import newest

_MOST_STEPS = 20
"""So often something may have come back since."""
_MOST_OBJECTS = 100
"""A plan over more is left as it is: it is refused for the objects that were changed since, and says so."""
_One = TypeVar("_One", CopyForward, DeleteObject)


def now_on_top(store: Store, plan: _One) -> _One:
    """The plan, expecting what is on top now if that is what it expects, come back.

    Whatever else is on top is left to the plan's own guard, which refuses it. Raises S3mlErrors.
    """
    expected = plan.current
    if expected is None or expected.version_id == NULL_VERSION:
        return plan
    try:
        there = newest(store, plan.key)
        if there is None or there.version_id == expected.version_id or not _is_come_back(store, there, expected):
            return plan
    except (Denied, NotFound, NotSupported):
        return plan
    return replace(plan, current=there)


def all_now_on_top(store: Store, plans: tuple[_One, ...]) -> tuple[_One, ...]:
    """The same for several, as they are where there are too many."""
    return tuple(now_on_top(store, plan) for plan in plans) if len(plans) <= _MOST_OBJECTS else plans


def _is_come_back(store: Store, there: Version, expected: Version) -> bool:
    """Whether `there` is `expected` once more: both markers, or the same bytes with a trail that leads to it."""
    if there.is_delete_marker or expected.is_delete_marker:
        return there.is_delete_marker and expected.is_delete_marker
    is_whole = "-" not in there.etag + expected.etag  # those of uploads in parts depend on the parts
    if there.size != expected.size or (is_whole and there.etag != expected.etag):
        return False
    version_id = there.version_id
    for _ in range(_MOST_STEPS):
        version_id = _source(store, there.key, version_id)
        if version_id in {"", expected.version_id}:
            break
    return version_id == expected.version_id


def _source(store: Store, key: ObjectKey, version_id: str) -> str:
    """The version it was brought back from; "" when it was not."""
    return store.facts(key, version_id).metadata.get(BROUGHT_FROM, "")
