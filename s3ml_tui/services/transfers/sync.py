"""A sync's plan: what differs between two places, seen from their listings alone, and what is only at the target."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from s3ml_tui.domain.errors import LocalTrouble
from s3ml_tui.domain.plans.transfer import Move, MoveFiles, Refusal, TransferRequest, Way
from s3ml_tui.domain.storage.provenance import SHA256
from s3ml_tui.domain.storage.store import Cancelled, Store, never
from s3ml_tui.domain.uri import MAX_KEY_BYTES, parse_place
from s3ml_tui.services.transfers.journal_file import Record
from s3ml_tui.services.transfers.local_files import Inside, folds_names, refused_alone, refused_together
from s3ml_tui.services.transfers.plan import check_room
from s3ml_tui.services.transfers.sources import Found, files_below, object_key, objects_below
from s3ml_tui.services.versions.history import versioning_of

_SLACK_S = 1.0
"""Listings tell whole seconds."""
_MD5_LENGTH = 32


def plan_sync(
    store: Store, transfer_request: TransferRequest, _earlier: Record | None, cancelled: Cancelled = never
) -> MoveFiles:
    """What is to be moved and deleted so that the target has what the source has.

    By size and time: what has another size, or is newer at the source. With `by_checksum` by size and content, where
    the target's ETag tells it; else by time. Raises LocalTrouble, NotFound, Cancelled.
    """
    source, target = (
        _side(store, transfer_request, transfer_request.sources[0], cancelled),
        _target(store, transfer_request, cancelled),
    )
    refused = {one.name: one.reason for one in source.refused} | _refused(transfer_request, source)
    is_same = _comparison(store, transfer_request, cancelled)
    moves: list[Move] = []
    there = target.by_name
    unchanged = 0
    for at, name in enumerate(source.names):
        other = there.get(name)
        if name in refused:
            continue
        if other is not None and source.sizes[at] == target.sizes[other] and is_same(source, at, target, other):
            unchanged += 1
            continue
        moves.append(
            Move(
                name,
                source.sources[at],
                _at_target(transfer_request, name),
                source.sizes[at],
                source.modified[at],
                source.etags[at],
                None if other is None else target.there(other),
            )
        )
    doomed = _doomed(source, target, refused) if transfer_request.deletes else []
    plan = MoveFiles(
        transfer_request, [move for move in moves if move.over is None], [move for move in moves if move.over]
    )
    plan = replace(
        plan,
        refused=tuple(Refusal(name, reason) for name, reason in refused.items()),
        doomed=tuple(doomed),
        unchanged=unchanged,
    )
    if transfer_request.way is Way.DOWN:
        check_room(transfer_request.target, plan)
        return plan
    return replace(plan, versioning=versioning_of(store, parse_place(transfer_request.target).bucket))


def _doomed(source: Found, target: Found, refused: Mapping[str, str]) -> list[str]:
    """What is only at the target; nothing below a folder of the source that could not be looked into."""
    known, unseen = {*source.names, *refused}, tuple(name for name in refused if name.endswith("/"))
    return [
        where
        for name, where in zip(target.names, target.sources, strict=True)
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


def _at_target(transfer_request: TransferRequest, name: str) -> str:
    return transfer_request.target.removeprefix("s3://") + name


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
    bad |= {one.name: one.reason for one in refused_together(good, folds=folds_names(Path(transfer_request.target)))}
    inside = Inside(transfer_request.target)
    return bad | {name: reason for name in good if (reason := inside.refused(transfer_request.target + name))}


Comparison = Callable[[Found, int, Found, int], bool]


def _comparison(store: Store, transfer_request: TransferRequest, cancelled: Cancelled) -> Comparison:
    if not transfer_request.by_checksum:
        return _is_not_newer

    def has_same_content(source: Found, at: int, target: Found, other: int) -> bool:
        mine, theirs = source.etags[at], target.etags[other]
        if mine and theirs:
            return mine == theirs
        local = source.sources[at] if not mine else target.sources[other]
        answer = _fits(store, local, (mine and source.sources[at]) or target.sources[other], mine or theirs, cancelled)
        return _is_not_newer(source, at, target, other) if answer is None else answer

    return has_same_content


def _is_not_newer(source: Found, at: int, target: Found, other: int) -> bool:
    return source.modified[at] <= target.modified[other] + (_SLACK_S if source.etags[at] or target.etags[other] else 0)


def _fits(store: Store, path: str, source: str, etag: str, cancelled: Cancelled) -> bool | None:
    """Whether a file has the bytes of an object; None when the object does not tell."""
    if cancelled():
        return None
    try:
        if "-" not in etag and len(etag) == _MD5_LENGTH and _digest(path, "md5") == etag:
            return True
        facts = store.facts(object_key(source))
        sha256 = facts.metadata.get(SHA256, "")
        if sha256:
            return _digest(path, "sha256") == sha256
        is_md5 = len(etag) == _MD5_LENGTH and not facts.encryption.startswith(("aws:kms", "SSE-C"))
        return False if is_md5 else None
    except OSError as error:
        raise LocalTrouble(f"{path} cannot be read", cause=error.strerror or "", advice="Check it") from error


def _digest(path: str, name: str) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(name, usedforsecurity=False)).hexdigest()
