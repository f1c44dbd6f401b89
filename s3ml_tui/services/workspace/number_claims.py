"""Numbers taken for good: model versions and alias moves are claimed by a write, never counted.

A claim is one small object, made only if its key has none. It is never deleted, since a delete marker would
open the key again. No lock is needed, and no pointer that is overwritten.
"""

import re
from collections.abc import Callable, Mapping
from uuid import uuid4

from s3ml_tui.domain.errors import Conflict, Denied, NotFound, NotSupported
from s3ml_tui.domain.ml.layout import model_number
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.storage.store import OPERATION, Store, Written
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.records.document import JSON_TYPE

ATTEMPTS = 10_000
"""How many numbers are tried before giving up; more than any crowd of racers."""
_MOVE = re.compile(r"(\d{6,})\.json")


def claim(
    store: Store,
    candidates: Callable[[int], ObjectKey],
    first: int,
    body: Callable[[int], bytes],
    *,
    conditional: bool | None = None,
    attempts: int = ATTEMPTS,
    metadata: Mapping[str, str] | None = None,
) -> tuple[int, Written]:
    """Take the lowest free number from `first` on; `candidates` tells its key, `body` what is written there.

    The key is created only if absent, and then its history is asked: the oldest entry decides, whether or not the
    server honours conditions. A loser moves on and leaves its version where it is. `conditional` is what is known of
    the server (None: nothing); unless it is True, each key is looked at before it is written. A lost answer is
    recognised by its operation id, so it takes no second number.

    On a bucket without versions a server that ignores conditions lets the last writer win: reading back tells us then
    whether that was us. This is best effort: two that write in the same instant may both believe it, one for good.
    So it is where the history may not be read.

    Raises Conflict when `attempts` numbers were taken by others.
    """
    for number in range(first, first + attempts):
        key = candidates(number)
        if conditional is not True and _is_taken(store, key):
            continue
        operation = uuid4().hex
        try:
            written = store.write(
                key,
                body(number),
                content_type=JSON_TYPE,
                metadata=metadata,
                operation=operation,
                if_absent=conditional is not False,
            )
        except Conflict:
            continue
        if _is_ours(store, key, written, operation):
            return number, written
    raise Conflict(
        f"{candidates(first).uri} is taken",
        cause="Somebody else was faster" if attempts == 1 else f"So are the {attempts - 1:,} numbers after it",
        advice="Look again, then repeat it",
    )


def highest_seen(store: Store, place: Place) -> int:
    """The highest number ever claimed below `place` (`models/`, or one alias's folder), deleted ones included; else 0.

    Where deleted objects may not be listed, what is there now has to do.
    """
    try:
        return _highest(store, place, with_deleted=True)
    except (Denied, NotSupported):
        return _highest(store, place, with_deleted=False)


def deciding_version(store: Store, key: ObjectKey) -> Version | None:
    """The oldest entry of a claim's key, which tells who has the number; None where there is no history."""
    oldest: Version | None = None
    try:
        for page in store.history(key):
            oldest = page.versions[-1] if page.versions else oldest
    except (Denied, NotSupported):
        return None
    return oldest


def _is_taken(store: Store, key: ObjectKey) -> bool:
    try:
        store.facts(key)
    except NotFound:
        return False
    return True


def _is_ours(store: Store, key: ObjectKey, written: Written, operation: str) -> bool:
    if written.version_id is not None and written.version_id != NULL_VERSION:
        oldest = deciding_version(store, key)
        if oldest is not None:
            return oldest.version_id == written.version_id
    try:
        return store.facts(key).metadata.get(OPERATION) == operation
    except NotFound:
        return False


def _highest(store: Store, place: Place, *, with_deleted: bool) -> int:
    highest, token = 0, None
    while True:
        page = store.list_page(place, token=token, is_recursive=True, with_deleted=with_deleted)
        for key in (*page.keys, *page.deleted.keys):
            highest = max(highest, _number(key[len(place.prefix) :]))
        token = page.next
        if token is None:
            return highest


def _number(below: str) -> int:
    segment = below.partition("/")[0]
    move = _MOVE.fullmatch(segment)
    return int(move[1]) if move else model_number(segment) or 0
