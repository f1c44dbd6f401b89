"""The port to S3: what services may ask of a store. `s3ml_tui.s3` implements it; a test double is one class.

All methods block and raise only `S3mlError`s. ETags have no quotes. Times are aware, UTC.

A version that may not be read by its id (s3:GetObjectVersion) is read as what is current, if it is that: its ETag
pins it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.storage.capabilities import BucketFacts, Capabilities, Versioning
from s3ml_tui.domain.storage.history import HistoryPage, Version
from s3ml_tui.domain.storage.listing import Bucket, ListingPage
from s3ml_tui.domain.storage.resume_point import DownloadNotes, Listed, Storing, UploadNotes
from s3ml_tui.domain.uri import ObjectKey, Place


@dataclass(frozen=True, slots=True)
class Description:
    """What is kept with an object besides its bytes and tags."""

    content_type: str
    headers: Mapping[str, str]
    """By boto3's names, as in `ObjectFacts`."""
    metadata: Mapping[str, str]
    """User metadata, keys in lower case."""


class Tier(StrEnum):
    """How fast an archived object is made readable."""

    STANDARD = "Standard"
    BULK = "Bulk"
    EXPEDITED = "Expedited"


@dataclass(frozen=True, slots=True)
class Doomed:
    """One key, or one version of it, that is to be deleted among others."""

    key: str
    version_id: str | None = None
    """Exactly this one, for good; None puts a delete marker on top where the bucket keeps versions."""
    expected: str | None = None
    """The version id that was seen on top, for a server that refuses `etag`; None is no matter."""
    etag: str = ""
    """Delete the key only while what is on top has this ETag, where the server honours that; "" is no matter."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What became of several deletes, in the order of the request."""

    done: Sequence[tuple[Doomed, str | None]] = ()
    """With the id of the delete marker that was put on top; None when there is none."""
    failed: Sequence[tuple[Doomed, S3mlError]] = ()


@dataclass(frozen=True, slots=True)
class OpenUpload:
    """A multipart upload that was begun and neither completed nor aborted."""

    key: str
    upload_id: str
    begun: datetime
    """Aware, UTC."""


OURS = "s3ml-"
"""What all metadata keys of ours begin with."""
OPERATION = "s3ml-op"
"""The metadata key under which every write of ours carries its operation id."""

VERSIONING_LASTS_S = 60.0
"""So long a session takes it that a bucket goes on keeping versions, or none: it is asked before nearly everything."""
VERSIONING_LASTS_BEFORE_CHANGES_S = 10.0
"""The same before something is deleted or written over, which destroys bytes where no versions are kept."""

Cancelled = Callable[[], bool]
"""Asked often; once it answers True the method stops and raises errors.Cancelled."""
Progress = Callable[[int], None]
"""Told how many more bytes have moved, from any thread; negative when a part is sent again."""


def never() -> bool:
    """A `Cancelled` that never is."""
    return False


def unobserved(_moved: int) -> None:
    """A `Progress` nobody watches."""


