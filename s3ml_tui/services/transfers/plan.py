"""Plans over many files: what lies at the source beside what lies at the target, and a name for each that can have one.

Nothing is sent but listings. What an interrupted job of the same request has done already is left out.

What an interrupted job has done already, seen from its journal and from what is at the targets now.
"""

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from s3ml_tui.domain.errors import BadInput, Denied, LocalTrouble, NotFound
from s3ml_tui.domain.plans.transfer import Landed, Move, MoveFiles, Refusal, There, TransferRequest, Way
from s3ml_tui.domain.storage.store import OPERATION, Cancelled, Store, never
from s3ml_tui.domain.text import size_text
from s3ml_tui.domain.uri import MAX_KEY_BYTES, ObjectKey, Place, bucket_and_key, parse_place
from s3ml_tui.services.parallel import at_once
from s3ml_tui.services.transfers.journal import operation_of
from s3ml_tui.services.transfers.journal_file import Record
from s3ml_tui.services.transfers.local_files import Inside, folds_names, free_beside, refused_alone, refused_together
from s3ml_tui.services.transfers.sources import NS, Found, files_below, object_key, objects_below
from s3ml_tui.services.versions.history import versioning_of

EXACT_S = 0.001
"""Two times of files that differ by less are the same, as far as file systems keep them."""
_SKEW_S = 900.0
"""So far this machine's clock and the server's may differ."""


def was_uploaded(store: Store, move: Move, over: There, earlier: Record) -> Landed | bool:
    """Whether the file is where it was to go, put there by the interrupted job, and unchanged since.

    Where its journal does not tell of it, what the object tells instead.
    """
    done = earlier.done.get(move.name)
    if done is not None and (done.size, done.modified_ns / NS) != (move.size, move.modified):
        return False
    if done is not None and over.etag == done.etag:
        return True
    return landed(store, move, over, earlier) or False


def landed(store: Store, move: Move, over: There, earlier: Record) -> Landed | None:
    """What the interrupted job put at the target of a move, and could not write down; None when it is not its own."""
    if over.size != move.size or over.modified < earlier.begun_at - _SKEW_S:
        return None
    try:
        facts = store.facts(object_key(move.target))
        modified_ns = os.stat(move.source).st_mtime_ns if move.source.startswith("/") else 0  # noqa: PTH116 - for each of many
    except (NotFound, Denied, OSError):
        return None
    if facts.metadata.get(OPERATION) != operation_of(earlier.id, move.target):
        return None
    has_replaced = earlier.replaced is None or move.target in earlier.replaced
    return Landed(move, modified_ns, facts.version_id, facts.etag, has_replaced)


def was_downloaded(move: Move, earlier: Record) -> bool:
    """Whether the object is the file it was to become, put there by the interrupted job, and unchanged since."""
    done = earlier.done.get(move.name)
    if done is None or move.over is None or done.etag != move.etag:
        return False
    return done.size == move.over.size and _is_same_time(done.modified_ns / NS, move.over.modified)


def was_on_its_way(move: Move, earlier: Record) -> bool:
    """Whether the interrupted job had just given this file its name, and could not write that down any more."""
    begun = earlier.downloads.get(move.target)
    if begun is not None and not begun.temporary.exists():
        return True
    is_there = os.path.dirname(move.target) in earlier.folders  # noqa: PTH120 - a hundred thousand times
    is_it = move.over is not None and move.over.size == move.size
    return is_there and is_it and move.over is not None and _is_same_time(move.modified, move.over.modified)


def _is_same_time(one: float, other: float) -> bool:
    return abs(one - other) < EXACT_S


FEW = 64
"""So many keys are looked at one by one rather than by listing all that lies beside them."""


