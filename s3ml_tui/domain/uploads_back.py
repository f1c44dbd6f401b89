"""The plan that takes an upload of many files, or a copy of many objects, back."""

from dataclasses import dataclass

from s3ml_tui.domain.connection import Versioning
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import ObjectKey


@dataclass(frozen=True, slots=True)
class Made:
    """One object that was written."""

    key: ObjectKey
    version_id: str | None
    etag: str
    has_replaced: bool


@dataclass(frozen=True, slots=True)
class TakeUploadsBack:
    """All that a job has written is taken back."""

    made: tuple[Made, ...]
    versioning: Versioning
    lost: int = 0
    """Of so many what was there before is gone; they stay."""
    affirmative: str = "Take back"
    is_destructive: bool = True
    changes_anything: bool = True

    @property
    def title(self) -> str:
        """As `Take 2,000 uploads back`."""
        return f"Take {count_text(len(self.made), 'upload')} back"

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