@dataclass(frozen=True, slots=True)
class ObjectFacts:
    """What HEAD tells of one version."""

    key: ObjectKey
    version_id: str | None
    """None on a bucket without versions."""
    size: int
    """Bytes."""
    etag: str
    modified: datetime
    content_type: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """User metadata, keys in lower case, ours (`s3ml-*`) included."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """The other headers kept with the object, by boto3's names: CacheControl, ContentDisposition, ContentEncoding,
    ContentLanguage, Expires, WebsiteRedirectLocation …"""
    storage_class: str = "STANDARD"
    encryption: str = ""
    """As `aws:kms arn:…`; empty when not said."""
    checksums: Mapping[str, str] = field(default_factory=dict)
    """By algorithm, as `SHA256`; the values base64, as S3 gives them."""
    states: Mapping[str, str] = field(default_factory=dict)
    """What holds for the version now, by boto3's names: ObjectLockMode, ObjectLockRetainUntilDate,
    ObjectLockLegalHoldStatus, Restore, ArchiveStatus, ReplicationStatus, Expiration, BucketKeyEnabled, ChecksumType,
    MissingMeta. The lock is left out for whoever may not see it."""
    needed_for_checksums: str = ""
    """The action without which the checksums may not be seen, as kms:Decrypt; "" when they may."""
    tag_count: int | None = None
    """None when not said: by servers that never say it, and where there are none or they may not be seen."""
    may_be_named: bool = field(default=True, compare=False)
    """False where reading it by its version id was refused; it is what is current, and can be read as that."""

    def id_to_ask(self, version_id: str | None = None) -> str | None:
        """The version id it is to be asked for by; None where it may not be named.

        Then only its ETag holds others back. `version_id` is the one that was asked for, for servers that tell none.
        """
        return (self.version_id or version_id) if self.may_be_named else None


@dataclass(frozen=True, slots=True)
class Written:
    """What a write made."""

    key: ObjectKey
    version_id: str | None
    """None on a bucket without versions."""
    etag: str
    size: int
    """Bytes."""
    sha256: str = ""
    """Of the bytes sent, hex; empty after a copy."""
    at: datetime | None = field(default=None, compare=False)
    """When the server answered, by its own clock; None when it did not say."""
    tags_lost: str = field(default="", compare=False)
    """Why a copy has not the tags of its source; "" when it has them, or there are none."""
    was_named: bool = field(default=True, compare=False)
    """False where the source of a copy was read as what is current, since its version id could not be named."""


@dataclass(frozen=True, slots=True)
class Received:
    """A download whose bytes were checked against the server's checksum or ETag before the final name appeared."""

    key: ObjectKey
    version_id: str | None
    etag: str
    size: int
    """Bytes."""
    sha256: str
    """Of the bytes on disk, hex."""
    path: Path
    is_verified: bool
    """False when the server gives nothing to check against (an ETag that is no MD5 and no checksum)."""
    was_named: bool = field(default=True, compare=False)
    """False where it was read as what is current, since its version id could not be named."""


