"""A plan made of plans: what several changes made is taken back, each object's steps in order.

The plan that takes an upload of many files, or a copy of many objects, back.

How a change is undone: the plan that takes it back, guarded by what the change made, or why there is none.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from s3ml_tui.domain.plans.batch import lost_text, names_text
from s3ml_tui.domain.plans.copy_move import CopyObjects
from s3ml_tui.domain.plans.plan import CopyForward, DeleteObject, Plan, lost_by_writing
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.text import count_text, size_text
from s3ml_tui.domain.uri import ObjectKey

_NAMED = 3


@dataclass(frozen=True, slots=True)
class TakeBack(Plan):
    """Several changes are taken back, as far as they can be."""

    what: str
    """What was done, for the title: `moving 3 objects`."""
    steps: tuple[tuple[Plan, ...], ...]
    """For each object what is to be done one after another; the objects go side by side."""
    is_redo: bool = False
    """Whether it is the undo of an undo."""

    @property
    def affirmative(self) -> str:
        """The verb."""
        return "Redo" if self.is_redo else "Undo"

    @property
    def title(self) -> str:
        """As `Undo moving 3 objects`."""
        return f"{self.affirmative} {self.what}"

    @property
    def plans(self) -> Iterator[Plan]:
        """All steps."""
        return (plan for steps in self.steps for plan in steps)

    @property
    def is_destructive(self) -> bool:
        """Whether bytes are lost by it; a delete that only puts a marker on top loses none."""
        return any(
            plan.loses is not None if isinstance(plan, DeleteObject) else plan.is_destructive for plan in self.plans
        )

    @property
    def size(self) -> int:
        """Of all steps."""
        return sum(plan.size for plan in self.plans)

    @property
    def overwritten_in(self) -> tuple[tuple[str, Versioning], ...]:
        """Of the first object's steps."""
        return tuple(one for steps in self.steps[:1] for plan in steps for one in plan.overwritten_in)

    def commands(self) -> Iterator[tuple[str, ...]]:
        """Of all steps."""
        return (words for plan in self.plans for words in plan.commands())

    def sentences(self) -> tuple[str, ...]:
        """What comes back, what is deleted, what is lost."""
        lines = []
        back = [plan for plan in self.plans if isinstance(plan, CopyForward)]
        if back:
            size = size_text(sum(plan.source.size for plan in back))
            lines.append(f"{_named(back)}: {size} become current again, from their older versions.")
        copied = [item.target for plan in self.plans if isinstance(plan, CopyObjects) for item in plan.items]
        if copied:
            lines.append(f"{_keys_text(copied)}: copied back to where they were.")
        gone = [plan for plan in self.plans if isinstance(plan, DeleteObject)]
        if gone:
            lines.append(f"{_named(gone)}: deleted, as they were not there before.")
        known = (CopyForward, CopyObjects, DeleteObject)
        rest = [plan for plan in self.plans if not isinstance(plan, known)]
        if len(rest) <= _NAMED:
            lines += [sentence for plan in rest for sentence in plan.sentences()]
        else:
            lines += [f"{title}: {count_text(count, 'time')}." for title, count in Counter(_titles(rest)).items()]
        lost = [plan.loses for plan in self.plans if plan.loses is not None]
        if lost:
            versioning = next(plan.versioning for plan in self.plans if isinstance(plan, CopyForward | DeleteObject))
            lines.append(lost_text(len(lost), sum(version.size for version in lost), versioning))
        elif gone:
            lines.append("A delete marker is put on top of what is deleted; nothing is destroyed.")
        lines.append("What somebody changed meanwhile stays as it is, and is told.")
        return tuple(lines)


def _titles(plans: list[Plan]) -> Iterator[str]:
    return (plan.title.partition(" ")[0] for plan in plans)


def _named(plans: list[CopyForward] | list[DeleteObject]) -> str:
    return _keys_text([plan.key for plan in plans])


def _keys_text(keys: list[ObjectKey]) -> str:
    return names_text(keys) if len(keys) > 1 else keys[0].uri


@dataclass(frozen=True, slots=True)
class Made:
    """One object that was written."""

    key: ObjectKey
    version_id: str | None
    etag: str
    has_replaced: bool


@dataclass(frozen=True, slots=True)
class TakeUploadsBack(Plan):
    """All that a job has written is taken back."""

    made: tuple[Made, ...]
    versioning: Versioning
    lost: int = 0
    """Of so many what was there before is gone; they stay."""
    affirmative = "Take back"
    is_destructive = True

    @property
    def title(self) -> str:
        """As `Take 2,000 uploads back`."""
        return f"Take {count_text(len(self.made), 'upload')} back"

    @property
    def overwritten_in(self) -> tuple[tuple[str, Versioning], ...]:
        """The bucket of the first."""
        return tuple((one.key.bucket, self.versioning) for one in self.made[:1])

    def commands(self) -> Iterator[tuple[str, ...]]:
        """`undo`, as no other does it."""
        yield ("undo",)

    def sentences(self) -> tuple[str, ...]:
        """What becomes of them."""
        replaced = sum(one.has_replaced for one in self.made)
        lines = []
        if new := len(self.made) - replaced:
            how = "a delete marker is put on top" if self.versioning is Versioning.ON else "their bytes are destroyed"
            lines.append(f"{count_text(new, 'object')} that were new are deleted: {how}.")
        if replaced:
            lines.append(f"{count_text(replaced, 'object')} that were replaced come back with what they had before.")
        if self.lost:
            lines.append(f"Of {count_text(self.lost, 'object')} what was there before is gone; they stay as they are.")
        lines.append("What somebody else has written to meanwhile is left alone.")
        return tuple(lines)


Undo = tuple[CopyForward | DeleteObject | None, str]
"""The plan and "", or None and the sentence that says why."""
GONE = {
    Versioning.ON: "What was there before is gone.",
    Versioning.SUSPENDED: "Versioning is suspended: what was there before is gone.",
    Versioning.OFF: "The bucket keeps no versions: what was there before is gone.",
    Versioning.UNKNOWN: "The bucket seems to keep no versions: what was there before is gone.",
}


def undo_of_write(key: ObjectKey, before: Version | None, new: Version | None, versioning: Versioning) -> Undo:
    """How to undo an upload or a copy on top.

    Args:
        key: What was written to.
        before: What was on top until then; None when nothing ever was.
        new: What the write made; None when that could not be told.
        versioning: Of the bucket, as seen before.
    """
    if new is None:
        if versioning is not Versioning.OFF:
            return None, "The server did not tell which version it made; look at the history."
        return None, GONE[versioning] if before else "The bucket keeps no versions; deleting it takes it back."
    if new.version_id != NULL_VERSION:
        versioning = Versioning.ON
    if before is None or before.is_delete_marker:
        return DeleteObject(key, new, versioning, is_undo=True), ""
    if new.version_id == NULL_VERSION and lost_by_writing((before,), versioning) is not None:
        return None, GONE[versioning]
    loses = lost_by_writing((new,), versioning)
    return CopyForward(key, before, new, versioning=versioning, loses=loses), ""


def undo_of_delete(plan: DeleteObject, marker: Version | None) -> Undo:
    """How to undo a delete that put `marker` on top; None when it put none."""
    if marker is None:
        return None, GONE[plan.versioning]
    if marker.version_id == NULL_VERSION and not plan.keeps_bytes:
        return None, GONE[plan.versioning]
    return CopyForward(plan.key, plan.current, marker, versioning=plan.versioning), ""
