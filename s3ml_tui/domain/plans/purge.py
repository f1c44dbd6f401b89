"""Purging: versions are destroyed for good; nothing brings them back."""

from dataclasses import dataclass

from s3ml_tui.domain.plans.plan import OnKey, when
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.text import count_text, size_text
from s3ml_tui.domain.uri import ObjectKey

_MOST_SHOWN = 8
"""So many versions are told one by one."""


@dataclass(frozen=True, slots=True)
class Locked:
    """A version that may not be destroyed now."""

    version: Version
    why: str
    """As `on legal hold`, `retained until 2027-01-01`."""


@dataclass(frozen=True, slots=True)
class PurgeVersions(OnKey):
    """Chosen versions and delete markers of one key are destroyed."""

    key: ObjectKey
    versions: tuple[Version, ...]
    """Newest first."""
    locked: tuple[Locked, ...] = ()
    """Those that were chosen and stay."""
    on_top: Version | None = None
    """What is on top afterwards, marker or version; None when nothing of the key is left."""
    was_on_top: Version | None = None
    """What is on top now."""
    affirmative = "Purge"
    is_destructive = True

    @property
    def title(self) -> str:
        """As `Purge 2 versions of a.csv`."""
        return f"Purge {self._what} of {self.key.name}"

    @property
    def changes_anything(self) -> bool:
        """Whether one of them is not locked."""
        return bool(self.versions)

    @property
    def must_type(self) -> str:
        """The object's name."""
        return self.key.name

    @property
    def _what(self) -> str:
        markers = sum(version.is_delete_marker for version in self.versions)
        parts = [
            count_text(len(self.versions) - markers, "version") if len(self.versions) > markers else "",
            count_text(markers, "delete marker") if markers else "",
        ]
        return " and ".join(part for part in parts if part) or "versions"

    def sentences(self) -> tuple[str, ...]:
        """What is destroyed, what is then on top, what is locked."""
        refused = tuple(
            f"Version {one.version.version_id} of {when(one.version)} is {one.why}: it stays." for one in self.locked
        )
        if not self.versions:
            return (*refused, "Nothing is left to purge.")
        size = sum(version.size for version in self.versions)
        descriptions = [_description(version) for version in self.versions[:_MOST_SHOWN]]
        more = len(self.versions) - _MOST_SHOWN
        return (
            f"{size_text(size)} of {self.key.uri} are destroyed for good. Nobody can undo this:",
            "; ".join([*descriptions, *([f"and {more:,} more"] if more > 0 else [])]) + ".",
            self._afterwards(),
            *refused,
        )

    def _afterwards(self) -> str:
        top, was = self.on_top, self.was_on_top
        if top is None:
            return "Nothing of it is left then: no version, and no history."
        if was is not None and top.version_id == was.version_id:
            return "What is current now stays so."
        if top.is_delete_marker:
            return f"The deletion of {when(top)} is on top then: the object is gone from plain listings."
        return f"The {size_text(top.size)} of {when(top)} are current then."


def _description(version: Version) -> str:
    what = "the deletion" if version.is_delete_marker else size_text(version.size)
    return f"{what} of {when(version)} ({version.version_id})"
