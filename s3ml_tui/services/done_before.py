"""What an interrupted job has done already, seen from its journal and from what is at the targets now."""

import os

from s3ml_tui.domain.errors import Denied, NotFound
from s3ml_tui.domain.moving import Move, There
from s3ml_tui.domain.store import OPERATION, Store
from s3ml_tui.services.found import NS, object_key
from s3ml_tui.services.journal_file import Record
from s3ml_tui.services.notes import operation_of

_EXACT_S = 0.001
_SKEW_S = 900.0
"""So far this machine's clock and the server's may differ."""


def was_uploaded(store: Store, move: Move, over: There, earlier: Record) -> bool:
    """Whether the file is where it was to go, put there by the interrupted job, and unchanged since."""
    done = earlier.done.get(move.name)
    if done is not None and (done.size, done.modified_ns / NS) != (move.size, move.modified):
        return False
    if done is not None and over.etag == done.etag:
        return True
    if over.size != move.size or over.modified < earlier.begun_at - _SKEW_S:
        return False
    try:
        facts = store.facts(object_key(move.target))
    except (NotFound, Denied):
        return False
    return facts.metadata.get(OPERATION) == operation_of(earlier.id, move.target)


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
    """Whether two times of files are the same, as far as file systems keep them."""
    return abs(one - other) < _EXACT_S
