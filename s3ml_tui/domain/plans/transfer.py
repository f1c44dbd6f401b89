"""Many files from here to there as one plan: what goes, what is in the way, what is refused, and what that means.

Transfers whose process ended before they did.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.plans.copy_move import OLDER_STAYS, Clash
from s3ml_tui.domain.plans.plan import Plan, Taken
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.storage.resume_point import Listed, Storing
from s3ml_tui.domain.storage.store import ObjectFacts
from s3ml_tui.domain.text import count_text, printable, size_text
from s3ml_tui.domain.uri import Place, parse_place

_NAMED = 5
"""So many names stand in a sentence."""
_ASKED = 3
"""So many in a question."""
DEFAULT_AT_ONCE = 16
"""Requests under way at once unless told otherwise."""


class Way(StrEnum):
    """Where the bytes go."""

    UP = "upload"
    DOWN = "download"
    ACROSS = "copy"
    """From one place in S3 to another; no bytes pass this machine."""


@dataclass(frozen=True, slots=True)
class TransferRequest:
    """What was asked for; with the same request an interrupted job is taken up again."""

    way: Way
    sources: tuple[str, ...]
    """Absolute paths, or s3:// addresses; those of folders end with a slash."""
    target: str
    """A folder's absolute path, or an s3:// address; both end with a slash, save that of a single file."""
    collision: Clash = Clash.OVERWRITE
    storing: Storing = field(default_factory=Storing)
    filters: tuple[tuple[bool, str], ...] = ()
    """Patterns in the order they were given, True includes; the last that fits a name counts."""
    is_sync: bool = False
    """Only what differs is moved."""
    by_checksum: bool = False
    deletes: bool = False
    """What is at the target and not at the source is deleted."""
    at_once: int = DEFAULT_AT_ONCE
    """Requests."""
    version_id: str | None = None
    """Of a single object that is downloaded; more in journals of copies, which earlier versions kept."""
    deletes_all: bool = False
    """Also when nothing of what is at the target stays."""

    @property
    def is_copy(self) -> bool:
        """Whether the server copies what was named: a journal of an earlier version, since such jobs keep none now."""
        return self.way is Way.ACROSS and not self.is_sync

    def is_same(self, other: "TransferRequest") -> bool:
        """Whether both ask for the same bytes at the same place."""
        mine = (self.way, self.sources, self.target, self.is_sync, self.version_id)
        return mine == (other.way, other.sources, other.target, other.is_sync, other.version_id)


@dataclass(frozen=True, slots=True)
class There:
    """What is at a target already."""

    size: int
    """Bytes."""
    modified: float
    """Seconds since the epoch, UTC."""
    etag: str = ""
    """Of an object."""

    def is_still(self, now: ObjectFacts | Version) -> bool:
        """Whether the object that is there now is what was seen."""
        return Listed(self.size, self.etag, self.modified).is_still(now.etag, now.size, now.modified.timestamp())


@dataclass(frozen=True, slots=True)
class Move:
    """One file on its way."""

    name: str
    """Below the source, with slashes; what the user is told."""
    source: str
    """An absolute path, or `bucket/key`."""
    target: str
    """An absolute path, or `bucket/key`."""
    size: int
    """Bytes."""
    modified: float
    """Of the source; seconds since the epoch, UTC."""
    etag: str = ""
    """Of the source, when it is an object."""
    over: There | None = None
    """What is at the target now."""
    aside: str = ""
    """A free target beside one that is taken."""


@dataclass(frozen=True, slots=True)
class Landed:
    """What an interrupted job wrote, and could not write down any more."""

    move: Move
    modified_ns: int
    """Of the source, when it is a file."""
    version_id: str | None
    etag: str
    has_replaced: bool


@dataclass(frozen=True, slots=True)
class Extra:
    """What is at the target of a sync and not at its source."""

    target: str
    """An absolute path, or `bucket/key`."""
    there: There


