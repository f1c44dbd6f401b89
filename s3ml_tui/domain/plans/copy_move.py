"""Plans that copy, move or rename: one object, several, or all below a prefix; what is there is asked."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from s3ml_tui.domain.plans.batch import lost_text, names_text
from s3ml_tui.domain.plans.plan import Plan, Taken, lost_by_writing, lost_sentence, when
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.text import count_text, size_text
from s3ml_tui.domain.uri import ObjectKey, Place


class Clash(StrEnum):
    """What becomes of an object that is where another is to go; asked once for all."""

    OVERWRITE = "overwrite"
    SKIP = "skip"
    KEEP_BOTH = "keep-both"
    NEWER = "newer"


CLASH_WORDS = {
    Clash.OVERWRITE: "Overwrite them",
    Clash.SKIP: "Skip these, and do the others",
    Clash.KEEP_BOTH: "Keep both: the new ones get a number in their name",
    Clash.NEWER: "Overwrite only those that are older than what is to come",
}


OLDER_STAYS = "What is overwritten stays as an older version."


@dataclass(frozen=True, slots=True)
class CopyItem:
    """One object on its way to another key."""

    source: Version
    """Exactly this version; without a version id whatever has its ETag when it is copied."""
    target: ObjectKey
    there: Version | None = None
    """What is on top of the target now, marker or version; None when nothing is, or only a marker."""
    buried: Version | None = None
    """A version below it that a write on top destroys; only where versioning is suspended."""
    spare: ObjectKey | None = None
    """A free key beside the target, looked for when both are to be kept."""
    is_made: bool = False
    """Stored by earlier versions, which knew what an interrupted job had copied; it means nothing any more."""

    @property
    def collides(self) -> bool:
        """Whether an object is there."""
        return self.there is not None and not self.there.is_delete_marker

    @property
    def source_id(self) -> str | None:
        """The version to copy as a request names it; a current `null` one needs no name, and some take none."""
        is_plain = self.source.version_id == NULL_VERSION and self.source.is_latest
        return None if is_plain else self.source.version_id or None

    def loses(self, versioning: Versioning) -> Version | None:
        """Whose bytes are destroyed, or may be; None when nothing is."""
        there = (self.there,) if self.there is not None else ()
        return lost_by_writing(there, versioning) or self.buried


@dataclass(frozen=True, slots=True)
class CopyObjects(Plan):
    """Objects are copied to other keys by the server; moved ones are then deleted where they were."""

    items: tuple[CopyItem, ...]
    to: str
    """The address they go to: of an object, or of a place."""
    is_move: bool
    versioning: Versioning
    """Of the bucket they go to."""
    origin: Place | None = None
    """The prefix all of them lie below, where that was asked for; None for single ones."""
    origin_versioning: Versioning = Versioning.ON
    """Of the bucket they are in."""
    clash: Clash | None = None
    """None until it is decided."""
    skipped: int = 0
    """So many are left out, since something is there."""
    hint: str = ""
    """What a user may have meant instead; a sentence."""

    @property
    def verb(self) -> str:
        """As `Copy`; moving within one place is renaming."""
        if not self.is_move:
            return "Copy"
        is_rename = len(self.items) == 1 and self.origin is None
        return "Rename" if is_rename and self.items[0].source.key.place == self.items[0].target.place else "Move"

    @property
    def title(self) -> str:
        """As `Copy a.csv`, `Move 3 objects`."""
        if len(self.items) == 1:
            return f"{self.verb} {self.items[0].source.key.name}"
        return f"{self.verb} {count_text(len(self.items), 'object')}"

    @property
    def affirmative(self) -> str:
        """The verb."""
        return self.verb

    @property
    def size(self) -> int:
        """Bytes the server copies."""
        return sum(item.source.size for item in self.items)

    @property
    def collisions(self) -> tuple[CopyItem, ...]:
        """Those that go where something is."""
        return tuple(item for item in self.items if item.collides)

    @property
    def is_undecided(self) -> bool:
        """Whether it must be asked what becomes of what is there."""
        return self.clash is None and bool(self.collisions)

    @property
    def changes_anything(self) -> bool:
        """Whether something is left to do."""
        return bool(self.items)

    @property
    def is_destructive(self) -> bool:
        """Whether bytes are lost: what is overwritten on a bucket that keeps no versions."""
        return any(item.loses(self.versioning) is not None for item in self.items)

    @property
    def taken(self) -> Taken | None:
        """Objects that are where others are to go."""
        there = self.collisions if self.is_undecided else ()
        if not there:
            return None
        keeps = self.versioning is Versioning.ON
        lost = "The bucket keeps no versions now: what is overwritten is lost."
        return Taken(
            f"{count_text(len(there), 'object is', 'objects are')} there already",
            names_text([item.target for item in there]),
            there[0].target.uri,
            OLDER_STAYS if keeps else lost,
            loses=not keeps,
            must_be_answered=True,
        )

    @property
    def places(self) -> tuple[Place, ...]:
        """Of the first target; where it is moved, of its source too."""
        item = next(iter(self.items), None)
        if item is None:
            return ()
        return (item.target.place, item.source.key.place) if self.is_move else (item.target.place,)

    @property
    def overwritten_in(self) -> tuple[tuple[str, Versioning], ...]:
        """The bucket they go to, if something is there, and the one that moved ones leave."""
        is_over = any(item.there is not None for item in self.items)
        over = [(self.items[0].target.bucket, self.versioning)] if is_over else []
        left = [(self.items[0].source.key.bucket, self.origin_versioning)] if self.is_move and self.items else []
        return (*over, *left)

    def commands(self) -> Iterator[tuple[str, ...]]:
        """`cp` or `mv`."""
        verb = "mv" if self.is_move else "cp"
        return ((verb, item.source.key.uri, item.target.uri) for item in self.items)

    def decided(self, clash: Clash) -> "CopyObjects":
        """The plan with an answer for what is there; to keep both, each must have a spare key."""
        kept = tuple(item for item in (_decided(item, clash) for item in self.items) if item is not None)
        return replace(self, items=kept, clash=clash, skipped=self.skipped + len(self.items) - len(kept))

    def sentences(self) -> tuple[str, ...]:
        """What goes where, what comes along, what becomes of what is there and of what is left behind."""
        if not self.items:
            return (f"{_there_text(self.skipped)} in {self.to} already and stay as they are.",)
        lines = self._about_one(self.items[0]) if len(self.items) == 1 else self._about_many()
        if self.skipped:
            lines.append(f"{_there_text(self.skipped)} there already: left out, on both sides as they were.")
        lines.append(
            "Metadata, tags, content type and storage class come along. The server copies: no bytes pass here."
        )
        if self.is_move:
            lines.append(self._about_what_is_left())
        return (*lines, self.hint) if self.hint else tuple(lines)

    def _about_one(self, item: CopyItem) -> list[str]:
        source = item.source
        version = f" (version {source.version_id})" if source.version_id not in {"", NULL_VERSION} else ""
        goes = f"{size_text(source.size)} of {source.key.uri}{version} are copied to {item.target.uri}."
        loses = item.loses(self.versioning)
        if item.there is None and loses is None:
            return [goes, "Nothing is there now."]
        if loses is not None:
            return [goes, lost_sentence(loses, self.versioning)]
        assert item.there is not None  # noqa: S101 - or it would have been the first case
        if item.there.is_delete_marker:
            return [goes, f"What was there was deleted on {when(item.there)}; its older versions stay."]
        there = f"{size_text(item.there.size)} of {when(item.there)}"
        return [goes, f"The {there} that are there now stay as an older version."]

    def _about_many(self) -> list[str]:
        names = names_text([item.source.key for item in self.items])
        where = f" of {self.origin.uri}" if self.origin is not None else ""
        lines = [f"{names}{where}: {size_text(self.size)} are copied to {self.to}."]
        there = self.collisions
        lost = [one for one in (item.loses(self.versioning) for item in self.items) if one is not None]
        if not there and not lost:
            return [*lines, "Nothing of these names is there now."]
        if there:
            names = names_text([item.target for item in there])
            is_kept = "" if lost else ": what is there now stays as older versions"
            lines.append(f"{_there_text(len(there))} there already ({names}) and overwritten{is_kept}.")
        if lost:
            lines.append(lost_text(len(lost), sum(version.size for version in lost), self.versioning))
        return lines

    def _about_what_is_left(self) -> str:
        what = "it was" if len(self.items) == 1 else "each was"
        if self.origin_versioning is Versioning.ON:
            return (
                f"Once the copy is seen to be whole, a delete marker is put where {what}: older versions stay there, "
                "under the old name, and can be brought back."
            )
        if self.origin_versioning is Versioning.UNKNOWN:
            return (
                f"Once the copy is seen to be whole, what is left where {what} is deleted. Whether that bucket keeps "
                "versions could not be seen: where it does, they stay there; where not, the undo copies back."
            )
        return (
            f"Once the copy is seen to be whole, what is left where {what} is deleted; that bucket keeps no versions "
            "now, so the undo copies back."
        )


def _decided(item: CopyItem, clash: Clash) -> CopyItem | None:
    there = item.there
    if there is None or not item.collides or clash is Clash.OVERWRITE:
        return item
    if clash is Clash.KEEP_BOTH and item.spare is not None:
        return replace(item, target=item.spare, there=None, buried=None, spare=None)
    return item if clash is Clash.NEWER and item.source.modified > there.modified else None


def _there_text(count: int) -> str:
    return "1 object is" if count == 1 else f"{count:,} objects are"


def spare_names(key: ObjectKey, most: int) -> list[ObjectKey]:
    """`a (2).csv`, `a (3).csv` … beside `a.csv`; none for a folder's own object."""
    if key.key.endswith("/"):
        return []
    level, name = key.key[: len(key.key) - len(key.name)], key.name
    stem, dot, suffix = name.partition(".") if not name.startswith(".") else (name, "", "")
    return [ObjectKey(key.bucket, f"{level}{stem} ({number}){dot}{suffix}") for number in range(2, most + 2)]
