"""A plan made of plans: what several changes made is taken back, each object's steps in order."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from s3ml_tui.domain.copies import CopyObjects
from s3ml_tui.domain.history import Version
from s3ml_tui.domain.many import lost_text, names_text
from s3ml_tui.domain.plans import CopyForward, DeleteObject, Plan
from s3ml_tui.domain.text import count_text, size_text
from s3ml_tui.domain.uri import ObjectKey

_NAMED = 3


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Several changes are taken back, as far as they can be."""

    what: str
    """What was done, for the title: `moving 3 objects`."""
    steps: tuple[tuple[Plan, ...], ...]
    """For each object what is to be done one after another; the objects go side by side."""
    is_redo: bool = False
    """Whether it is the undo of an undo."""
    changes_anything: bool = True

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
        return any(_lost(plan) is not None for plan in self.plans)

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
        lost = [version for plan in self.plans if (version := _lost(plan)) is not None]
        if lost:
            versioning = next(plan.versioning for plan in self.plans if isinstance(plan, CopyForward | DeleteObject))
            lines.append(lost_text(len(lost), sum(version.size for version in lost), versioning))
        elif gone:
            lines.append("A delete marker is put on top of what is deleted; nothing is destroyed.")
        lines.append("What somebody changed meanwhile stays as it is, and is told.")
        return tuple(lines)


def _lost(plan: Plan) -> Version | None:
    return plan.loses if isinstance(plan, CopyForward | DeleteObject) else None


def _titles(plans: list[Plan]) -> Iterator[str]:
    return (plan.title.partition(" ")[0] for plan in plans)


def _named(plans: list[CopyForward] | list[DeleteObject]) -> str:
    return _keys_text([plan.key for plan in plans])


def _keys_text(keys: list[ObjectKey]) -> str:
    return names_text(keys) if len(keys) > 1 else keys[0].uri