@dataclass(frozen=True, slots=True)
class Refusal:
    """A name that does not go, and why; the others go on."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class MoveFiles(Plan):
    """Files become objects, objects become files, or objects become objects elsewhere."""

    transfer_request: TransferRequest
    moves: Sequence[Move] = ()
    """Whose target is free."""
    collisions: Sequence[Move] = ()
    """Whose target is taken; the request says what becomes of them."""
    refused: Sequence[Refusal] = ()
    doomed: Sequence[Extra] = ()
    """What a sync deletes."""
    empties_target: bool = False
    """Whether `doomed` is all there is at the target."""
    unchanged: int = 0
    """So many need nothing."""
    done: int = 0
    """So many were done before the job was interrupted."""
    landed: Sequence[Landed] = ()
    """Those of them that only the objects tell of."""
    versioning: Versioning = Versioning.ON
    """Of the target's bucket."""
    is_seen: bool = True
    """Whether these credentials could see what is at the target."""
    can_go_on = True

    def decided(self, collision: Clash) -> "MoveFiles":
        """The same plan with an answer to what becomes of collisions."""
        return replace(self, transfer_request=replace(self.transfer_request, collision=collision))

    @property
    def work(self) -> list[Move]:
        """What is to be moved, collisions as decided."""
        return [*self.moves, *self._decided()]

    @property
    def size(self) -> int:
        """Bytes that will move."""
        return sum(move.size for move in self.work)

    @property
    def taken(self) -> Taken | None:
        """Names that are taken; a sync was asked for to write over them."""
        if not self.collisions or self.transfer_request.is_sync:
            return None
        names = ", ".join(printable(move.name) for move in self.collisions[:_ASKED])
        loses = self.decided(Clash.OVERWRITE).is_destructive
        is_here = self.transfer_request.way is Way.DOWN
        lost = (
            f"What is overwritten is lost {'on this machine' if is_here else 'for good: the bucket keeps no versions'}."
        )
        return Taken(
            f"{count_text(len(self.collisions), 'name is', 'names are')} taken there already",
            names + (" …" if len(self.collisions) > _ASKED else ""),
            self.collisions[0].name,
            lost if loses else OLDER_STAYS,
            loses=loses,
            must_be_answered=False,
        )

    @property
    def places(self) -> tuple[Place, ...]:
        """The target in S3; none where files of this machine are written."""
        return () if self.transfer_request.way is Way.DOWN else (parse_place(self.transfer_request.target),)

    @property
    def overwritten_in(self) -> tuple[tuple[str, Versioning], ...]:
        """The target's bucket, if something is there."""
        is_over = bool(self.collisions or self.doomed)
        return tuple((place.bucket, self.versioning) for place in self.places if is_over)

    @property
    def skipped(self) -> int:
        """So many collisions stay as they are."""
        return len(self.collisions) - sum(1 for _ in self._decided())

    @property
    def overwritten(self) -> int:
        """So many targets are written over."""
        return sum(move.over is not None for move in self._decided())

    @property
    def title(self) -> str:
        """As `Upload 2,000 files`."""
        verb = "Sync" if self.transfer_request.is_sync else self.transfer_request.way.capitalize()
        noun = "file" if self.transfer_request.way is Way.UP else "object"
        if self.transfer_request.is_sync:
            return f"Sync {self.transfer_request.sources[0]} to {self.transfer_request.target}"
        return f"{verb} {count_text(len(self.moves) + len(self.collisions) - self.skipped or self.done, noun)}"

    @property
    def affirmative(self) -> str:
        """The verb."""
        return "Sync" if self.transfer_request.is_sync else self.transfer_request.way.capitalize()

    @property
    def changes_anything(self) -> bool:
        """False when all is there already, and nothing is left to be told, or to be undone, of how it came there."""
        is_told = self.transfer_request.way is Way.DOWN or not self.done
        return bool(self.moves or self.doomed) or self.skipped < len(self.collisions) or not is_told

    @property
    def is_destructive(self) -> bool:
        """Whether bytes are lost: files of this machine, or objects of a bucket that keeps no versions."""
        keeps = self.transfer_request.way is not Way.DOWN and self.versioning is Versioning.ON
        return bool(self.doomed) or (not keeps and (self.overwritten > 0 or not self.is_seen))

    def sentences(self) -> tuple[str, ...]:
        """How much goes where, what is in the way, what does not go."""
        lines = [self._what_goes()]
        if self.done:
            were = count_text(self.done, "file was", "files were")
            lines.append(f"{were} done before it was interrupted.")
        if self.unchanged:
            lines.append(f"{count_text(self.unchanged, 'file needs', 'files need')} nothing.")
        if self.collisions:
            lines.append(self._what_collides())
        if not self.is_seen:
            lines.append("These credentials cannot see what is there now.")
        if self.doomed:
            lines.append(self._what_is_deleted())
        if self.refused:
            reasons = "; ".join(f"{one.name}: {one.reason}" for one in self.refused[:_NAMED])
            more = f"; and {len(self.refused) - _NAMED:,} more" if len(self.refused) > _NAMED else ""
            lines.append(f"{count_text(len(self.refused), 'name')} left out. {reasons}{more}.")
        return tuple(lines)

    def _decided(self) -> Iterator[Move]:
        for move in self.collisions:
            match self.transfer_request.collision:
                case Clash.OVERWRITE:
                    yield move
                case Clash.KEEP_BOTH:
                    yield replace(move, target=move.aside, over=None)
                case Clash.NEWER:
                    if move.over is None or move.modified > move.over.modified:
                        yield move
                case Clash.SKIP:
                    pass

    def _what_goes(self) -> str:
        work, sources, target = self.work, self.transfer_request.sources, self.transfer_request.target
        if not work:
            return f"Nothing goes to {target}."
        origin = sources[0] if len(sources) == 1 else f"{len(sources)} places"
        count = count_text(len(work), "file" if self.transfer_request.way is Way.UP else "object")
        verb = "goes" if len(work) == 1 else "go"
        return f"{count}, {size_text(sum(move.size for move in work))}, {verb} from {origin} to {target}."

    def _what_collides(self) -> str:
        taken = f"{count_text(len(self.collisions), 'name is', 'names are')} taken there"
        if self.transfer_request.is_sync:
            taken = f"{count_text(len(self.collisions), 'of them differs', 'of them differ')} from what is there"
        named = ", ".join(move.name for move in self.collisions[:_NAMED])
        named += f" and {len(self.collisions) - _NAMED:,} more" if len(self.collisions) > _NAMED else ""
        return f"{taken} ({named}): {self._means()}."

    def _means(self) -> str:
        if self.transfer_request.way is Way.DOWN:
            lost = "the files of this machine are replaced, and lost"
        elif self.versioning is Versioning.ON:
            lost = "what is there stays as an older version"
        else:
            lost = "what is there is destroyed, since the bucket does not keep versions"
        match self.transfer_request.collision:
            case Clash.OVERWRITE:
                return lost
            case Clash.SKIP:
                return "they are left as they are"
            case Clash.KEEP_BOTH:
                return "both are kept, the new ones under names with a number"
        return f"{count_text(self.overwritten, 'is', 'are')} older than what comes, and of these {lost}"

    def _what_is_deleted(self) -> str:
        named = ", ".join(one.target.rpartition("/")[2] for one in self.doomed[:_NAMED])
        named += f" and {len(self.doomed) - _NAMED:,} more" if len(self.doomed) > _NAMED else ""
        if self.transfer_request.way is Way.DOWN:
            means = "they are lost on this machine"
        elif self.versioning is Versioning.ON:
            means = "their bytes stay as older versions"
        else:
            means = "their bytes are destroyed, since the bucket does not keep versions"
        what = count_text(len(self.doomed), "name that is not at the source is", "names that are not at the source are")
        if self.empties_target:
            means += f". That is all there is at {self.transfer_request.target}"
            means += "" if self.transfer_request.deletes_all else ", which takes --delete-all"
        return f"{what} deleted ({named}): {means}."


