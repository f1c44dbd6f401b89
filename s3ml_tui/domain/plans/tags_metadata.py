"""Plans that change tags: of one version, or of several objects in the same way.

Plans that change metadata and headers: an object is copied onto itself with others, which makes a new version.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from s3ml_tui.domain.plans.batch import names_text
from s3ml_tui.domain.plans.plan import Plan, when
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.storage.metadata_rules import CONTENT_TYPE, difference, fields_of
from s3ml_tui.domain.storage.store import Description
from s3ml_tui.domain.text import count_text, size_text
from s3ml_tui.domain.uri import ObjectKey, Place


@dataclass(frozen=True, slots=True)
class TagChange:
    """The tags of one version, as they were seen and as they are to be."""

    key: ObjectKey
    version_id: str | None
    """Exactly this one; None for whatever is current."""
    before: Mapping[str, str]
    after: Mapping[str, str]

    @property
    def reverse(self) -> "TagChange":
        """What takes it back."""
        return replace(self, before=self.after, after=self.before)


@dataclass(frozen=True, slots=True)
class ChangeTags(Plan):
    """Tags are written; no new version is made."""

    changes: tuple[TagChange, ...]
    same: int = 0
    """So many have these tags already."""
    affirmative = "Tag"

    @property
    def places(self) -> tuple[Place, ...]:
        """Of the first."""
        return tuple(change.key.place for change in self.changes[:1])

    def commands(self) -> Iterator[tuple[str, ...]]:
        """`tag`."""
        for change in self.changes:
            version = ("--version-id", change.version_id) if change.version_id else ()
            pairs = (f"{name}={value}" for name, value in change.after.items())
            yield "tag", change.key.uri, "--replace", *version, *pairs

    @property
    def title(self) -> str:
        """As `Tag a.csv`, `Tag 3 objects`."""
        if len(self.changes) == 1:
            return f"Tag {self.changes[0].key.name}"
        return f"Tag {count_text(len(self.changes), 'object')}"

    @property
    def reverse(self) -> "ChangeTags":
        """What takes it back."""
        return ChangeTags(tuple(change.reverse for change in self.changes))

    def sentences(self) -> tuple[str, ...]:
        """What becomes of which tags, and that no version is made."""
        lines = self._about_one(self.changes[0]) if len(self.changes) == 1 else self._about_many()
        if self.same:
            lines.append(f"{count_text(self.same, 'object')} tagged so already stay as they are.")
        return (*lines, "No new version is made, and the tags of other versions stay.")

    def _about_one(self, change: TagChange) -> list[str]:
        is_named = change.version_id not in {None, NULL_VERSION}
        which = f"version {change.version_id} of {change.key.uri}" if is_named else change.key.uri
        return [f"The tags of {which} become:", "; ".join(difference(change.before, change.after)) + "."]

    def _about_many(self) -> list[str]:
        lines = [f"{names_text([change.key for change in self.changes])}: their tags change."]
        kinds = {difference(change.before, change.after) for change in self.changes}
        if len(kinds) == 1:
            return [*lines, "Of each: " + "; ".join(next(iter(kinds))) + "."]
        first = self.changes[0]
        shown = "; ".join(difference(first.before, first.after))
        return [*lines, f"They had different ones before. Of {first.key.name}, for one: {shown}."]


_TYPES_OF_NONE = {"binary/octet-stream", "application/octet-stream"}
"""What servers say of an object that was put without a type; the first is S3's."""


@dataclass(frozen=True, slots=True)
class DescriptionChange:
    """What is kept with one object, as it was seen and as it is to be."""

    current: Version
    before: Description
    after: Description

    @property
    def words(self) -> str:
        """As `content-type: text/plain → text/csv`."""
        before = fields_of(self.before)
        if not self.after.content_type and before.get(CONTENT_TYPE) in _TYPES_OF_NONE:
            del before[CONTENT_TYPE]
        return "; ".join(difference(before, fields_of(self.after)))


@dataclass(frozen=True, slots=True)
class ChangeDescription(Plan):
    """Metadata and headers are replaced."""

    changes: tuple[DescriptionChange, ...]
    versioning: Versioning
    same: int = 0
    """So many have them already."""
    affirmative = "Change"

    @property
    def places(self) -> tuple[Place, ...]:
        """Of the first."""
        return tuple(change.current.key.place for change in self.changes[:1])

    @property
    def overwritten_in(self) -> tuple[tuple[str, Versioning], ...]:
        """The bucket of the first."""
        return tuple((change.current.key.bucket, self.versioning) for change in self.changes[:1])

    def commands(self) -> Iterator[tuple[str, ...]]:
        """`meta`."""
        for change in self.changes:
            pairs = (f"{name}={value}" for name, value in fields_of(change.after).items())
            yield "meta", change.current.key.uri, "--replace", *pairs

    @property
    def title(self) -> str:
        """As `Change the metadata of a.csv`."""
        if len(self.changes) == 1:
            return f"Change the metadata of {self.changes[0].current.key.name}"
        return f"Change the metadata of {count_text(len(self.changes), 'object')}"

    @property
    def size(self) -> int:
        """Bytes the server copies."""
        return sum(change.current.size for change in self.changes)

    def sentences(self) -> tuple[str, ...]:
        """What changes, and that this makes a new version."""
        first = self.changes[0]
        if len(self.changes) == 1:
            lines = [f"Of {first.current.key.uri}:", f"{first.words}."]
        else:
            keys = [change.current.key for change in self.changes]
            kinds = {change.words for change in self.changes}
            each = "Of each" if len(kinds) == 1 else f"They differ now. Of {first.current.key.name}, for one"
            lines = [f"{names_text(keys)}: {size_text(self.size)}.", f"{each}: {first.words}."]
        lines.append(self._about_the_copy())
        if self.same:
            lines.append(f"{count_text(self.same, 'object')} that have it so already stay as they are.")
        return tuple(lines)

    def _about_the_copy(self) -> str:
        one = len(self.changes) == 1
        copied = "The object is" if one else "Each is"
        if self.versioning is Versioning.ON:
            stays = f"the one of {when(self.changes[0].current)} stays" if one else "what is current now stays"
            return f"{copied} copied onto itself with it: this makes a new version, and {stays} as an older one."
        return (
            f"{copied} copied onto itself with it. The bucket keeps no versions now: the bytes stay the same, and the "
            "undo writes back what it was."
        )
