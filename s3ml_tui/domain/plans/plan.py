"""Plans: what an action would do, as a value that a dialog prints, --dry-run prints, and a service performs.

What a write or a delete on top destroys: nothing on a versioned bucket, the `null` version on any other.

What is written while versioning is off or suspended gets the version id `null`, and takes the place of the version
that had it (S3 user guide, "Adding objects to versioning-suspended buckets"). Versions with other ids always stay.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.history import NULL_VERSION, History, Version
from s3ml_tui.domain.storage.resume_point import Storing
from s3ml_tui.domain.text import size_text
from s3ml_tui.domain.uri import ObjectKey, Place


def lost_by_writing(versions: Sequence[Version], versioning: Versioning) -> Version | None:
    """The version whose bytes are destroyed, or may be when versioning or its id is unknown; None when none are."""
    if versioning is Versioning.ON:
        return None
    may_be_null = (found for found in versions if found.version_id in {"", NULL_VERSION})
    return next((found for found in may_be_null if not found.is_delete_marker), None)


def lost_sentence(lost: Version, versioning: Versioning) -> str:
    """What becomes of the version `lost_by_writing` found, and why."""
    lost_bytes = f"the {size_text(lost.size)} written on {lost.modified.astimezone():%Y-%m-%d %H:%M:%S}"
    if versioning is Versioning.SUSPENDED:
        return (
            f"Versioning is suspended: {lost_bytes} are destroyed, and that cannot be undone; "
            "versions kept from before it was suspended stay."
        )
    if versioning is Versioning.OFF:
        return f"The bucket keeps no versions: {lost_bytes} are destroyed, and that cannot be undone."
    return f"Whether the bucket keeps versions could not be seen: take it that {lost_bytes} are destroyed for good."


@dataclass(frozen=True, slots=True)
class Taken:
    """What lies where a plan wants to write, for the question what becomes of it: asked once for all."""

    count: str
    """As `3 names are taken there already`."""
    names: str
    """Of some."""
    first: str
    means: str
    """What overwriting them means, in a sentence."""
    loses: bool
    """Whether that destroys something."""
    must_be_answered: bool
    """Whether nothing is done without an answer; else they are overwritten."""


class Plan(ABC):
    """What an action would do. Text in it may come from outside: show it through `printable`.

    Who performs it stands in `services/plan_registry.py`, which has an entry for each kind. A field that has the name
    of a property here needs `= field()`, or dataclasses take the property for its default.
    """

    __slots__ = ()

    @property
    @abstractmethod
    def title(self) -> str:
        """A question's worth: `Bring back a.csv`."""

    @property
    @abstractmethod
    def affirmative(self) -> str:
        """The verb on the button that does it."""

    @abstractmethod
    def sentences(self) -> tuple[str, ...]:
        """What happens, to which bytes, and what stays."""

    @property
    def is_destructive(self) -> bool:
        """Whether something is lost or hidden by it; the dialog then focuses Cancel."""
        return False

    @property
    def changes_anything(self) -> bool:
        """False when there is nothing to do; the sentences say why."""
        return True

    @property
    def must_type(self) -> str:
        """What a person types who agrees to it, as nothing undoes it; raw text from outside. "" where Enter will do."""
        return ""

    @property
    def size(self) -> int:
        """Bytes that its progress adds up to; 0 where it moves none."""
        return 0

    @property
    def can_go_on(self) -> bool:
        """Whether the same command goes on with it after its process ended."""
        return False

    @property
    def places(self) -> tuple[Place, ...]:
        """Where it changes objects that need not be ours, of many alike the first; none where a workspace is used."""
        return ()

    @property
    def overwritten_in(self) -> tuple[tuple[str, Versioning], ...]:
        """Buckets in which it deletes or writes over something, and whether they kept versions when it was made."""
        return ()

    @property
    def taken(self) -> Taken | None:
        """What is to be asked before, as something lies where it writes; None where that is decided."""
        return None

    @property
    def loses(self) -> Version | None:
        """Whose bytes are destroyed, or may be; None when nothing is."""
        return None

    def commands(self) -> Iterator[tuple[str, ...]]:
        """The words after `s3ml` that do the same, a command for each object; none where no command does."""
        return iter(())


class OnKey(Plan):
    """What is done to one object."""

    __slots__ = ()
    key: ObjectKey

    @property
    def places(self) -> tuple[Place, ...]:
        """Of the object."""
        return (self.key.place,)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, and how to undo it."""

    title: str
    """Past tense: `Brought back a.csv`."""
    at: datetime
    """Aware, UTC."""
    details: tuple[str, ...] = ()
    key: ObjectKey | None = None
    """What it was done to, where it is one object."""
    version_id: str | None = None
    """What it made."""
    undo: Plan | None = None
    no_undo: str = ""
    """Why there is no undo, when there is none."""
    failed: int = 0
    """So many of several could not be done; the details say why."""
    failures: Sequence[tuple[str, S3mlError]] = ()
    """By name, what could not be done of a job over many, and why."""
    left: int = 0
    """So many of them were not begun, or stopped in the middle."""
    is_cancelled: bool = False
    """Whether the user stopped it before it was through."""
    retry: Plan | None = None
    """What does the rest; it is planned again before it is done."""


def told_unnamed(*were_named: bool) -> tuple[str, ...]:
    """The sentence about versions that could not be asked for by their ids; none when all could."""
    if all(were_named):
        return ()
    return ("Without s3:GetObjectVersion no version can be named: what was current was read, under its ETag.",)


def when(version: Version) -> str:
    """The version's time in the local zone."""
    return f"{version.modified.astimezone():%Y-%m-%d %H:%M:%S}"