def refuse_emptying(plan: MoveFiles) -> None:
    """Raise BadInput for a sync that would delete all there is at its target, unless just that was asked for.

    An empty folder, or an empty listing, may be a mistake: a disk that is not mounted, a cache before the server.
    """
    if not plan.empties_target or plan.transfer_request.deletes_all:
        return
    source, target = plan.transfer_request.sources[0], plan.transfer_request.target
    raise BadInput(
        f"Nothing was done: the sync would delete everything at {target}",
        cause=f"Nothing at {source} has the name of anything there ({count_text(len(plan.doomed), 'name')})",
        advice="Check both addresses. If everything is to be deleted, add --delete-all",
    )


@dataclass(frozen=True, slots=True)
class Interrupted:
    """One of them."""

    id: str
    title: str
    """As its plan had it."""
    transfer_request: TransferRequest
    files: int
    """So many were to be moved."""
    done: int
    """So many of them are."""
    size: int
    """Bytes of all."""
    begun: datetime
    """Aware, UTC."""
    why_not: str = ""
    """Why it cannot go on; "" when it can."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What was removed."""

    jobs: int = 0
    files: int = 0
    """Temporary ones."""
    uploads: int = 0
    """Open ones, aborted."""
    folders: int = 0
    """Of runs whose process is gone."""

    @property
    def is_nothing(self) -> bool:
        """Whether there was nothing to remove."""
        return not (self.jobs or self.files or self.uploads or self.folders)
