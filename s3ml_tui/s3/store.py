"""The store: the port `domain.store.Store`, each verb kept in a module of its own."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from s3ml_tui.domain.connection import BucketFacts, Capabilities
from s3ml_tui.domain.entries import Bucket, ListingPage
from s3ml_tui.domain.history import HistoryPage
from s3ml_tui.domain.requests import RequestLog
from s3ml_tui.domain.resuming import DownloadNotes, Listed, Storing, UploadNotes
from s3ml_tui.domain.store import Cancelled, ObjectFacts, Progress, Received, Written, never, unobserved
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.clients import Clients
from s3ml_tui.s3.diagnosis import S3Diagnosis
from s3ml_tui.s3.signing_in import SigningIn
from s3ml_tui.s3.store_changes import S3Changes


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
        from s3ml_tui.s3 import buckets

        return buckets.buckets(self._clients)

    def bucket_exists(self, bucket: str) -> bool:
        """Whether it is there."""
        from s3ml_tui.s3 import buckets

        return buckets.bucket_exists(self._clients, bucket)

    def create_bucket(self, bucket: str) -> None:
        """Make it."""
        from s3ml_tui.s3 import buckets

        buckets.create_bucket(self._clients, bucket)

    def bucket_facts(self, bucket: str) -> BucketFacts:
        """What is known of it."""
        from s3ml_tui.s3 import buckets

        return buckets.bucket_facts(self._clients, bucket)

    def enable_versioning(self, bucket: str) -> None:
        """Keep old versions from now on."""
        from s3ml_tui.s3 import buckets

        buckets.enable_versioning(self._clients, bucket)

    def block_public_access(self, bucket: str) -> None:
        """Switch the four blocks on."""
        from s3ml_tui.s3 import buckets

        buckets.block_public_access(self._clients, bucket)

    def probe(self, place: Place) -> Capabilities:
        """Try what the server honours."""
        from s3ml_tui.s3 import probing

        return probing.probe(self._clients, place)

    def list_page(
        self, place: Place, *, token: str | None = None, is_recursive: bool = False, with_deleted: bool = False
    ) -> ListingPage:
        """One page of a level, or of everything below."""
        from s3ml_tui.s3 import listing

        return listing.list_page(
            self._clients, place, token=token, is_recursive=is_recursive, with_deleted=with_deleted
        )

    def list_all(
        self,
        place: Place,
        *,
        is_recursive: bool = True,
        with_deleted: bool = False,
        cancelled: Cancelled = never,
    ) -> Iterator[ListingPage]:
        """All pages of a level, or of everything below."""
        from s3ml_tui.s3 import listing_all

        return listing_all.list_all(
            self._clients, place, is_recursive=is_recursive, with_deleted=with_deleted, cancelled=cancelled
        )

    def history(self, key: ObjectKey, *, cancelled: Cancelled = never) -> Iterator[HistoryPage]:
        """All versions and markers of exactly this key."""
        from s3ml_tui.s3 import histories

        return histories.history(self._clients, key, cancelled=cancelled)

    def facts(self, key: ObjectKey, version_id: str | None = None) -> ObjectFacts:
        """HEAD."""
        from s3ml_tui.s3 import looking

        return looking.facts(self._clients, key, version_id)

    def tags(self, key: ObjectKey, version_id: str | None = None) -> Mapping[str, str]:
        """The tags of one version."""
        from s3ml_tui.s3 import looking

        return looking.tags(self._clients, key, version_id)

    def lock(self, key: ObjectKey, version_id: str | None = None) -> Mapping[str, str]:
        """What holds one version."""
        from s3ml_tui.s3 import locking

        return locking.lock(self._clients, key, version_id)

    def read(
        self,
        key: ObjectKey,
        version_id: str | None = None,
        *,
        start: int = 0,
        length: int | None = None,
        if_match: str | None = None,
    ) -> bytes:
        """Bytes `start` to `start + length`."""
        from s3ml_tui.s3 import reading

        return reading.read(self._clients, key, version_id, start=start, length=length, if_match=if_match)

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
        from s3ml_tui.s3 import writing

        return writing.write(
            self._clients,
            key,
            body,
            content_type=content_type,
            metadata=metadata,
            operation=operation,
            conditions=writing.conditions(if_absent=if_absent, if_match=if_match),
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
        from s3ml_tui.s3 import uploading, writing

        return uploading.upload(
            self._clients,
            path,
            key,
            content_type=content_type,
            metadata=metadata,
            conditions=writing.conditions(if_absent=if_absent, if_match=if_match),
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
        from s3ml_tui.s3 import downloading

        return downloading.download(
            self._clients, key, path, version_id, listed=listed, notes=notes, progress=progress, cancelled=cancelled
        )

    def copy_version(
        self,
        key: ObjectKey,
        version_id: str,
        *,
        expected: str | None,
        notes: UploadNotes | None = None,
        progress: Progress = unobserved,
        cancelled: Cancelled = never,
    ) -> Written:
        """Copy an old version on top."""
        from s3ml_tui.s3 import copying

        return copying.copy_version(
            self._clients,
            key,
            version_id,
            expected=expected,
            notes=notes,
            progress=progress,
            cancelled=cancelled,
        )

    def delete(self, key: ObjectKey, *, expected: str | None = None) -> str | None:
        """Delete; the marker's version id."""
        from s3ml_tui.s3 import deleting

        return deleting.delete(self._clients, key, expected=expected)

    def delete_version(self, key: ObjectKey, version_id: str) -> None:
        """Destroy one version, or remove one marker."""
        from s3ml_tui.s3 import deleting

        deleting.delete_version(self._clients, key, version_id)

    def link(self, key: ObjectKey, version_id: str | None = None, *, expires_s: int = 900) -> str:
        """A presigned GET link."""
        from s3ml_tui.s3 import links

        return links.link(self._clients, key, version_id, expires_s=expires_s)

    def limit_requests(self, most: int) -> None:
        """Change the bound on requests of transfers."""
        self._clients.slots.limit(most)

    def close(self) -> None:
        """Let go of the connections."""
        self._clients.close()
