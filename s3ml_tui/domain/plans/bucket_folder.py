"""Plans about a bucket as a whole: made, set, emptied, deleted.

The plan for a new folder, which S3 has none of: an empty object whose key ends with a slash stands for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.lifecycle import ABORT_RULE, ABORT_SENTENCE
from s3ml_tui.domain.text import count_text, size_text
from s3ml_tui.domain.uri import MAX_KEY_BYTES, ObjectKey, Place

_TRIAL = (
    "Then a small object is written under .s3ml/, read and removed. If that fails, the setting that prevents it is "
    "undone."
)


@dataclass(frozen=True, slots=True)
class Tally:
    """Everything in a bucket, counted version by version."""

    objects: int = 0
    """That are current."""
    size: int = 0
    """Bytes of these."""
    old: int = 0
    """Old versions, those of deleted objects among them."""
    old_size: int = 0
    markers: int = 0
    """Delete markers."""
    uploads: int = 0
    """Multipart uploads that are open."""
    newest_s: float | None = None
    """Of all versions and markers, seconds since the epoch; what is written after it was not counted."""
    newest_ids: tuple[str, ...] = ()
    """Those of that second; servers tell no finer times, so that others of it were not counted either."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all; open uploads do not count."""
        return not (self.objects or self.old or self.markers)

    @property
    def entries(self) -> int:
        """Versions and markers."""
        return self.objects + self.old + self.markers

    def words(self) -> str:
        """As `3 objects (1.2 MB), 12 old versions (8 MB) and 2 delete markers`."""
        parts = [
            f"{count_text(self.objects, 'object')} ({size_text(self.size)})",
            f"{count_text(self.old, 'old version')} ({size_text(self.old_size)})",
            count_text(self.markers, "delete marker"),
        ]
        uploads = f", and {count_text(self.uploads, 'upload')} left open" if self.uploads else ""
        return f"{parts[0]}, {parts[1]} and {parts[2]}{uploads}"


@dataclass(frozen=True, slots=True)
class CreateBucket(Plan):
    """A bucket is made, private and versioned."""

    bucket: str
    affirmative = "Create"

    @property
    def title(self) -> str:
        """As `Create the bucket acme`."""
        return f"Create the bucket {self.bucket}"

    def sentences(self) -> tuple[str, ...]:
        """What it is like."""
        return (
            "It is private: nobody but this account can read it, and public access is blocked where the server can.",
            "It keeps every old version from its first object on, where the server keeps versions: no write and no "
            "delete loses anything. A small object is written, read and removed, to see that the bucket takes objects.",
        )


@dataclass(frozen=True, slots=True)
class Switch(Plan):
    """What a bucket does for all that is in it is switched on, or off, which loses something or opens a door."""

    bucket: str
    is_on: bool
    affirmative = "Do it"

    @property
    def is_destructive(self) -> bool:
        """Whether it is switched off."""
        return not self.is_on


@dataclass(frozen=True, slots=True)
class SetVersioning(Switch):
    """A bucket begins, or stops, to keep old versions."""

    before: Versioning

    @property
    def title(self) -> str:
        """As `Suspend versioning of acme`."""
        return f"{'Switch on' if self.is_on else 'Suspend'} versioning of {self.bucket}"

    def commands(self) -> Iterator[tuple[str, ...]]:
        """`bucket versioning`."""
        yield "bucket", "versioning", self.bucket, "on" if self.is_on else "suspended"

    def sentences(self) -> tuple[str, ...]:
        """What that means for everything in it."""
        if self.is_on:
            return (
                "Whatever is overwritten or deleted from now on stays as an old version, and takes (and costs) space "
                "until it is purged.",
                "What is there already stays as it is. It can be suspended later, but never switched off.",
                _TRIAL,
            )
        return (
            "From now on a write takes the place of what was written since, and a delete destroys it: only what is "
            "there now, as versions, stays and can be brought back.",
            "Nothing is deleted by this. It can be switched on again at any time.",
        )


@dataclass(frozen=True, slots=True)
class SetBlock(Switch):
    """The block of public access is switched on, or taken away."""

    @property
    def title(self) -> str:
        """As `Block public access to acme`."""
        return f"{'Block' if self.is_on else 'No longer block'} public access to {self.bucket}"

    def commands(self) -> Iterator[tuple[str, ...]]:
        """`bucket block`."""
        yield "bucket", "block", self.bucket, "on" if self.is_on else "off"

    def sentences(self) -> tuple[str, ...]:
        """Who can read it from then on."""
        if self.is_on:
            return (
                "Whoever reads its objects without signing in is refused from then on, whatever its policies say.",
                "Presigned links go on working.",
                _TRIAL,
            )
        return (
            "Its policies and lists of access decide again who can read it: if one of them is public, so are objects.",
            "By itself this makes nothing public.",
        )