@dataclass(frozen=True, slots=True)
class NothingToDo(Plan):
    """The state is already what was asked for."""

    title: str = field()
    reason: str
    affirmative = "OK"
    changes_anything = False

    def sentences(self) -> tuple[str, ...]:
        """Why there is nothing to do."""
        return (self.reason,)


@dataclass(frozen=True, slots=True)
class CopyForward(OnKey):
    """An old version is copied on top; everything that exists stays."""

    key: ObjectKey
    source: Version
    current: Version | None
    """What the user saw on top, marker or version; the change is made only if it still is."""
    versioning: Versioning = Versioning.ON
    loses: Version | None = None
    """Whose bytes the copy takes the place of; None where nothing is lost, as on every versioned bucket."""
    affirmative = "Bring back"

    @property
    def size(self) -> int:
        """Of the old version."""
        return self.source.size

    @property
    def overwritten_in(self) -> tuple[tuple[str, Versioning], ...]:
        """The bucket of its key."""
        return ((self.key.bucket, self.versioning),)

    def commands(self) -> Iterator[tuple[str, ...]]:
        """`restore`."""
        yield "restore", self.key.uri, "--version-id", self.source.version_id

    @property
    def title(self) -> str:
        """As `Bring back a.csv`."""
        return f"Bring back {self.key.name}"

    @property
    def is_destructive(self) -> bool:
        """Whether bytes are lost: only where versioning is not on."""
        return self.loses is not None

    def sentences(self) -> tuple[str, ...]:
        """Which bytes come back, from when, and what stays."""
        source = f"{size_text(self.source.size)} from {when(self.source)} (version {self.source.version_id})"
        back = f"{source} become the current version of {self.key.uri}."
        if self.current is None:
            return (back,)
        if self.loses is not None:
            return (back, lost_sentence(self.loses, self.versioning))
        if self.current.is_delete_marker:
            if self.current.version_id == NULL_VERSION and self.versioning is not Versioning.ON:
                return (back, "All older versions stay; the deletion leaves the history.")
            return (back, f"The deletion of {when(self.current)} stays in the history; so do all older versions.")
        return (
            back,
            f"The current {size_text(self.current.size)} of {when(self.current)} stay in the history, one below.",
        )


@dataclass(frozen=True, slots=True)
class RemoveMarker(OnKey):
    """A delete marker is taken away; faster than a copy, and it erases the deletion from the history."""

    key: ObjectKey
    marker: Version
    uncovers: Version
    versioning: Versioning = Versioning.ON
    affirmative = "Remove the marker"
    is_destructive = True

    def commands(self) -> Iterator[tuple[str, ...]]:
        """`undelete`."""
        yield "undelete", "--remove-marker", self.key.uri

    @property
    def title(self) -> str:
        """As `Undelete a.csv`."""
        return f"Undelete {self.key.name}"

    def sentences(self) -> tuple[str, ...]:
        """What comes back and what is erased."""
        return (
            f"The delete marker of {when(self.marker)} is removed: "
            f"{size_text(self.uncovers.size)} from {when(self.uncovers)} are current again.",
            "No bytes are copied. The history will no longer show that it was deleted.",
        )


@dataclass(frozen=True, slots=True)
class DeleteObject(OnKey):
    """On a versioned bucket a delete marker is put on top; on any other the bytes are gone."""

    key: ObjectKey
    current: Version
    versioning: Versioning
    buried: Version | None = None
    """A version below the current one whose place the delete marker takes; only where versioning is suspended."""
    is_undo: bool = field(default=False, compare=False)
    """Whether it takes a write back; then a marker that is there already is all that was wanted."""
    affirmative = "Delete"
    is_destructive = True

    @property
    def overwritten_in(self) -> tuple[tuple[str, Versioning], ...]:
        """The bucket of its key."""
        return ((self.key.bucket, self.versioning),)

    def commands(self) -> Iterator[tuple[str, ...]]:
        """`rm`."""
        yield "rm", self.key.uri

    @property
    def title(self) -> str:
        """As `Delete a.csv`."""
        return f"Delete {self.key.name}"

    @property
    def loses(self) -> Version | None:
        """Whose bytes are destroyed, or may be; None when nothing is."""
        return lost_by_writing((self.current,), self.versioning) or self.buried

    @property
    def keeps_bytes(self) -> bool:
        """Whether the bytes that are current now stay as an old version."""
        return self.loses is None or self.loses.version_id != self.current.version_id

    def sentences(self) -> tuple[str, ...]:
        """Exactly what a delete means on this bucket."""
        size = size_text(self.current.size)
        if self.loses is None:
            return (
                f"A delete marker is put on top of {self.key.uri}; nothing is destroyed.",
                f"Its {size} and all older versions stay and can be brought back.",
            )
        if self.keeps_bytes:
            return (
                f"A delete marker is put on top of {self.key.uri}; its current {size} stay and can be brought back.",
                lost_sentence(self.loses, self.versioning),
            )
        return (f"{size} of {self.key.uri} are deleted.", lost_sentence(self.loses, self.versioning))


