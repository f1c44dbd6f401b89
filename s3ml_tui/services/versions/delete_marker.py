"""What a delete marker of ours lies on: what was to be deleted, or something newer that somebody wrote meanwhile.

Between the last look at a key and its delete somebody may write to it. Where the server is not known to refuse such a
delete, the history is read once more: a marker that lies on anything else than what was seen is removed again.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from s3ml_tui.domain.errors import Conflict, S3mlError
from s3ml_tui.domain.plans.plan import when
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.storage.store import Doomed, Store
from s3ml_tui.domain.text import size_text
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.versions.history import latest_first, made_marker
from s3ml_tui.services.versions.unchanged_since_plan import guarded

_THREADS = 8
Marked = tuple[Version, Version]
"""What was seen on top and deleted, and the delete marker that was put there."""


def etag_to_match(seen: Version) -> str:
    """The ETag a delete is to be sent under; "" where what was seen has none that the server compares with."""
    return "" if seen.is_delete_marker or seen.has_listed_etag else seen.etag


def delete_on_top(store: Store, seen: Version, now: datetime, *, was_just_seen: bool = False) -> Version | None:
    """Delete what was seen on top; the delete marker, None where the server puts none. Raises Conflict."""
    etag = etag_to_match(seen)
    with guarded(store, seen.key, seen, was_just_seen=was_just_seen):
        version_id = store.delete(seen.key, expected=seen.version_id, etag=etag, was_just_seen=was_just_seen)
    return made_marker(store, seen.key, version_id, now)


def ensure_nothing_hidden(store: Store, seen: Version, marker: Version | None) -> None:
    """Raise Conflict where the marker lies on something newer than what was seen; it is removed then."""
    if marker is not None:
        for error in remove_hiding(store, [(seen, marker)], None).values():
            raise error


def remove_hiding(store: Store, marked: Sequence[Marked], place: Place | None) -> Mapping[ObjectKey, Conflict]:
    """Remove the markers that lie on something newer than what was seen; what is told of each, by key.

    All are of one bucket; with `place` all of them lie below it, and one listing of it tells of most.
    """
    marked = [one for one in marked if NULL_VERSION not in {one[0].version_id, one[1].version_id} and one[0].version_id]
    if not marked or store.refuses_unmet_deletes(marked[0][0].key.bucket):
        return {}
    try:
        unsure = marked if place is None else _not_right_below(store, marked, place)
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="s3ml-below") as pool:
            below = list(pool.map(lambda one: _below(store, one[1]), unsure))
    except S3mlError:  # they are deleted: no trouble in looking turns that into a failure
        return {}
    hiding = [
        (marker, hidden)
        for (seen, marker), hidden in zip(unsure, below, strict=True)
        if hidden is not marker and (hidden is None or hidden.version_id != seen.version_id)
    ]
    return _removed(store, hiding) if hiding else {}


def _not_right_below(store: Store, marked: Sequence[Marked], place: Place) -> list[Marked]:
    """Those where the listing does not show what was seen directly below the marker."""
    seen_below = {(marker.key, marker.version_id): seen.version_id for seen, marker in marked}
    right: set[ObjectKey] = set()
    above: Version | None = None
    for page in store.versions_below(place):
        for version in page:
            if above is not None and above.key == version.key:
                expected = seen_below.get((above.key, above.version_id))
                if expected is not None and expected == version.version_id:
                    right.add(version.key)
            above = version
    return [one for one in marked if one[1].key not in right]


def _below(store: Store, marker: Version) -> Version | None:
    """What lies directly below the marker; None when nothing does, the marker itself when it is there no more."""
    found: list[Version] = []
    for page in store.history(marker.key):
        found += page.versions
        ordered = latest_first(found)
        at = next((at for at, version in enumerate(ordered) if version.version_id == marker.version_id), None)
        if at is not None and at + 1 < len(ordered):
            return ordered[at + 1]
    return None if any(version.version_id == marker.version_id for version in found) else marker


def _removed(store: Store, hiding: Sequence[tuple[Version, Version | None]]) -> Mapping[ObjectKey, Conflict]:
    doomed = [Doomed(marker.key.key, marker.version_id) for marker, _ in hiding]
    stays: dict[str, S3mlError] = {}
    try:
        stays = {one.key: error for one, error in store.delete_many(hiding[0][0].key.bucket, doomed).failed}
    except S3mlError as error:
        stays = dict.fromkeys((one.key for one in doomed), error)
    return {marker.key: _told(marker.key, hidden, stays.get(marker.key.key)) for marker, hidden in hiding}


def _told(key: ObjectKey, hidden: Version | None, trouble: S3mlError | None) -> Conflict:
    if hidden is None:
        cause = "What was to be deleted is gone from its history meanwhile"
    elif hidden.is_delete_marker:
        cause = f"Somebody deleted it meanwhile, on {when(hidden)}"
    else:
        cause = f"Somebody wrote {size_text(hidden.size)} to it meanwhile, on {when(hidden)}"
    if trouble is None:
        return Conflict(
            f"{key.name} is no longer as it was when this was planned; it is not deleted",
            cause=f"{cause}; our delete marker was removed again",
            advice="Look at its history and decide again",
        )
    bring_back = f"Bring back version {hidden.version_id}" if hidden is not None else "Look at its history"
    return Conflict(
        f"{key.name} is deleted, though it is no longer as it was when this was planned",
        cause=f"{cause}; our delete marker on top could not be removed: {trouble.title}",
        advice=bring_back,
    )
