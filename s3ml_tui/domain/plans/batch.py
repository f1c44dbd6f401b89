"""Plans over several objects at once: each is the single plans it consists of, with what they mean together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from s3ml_tui.domain.plans.plan import CopyForward, DeleteObject, Plan
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.text import count_text, size_text
from s3ml_tui.domain.uri import ObjectKey, Place

_NAMED = 5
"""So many objects are named in a sentence."""
MOST_BELOW = 200_000
"""So many objects below a prefix are planned for at once: all of them are kept in memory."""


def names_text(keys: Sequence[ObjectKey]) -> str:
    """As `a.csv, b.csv and 10 more`."""
    named = ", ".join(key.name for key in keys[:_NAMED])
    return f"{named} and {len(keys) - _NAMED:,} more" if len(keys) > _NAMED else named


@dataclass(frozen=True, slots=True)
class ManyPlans(Plan):
    """The single plans, and what they mean together."""

    plans: tuple[CopyForward | DeleteObject, ...]
    skipped: int = 0
    """Of so many nothing needs to be done."""
    place: Place | None = None
    """They are all that is below this; None when they were chosen one by one."""

    @property
    def title(self) -> str:
        """As `Delete 3 objects`."""
        return f"{self.affirmative} {count_text(len(self.plans), 'object')}"

    @property
    def places(self) -> tuple[Place, ...]:
        """Of the first."""
        return tuple(place for plan in self.plans[:1] for place in plan.places)

    @property
    def overwritten_in(self) -> tuple[tuple[str, Versioning], ...]:
        """Of the first."""
        return tuple(one for plan in self.plans[:1] for one in plan.overwritten_in)

    def commands(self) -> Iterator[tuple[str, ...]]:
        """Of each."""
        return (words for plan in self.plans for words in plan.commands())

    def _lost_text(self) -> str:
        lost = [plan.loses for plan in self.plans if plan.loses is not None]
        return lost_text(len(lost), sum(version.size for version in lost), self.plans[0].versioning) if lost else ""


@dataclass(frozen=True, slots=True)
class DeleteMany(ManyPlans):
    """Several objects are deleted, each only if it still is what was seen."""

    plans: tuple[DeleteObject, ...]
    affirmative = "Delete"
    is_destructive = True

    def sentences(self) -> tuple[str, ...]:
        """Which, how much, what that means on this bucket."""
        size = sum(plan.current.size for plan in self.plans)
        where = f"All below {self.place.uri}: " if self.place is not None else ""
        what = f"{where}{names_text([plan.key for plan in self.plans])}: {size_text(size)} together."
        means = self._lost_text()
        if not means:
            means = "A delete marker is put on top of each; nothing is destroyed, and all can be brought back at once."
            if self.place is not None:
                means += " What is written below meanwhile stays."
        skipped = (f"{count_text(self.skipped, 'object')} deleted already stay as they are.",) if self.skipped else ()
        return (what, means, *skipped)


@dataclass(frozen=True, slots=True)
class BringBackMany(ManyPlans):
    """Several objects come back, each with its newest bytes."""

    plans: tuple[CopyForward, ...]
    gone: int = 0
    """Of so many nothing is left."""
    affirmative = "Bring back"

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(plan.source.size for plan in self.plans)

    @property
    def is_destructive(self) -> bool:
        """Whether bytes are lost: only where versioning is not on."""
        return any(plan.loses is not None for plan in self.plans)

    def sentences(self) -> tuple[str, ...]:
        """Which, how much, what stays."""
        where = f"All below {self.place.uri} that is deleted: " if self.place is not None else ""
        lines = [
            f"{where}{names_text([plan.key for plan in self.plans])}: {size_text(self.size)} become current again.",
            self._lost_text() or "The deletions and all older versions stay in the histories.",
        ]
        if self.skipped:
            lines.append(f"{count_text(self.skipped, 'object')} not deleted stay as they are.")
        if self.gone:
            lines.append(f"Of {count_text(self.gone, 'object')} nothing is left.")
        return tuple(lines)


def lost_text(count: int, size: int, versioning: Versioning) -> str:
    """What is destroyed of several objects, and why."""
    why = {
        Versioning.OFF: "The bucket keeps no versions",
        Versioning.SUSPENDED: "Versioning is suspended",
    }.get(versioning, "Whether the bucket keeps versions could not be seen: take it that")
    joint = " " if why.endswith("that") else ": "
    of = count_text(count, "object")
    return f"{why}{joint}{size_text(size)} of {of} are destroyed, and that cannot be undone."