def plan_up(
    store: Store, transfer_request: TransferRequest, earlier: Record | None, cancelled: Cancelled = never
) -> MoveFiles:
    """Files and folders become objects below the target. Raises LocalTrouble, NotFound, BadInput, Cancelled."""
    place = parse_place(transfer_request.target)
    found = _local_sources(transfer_request, cancelled)
    refused = list(found.refused)
    targets = [place.prefix + name for name in found.names]
    bad = dict.fromkeys(_twice(found.names), "another file would become the same object")
    bad |= {
        name: f"its key would have more than {MAX_KEY_BYTES} bytes"
        for name, key in zip(found.names, targets, strict=True)
        if len(key) * 4 > MAX_KEY_BYTES and len(key.encode()) > MAX_KEY_BYTES
    }
    refused += [Refusal(name, reason) for name, reason in bad.items()]
    versioning = versioning_of(store, place.bucket)
    there, is_taken, is_seen = _objects_there(store, place, targets, cancelled)
    moves: list[Move] = []
    found_landed: list[Landed] = []
    done = 0
    for at, (name, key) in enumerate(zip(found.names, targets, strict=True)):
        if name in bad:
            continue
        over = there.get(key)
        move = _move(found, at, f"{place.bucket}/{key}", over)
        before = was_uploaded(store, move, over, earlier) if earlier is not None and over is not None else False
        if isinstance(before, Landed):
            found_landed.append(before)
        if before:
            done += 1
        else:
            moves.append(move)
    plan = _plan(transfer_request, moves, is_taken, refused=refused, done=done)
    return replace(plan, versioning=versioning, is_seen=is_seen, landed=found_landed)


def plan_down(
    store: Store, transfer_request: TransferRequest, earlier: Record | None, cancelled: Cancelled = never
) -> MoveFiles:
    """Objects become files below the target. Raises NotFound, BadInput, LocalTrouble, Cancelled."""
    found = _remote_sources(store, transfer_request, cancelled)
    names = {name: refused_alone(name) for name in found.names}
    bad = {name: reason for name, reason in names.items() if reason}
    bad |= dict.fromkeys(_twice(found.names), "another object would become the same file")
    folder = transfer_request.target.rstrip("/") or "/"
    good = [name for name in found.names if name not in bad]
    bad |= {one.name: one.reason for one in refused_together(good, folds=folds_names(Path(folder)))}
    inside = Inside(folder)
    moves: list[Move] = []
    half_done: list[Move] = []  # renamed, and nobody was left to write that down: got again, and no collision
    done = 0
    for at, name in enumerate(found.names):
        if name in bad:
            continue
        target = os.path.join(folder, name)  # noqa: PTH118 - a hundred thousand times
        over, reason = file_there(target, inside)
        if reason:
            bad[name] = reason
            continue
        move = _move(found, at, target, over)
        if earlier is not None and over is not None and was_downloaded(move, earlier):
            done += 1
            continue
        if over is not None and earlier is not None and was_on_its_way(move, earlier):
            half_done.append(move)
            continue
        moves.append(move)
    refused = [*found.refused, *(Refusal(name, reason) for name, reason in bad.items())]
    plan = _plan(transfer_request, moves, os.path.lexists, refused=refused, done=done)
    plan = replace(plan, moves=[*plan.moves, *half_done])
    check_room(folder, plan)
    return plan


def check_room(folder: str, plan: MoveFiles) -> None:
    """Raise LocalTrouble when all that comes does not fit."""
    there = Path(folder)
    while not there.is_dir() and there != there.parent:
        there = there.parent
    free = shutil.disk_usage(there).free
    if free < plan.size:
        raise LocalTrouble(
            f"There is no room in {folder}",
            cause=f"What would come has {size_text(plan.size)}, and {size_text(free)} are free",
            advice="Make room, or choose another disk",
        )


def _plan(
    transfer_request: TransferRequest,
    moves: Sequence[Move],
    is_taken: Callable[[str], bool],
    *,
    refused: Sequence[Refusal],
    done: int,
) -> MoveFiles:
    names = {move.target for move in moves}
    free = [move for move in moves if move.over is None]
    collisions = [_with_aside(move, names, is_taken) for move in moves if move.over is not None]
    return MoveFiles(transfer_request, free, collisions, tuple(refused), done=done)


def _with_aside(move: Move, names: set[str], is_taken: Callable[[str], bool]) -> Move:
    """The move with a free name beside the one that is taken."""
    aside = free_beside(move.target, lambda target: target in names or is_taken(target))
    names.add(aside)
    return replace(move, aside=aside)


def _move(found: Found, at: int, target: str, over: There | None) -> Move:
    return Move(found.names[at], found.sources[at], target, found.sizes[at], found.modified[at], found.etags[at], over)


def _twice(names: Sequence[str]) -> set[str]:
    if len(set(names)) == len(names):
        return set()
    seen: set[str] = set()
    return {name for name in names if name in seen or seen.add(name)}  # type: ignore[func-returns-value]  # add answers None


# sources ---------------------------------------------------------------------------------------------------------


