"""A sync's plan: what differs between two places, seen from their listings alone, and what is only at the target."""

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import LocalTrouble
from s3ml_tui.domain.plans.transfer import Extra, Landed, Move, MoveFiles, Refusal, There, TransferRequest, Way
from s3ml_tui.domain.storage.part_sizes import etag_of_parts, likely_part_sizes, part_lengths
from s3ml_tui.domain.storage.provenance import SHA256
from s3ml_tui.domain.storage.store import Cancelled, Store, never
from s3ml_tui.domain.uri import MAX_KEY_BYTES, parse_place
from s3ml_tui.services.transfers.journal_file import Record
from s3ml_tui.services.transfers.local_files import Inside, folds_names, refused_alone, refused_together
from s3ml_tui.services.transfers.plan import EXACT_S, check_room, file_there, landed
from s3ml_tui.services.transfers.sources import Found, files_below, object_key, objects_below
from s3ml_tui.services.versions.history import versioning_of

_SLACK_S = 1.0
"""Listings tell whole seconds."""
_NEAR_S = 5.0
"""A change that follows another one so soon is not told by time: clocks differ, and uploads take a while."""
_MD5_LENGTH = 32


def plan_sync(
    store: Store, transfer_request: TransferRequest, earlier: Record | None, cancelled: Cancelled = never
) -> MoveFiles:
    """What is to be moved and deleted so that the target has what the source has.

    By size and time: what has another size, or is newer at the source; by content where the times are too near one
    another to tell. With `by_checksum` by size and content, where the object's ETag or our SHA256 tells it; else by
    time. Raises LocalTrouble, NotFound, Cancelled.
    """
    source, target = (
        _side(store, transfer_request, transfer_request.sources[0], cancelled),
        _target(store, transfer_request, cancelled),
    )
    refused = {one.name: one.reason for one in source.refused} | _refused(transfer_request, source)
    is_same = _comparison(store, transfer_request, cancelled)
    moves: list[Move] = []
    before: list[Landed | bool] = []
    there = target.by_name
    inside = Inside(transfer_request.target)
    for at, name in enumerate(source.names):
        if name in refused:
            continue
        other = there.get(name)
        move = _move(source, at, transfer_request, None if other is None else target.there(other))
        if other is not None and source.sizes[at] == target.sizes[other] and is_same(source, at, target, other):
            before.append(_was_moved(store, move, earlier))
            continue
        if transfer_request.way is Way.DOWN:
            found, reason = file_there(move.target, inside)
            if reason:
                refused[name] = reason
                continue
            move = replace(move, over=move.over or found)  # what is no plain file was not listed
        moves.append(move)
    doomed = _doomed(source, target, refused) if transfer_request.deletes else []
    done = sum(map(bool, before))
    plan = MoveFiles(
        transfer_request,
        [move for move in moves if move.over is None],
        [move for move in moves if move.over],
        tuple(Refusal(name, reason) for name, reason in refused.items()),
        doomed=tuple(doomed),
        empties_target=bool(doomed) and len(doomed) == len(target.names),
        unchanged=len(before) - done,
        done=done,
        landed=[one for one in before if isinstance(one, Landed)],
    )
    if transfer_request.way is Way.DOWN:
        check_room(transfer_request.target, plan)
        return plan
    return replace(plan, versioning=versioning_of(store, parse_place(transfer_request.target).bucket))


def _was_moved(store: Store, move: Move, earlier: Record | None) -> Landed | bool:
    """Whether the interrupted job did it; where its journal does not tell, what the object tells."""
    if earlier is None or move.over is None or earlier.transfer_request.way is Way.DOWN:
        return False
    done = earlier.done.get(move.name)
    return (done is not None and done.etag == move.over.etag) or landed(store, move, move.over, earlier) or False


def _move(source: Found, at: int, transfer_request: TransferRequest, over: There | None) -> Move:
    name, size, modified = source.names[at], source.sizes[at], source.modified[at]
    target = transfer_request.target.removeprefix("s3://") + name
    return Move(name, source.sources[at], target, size, modified, source.etags[at], over)


def _doomed(source: Found, target: Found, refused: Mapping[str, str]) -> list[Extra]:
    """What is only at the target; nothing below a folder that was not looked into, or where a file must come."""
    known, unseen = {*source.names, *refused}, tuple(f"{name.rstrip('/')}/" for name in refused)
    return [
        Extra(target.sources[at], target.there(at))
        for at, name in enumerate(target.names)
        if name not in known and not name.startswith(unseen)
    ]


def _side(store: Store, transfer_request: TransferRequest, address: str, cancelled: Cancelled) -> Found:
    if address.startswith("s3://"):
        return objects_below(store, parse_place(address), filters=transfer_request.filters, cancelled=cancelled)
    return files_below(Path(address), filters=transfer_request.filters, cancelled=cancelled)


