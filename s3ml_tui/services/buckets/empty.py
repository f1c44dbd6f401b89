"""Counting everything in a bucket, and destroying what was counted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import Denied, NotSupported, S3mlError
from s3ml_tui.domain.job_control import report_done, report_found, rests
from s3ml_tui.domain.plans.bucket_folder import Tally
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.storage.store import Cancelled, Doomed, Store
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.objects.delete import BATCH
from s3ml_tui.services.objects.purge import why_held
from s3ml_tui.services.versions.history import versioning_of

_MOST_PASSES = 5
"""Some servers list anew what they passed over; after so many times what is left is told."""
_MOST_SHOWN = 10


def counted(store: Store, bucket: str, cancelled: Cancelled) -> Tally:
    """Everything, version by version. Raises NotFound, Denied, Cancelled."""
    objects = size = old = old_size = markers = 0
    newest_s: float | None = None
    newest_ids: set[str] = set()
    try:
        for page in store.versions_below(Place(bucket), cancelled=cancelled):
            report_found(cancelled, len(page))
            for version in page:
                written_s = version.modified.timestamp()
                if newest_s is None or int(written_s) > int(newest_s):
                    newest_ids = set()
                newest_s = written_s if newest_s is None else max(newest_s, written_s)
                if int(written_s) == int(newest_s):
                    newest_ids.add(_id(version))
                if version.is_delete_marker:
                    markers += 1
                elif version.is_latest:
                    objects, size = objects + 1, size + version.size
                else:
                    old, old_size = old + 1, old_size + version.size
    except Denied as error:
        raise Denied(
            f"What is in {bucket} cannot be counted",
            action=error.action or "s3:ListBucketVersions",
            cause="Without s3:ListBucketVersions nobody can say how many old versions would be destroyed",
            advice="Ask whoever runs the bucket for it, or use another profile",
        ) from error
    return Tally(objects, size, old, old_size, markers, len(_uploads(store, bucket) or ()), newest_s, tuple(newest_ids))


def _id(version: Version) -> str:
    return f"{version.key.key}\0{version.version_id}\0{version.etag}"


def _uploads(store: Store, bucket: str) -> Sequence[tuple[ObjectKey, str]] | None:
    """Those that are open; None where that may not be seen."""
    try:
        return [(ObjectKey(bucket, one.key), one.upload_id) for one in store.open_uploads(Place(bucket))]
    except (Denied, NotSupported):
        return None


@dataclass
class Emptied:
    """What came of it."""

    entries: int = 0
    """Versions and markers that are gone."""
    failed: dict[Doomed, S3mlError] = field(default_factory=dict)
    newer: int = 0
    """So many were written after the counting."""
    was_cancelled: bool = False
    unseen: int = 0
    """So many of those that were counted were not come to."""

    @property
    def left(self) -> int:
        """So many of those that were counted stay."""
        return len(self.failed) + self.unseen

    def sentences(self) -> tuple[str, ...]:
        """What stays, and why."""
        lines = [f"{doomed.key}: {error.sentence}" for doomed, error in list(self.failed.items())[:_MOST_SHOWN]]
        if len(self.failed) > _MOST_SHOWN:
            lines.append(f"{len(self.failed) - _MOST_SHOWN:,} more could not be destroyed.")
        if self.newer:
            lines.append(f"{count_text(self.newer, 'entry', 'entries')} written meanwhile stay.")
        if self.was_cancelled:
            lines.append("It was cancelled in the middle.")
        return tuple(lines)


class Emptying:
    """Of one bucket, once."""

    def __init__(self, store: Store, bucket: str, tally: Tally, cancelled: Cancelled) -> None:
        self._store = store
        self._bucket = bucket
        self._tally = tally
        self._cancelled = cancelled
        self._done = Emptied()
        self._newest_ids = frozenset(tally.newest_ids)

    def do(self) -> Emptied:
        """Raises the first error when nothing could be destroyed though something was to be, Cancelled."""
        done, before = self._done, -1
        is_plain = versioning_of(self._store, self._bucket) is Versioning.OFF
        for _ in range(_MOST_PASSES):
            if done.was_cancelled or done.entries + len(done.failed) >= self._tally.entries or done.entries == before:
                break
            before = done.entries
            self._pass(is_plain)
        done.unseen = max(self._tally.entries - done.entries - len(done.failed), 0) if done.was_cancelled else 0
        self._tell_locks()
        if not done.entries and done.failed:
            raise next(iter(done.failed.values()))
        if not done.entries and done.was_cancelled:
            raise Stopped
        for key, upload_id in _uploads(self._store, self._bucket) or ():
            self._store.abort_upload(key, upload_id)
        return done

    def _tell_locks(self) -> None:
        """Name the object lock of those that are shown; a lock is refused like a permission that lacks."""
        for doomed, error in list(self._done.failed.items())[:_MOST_SHOWN]:
            key = ObjectKey(self._bucket, doomed.key)
            self._done.failed[doomed] = why_held(self._store, key, doomed.version_id, error, datetime.now(UTC))

    def _pass(self, is_plain: bool) -> None:
        waiting: list[Doomed] = []
        self._done.newer = 0
        for page in self._store.versions_below(Place(self._bucket)):
            for version in page:
                doomed = Doomed(version.key.key, None if is_plain else version.version_id)
                if self._is_newer(version):
                    self._done.newer += 1
                elif doomed not in self._done.failed:
                    waiting.append(doomed)
            while len(waiting) >= BATCH:
                if not self._destroy(waiting[:BATCH]):
                    return
                del waiting[:BATCH]
        if waiting:
            self._destroy(waiting)

    def _is_newer(self, version: Version) -> bool:
        newest_s = self._tally.newest_s
        written_s = version.modified.timestamp()
        if newest_s is None or int(written_s) > int(newest_s):
            return True
        return int(written_s) == int(newest_s) and _id(version) not in self._newest_ids

    def _destroy(self, batch: Sequence[Doomed]) -> bool:
        """False once it is cancelled."""
        if rests(self._cancelled):
            self._done.was_cancelled = True
            return False
        removed = self._store.delete_many(self._bucket, batch)
        self._done.entries += len(removed.done)
        self._done.failed |= dict(removed.failed)
        report_done(self._cancelled, self._done.entries, self._tally.entries)
        return True