def _local_sources(transfer_request: TransferRequest, cancelled: Cancelled) -> Found:
    found = Found()
    for source in transfer_request.sources:
        path, is_one = Path(source), len(transfer_request.sources) == 1
        if source.endswith("/"):
            under = "" if is_one else f"{path.name}/"
            found.join(files_below(path, under=under, filters=transfer_request.filters, cancelled=cancelled))
            continue
        try:
            state = path.stat()
        except OSError as error:
            raise LocalTrouble(f"There is no file {path}", cause=error.strerror or "", advice="Check it") from error
        found.add(path.name, source, state.st_size, state.st_mtime)
    return found


def _remote_sources(store: Store, transfer_request: TransferRequest, cancelled: Cancelled) -> Found:
    found, is_one = Found(), len(transfer_request.sources) == 1
    singles: list[ObjectKey] = []
    for source in transfer_request.sources:
        if not source.endswith("/"):
            singles.append(_key(source))
            continue
        place = parse_place(source)
        under = "" if is_one else f"{place.name}/"
        below = objects_below(store, place, under=under, filters=transfer_request.filters, cancelled=cancelled)
        if not below.names:
            _refuse_nothing(store, place)
        found.join(below)
    for facts in at_once(store.facts, singles, cancelled):
        source = f"{facts.key.bucket}/{facts.key.key}"
        found.add(facts.key.name, source, facts.size, facts.modified.timestamp(), facts.etag)
    return found


def _key(uri: str) -> ObjectKey:
    return ObjectKey(*bucket_and_key(uri))


def _refuse_nothing(store: Store, place: Place) -> None:
    """A place without objects: an error when the bucket is not there."""
    if not store.bucket_exists(place.bucket):
        raise NotFound(f"There is no bucket {place.bucket}", advice="Check the name")


# targets ---------------------------------------------------------------------------------------------------------


def _objects_there(
    store: Store, place: Place, keys: Sequence[str], cancelled: Cancelled
) -> tuple[dict[str, There], Callable[[str], bool], bool]:
    """What is at the keys now, whether a `bucket/key` is taken by another, and whether all that could be seen."""
    wanted, there, numbered = set(keys), dict[str, There](), set[str]()
    try:
        page = store.list_page(place, is_recursive=True)
        if page.next is not None and len(keys) <= FEW:
            return _looked_at(store, place, keys, cancelled), lambda target: _is_there(store, target), True
        pages = store.list_all(place, cancelled=cancelled) if page.next is not None else iter((page,))
        for page in pages:
            for key, size, modified, etag in zip(page.keys, page.sizes, page.modified, page.etags, strict=True):
                if key in wanted:
                    there[key] = There(size, modified, etag)
                if " (" in key:
                    numbered.add(f"{place.bucket}/{key}")
    except Denied:
        return {}, lambda _target: False, False
    return there, numbered.__contains__, True


def _is_there(store: Store, target: str) -> bool:
    try:
        store.facts(object_key(target))
    except NotFound:
        return False
    return True


def _looked_at(store: Store, place: Place, keys: Sequence[str], cancelled: Cancelled) -> dict[str, There]:
    def look(key: str) -> There | None:
        try:
            facts = store.facts(ObjectKey(place.bucket, key))
        except NotFound:
            return None
        return There(facts.size, facts.modified.timestamp(), facts.etag)

    found = zip(keys, at_once(look, keys, cancelled), strict=True)
    return {key: there for key, there in found if there is not None}


def file_there(target: str, inside: Inside) -> tuple[There | None, str]:
    """The file at a target, and why nothing may be put there."""
    if reason := inside.refused(target):
        return None, reason
    try:
        state = os.lstat(target)
    except FileNotFoundError:
        return None, ""
    except NotADirectoryError:
        return None, "a file stands where its folder would be"
    except OSError as error:
        return None, f"its place cannot be looked at ({error.strerror})"
    if os.path.isdir(target) and not os.path.islink(target):  # noqa: PTH112, PTH114 - a hundred thousand times
        return None, "a folder of this name is there"
    return There(state.st_size, state.st_mtime), ""


def refuse_file_target(transfer_request: TransferRequest) -> None:
    """Raise BadInput where a folder would have to be a file."""
    target = Path(transfer_request.target)
    if transfer_request.way is Way.DOWN and target.exists() and not target.is_dir():
        raise BadInput(f"{target} is a file", cause="Several objects need a folder", advice="Give a folder")
