"""Deleting what was seen, many by one request: looked at again right before, told one by one.

Deleting all below a prefix: seen by one listing, looked at again by another, deleted a thousand at a time.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from s3ml_tui.domain.errors import BadInput, Conflict, Denied, NotFound, NotSupported
from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.job_control import report_done, rests
from s3ml_tui.domain.plans.batch import BringBackMany, DeleteMany
from s3ml_tui.domain.plans.plan import CopyForward, DeleteObject, NothingToDo, Outcome
from s3ml_tui.domain.plans.undo import undo_of_delete
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.storage.store import Cancelled, Doomed, Store, never
from s3ml_tui.domain.text import size_text
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.browse.recursive import current_below, tops_below
from s3ml_tui.services.parallel import Results, at_once, each
from s3ml_tui.services.versions.delete_marker import etag_to_match, remove_hiding
from s3ml_tui.services.versions.history import asking_versioning, made_marker, newest
from s3ml_tui.services.versions.unchanged_since_plan import conflict, explained, is_still

BATCH = 1000
"""Keys in one request (S3 API reference, "DeleteObjects")."""
AT_ONCE = 4
"""So many requests at once; a server deletes the keys of one after another."""
_LEAST = 100
"""Fewer keys are not worth a request of their own."""
FEW = 50
"""So many are looked at one by one; more below one place by a listing of it."""

Deleted = tuple[Version, Version | None]
"""What was deleted, and the delete marker on top of it now; None where the server puts none."""


def delete_seen(
    store: Store,
    seen: Sequence[Version],
    *,
    place: Place | None,
    versioning: Versioning,
    now: Callable[[], datetime],
    cancelled: Cancelled,
) -> Results[Version, Deleted]:
    """Delete each that still is as it was seen. Raises what concerns all of them, Cancelled.

    Args:
        store: The connection.
        seen: What was on top, all in one bucket; without a version id its ETag is what counts.
        place: All of them are below it; with None each is looked at by itself.
        versioning: Of the bucket.
        now: The clock.
        cancelled: Asked between the requests.
    """
    results: Results[Version, Deleted] = Results()
    there = _there(store, seen, place, cancelled)
    same: list[Version] = []
    for version in seen:
        current = there.get(version.key)
        if current is not None and _is_seen(store, version, current):
            same.append(current)
        else:
            results.failed.append((version, conflict(version.key, version, current)))
    _delete_all(store, same, versioning, now, cancelled, results)
    _uncover(store, place if len(seen) > FEW else None, results)
    return results


def _uncover(store: Store, place: Place | None, results: Results[Version, Deleted]) -> None:
    """Count those as failed whose marker had hidden what somebody wrote meanwhile, and was removed again."""
    marked = [(version, marker) for version, (_, marker) in results.done if marker is not None]
    hid = remove_hiding(store, marked, place)
    if hid:
        results.failed += [(version, hid[version.key]) for version, _ in results.done if version.key in hid]
        results.done = [one for one in results.done if one[0].key not in hid]


def _delete_all(
    store: Store,
    same: Sequence[Version],
    versioning: Versioning,
    now: Callable[[], datetime],
    cancelled: Cancelled,
    results: Results[Version, Deleted],
) -> None:
    """Some batches at once; one that fails as a whole does not stop the others, unless it would fail for all."""
    ended, lock = [0], threading.Lock()

    def delete(batch: Sequence[Version]) -> Results[Version, Deleted]:
        part: Results[Version, Deleted] = Results()
        _delete(store, batch, versioning, now, part)
        with lock:
            ended[0] += len(batch)
            report_done(cancelled, ended[0], len(same))
        return part

    parts = each(_batches(same), delete, lambda: rests(cancelled), threads=AT_ONCE)
    for _, part in parts.done:
        results.done += part.done
        results.failed += part.failed
    for batch, error in parts.failed:
        results.failed += [(version, error) for version in batch]
    results.left = len(same) - sum(len(batch) for batch, _ in (*parts.done, *parts.failed))
    results.is_stopped = parts.is_stopped


def _batches(versions: Sequence[Version]) -> list[Sequence[Version]]:
    """Batches of about one size, as many as keep all requests busy to the end."""
    rounds = -(-len(versions) // (AT_ONCE * BATCH))
    size = min(BATCH, max(_LEAST, -(-len(versions) // max(1, AT_ONCE * rounds))))
    return [versions[start : start + size] for start in range(0, len(versions), size)]


def _there(
    store: Store, seen: Sequence[Version], place: Place | None, cancelled: Cancelled
) -> Mapping[ObjectKey, Version | None]:
    if cancelled():
        raise Stopped
    if place is not None and len(seen) > FEW:
        with suppress(BadInput):  # too much lies below it
            listed = current_below(store, place, with_markers=True, cancelled=cancelled)
            if all(version.version_id for version in listed):
                return {version.key: version for version in listed}
    keys = [version.key for version in seen]
    return dict(zip(keys, at_once(lambda key: newest(store, key), keys, lambda: rests(cancelled)), strict=True))


def _is_seen(store: Store, seen: Version, there: Version) -> bool:
    if seen.version_id or there.version_id == NULL_VERSION:
        return is_still(store, replace(seen, version_id=seen.version_id or NULL_VERSION), there)
    return not there.is_delete_marker and seen.etag == there.etag


def _delete(
    store: Store,
    batch: Sequence[Version],
    versioning: Versioning,
    now: Callable[[], datetime],
    results: Results[Version, Deleted],
) -> None:
    by_key = {version.key.key: version for version in batch}
    removed = store.delete_many(batch[0].key.bucket, [_doomed(version) for version in batch])
    for doomed, marker_id in removed.done:
        version = by_key[doomed.key]
        marker: Version | None = None
        if marker_id is not None:
            marker = Version(version.key, marker_id, now(), is_latest=True, is_delete_marker=True)
        elif versioning is not Versioning.OFF:
            marker = made_marker(store, version.key, None, now())
        results.done.append((version, (version, marker)))
    for doomed, error in removed.failed:
        version = by_key[doomed.key]
        told = explained(store, version.key, version, error) if isinstance(error, Conflict) else error
        results.failed.append((version, told))


def _doomed(version: Version) -> Doomed:
    return Doomed(version.key.key, expected=version.version_id or None, etag=etag_to_match(version))


def still_there(error: Exception, version: Version) -> Conflict:
    """What is told of an object that was copied and could not be deleted."""
    return Conflict(
        f"{version.key.uri} was copied, and is still there as well",
        cause=getattr(error, "sentence", ""),
        advice="Look at both, and delete the one that is not wanted",
    )


def plan_delete_below(store: Store, place: Place, *, cancelled: Cancelled = never) -> DeleteMany | NothingToDo:
    """What deleting all below would do on this bucket. Raises NotFound, BadInput (too many), Denied, Cancelled."""
    with asking_versioning(store, place.bucket) as asked:
        try:
            top, buried = tops_below(store, place, cancelled=cancelled)
        except (Denied, NotSupported):
            top, buried = {version.key: version for version in current_below(store, place, cancelled=cancelled)}, {}
        versioning = asked()
    if not top:
        raise NotFound(f"There is nothing below {place.uri}", advice="Check the address")
    plans = tuple(
        DeleteObject(key, version, versioning, buried=buried.get(key) if versioning is not Versioning.ON else None)
        for key, version in top.items()
        if not version.is_delete_marker
    )
    if not plans:
        return NothingToDo(f"Delete {place.name}/", f"All below {place.uri} was deleted already.")
    return DeleteMany(plans, len(top) - len(plans), place)


def delete_below(
    store: Store, plan: DeleteMany, place: Place, now: Callable[[], datetime], cancelled: Cancelled
) -> Outcome:
    """Delete each that still is what was seen; the undo brings back all that were deleted."""
    by_key = {single.key: single for single in plan.plans}
    results = delete_seen(
        store,
        [single.current for single in plan.plans],
        place=place,
        versioning=plan.plans[0].versioning,
        now=now,
        cancelled=cancelled,
    )
    results.raise_if_nothing()
    undo, why, size = [], "", 0
    for version, (current, marker) in results.done:
        size += version.size
        back, no_undo = undo_of_delete(replace(by_key[version.key], current=current), marker)
        why = why or no_undo
        if isinstance(back, CopyForward):
            undo.append(back)
    done = {version.key for version, _ in results.done}
    rest = tuple(single for single in plan.plans if single.key not in done)
    return Outcome(
        title=results.title("Deleted"),
        at=now(),
        details=(f"{size_text(size)} below {place.uri}.", *results.failure_sentences()),
        undo=BringBackMany(tuple(undo)) if undo else None,
        no_undo="" if undo else why,
        failed=len(results.failed) + results.left,
        retry=replace(plan, plans=rest) if rest else None,
    )