@dataclass(frozen=True, slots=True)
class AbortOpenUploads(Plan):
    """A bucket gets the lifecycle rule by which the server throws uploads away that were left open."""

    bucket: str
    affirmative = "Add the rule"
    is_destructive = True

    @property
    def title(self) -> str:
        """As `Have open uploads of acme removed`."""
        return f"Have open uploads of {self.bucket} removed"

    def commands(self) -> Iterator[tuple[str, ...]]:
        """`bucket abort-uploads`."""
        yield "bucket", "abort-uploads", self.bucket

    def sentences(self) -> tuple[str, ...]:
        """What the server does from then on."""
        return (
            f"The lifecycle rule {ABORT_RULE} is added; those that are there stay. {ABORT_SENTENCE}",
            "Objects and their versions are not touched by it.",
        )


@dataclass(frozen=True, slots=True)
class DestroyAll(Plan):
    """All that is in a bucket goes, so that its name is typed."""

    bucket: str
    tally: Tally
    is_destructive = True

    @property
    def must_type(self) -> str:
        """The bucket's name."""
        return self.bucket


@dataclass(frozen=True, slots=True)
class EmptyBucket(DestroyAll):
    """Everything in a bucket is destroyed, its whole history included."""

    affirmative = "Destroy all of it"

    @property
    def title(self) -> str:
        """As `Empty the bucket acme`."""
        return f"Empty the bucket {self.bucket}"

    @property
    def changes_anything(self) -> bool:
        """Whether something is in it."""
        return not self.tally.is_empty or self.tally.uploads > 0

    def sentences(self) -> tuple[str, ...]:
        """How much is destroyed."""
        if not self.changes_anything:
            return (f"{self.bucket} is empty: no object, no old version, no delete marker.",)
        return (
            f"{self.tally.words()} of s3://{self.bucket}/ are destroyed for good. Nobody can undo this.",
            "Locked versions stay, and are told. So does what somebody writes after this was counted.",
        )


@dataclass(frozen=True, slots=True)
class DeleteBucket(DestroyAll):
    """A bucket goes, and before it everything that is in it."""

    affirmative = "Delete the bucket"

    @property
    def title(self) -> str:
        """As `Delete the bucket acme`."""
        return f"Delete the bucket {self.bucket}"

    def commands(self) -> Iterator[tuple[str, ...]]:
        """`bucket delete`."""
        yield "bucket", "delete", self.bucket

    def sentences(self) -> tuple[str, ...]:
        """What is destroyed with it, down to the last old version."""
        goes = "Its name may be taken by somebody else then."
        if self.tally.is_empty:
            return ("It is empty: no object, no old version, no delete marker.", goes)
        return (
            f"It is not empty: {self.tally.words()} of s3://{self.bucket}/ are destroyed for good. "
            "Nobody can undo this.",
            f"Where a version is locked, or somebody writes meanwhile, the bucket stays. {goes}",
        )


@dataclass(frozen=True, slots=True)
class MakeFolder(Plan):
    """An empty object is written, so that a folder is shown before anything is in it."""

    key: ObjectKey
    """Ends with a slash."""
    affirmative = "Make it"

    @property
    def title(self) -> str:
        """As `New folder raw/`."""
        return f"New folder {self.key.name}/"

    def sentences(self) -> tuple[str, ...]:
        """What is written, and why."""
        return (
            f"An empty object with the key {self.key.key} is written to {self.key.bucket}.",
            "S3 has no folders: a key that ends with a slash stands for one. It is needed only as long as nothing "
            "else is in it; folders appear by themselves with their first object.",
        )


def folder_key(place: Place, name: str) -> ObjectKey:
    """The key of a folder called `name` at a place. Raises BadInput."""
    parts = name.strip().rstrip("/").split("/")
    if parts == [""] or any(part in {"", ".", ".."} for part in parts):
        raise BadInput(
            f"{name!r} cannot be a folder's name",
            cause="It has an empty part, or one of dots",
            advice="Write it as name, or as name/inside",
        )
    key = place.under("/".join(parts)).prefix
    if len(key.encode("utf-8", "surrogatepass")) > MAX_KEY_BYTES:
        raise BadInput(
            "The name is too long", cause=f"S3 takes keys of up to {MAX_KEY_BYTES} bytes", advice="Shorten it"
        )
    return ObjectKey(place.bucket, key)
