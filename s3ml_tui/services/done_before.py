"""What an interrupted job has done already, seen from its journal and from what is at the targets now."""

from s3ml_tui.domain.errors import Denied, NotFound
from s3ml_tui.domain.moving import Move, There
from s3ml_tui.domain.store import OPERATION, Store
from s3ml_tui.services.found import NS, object_key
from s3ml_tui.services.journal import operation_of
from s3ml_tui.services.journal_file import Record

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
    return (done.size, done.modified_ns / NS) == (move.over.size, move.over.modified)


def was_on_its_way(target: str, earlier: Record) -> bool:
    """Whether the interrupted job had just renamed its temporary file to this."""
    begun = earlier.downloads.get(target)
    return begun is not None and not begun.temporary.exists()
