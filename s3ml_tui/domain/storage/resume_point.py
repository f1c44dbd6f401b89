"""What lets a transfer of one file go on where it was broken off, and how the bucket is to keep what is uploaded.

A store tells its notes what it has begun before it begins it, and what is done after it is done. Who keeps the
notes (`services.transfers.journal`) hands them to the next attempt. Without notes a transfer that fails, or is
cancelled, leaves nothing behind.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

_SAME_TIME_S = 1.5
"""Listings and heads round times each their own way."""


@dataclass(frozen=True, slots=True)
class Storing:
    """How the bucket is to keep an upload; empty is the bucket's own way."""

    storage_class: str = ""
    kms_key: str = ""
    """The key's id, ARN or alias; with it the object is encrypted by KMS."""
    owner_has_full_control: bool = False
    """Give the bucket's owner full control, as buckets of other accounts may demand."""


@dataclass(frozen=True, slots=True)
class BegunUpload:
    """A multipart upload that is open; which parts are there, the server knows."""

    upload_id: str
    part_size: int
    """Bytes."""
    operation: str
    sha256: str
    """Of the whole file as it was read, hex."""
    storing: Storing = field(default_factory=Storing)
    """What it was begun with; a server takes no other for it later."""


@dataclass(frozen=True, slots=True)
class BegunDownload:
    """A temporary file that holds some ranges of exactly one version."""

    temporary: Path
    version_id: str | None
    etag: str
    size: int
    """Bytes of the whole."""
    done: Sequence[tuple[int, int]] = ()
    """Start and length of each range that is there."""


class UploadNotes(Protocol):
    """Where one upload writes down what it takes to go on."""

    @property
    def operation(self) -> str:
        """The operation id of this file, the same in each attempt."""
        ...

    @property
    def is_again(self) -> bool:
        """Whether an earlier attempt, whose end nobody knows, may have put it already."""
        ...

    @property
    def begun_upload(self) -> BegunUpload | None:
        """What an earlier attempt left open."""
        ...

    def upload_begun(self, begun: BegunUpload) -> None:
        """A multipart upload is open now."""
        ...

    def upload_closed(self) -> None:
        """It is completed or aborted."""
        ...


class DownloadNotes(Protocol):
    """Where one download writes down what it takes to go on."""

    @property
    def token(self) -> str:
        """Eight hexadecimal digits that stand in the names of its temporary files, by which they are found again."""
        ...

    def uses(self, folder: str) -> None:
        """Small files of this job are about to be made in a folder."""
        ...

    @property
    def begun_download(self) -> BegunDownload | None:
        """What an earlier attempt left behind."""
        ...

    def download_begun(self, begun: BegunDownload) -> None:
        """The temporary file is about to be made."""
        ...

    @property
    def has_ranges(self) -> bool:
        """Whether a range of it is in the temporary file."""
        ...

    def range_done(self, start: int, length: int) -> None:
        """So many bytes from there are in the temporary file."""
        ...

    def download_closed(self, *, is_done: bool) -> None:
        """The temporary file has its final name, or is gone."""
        ...


@dataclass(frozen=True, slots=True)
class Listed:
    """What a listing told of the current version; a download of it needs no look of its own."""

    size: int
    """Bytes."""
    etag: str
    modified: float = 0.0
    """Seconds since the epoch, UTC; 0 when not told."""

    def is_still(self, etag: str, size: int, modified: float) -> bool:
        """Whether an object that looks so now is what was listed.

        Some servers list objects made of parts under another ETag than they have; then size and time tell.
        """
        return self.etag == etag or (self.size == size and abs(self.modified - modified) < _SAME_TIME_S)
