"""Plans that change metadata and headers: an object is copied onto itself with others, which makes a new version."""

from dataclasses import dataclass

from s3ml_tui.domain.connection import Versioning
from s3ml_tui.domain.history import Version
from s3ml_tui.domain.labels import CONTENT_TYPE, difference, fields_of
from s3ml_tui.domain.many import names_text
from s3ml_tui.domain.plans import when
from s3ml_tui.domain.store_changes import Description
from s3ml_tui.domain.text import count_text, size_text

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
class ChangeDescription:
    """Metadata and headers are replaced."""

    changes: tuple[DescriptionChange, ...]
    versioning: Versioning
    same: int = 0
    """So many have them already."""
    affirmative: str = "Change"
    is_destructive: bool = False
    changes_anything: bool = True

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