class Store(Protocol):
    """One connection to one server."""

    @property
    def endpoint(self) -> str:
        """The server's address, for people."""
        ...

    def credentials_end(self) -> datetime | None:
        """When the credentials expire, aware; None when that is never, or not known."""
        ...

    # buckets ---------------------------------------------------------------------------------------------------

    def buckets(self) -> Sequence[Bucket]:
        """All buckets of the account. Raises Denied (`s3:ListAllMyBuckets`)."""
        ...

    def bucket_exists(self, bucket: str) -> bool:
        """Whether the bucket is there. Raises Denied when it belongs to somebody else."""
        ...

    def create_bucket(self, bucket: str) -> None:
        """Make a bucket. Raises Conflict when the name is taken."""
        ...

    def delete_bucket(self, bucket: str) -> None:
        """Delete a bucket. Look before whether it is empty: some servers delete what is in it as well."""
        ...

    def bucket_facts(self, bucket: str) -> BucketFacts:
        """What is known of it; what may not be looked at is unknown, never an error. Raises NotFound, Unreachable."""
        ...

    def versioning(self, bucket: str, *, at_most_s: float = VERSIONING_LASTS_S) -> Versioning:
        """Whether it keeps old versions, as it was so many seconds ago at most; UNKNOWN for who may not see it.

        Raises NotFound, StrangeAnswer, Unreachable, and what says nothing of this bucket alone.
        """
        ...

    def refuses_unmet(self, bucket: str) -> bool:
        """Whether a write under a condition that does not hold is known to be refused; without a request."""
        ...

    def refuses_unmet_deletes(self, bucket: str) -> bool:
        """The same of a delete under an ETag that does not hold; without a request."""
        ...

    def enable_versioning(self, bucket: str) -> None:
        """Keep old versions from now on."""
        ...

    def suspend_versioning(self, bucket: str) -> None:
        """Keep no more old versions from now on; those that are there stay."""
        ...

    def block_public_access(self, bucket: str, *, but: Collection[str] = ()) -> None:
        """Switch the bucket's four blocks on, `but` some by S3's names for them, which are off. Raises NotSupported."""
        ...

    def allow_public_access(self, bucket: str) -> None:
        """Take the bucket's block of public access away. Raises NotSupported."""
        ...

    def retains(self, bucket: str) -> bool:
        """Whether every new version is locked by the bucket's default retention. Raises Denied, NotSupported."""
        ...

    def add_abort_rule(self, bucket: str) -> None:
        """Add the lifecycle rule `ABORT_RULE` to those of a bucket, which stay. Raises NotSupported, Denied."""
        ...

    def probe(self, place: Place) -> Capabilities:
        """Try what the server honours with writes under `<place>.s3ml/probe-…`; every trace is removed. Remembered."""
        ...

    # looking ---------------------------------------------------------------------------------------------------

    def list_page(
        self, place: Place, *, token: str | None = None, is_recursive: bool = False, with_deleted: bool = False
    ) -> ListingPage:
        """One page of a level (or of everything below). `token` is the last page's `next`.

        Raises StrangeAnswer for a 200 that is no listing, Denied, NotFound (no such bucket), Unreachable.
        """
        ...

    def list_all(
        self,
        place: Place,
        *,
        is_recursive: bool = True,
        with_deleted: bool = False,
        cancelled: Cancelled = never,
    ) -> Iterator[ListingPage]:
        """All pages of a level (or of everything below) in order, none empty and none with a `next`.

        The fastest way the server allows, which may be many requests at once; one where one page holds it all.
        Raises what `list_page` raises, Cancelled.
        """
        ...

    def history(self, key: ObjectKey, *, cancelled: Cancelled = never) -> Iterator[HistoryPage]:
        """All versions and markers of exactly this key, newest first. Empty pages when it never existed."""
        ...

    def versions_below(self, place: Place, *, cancelled: Cancelled = never) -> Iterator[Sequence[Version]]:
        """All versions and delete markers of everything below, by key, page by page; `is_latest` says which is current.

        Raises Denied (`s3:ListBucketVersions`), NotSupported, StrangeAnswer (a name the server cannot tell), Cancelled.
        """
        ...

    def facts(self, key: ObjectKey, version_id: str | None = None) -> ObjectFacts:
        """HEAD. Raises NotFound, also for a deleted object or a delete marker's id."""
        ...

    def tags(self, key: ObjectKey, version_id: str | None = None) -> Mapping[str, str]:
        """The tags of one version."""
        ...

    def lock(self, key: ObjectKey, version_id: str | None = None) -> Mapping[str, str]:
        """What holds one version, as in `ObjectFacts.states`, asked for by itself; empty when nothing does.

        Raises Denied (`s3:GetObjectRetention`, `s3:GetObjectLegalHold`), NotSupported when the bucket keeps no locks.
        """
        ...

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
        """Bytes `start` to `start + length` (to the end when None; empty past the end).

        Cancelled while the server is waited for, it ends at once and hangs up, as far as the connection allows.
        Raises NotFound, Conflict, Cancelled.
        """
        ...

    # changing --------------------------------------------------------------------------------------------------

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
        """Put a small object. An operation id is added to the metadata (a new one when None).

        Raises Conflict when `if_absent` and it exists, or `if_match` is not its ETag; a refusal that meets our own
        operation id is a lost answer, and success.
        """
        ...

    def rewrite(self, like: ObjectFacts, body: bytes, *, tags: Mapping[str, str], over: Version | None) -> Written:
        """Put other bytes in place of `like.key`, with all that is kept with it. Raises Conflict as `copy`."""
        ...

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
        """Put a file, in parts when large; content type guessed from the name when None.

        With `notes` an upload that an earlier attempt left open goes on, if the file is as it was then; and one whose
        server is lost stays open. Else nothing stays behind.
        Raises LocalTrouble (no such file, changed while it was read), Corrupted (the returned ETag differs), Conflict.
        """
        ...

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
        """Get one version into `path`: temp file beside it, checked whole, fsync, rename.

        With `listed` exactly what the listing told, one of many: the file gets the object's time, and whoever asks for
        them makes their folder's entries last. With `notes` what an earlier attempt has of the same version is used,
        and kept when the server is lost.
        Raises NotFound, Corrupted, LocalTrouble (disk full, no such folder), Conflict (it is no longer what was
        listed), Cancelled; then `path` is as it was.
        """
        ...

    def copy(
        self,
        key: ObjectKey,
        version_id: str | None,
        target: ObjectKey,
        *,
        over: Version | None,
        etag: str = "",
        described: Description | None = None,
        progress: Progress = unobserved,
        cancelled: Cancelled = never,
    ) -> Written:
        """Copy one version of `key` (the current one when None) to `target`, at any size; no bytes pass this machine.

        Headers, metadata, content type, tags and storage class come along; `described` takes the place of the first
        three. Tags that the server drops are set again; where they cannot be, `Written.tags_lost` says why. `etag` is
        that of the source as it was seen ("": no matter), `over` what was seen on top of the target (None: nothing).
        Raises Conflict when either is another now, NotFound, Corrupted, Cancelled.
        """
        ...

    def copy_version(
        self,
        key: ObjectKey,
        version_id: str,
        *,
        expected: str | None,
        just_seen: Version | None = None,
        progress: Progress = unobserved,
        cancelled: Cancelled = never,
    ) -> Written:
        """Copy an old version of `key` on top: headers, metadata, content type, tags and storage class kept, any size.

        `expected` is the version id of the current entry (marker or version) the user saw; None means "no matter".
        `just_seen` is the old version as a listing told it together with what is on top: then neither is asked about
        again, and the metadata stays exactly as it is, without a mark of where it came from.
        Raises Conflict when the current entry is another, NotFound when the version is gone.
        """
        ...

    def delete(
        self, key: ObjectKey, *, expected: str | None = None, etag: str = "", was_just_seen: bool = False
    ) -> str | None:
        """Delete: a marker on a versioned bucket (its version id is returned), for good (None) on another.

        `expected` as in `copy_version`; where it `was_just_seen` on top, that is not read again before. `etag` as in
        `Doomed`: where `refuses_unmet_deletes` is False, the marker may lie on something newer all the same.
        Raises Conflict.
        """
        ...

    def delete_version(self, key: ObjectKey, version_id: str) -> None:
        """Destroy one version, or remove one delete marker."""
        ...

    def delete_many(self, bucket: str, doomed: Sequence[Doomed]) -> Removed:
        """Delete up to a thousand keys or versions by one request; a lost answer is looked up, not repeated blindly.

        A key that is no longer as `Doomed` says is among the failed, with a Conflict.
        """
        ...

    def write_tags(self, key: ObjectKey, tags: Mapping[str, str], version_id: str | None = None) -> None:
        """Make these all the tags of one version; no new version is made."""
        ...

    def restore_from_archive(self, key: ObjectKey, version_id: str | None, *, days: int, tier: Tier) -> None:
        """Have a readable copy of an archived version made. Raises NotSupported, Conflict (one is under way)."""
        ...

    def open_uploads(self, place: Place) -> Sequence[OpenUpload]:
        """Multipart uploads below that were begun and neither completed nor aborted. Raises Denied, NotSupported."""
        ...

    def abort_upload(self, key: ObjectKey, upload_id: str) -> None:
        """Throw the parts of an open upload away; twice is the same as once."""
        ...

    def link(self, key: ObjectKey, version_id: str | None = None, *, expires_s: int = 900) -> str:
        """A presigned GET link (SigV4) to one version; a secret: never log it."""
        ...

    def limit_requests(self, most: int) -> None:
        """Send no more than so many requests of transfers at once, over all files and their parts."""
        ...

    def close(self) -> None:
        """Let go of the connections."""
        ...
