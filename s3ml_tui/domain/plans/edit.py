"""The plan that writes back what was edited outside, in an editor."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from s3ml_tui.domain.plans.plan import Plan, lost_by_writing, lost_sentence, when
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.storage.store import ObjectFacts
from s3ml_tui.domain.text import count_text, size_text
from s3ml_tui.domain.uri import Place


@dataclass(frozen=True, slots=True)
class Difference:
    """What an edit comes to, line by line."""

    added: int
    removed: int
    lines: tuple[str, ...] = ()
    """As `diff -u` has them, without its head; cut where there are too many."""
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class WriteBack(Plan):
    """Edited bytes become the current version; all that is kept with the object stays."""

    like: ObjectFacts
    """Of the version that was edited."""
    body: bytes = field(repr=False)
    tags: Mapping[str, str]
    over: Version | None
    """What was on top when the editing began, or when it was decided to write all the same; None where nothing is."""
    versioning: Versioning
    difference: Difference | None
    """None where it is not text that can be compared line by line."""
    buried: Version | None = None
    """A version below the current one that the write destroys; only where versioning is suspended."""
    affirmative = "Write back"

    @property
    def title(self) -> str:
        """As `Write a.csv back`."""
        return f"Write {self.like.key.name} back"

    @property
    def places(self) -> tuple[Place, ...]:
        """Of the object."""
        return (self.like.key.place,)

    @property
    def overwritten_in(self) -> tuple[tuple[str, Versioning], ...]:
        """Its bucket."""
        return ((self.like.key.bucket, self.versioning),)

    @property
    def loses(self) -> Version | None:
        """Whose bytes are destroyed, or may be; None when nothing is."""
        return lost_by_writing((self.over,) if self.over is not None else (), self.versioning) or self.buried

    @property
    def is_destructive(self) -> bool:
        """Whether bytes are lost: on a bucket that keeps no versions."""
        return self.loses is not None

    def sentences(self) -> tuple[str, ...]:
        """How much changes, and what becomes of what is there."""
        changed = ""
        if self.difference is not None:
            added, removed = self.difference.added, self.difference.removed
            changed = f" {count_text(added, 'line')} added, {count_text(removed, 'line')} removed."
        goes = f"{size_text(self.like.size)} of {self.like.key.uri} become {size_text(len(self.body))}.{changed}"
        if self.loses is not None:
            becomes = lost_sentence(self.loses, self.versioning)
        elif self.over is None or self.over.is_delete_marker:
            becomes = "Nothing is there any more; it is written anew."
        else:
            becomes = f"The {size_text(self.over.size)} of {when(self.over)} stay as an older version."
        return (goes, becomes, "Metadata, tags and content type stay. It is written only if nobody wrote meanwhile.")
