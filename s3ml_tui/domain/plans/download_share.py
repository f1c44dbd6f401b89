"""What takes bytes out of a bucket: downloads, verifications, links."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.domain.storage.history import NULL_VERSION
from s3ml_tui.domain.text import size_text
from s3ml_tui.domain.uri import ObjectKey


@dataclass(frozen=True, slots=True)
class DownloadFile(Plan):
    """One version of an object becomes a file."""

    key: ObjectKey
    version_id: str | None
    """Exactly this one; None on a bucket without versions."""
    size: int = field()
    """Bytes."""
    modified: datetime
    path: Path
    """The file it becomes."""
    replaces: int | None = None
    """Bytes of the file that is there now; None when none is."""
    affirmative = "Download"
    can_go_on = True

    @property
    def title(self) -> str:
        """As `Download a.csv`."""
        return f"Download {self.key.name}"

    @property
    def is_destructive(self) -> bool:
        """Whether a file of this machine is replaced."""
        return self.replaces is not None

    def sentences(self) -> tuple[str, ...]:
        """What goes where, and what becomes of the file that is there."""
        version = f" (version {self.version_id})" if self.version_id else ""
        goes = (
            f"{size_text(self.size)} of {self.key.uri} from {self.modified.astimezone():%Y-%m-%d %H:%M:%S}{version} "
            f"become {self.path}."
        )
        if self.replaces is None:
            return (goes,)
        return (goes, f"The {size_text(self.replaces)} of that file are replaced, and lost on this machine.")


USUAL_LINK_S = 900
"""How long a link lives unless another time is chosen."""


@dataclass(frozen=True, slots=True)
class ShareObject(Plan):
    """One version of one object can be read by whoever has a link, for a while."""

    key: ObjectKey
    version_id: str | None
    """Exactly this one; None on a bucket without versions, and where none may be named."""
    size: int = field()
    """Bytes."""
    expires_s: int
    may_name_versions: bool = True
    """Whether these credentials may read a version by its id; a link can do what its signer can."""
    affirmative = "Make the link"

    @property
    def title(self) -> str:
        """As `Share a.csv`."""
        return f"Share {self.key.name}"

    def sentences(self) -> tuple[str, ...]:
        """Who can read what, for how long."""
        is_fixed = self.version_id not in {None, NULL_VERSION}
        which = f"version {self.version_id}, {size_text(self.size)}" if is_fixed else size_text(self.size)
        later = "These bytes have no version of their own, so it gives whatever is there when it is opened."
        if is_fixed:
            later = "A version written later is not shared by it."
        elif not self.may_name_versions:
            later = "Without s3:GetObjectVersion it names no version: it gives whatever is there when it is opened."
        return (
            f"Whoever has the link can read {self.key.uri} ({which}) for {duration_text(self.expires_s)}, "
            "or until the credentials that signed it end.",
            f"{later} Nothing else opens, and nothing in the bucket changes.",
            f"It cannot be revoked before its time, except by {'purging that version' if is_fixed else 'deleting'}.",
        )


@dataclass(frozen=True, slots=True)
class SharedLink:
    """A presigned link."""

    url: str = field(repr=False)
    """A secret: show it to the user who asked, and log it nowhere."""
    key: ObjectKey
    version_id: str | None
    """The version it opens; None on a bucket without versions."""
    expires: datetime
    """At the latest; aware, UTC."""


@dataclass(frozen=True, slots=True)
class Verification:
    """A local file beside what the server gave when it was asked again."""

    key: ObjectKey
    version_id: str | None
    sha256_local: str
    """Hex."""
    sha256_remote: str
    """Of the bytes downloaded again, hex."""
    path: Path

    @property
    def is_same(self) -> bool:
        """Whether the bytes are equal."""
        return self.sha256_local == self.sha256_remote


def duration_text(duration_s: int) -> str:
    """`15 minutes`, `1 hour`, `90 seconds`."""
    for unit_s, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if duration_s >= unit_s and duration_s % unit_s == 0:
            count = duration_s // unit_s
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{duration_s} second{'' if duration_s == 1 else 's'}"