@dataclass(frozen=True, slots=True)
class UploadFile(OnKey):
    """A file becomes the current version of a key."""

    path: Path
    size: int = field()
    """Bytes."""
    key: ObjectKey
    replaces: Version | None
    """What is current now; None when nothing is, a delete marker when it was deleted."""
    versioning: Versioning
    is_seen: bool = True
    """Whether these credentials could see what is there; if not, nothing guards it."""
    buried: Version | None = None
    """A version below the current one whose place the upload takes; only where versioning is suspended."""
    storing: Storing = field(default_factory=Storing)
    kms_key: str = ""
    """The KMS key of what is there now; "" when it has none, or that could not be seen."""
    affirmative = "Upload"
    can_go_on = True

    @property
    def overwritten_in(self) -> tuple[tuple[str, Versioning], ...]:
        """The bucket of its key, where something is there."""
        return ((self.key.bucket, self.versioning),) if self.replaces is not None else ()

    @property
    def title(self) -> str:
        """As `Upload a.csv`."""
        return f"Upload {self.path.name}"

    @property
    def loses(self) -> Version | None:
        """Whose bytes are destroyed, or may be; None when nothing is."""
        there = (self.replaces,) if self.replaces is not None else ()
        return lost_by_writing(there, self.versioning) or self.buried

    @property
    def is_destructive(self) -> bool:
        """Whether bytes are lost: an existing object on a bucket that keeps no versions."""
        return self.loses is not None or (not self.is_seen and self.versioning is not Versioning.ON)

    def sentences(self) -> tuple[str, ...]:
        """What goes where, what becomes of what is there, and of the key it is encrypted with."""
        if not self.kms_key or self.storing.kms_key:
            return self._what_goes()
        return (
            *self._what_goes(),
            f"What is there is encrypted with the KMS key {self.kms_key}. The upload does not take it over: it is "
            "encrypted as the bucket does by default.",
        )

    def _what_goes(self) -> tuple[str, ...]:
        goes = f"{size_text(self.size)} from {self.path} become {self.key.uri}."
        if not self.is_seen:
            unseen = "These credentials cannot see whether something is there now"
            becomes = "it would stay as an older version" if not self.is_destructive else "if so, it may be lost"
            return (goes, f"{unseen}; {becomes}.")
        if self.loses is not None:
            return (goes, lost_sentence(self.loses, self.versioning))
        if self.replaces is None:
            return (goes, "Nothing is there now.")
        if self.replaces.is_delete_marker:
            return (goes, f"It was deleted on {when(self.replaces)}; its older versions stay.")
        there = f"{size_text(self.replaces.size)} of {when(self.replaces)}"
        return (goes, f"The {there} that are there now stay as an older version.")


def plan_bring_back(
    history: History, chosen: Version, versioning: Versioning = Versioning.ON
) -> CopyForward | NothingToDo:
    """Roll `chosen` forward; for a chosen delete marker, the version just below it."""
    title = f"Bring back {history.key.name}"
    current = history.current
    source: Version | None = chosen
    if chosen.is_delete_marker:
        below = history.versions[history.versions.index(chosen) + 1 :]
        source = next((version for version in below if not version.is_delete_marker), None)
    if source is None:
        return NothingToDo(title, "There is no older version with bytes in its history.")
    if current is not None and current.version_id == source.version_id:
        return NothingToDo(title, "This version is the current one already.")
    lost = lost_by_writing(history.versions, versioning)
    is_itself = lost is not None and lost.version_id == source.version_id
    return CopyForward(history.key, source, current, versioning=versioning, loses=None if is_itself else lost)


def plan_undelete(history: History, versioning: Versioning = Versioning.ON) -> RemoveMarker | NothingToDo:
    """Take the newest delete marker away. Several markers on top need a copy forward instead."""
    title = f"Undelete {history.key.name}"
    if not history.versions:
        return NothingToDo(title, "It has no history: nothing is left to bring back.")
    if not history.is_deleted:
        return NothingToDo(title, "It is not deleted.")
    below = history.versions[1] if len(history.versions) > 1 else None
    if below is None or below.is_delete_marker:
        return NothingToDo(title, "No version with bytes lies directly below the marker; bring one back instead.")
    return RemoveMarker(history.key, history.versions[0], below, versioning=versioning)
