"""What is current below a place, for plans about all of it.

What several keys, or all below a prefix, come to for a change that reads each of them first.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from s3ml_tui.domain.errors import BadInput, Denied, NotFound, NotSupported
from s3ml_tui.domain.job_control import report_found
from s3ml_tui.domain.plans.batch import MOST_BELOW
from s3ml_tui.domain.plans.plan import lost_by_writing
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.storage.store import Cancelled, Store, never
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.parallel import at_once
from s3ml_tui.services.versions.history import newest


def current_below(
    store: Store, place: Place, *, with_markers: bool = False, cancelled: Cancelled = never
) -> list[Version]:
    """The newest entry of every key below, in key order; delete markers only when asked for.

    Who may not list versions is told by the plain listing: then the version ids are "", and markers are not seen.
    Raises BadInput (too many), NotFound (no such bucket), Denied, Cancelled.
    """
    try:
        return _from_versions(store, place, with_markers, cancelled)
    except (Denied, NotSupported):
        return _from_listing(store, place, cancelled)


def tops_below(
    store: Store, place: Place, *, cancelled: Cancelled = never
) -> tuple[dict[ObjectKey, Version], dict[ObjectKey, Version]]:
    """By key, the newest entries below, and those `null` versions under them that a write on top destroys.

    The latter count only where versioning is suspended. Raises as `current_below`, and Denied.
    """
    top: dict[ObjectKey, Version] = {}
    buried: dict[ObjectKey, Version] = {}
    for page in store.versions_below(place, cancelled=cancelled):
        report_found(cancelled, sum(version.is_latest for version in page))
        for version in page:
            if version.is_latest:
                top[version.key] = version
            elif lost_by_writing((version,), Versioning.SUSPENDED) is not None:
                buried[version.key] = version
        _check(place, len(top))
    return top, buried


def _from_versions(store: Store, place: Place, with_markers: bool, cancelled: Cancelled) -> list[Version]:
    found: list[Version] = []
    for page in store.versions_below(place, cancelled=cancelled):
        more = [one for one in page if one.is_latest and (with_markers or not one.is_delete_marker)]
        report_found(cancelled, len(more))
        found += more
        _check(place, len(found))
    return found


def _from_listing(store: Store, place: Place, cancelled: Cancelled) -> list[Version]:
    found: list[Version] = []
    for page in store.list_all(place, is_recursive=True, cancelled=cancelled):
        report_found(cancelled, len(page.keys))
        columns = zip(page.keys, page.modified, page.sizes, page.etags, page.storage_classes, strict=True)
        found += [
            Version(
                ObjectKey(place.bucket, key),
                "",
                datetime.fromtimestamp(modified, UTC),
                size,
                etag,
                storage_class,
                is_latest=True,
            )
            for key, modified, size, etag, storage_class in columns
        ]
        _check(place, len(found))
    return found


def _check(place: Place, count: int) -> None:
    if count > MOST_BELOW:
        raise BadInput(
            f"More than {MOST_BELOW:,} objects are below {place.uri}: too many for one plan",
            cause="All of them are kept in memory, with what undoes it",
            advice="Go about it prefix by prefix",
        )


MOST = 10_000
"""So many objects are changed at once."""


def current_of(store: Store, keys: Sequence[ObjectKey], *, cancelled: Cancelled = never) -> list[Version]:
    """What is current of these; deleted ones and such as are gone are left out. Raises BadInput (too many)."""
    _check_count(len(keys))
    found = at_once(lambda key: newest(store, key), keys, cancelled)
    return [version for version in found if version is not None and not version.is_delete_marker]


def all_below(store: Store, place: Place, *, cancelled: Cancelled = never) -> list[Version]:
    """What is current below a prefix. Raises NotFound when nothing is, BadInput (too many)."""
    found = current_below(store, place, cancelled=cancelled)
    if not found:
        raise NotFound(f"There is nothing below {place.uri}", advice="Check the address")
    _check_count(len(found))
    return found


def _check_count(count: int) -> None:
    if count > MOST:
        raise BadInput(
            f"{count:,} objects are too many at once",
            cause=f"What each has is read before it is changed, {MOST:,} at most",
            advice="Choose fewer of them, or a narrower prefix",
        )


def folders(store: Store, place: Place) -> Sequence[str]:
    """The names of the folders directly below `place`, without their slash."""
    names: list[str] = []
    token: str | None = None
    while True:
        page = store.list_page(place, token=token)
        names += [prefix[len(place.prefix) :].rstrip("/") for prefix in page.prefixes]
        token = page.next
        if token is None:
            return names
