"""Plans that change tags: of one version, or of several objects in the same way."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from s3ml_tui.domain.history import NULL_VERSION
from s3ml_tui.domain.labels import difference
from s3ml_tui.domain.many import names_text
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import ObjectKey


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
class ChangeTags:
    """Tags are written; no new version is made."""

    changes: tuple[TagChange, ...]
    same: int = 0
    """So many have these tags already."""
    affirmative: str = "Tag"
    is_destructive: bool = False
    changes_anything: bool = True

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
