"""The store: the port `domain.storage.store.Store`, each verb kept in a module of its own.

The other half of the store: the port `domain.storage.store.StoreChanges`, each verb kept in a module of its own.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from s3ml_tui.domain.storage.capabilities import BucketFacts, Capabilities, Versioning
from s3ml_tui.domain.storage.history import HistoryPage, Version
from s3ml_tui.domain.storage.listing import Bucket, ListingPage
from s3ml_tui.domain.storage.request_log import RequestLog
from s3ml_tui.domain.storage.resume_point import DownloadNotes, Listed, Storing, UploadNotes
from s3ml_tui.domain.storage.store import (
    VERSIONING_LASTS_S,
    Cancelled,
    Description,
    Doomed,
    ObjectFacts,
    OpenUpload,
    Progress,
    Received,
    Removed,
    Tier,
    Written,
    never,
    unobserved,
)
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.connection.clients import Clients
from s3ml_tui.s3.connection.diagnosis import S3Diagnosis
from s3ml_tui.s3.connection.mfa import SigningIn


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
        from s3ml_tui.s3.objects import copy

        return copy.copy(
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
        from s3ml_tui.s3.objects import write

        return write.rewrite(self._clients, like, body, tags=tags, over=over)

    def versions_below(self, place: Place, *, cancelled: Cancelled = never) -> Iterator[Sequence[Version]]:
        """All versions and delete markers of everything below."""
        from s3ml_tui.s3.listing import all_pages

        return all_pages.versions_below(self._clients, place, cancelled=cancelled)

    def delete_many(self, bucket: str, doomed: Sequence[Doomed]) -> Removed:
        """Delete up to a thousand keys or versions at once."""
        from s3ml_tui.s3.objects import delete_batch

        return delete_batch.delete_many(self._clients, bucket, doomed)

    def write_tags(self, key: ObjectKey, tags: Mapping[str, str], version_id: str | None = None) -> None:
        """Make these all the tags of one version."""
        from s3ml_tui.s3.objects import tags as tagging

        tagging.write_tags(self._clients, key, tags, version_id)

    def restore_from_archive(self, key: ObjectKey, version_id: str | None, *, days: int, tier: Tier) -> None:
        """Have a readable copy of an archived version made."""
        from s3ml_tui.s3.objects import archive

        archive.restore_from_archive(self._clients, key, version_id, days=days, tier=tier)

    def suspend_versioning(self, bucket: str) -> None:
        """Keep no more old versions from now on."""
        from s3ml_tui.s3.objects import open_uploads

        open_uploads.suspend_versioning(self._clients, bucket)

    def allow_public_access(self, bucket: str) -> None:
        """Take the block of public access away."""
        from s3ml_tui.s3.objects import open_uploads

        open_uploads.allow_public_access(self._clients, bucket)

    def add_abort_rule(self, bucket: str) -> None:
        """Have uploads thrown away that are left open."""
        from s3ml_tui.s3.buckets import lifecycle

        lifecycle.add_abort_rule(self._clients, bucket)

    def delete_bucket(self, bucket: str) -> None:
        """Delete a bucket."""
        from s3ml_tui.s3.objects import open_uploads

        open_uploads.delete_bucket(self._clients, bucket)

    def open_uploads(self, place: Place) -> Sequence[OpenUpload]:
        """Multipart uploads below that are open."""
        from s3ml_tui.s3.objects import open_uploads

        return open_uploads.open_uploads(self._clients, place)

    def abort_upload(self, key: ObjectKey, upload_id: str) -> None:
        """Throw the parts of an open upload away."""
        from s3ml_tui.s3.objects import open_uploads

        open_uploads.abort_upload(self._clients, key, upload_id)

    def credentials_end(self) -> datetime | None:
        """When the credentials expire."""
        return S3Diagnosis(self._clients).credentials().expires


class S3Store(S3Changes):
    """One connection to one server; safe to use from many threads. The port says what each verb promises."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    @property
    def endpoint(self) -> str:
        """The server's address, for people."""
        return self._clients.endpoint

    @property
    def diagnosis(self) -> S3Diagnosis:
        """What the connection tells of itself."""
        return S3Diagnosis(self._clients)

    @property
    def requests(self) -> RequestLog:
        """What was sent over it."""
        return self._clients.requests

    @property
    def sign_in(self) -> SigningIn | None:
        """How its credentials turn to a person."""
        return self._clients.sign_in

    def buckets(self) -> Sequence[Bucket]:
        """All buckets of the account."""
        from s3ml_tui.s3.buckets import buckets

        return buckets.buckets(self._clients)

    def bucket_exists(self, bucket: str) -> bool:
        """Whether it is there."""
        from s3ml_tui.s3.buckets import buckets

        return buckets.bucket_exists(self._clients, bucket)

    def create_bucket(self, bucket: str) -> None:
        """Make it."""
        from s3ml_tui.s3.buckets import buckets

        buckets.create_bucket(self._clients, bucket)

    def bucket_facts(self, bucket: str) -> BucketFacts:
        """What is known of it."""
        from s3ml_tui.s3.buckets import buckets

        return buckets.bucket_facts(self._clients, bucket)

    def versioning(self, bucket: str, *, at_most_s: float = VERSIONING_LASTS_S) -> Versioning:
        """Whether it keeps old versions."""
        from s3ml_tui.s3.buckets import buckets

        return buckets.versioning(self._clients, bucket, at_most_s=at_most_s)

    def refuses_unmet(self, bucket: str) -> bool:
        """Whether conditions on writes are known to be honoured."""
        return self._clients.refuses_unmet(bucket)

    def refuses_unmet_deletes(self, bucket: str) -> bool:
        """Whether conditions on deletes are known to be honoured."""
        return self._clients.refuses_unmet_deletes(bucket)

    def enable_versioning(self, bucket: str) -> None:
        """Keep old versions from now on."""
        from s3ml_tui.s3.buckets import buckets

        buckets.enable_versioning(self._clients, bucket)

    def block_public_access(self, bucket: str, *, but: Collection[str] = ()) -> None:
        """Switch the four blocks on, but some."""
        from s3ml_tui.s3.buckets import buckets

        buckets.block_public_access(self._clients, bucket, but=but)

    def retains(self, bucket: str) -> bool:
        """Whether every new version is locked."""
        from s3ml_tui.s3.objects import lock

        return lock.retains(self._clients, bucket)

    def probe(self, place: Place) -> Capabilities:
        """Try what the server honours."""
        from s3ml_tui.s3 import probe

        return probe.probe(self._clients, place)

    def list_page(
        self, place: Place, *, token: str | None = None, is_recursive: bool = False, with_deleted: bool = False
    ) -> ListingPage:
        """One page of a level, or of everything below."""
        from s3ml_tui.s3.listing import page

        return page.list_page(self._clients, place, token=token, is_recursive=is_recursive, with_deleted=with_deleted)

    def list_all(
        self,
        place: Place,
        *,
        is_recursive: bool = True,
        with_deleted: bool = False,
        cancelled: Cancelled = never,
    ) -> Iterator[ListingPage]:
        """All pages of a level, or of everything below."""
        from s3ml_tui.s3.listing import all_pages

        return all_pages.list_all(
            self._clients, place, is_recursive=is_recursive, with_deleted=with_deleted, cancelled=cancelled
        )

    def history(self, key: ObjectKey, *, cancelled: Cancelled = never) -> Iterator[HistoryPage]:
        """All versions and markers of exactly this key."""
        from s3ml_tui.s3.versions import history

        return history.history(self._clients, key, cancelled=cancelled)

    def facts(self, key: ObjectKey, version_id: str | None = None) -> ObjectFacts:
        """HEAD."""
        from s3ml_tui.s3.versions import facts

        return facts.facts(self._clients, key, version_id)

    def tags(self, key: ObjectKey, version_id: str | None = None) -> Mapping[str, str]:
        """The tags of one version."""
        from s3ml_tui.s3.versions import facts

        return facts.tags(self._clients, key, version_id)

    def lock(self, key: ObjectKey, version_id: str | None = None) -> Mapping[str, str]:
        """What holds one version."""
        from s3ml_tui.s3.objects import lock

        return lock.lock(self._clients, key, version_id)

    def read(
        self,
        key: ObjectKey,
        version_id: str | None = None,
        *,
        start: int = 0,
        length: int | None = None,
        if_match: str | None = None,
        cancelled: Cancelled = never,
    ) -> bytes:
        """Bytes `start` to `start + length`."""
        from s3ml_tui.s3.objects import read

        return read.read(
            self._clients, key, version_id, start=start, length=length, if_match=if_match, cancelled=cancelled
        )

    def write(
        self,
        key: ObjectKey,
        body: bytes,
        *,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
        operation: str | None = None,
        if_absent: bool = False,
        if_match: str | None = None,
    ) -> Written:
        """Put a small object."""
        from s3ml_tui.s3.objects import write

        return write.write(
            self._clients,
            key,
            body,
            content_type=content_type,
            metadata=metadata,
            operation=operation,
            conditions=write.conditions(if_absent=if_absent, if_match=if_match),
        )

    def upload(
        self,
        path: Path,
        key: ObjectKey,
        *,
        content_type: str | None = None,
        metadata: Mapping[str, str] | None = None,
        if_match: str | None = None,
        if_absent: bool = False,
        storing: Storing | None = None,
        notes: UploadNotes | None = None,
        progress: Progress = unobserved,
        cancelled: Cancelled = never,
    ) -> Written:
        """Put a file."""
        from s3ml_tui.s3.objects import write
        from s3ml_tui.s3.transfers import upload

        return upload.upload(
            self._clients,
            path,
            key,
            content_type=content_type,
            metadata=metadata,
            conditions=write.conditions(if_absent=if_absent, if_match=if_match),
            storing=storing or Storing(),
            notes=notes,
            progress=progress,
            cancelled=cancelled,
        )

    def download(
        self,
        key: ObjectKey,
        path: Path,
        version_id: str | None = None,
        *,
        listed: Listed | None = None,
        notes: DownloadNotes | None = None,
        progress: Progress = unobserved,
        cancelled: Cancelled = never,
    ) -> Received:
        """Get one version into a file."""
        from s3ml_tui.s3.transfers import download

        return download.download(
            self._clients, key, path, version_id, listed=listed, notes=notes, progress=progress, cancelled=cancelled
        )

    def copy_version(
        self,
        key: ObjectKey,
        version_id: str,
        *,
        expected: str | None,
        just_seen: Version | None = None,
        notes: UploadNotes | None = None,
        progress: Progress = unobserved,
        cancelled: Cancelled = never,
    ) -> Written:
        """Copy an old version on top."""
        from s3ml_tui.s3.objects import copy

        return copy.copy_version(
            self._clients,
            key,
            version_id,
            expected=expected,
            just_seen=just_seen,
            notes=notes,
            progress=progress,
            cancelled=cancelled,
        )

    def delete(
        self, key: ObjectKey, *, expected: str | None = None, etag: str = "", was_just_seen: bool = False
    ) -> str | None:
        """Delete; the marker's version id."""
        from s3ml_tui.s3.objects import delete

        return delete.delete(self._clients, key, expected=expected, etag=etag, was_just_seen=was_just_seen)

    def delete_version(self, key: ObjectKey, version_id: str) -> None:
        """Destroy one version, or remove one marker."""
        from s3ml_tui.s3.objects import delete

        delete.delete_version(self._clients, key, version_id)

    def link(self, key: ObjectKey, version_id: str | None = None, *, expires_s: int = 900) -> str:
        """A presigned GET link."""
        from s3ml_tui.s3.objects import presign

        return presign.link(self._clients, key, version_id, expires_s=expires_s)

    def limit_requests(self, most: int) -> None:
        """Change the bound on requests of transfers."""
        self._clients.slots.limit(most)

    def close(self) -> None:
        """Let go of the connections."""
        self._clients.close()
