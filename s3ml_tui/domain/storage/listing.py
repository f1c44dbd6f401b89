"""What a listing shows: buckets, and one level of a bucket page by page as columns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from s3ml_tui.domain.uri import Place


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of the account."""

    name: str
    created: datetime | None
    """None when the bucket was given by name and not listed."""


@dataclass(frozen=True, slots=True)
class DeletedColumns:
    """Deleted objects of one level; columns of equal length, in key order."""

    keys: Sequence[str] = ()
    modified: Sequence[float] = ()
    """When each was deleted; seconds since the epoch, UTC."""
    version_ids: Sequence[str] = ()
    """Of the delete markers."""


@dataclass(frozen=True, slots=True)
class ListingPage:
    """One answer from a listing that may have more; columns of equal length, in key order."""

    place: Place
    prefixes: Sequence[str] = ()
    """Whole prefixes, each ending with a slash."""
    keys: Sequence[str] = ()
    """Whole keys."""
    sizes: Sequence[int] = ()
    """Bytes."""
    modified: Sequence[float] = ()
    """Seconds since the epoch, UTC."""
    etags: Sequence[str] = ()
    """Without the quotes."""
    storage_classes: Sequence[str] = ()
    deleted: DeletedColumns = field(default_factory=DeletedColumns)
    """Keys whose newest version is a delete marker; empty unless asked for."""
    next: str | None = None
    """Where to resume, opaque; None when the listing is complete."""
