"""What can be seen of one key around a change: what is on top before it, and what it made after it."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import Denied, NotFound, NotSupported, S3mlError
from s3ml_tui.domain.plans.plan import lost_by_writing
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.history import NULL_VERSION, History, HistoryPage, Version
from s3ml_tui.domain.storage.store import VERSIONING_LASTS_BEFORE_CHANGES_S, Cancelled, Store, Written, never
from s3ml_tui.domain.uri import ObjectKey


@dataclass(frozen=True, slots=True)
class KeyState:
    """What is at a key, as far as these credentials may look."""

    current: Version | None
    """The newest entry, which may be a delete marker; None when nothing was ever there, or it could not be seen."""
    versioning: Versioning
    is_seen: bool
    """Whether one may rely on `current`."""
    buried: Version | None = None
    """A version below the current one that a write on top destroys."""


def versioning_of(store: Store, bucket: str, *, at_most_s: float = VERSIONING_LASTS_BEFORE_CHANGES_S) -> Versioning:
    """Whether the bucket keeps old versions; UNKNOWN when that may not be seen. Raises NotFound, Unreachable.

    What was seen longer than `at_most_s` ago is read anew. The usual bound is for whoever is going to delete or to
    write over something.
    """
    try:
        return store.versioning(bucket, at_most_s=at_most_s)
    except (Denied, NotSupported):
        return Versioning.UNKNOWN


@contextmanager
def asking_versioning(store: Store, bucket: str) -> Iterator[Callable[[], Versioning]]:
    """`versioning_of` beside what is asked within; call what is given for its answer."""
    with ThreadPoolExecutor(1, thread_name_prefix="s3ml-versioning") as pool:
        yield pool.submit(versioning_of, store, bucket).result


def newest(store: Store, key: ObjectKey) -> Version | None:
    """The newest entry of exactly this key, marker or version; None when it never existed.

    Who may not list versions is told by the object's facts instead, and sees nothing where there is a marker.
    """
    first: Version | None = None
    try:
        for page in store.history(key):
            latest = next((version for version in page.versions if version.is_latest), None)
            if latest is not None:
                return latest
            first = first or next(iter(page.versions), None)
    except (Denied, NotSupported):
        return current_by_facts(store, key)
    return first


def current_by_facts(store: Store, key: ObjectKey) -> Version | None:
    """The current version as HEAD tells it; None when there is none, or a delete marker. Raises Denied."""
    try:
        facts = store.facts(key)
    except NotFound:
        return None
    version_id = facts.version_id or NULL_VERSION
    return Version(key, version_id, facts.modified, facts.size, facts.etag, facts.storage_class, is_latest=True)


def whole_history(store: Store, key: ObjectKey, *, cancelled: Cancelled = never) -> History:
    """All versions and markers of exactly this key. Raises Cancelled."""
    found: list[Version] = []
    for page in store.history(key, cancelled=cancelled):
        if cancelled():
            raise Stopped
        found.extend(page.versions)
    return History(key, latest_first(found))


def latest_first(versions: Sequence[Version]) -> tuple[Version, ...]:
    """The versions with the current one on top: some servers list a `null` version last even when it is current."""
    return tuple(sorted(versions, key=lambda version: not version.is_latest))


def look(store: Store, key: ObjectKey) -> KeyState:
    """What is there before a change. Raises NotFound (no such bucket), Unreachable …

    The history and whether the bucket keeps versions are asked side by side.
    """
    pages, found = store.history(key), list[Version]()
    try:
        with asking_versioning(store, key.bucket) as asked:
            _read_to_latest(pages, found)
            versioning = asked()
        if versioning is not Versioning.ON:
            found += [version for page in pages for version in page.versions]
    except (Denied, NotSupported):
        return _look_by_facts(store, key)
    history = History(key, latest_first(found))
    lost = lost_by_writing(history.versions, versioning)
    is_below = lost is not None and history.current is not None and lost.version_id != history.current.version_id
    return KeyState(history.current, versioning, is_seen=True, buried=lost if is_below else None)


def _read_to_latest(pages: Iterator[HistoryPage], found: list[Version]) -> None:
    for page in pages:
        found += page.versions
        if any(version.is_latest for version in page.versions):
            return


def _look_by_facts(store: Store, key: ObjectKey) -> KeyState:
    """The same for whom the history is closed."""
    versioning = versioning_of(store, key.bucket)
    try:
        return KeyState(current_by_facts(store, key), versioning, is_seen=True)
    except Denied:
        return KeyState(None, versioning, is_seen=False)


def made(store: Store, written: Written, now: datetime) -> Version | None:
    """The version that a write of ours made; None when it cannot be told which it is.

    An answer that names a version is believed. Where it names none, or `null`, the history is read; the write has
    happened, so no trouble in looking again may turn it into a failure.
    """
    there: Version | None = None
    if written.version_id in {None, NULL_VERSION}:
        with suppress(S3mlError):
            there = _entry(store, written)
    if there is not None or written.version_id is None:
        return there
    return Version(written.key, written.version_id, written.at or now, written.size, written.etag, is_latest=True)


def without_tags(written: Written) -> tuple[str, ...]:
    """The sentence about a copy that has not the tags of its source; none when it has."""
    if not written.tags_lost:
        return ()
    return (f"{written.key.name} has not the tags of what was copied. {written.tags_lost.rstrip('.')}.",)


def made_marker(store: Store, key: ObjectKey, version_id: str | None, now: datetime) -> Version | None:
    """The delete marker that a delete of ours made; None when there is none.

    An answer that names one is believed; `null` names whatever was put there last.
    """
    if version_id not in {None, NULL_VERSION}:
        return Version(key, str(version_id), now, is_latest=True, is_delete_marker=True)
    try:
        there = newest(store, key)
    except S3mlError:
        there = None
    if there is not None and there.is_delete_marker and version_id in {None, there.version_id}:
        return there
    return None if version_id is None else Version(key, version_id, now, is_latest=True, is_delete_marker=True)


def destroy_all(store: Store, key: ObjectKey) -> None:
    """Destroy every version and marker of a key of our own; what is current where no more may be seen of it."""
    found: list[Version] = []
    try:
        for page in store.history(key):
            if page.missing:
                break
            found += page.versions
    except (Denied, NotSupported):
        found = []
    for version in found:
        store.delete_version(key, version.version_id)
    if not found:
        store.delete(key)


def _is_made_by(store: Store, there: Version, written: Written) -> bool:
    """Whether it is what was written; some servers list an object made of parts under another ETag than they gave."""
    if there.is_delete_marker or there.version_id != NULL_VERSION or there.etag == written.etag:
        return there.etag == written.etag
    facts = store.facts(written.key)
    return facts.etag == written.etag and facts.size == there.size


def _entry(store: Store, written: Written) -> Version | None:
    if written.version_id is None:
        there = newest(store, written.key)
        return there if there is not None and _is_made_by(store, there, written) else None
    for page in store.history(written.key):
        found = next((version for version in page.versions if version.version_id == written.version_id), None)
        if found is not None:
            return found
    return None
