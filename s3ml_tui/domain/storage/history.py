"""All versions and delete markers of exactly one key."""

from dataclasses import dataclass
from datetime import datetime

from s3ml_tui.domain.uri import ObjectKey

NULL_VERSION = "null"
"""The version id S3 gives to what was written while versioning was off."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an object, or one delete marker."""

    key: ObjectKey
    version_id: str
    modified: datetime
    """Aware, UTC."""
    size: int = 0
    """Bytes; 0 for a delete marker."""
    etag: str = ""
    """Without the quotes; empty for a delete marker."""
    storage_class: str = ""
    is_latest: bool = False
    is_delete_marker: bool = False

    @property
    def has_listed_etag(self) -> bool:
        """Whether its ETag may be good for comparing with a listing of versions alone.

        Where they keep no versions some servers list what they keep in pieces under another ETag than they give for the
        object itself, and compare conditions with the latter.
        """
        return self.version_id == NULL_VERSION and "-" in self.etag

    def may_be(self, other: "Version") -> bool:
        """Whether both may be the same though their ETags differ, one of which is good for a listing alone."""
        is_doubtful = self.has_listed_etag or other.has_listed_etag
        is_null = self.version_id == other.version_id == NULL_VERSION
        return is_null and is_doubtful and self.size == other.size and self.is_delete_marker == other.is_delete_marker


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Some versions of one key, newest first."""

    key: ObjectKey
    versions: tuple[Version, ...]
    is_last: bool
    missing: str = ""
    """Why there are none but the current one, as `needs s3:ListBucketVersions`; "" where all are listed."""


@dataclass(frozen=True, slots=True)
class History:
    """All versions of one key, newest first; empty when the key never existed."""

    key: ObjectKey
    versions: tuple[Version, ...]

    @property
    def current(self) -> Version | None:
        """The newest entry, which may be a delete marker; None when there is none."""
        return self.versions[0] if self.versions else None

    @property
    def is_deleted(self) -> bool:
        """Whether the newest entry is a delete marker."""
        return self.current is not None and self.current.is_delete_marker

    @property
    def last_content(self) -> Version | None:
        """The newest version that has bytes."""
        return next((version for version in self.versions if not version.is_delete_marker), None)

    def find(self, version_id: str) -> Version | None:
        """The entry with this id, or None."""
        return next((version for version in self.versions if version.version_id == version_id), None)
