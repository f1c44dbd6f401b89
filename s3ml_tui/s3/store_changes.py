"""The other half of the store: the port `domain.store_changes.StoreChanges`, each verb kept in a module of its own."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from s3ml_tui.domain.history import Version
from s3ml_tui.domain.resuming import UploadNotes, WantedUpload
from s3ml_tui.domain.store import Cancelled, ObjectFacts, Progress, Written, never, unobserved
from s3ml_tui.domain.store_changes import Description, Doomed, OpenUpload, Removed, Tier
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.clients import Clients
from s3ml_tui.s3.diagnosis import S3Diagnosis


class S3Changes:
    """What changes objects in place or from one to another, and buckets as a whole; the port says what each does."""

    _clients: Clients

    def copy(
        self,
        source: ObjectKey,
        version_id: str | None,
        target: ObjectKey,
        *,
        over: Version | None,
        etag: str = "",
        described: Description | None = None,
        notes: UploadNotes | None = None,
        progress: Progress = unobserved,
        cancelled: Cancelled = never,
    ) -> Written:
        """Copy one version to another key, or onto its own."""
        from s3ml_tui.s3 import copying

        return copying.copy(
            self._clients,
            source,
            version_id,
            target,
            over=over,
            etag=etag,
            described=described,
            notes=notes,
            progress=progress,
            cancelled=cancelled,
        )

    def rewrite(self, like: ObjectFacts, body: bytes, *, tags: Mapping[str, str], over: Version | None) -> Written:
        """Put other bytes in place of an object."""
        from s3ml_tui.s3 import rewriting

        return rewriting.rewrite(self._clients, like, body, tags=tags, over=over)

    def versions_below(self, place: Place, *, cancelled: Cancelled = never) -> Iterator[Sequence[Version]]:
        """All versions and delete markers of everything below."""
        from s3ml_tui.s3 import below

        return below.versions_below(self._clients, place, cancelled=cancelled)

    def delete_many(self, bucket: str, doomed: Sequence[Doomed]) -> Removed:
        """Delete up to a thousand keys or versions at once."""
        from s3ml_tui.s3 import deleting_many

        return deleting_many.delete_many(self._clients, bucket, doomed)

    def write_tags(self, key: ObjectKey, tags: Mapping[str, str], version_id: str | None = None) -> None:
        """Make these all the tags of one version."""
        from s3ml_tui.s3 import tagging

        tagging.write_tags(self._clients, key, tags, version_id)

    def thaw(self, key: ObjectKey, version_id: str | None, *, days: int, tier: Tier) -> None:
        """Have a readable copy of an archived version made."""
        from s3ml_tui.s3 import thawing

        thawing.thaw(self._clients, key, version_id, days=days, tier=tier)

    def suspend_versioning(self, bucket: str) -> None:
        """Keep no more old versions from now on."""
        from s3ml_tui.s3 import buckets_changing

        buckets_changing.suspend_versioning(self._clients, bucket)

    def allow_public_access(self, bucket: str) -> None:
        """Take the block of public access away."""
        from s3ml_tui.s3 import buckets_changing

        buckets_changing.allow_public_access(self._clients, bucket)

    def delete_bucket(self, bucket: str) -> None:
        """Delete a bucket."""
        from s3ml_tui.s3 import buckets_changing

        buckets_changing.delete_bucket(self._clients, bucket)

    def open_uploads(self, place: Place) -> Sequence[OpenUpload]:
        """Multipart uploads below that are open."""
        from s3ml_tui.s3 import buckets_changing

        return buckets_changing.open_uploads(self._clients, place)

    def abort_upload(self, key: ObjectKey, upload_id: str) -> None:
        """Throw the parts of an open upload away."""
        from s3ml_tui.s3 import buckets_changing

        buckets_changing.abort_upload(self._clients, key, upload_id)

    def abort_unclaimed(self, key: ObjectKey, wanted: WantedUpload, known: Collection[str]) -> int:
        """Throw away uploads that were begun for us without our hearing of it."""
        from s3ml_tui.s3 import unclaimed

        return unclaimed.abort_unclaimed(self._clients, key, wanted, known)

    def credentials_end(self) -> datetime | None:
        """When the credentials expire."""
        return S3Diagnosis(self._clients).credentials().expires