def _target(store: Store, transfer_request: TransferRequest, cancelled: Cancelled) -> Found:
    if transfer_request.way is Way.DOWN and not Path(transfer_request.target).is_dir():
        return Found()
    return _side(store, transfer_request, transfer_request.target, cancelled)


def _refused(transfer_request: TransferRequest, source: Found) -> dict[str, str]:
    if transfer_request.way is not Way.DOWN:
        prefix = parse_place(transfer_request.target).prefix
        longest = MAX_KEY_BYTES - len(prefix.encode())
        return {
            name: f"its key would have more than {MAX_KEY_BYTES} bytes"
            for name in source.names
            if len(name) * 4 > longest and len(name.encode()) > longest
        }
    bad = {name: reason for name in source.names if (reason := refused_alone(name))}
    good = [name for name in source.names if name not in bad]
    together = refused_together(good, folds=folds_names(Path(transfer_request.target)))
    return bad | {one.name: one.reason for one in together}


Comparison = Callable[[Found, int, Found, int], bool]


def _comparison(store: Store, transfer_request: TransferRequest, cancelled: Cancelled) -> Comparison:
    """Whether what has the same size is the same, so that nothing need be moved."""
    way, by_checksum = transfer_request.way, transfer_request.by_checksum
    contents = _Contents(store, way, cancelled)

    def is_same(source: Found, at: int, target: Found, other: int) -> bool:
        is_newer = source.modified[at] > target.modified[other] + _SLACK_S
        if not by_checksum:
            if is_newer or not _is_in_doubt(way, source, at, target, other):
                return not is_newer
            return contents.are_same(source, at, target, other) is True
        answer = contents.are_same(source, at, target, other)
        return not is_newer if answer is None else answer

    return is_same


def _is_in_doubt(way: Way, source: Found, at: int, target: Found, other: int) -> bool:
    """Whether the times, of which the source's is not later, may hide a change of the source.

    A download gives its file the time of the object. Where both are the same and the file was made well after that
    time, neither was changed since. A file that is later than an object by a second or more is never replaced by it.
    """
    earlier_s = target.modified[other] - source.modified[at]
    if earlier_s >= (_SLACK_S if way is Way.DOWN else _NEAR_S):
        return False
    if way is Way.ACROSS or abs(earlier_s) >= EXACT_S:
        return True
    path = source.sources[at] if way is Way.UP else target.sources[other]
    try:
        return os.stat(path).st_ctime < target.modified[other] + _NEAR_S  # noqa: PTH116 - a hundred thousand times
    except OSError:
        return True


class _Contents:
    """Compares bytes by what listings tell of objects; asks for more only where that does not do."""

    def __init__(self, store: Store, way: Way, cancelled: Cancelled) -> None:
        self._store = store
        self._way = way
        self._cancelled = cancelled

    def are_same(self, source: Found, at: int, target: Found, other: int) -> bool | None:
        """None when the object does not tell. Raises LocalTrouble, Cancelled."""
        if self._cancelled():
            raise Stopped
        one, another = source.sources[at], target.sources[other]
        mine, theirs = source.etags[at], target.etags[other]
        if self._way is Way.ACROSS:
            return self._are_objects_same(one, mine, another, theirs)
        path, place, etag = (one, another, theirs) if self._way is Way.UP else (another, one, mine)
        try:
            return self._is_file_same(path, place, etag, source.sizes[at])
        except OSError as error:
            raise LocalTrouble(f"{path} cannot be read", cause=error.strerror or "", advice="Check it") from error

    def _are_objects_same(self, one: str, mine: str, another: str, theirs: str) -> bool:
        if mine and mine == theirs:
            return True
        digests = [self._store.facts(object_key(place)).metadata.get(SHA256, "") for place in (one, another)]
        return bool(digests[0]) and digests[0] == digests[1]

    def _is_file_same(self, path: str, place: str, etag: str, size: int) -> bool | None:
        is_like_md5 = len(etag) == _MD5_LENGTH and "-" not in etag
        if is_like_md5 and _digest(path, "md5") == etag:
            return True
        facts = self._store.facts(object_key(place))
        if sha256 := facts.metadata.get(SHA256, ""):
            return _digest(path, "sha256") == sha256
        is_opaque = facts.encryption.startswith(("aws:kms", "SSE-C"))
        if is_like_md5 or is_opaque:
            return None if is_opaque else False
        count = etag.partition("-")[2]
        sizes = likely_part_sizes(size, int(count)) if count.isdecimal() else []
        return any(etag_of_parts(Path(path), part_lengths(size, one)) == etag for one in sizes) or None


def _digest(path: str, name: str) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(name, usedforsecurity=False)).hexdigest()
