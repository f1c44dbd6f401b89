"""The other half of the port to S3: what changes objects in place or from one to another, and buckets as a whole.

The same promises as in `s3ml_tui.domain.store`: all methods block and raise only `S3mlError`s.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.history import Version
from s3ml_tui.domain.resuming import UploadNotes, WantedUpload
from s3ml_tui.domain.uri import ObjectKey, Place

if TYPE_CHECKING:
    from s3ml_tui.domain.store import ObjectFacts, Written


def _never() -> bool:
    return False


def _unobserved(_moved: int) -> None:
    pass


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


class StoreChanges(Protocol):
    """One connection to one server."""

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
        progress: Callable[[int], None] = _unobserved,
        cancelled: Callable[[], bool] = _never,
    ) -> "Written":
        """Copy one version (the current one when None) to `target`, at any size; no bytes pass this machine.

        Headers, metadata, content type, tags and storage class come along; `described` takes the place of the first
        three. `etag` is that of the source as it was seen ("": no matter), `over` what was seen on top of the target
        (None: nothing). Raises Conflict when either is another now, NotFound, Corrupted, Cancelled.
        """
        ...

    def rewrite(self, like: "ObjectFacts", body: bytes, *, tags: Mapping[str, str], over: Version | None) -> "Written":
        """Put other bytes in place of `like.key`, with all that is kept with it. Raises Conflict as `copy`."""
        ...

    def versions_below(self, place: Place, *, cancelled: Callable[[], bool] = _never) -> Iterator[Sequence[Version]]:
        """All versions and delete markers of everything below, by key, page by page; `is_latest` says which is current.

        Raises Denied (`s3:ListBucketVersions`), NotSupported, StrangeAnswer (a name the server cannot tell), Cancelled.
        """
        ...

    def delete_many(self, bucket: str, doomed: Sequence[Doomed]) -> Removed:
        """Delete up to a thousand keys or versions by one request; a lost answer is looked up, not repeated blindly."""
        ...

    def write_tags(self, key: ObjectKey, tags: Mapping[str, str], version_id: str | None = None) -> None:
        """Make these all the tags of one version; no new version is made."""
        ...

    def thaw(self, key: ObjectKey, version_id: str | None, *, days: int, tier: Tier) -> None:
        """Have a readable copy of an archived version made. Raises NotSupported, Conflict (one is under way)."""
        ...

    def suspend_versioning(self, bucket: str) -> None:
        """Keep no more old versions from now on; those that are there stay."""
        ...

    def allow_public_access(self, bucket: str) -> None:
        """Take the bucket's block of public access away. Raises NotSupported."""
        ...

    def delete_bucket(self, bucket: str) -> None:
        """Delete a bucket. Look before whether it is empty: some servers delete what is in it as well."""
        ...

    def open_uploads(self, place: Place) -> Sequence[OpenUpload]:
        """Multipart uploads below that were begun and neither completed nor aborted. Raises Denied, NotSupported."""
        ...

    def abort_upload(self, key: ObjectKey, upload_id: str) -> None:
        """Throw the parts of an open upload away; twice is the same as once."""
        ...

    def abort_unclaimed(self, key: ObjectKey, wanted: WantedUpload, known: Collection[str]) -> int:
        """Throw away open uploads of `key` that were begun for us without our hearing of it; how many.

        Those are left alone that are `known`, were open before we asked, or may be another's. Raises Conflict when
        ours cannot be told from another's.
        """
        ...

    def credentials_end(self) -> datetime | None:
        """When the credentials expire, aware; None when that is never, or not known."""
        ...
