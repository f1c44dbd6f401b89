"""Numbers taken for good: model versions and alias moves are claimed by a write, never counted.

A claim is one small object, made only if its key has none. It is never deleted, since a delete marker would
open the key again; the version that a loser wrote is removed by its id. No lock is needed, and no pointer that is
overwritten.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from s3ml_tui.domain.errors import Conflict, Denied, NotFound, NotSupported, StrangeAnswer
from s3ml_tui.domain.ml.layout import model_number
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.storage.store import Store, Written
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.records.document import JSON_TYPE

ATTEMPTS = 10_000
"""How many numbers are tried before giving up; more than any crowd of racers."""
MOST_UNSEEN = 3
"""So many claims of one's own that the server does not show are written, and no more."""
SECOND_LOOK_S = 2.0
"""Times of listings are whole seconds on many servers: two that claim in the same one see each other after this."""
_MOVE = re.compile(r"(\d{6,})\.json")


def _unheard(_sentence: str) -> None:
    pass


def claim(
    store: Store,
    candidates: Callable[[int], ObjectKey],
    first: int,
    body: Callable[[int], bytes],
    *,
    conditional: bool | None = None,
    attempts: int = ATTEMPTS,
    metadata: Mapping[str, str] | None = None,
    wait: Callable[[float], None] = time.sleep,
    warn: Callable[[str], None] = _unheard,
) -> tuple[int, Written]:
    """Take the lowest free number from `first` on; `candidates` tells its key, `body` what is written there.

    The key is created only if absent, and then its history is asked: the oldest entry decides, whether or not the
    server honours conditions. A loser removes the version it wrote, by its id, and moves on. `conditional` is what is
    known of the server (None: nothing); unless it is True, each key is looked at before it is written. A lost answer is
    recognised by its operation id, so it takes no second number.

    Without versions, or where they may not be listed, the condition decides, once the server was seen to honour it.
    Where there is neither, the oldest claim decides (`_is_oldest`); `warn` is then told what cannot be promised.

    Raises Conflict when `attempts` numbers were taken by others, StrangeAnswer when the server does not show our own
    claims.
    """
    unseen = 0
    for number in range(first, first + attempts):
        key = candidates(number)
        if conditional is not True and _is_taken(store, key):
            continue
        attempt = _Attempt(store, key, body(number), metadata or {}, conditional, wait, warn)
        written = attempt.take()
        if written is not None:
            return number, written
        unseen += attempt.is_unseen
        if unseen == MOST_UNSEEN:
            raise StrangeAnswer(
                f"The server does not show what was just written to {key.uri}",
                cause=f"{unseen} numbers were claimed, and none of the claims is listed",
                advice="Ask who runs the server, or use another one: numbers cannot be given on this one",
            )
    raise Conflict(
        f"{candidates(first).uri} is taken",
        cause="Somebody else was faster" if attempts == 1 else f"So are the {attempts - 1:,} numbers after it",
        advice="Look again, then repeat it",
    )


@dataclass(slots=True)
class _Attempt:
    """One try to take one number."""

    store: Store
    key: ObjectKey
    body: bytes
    metadata: Mapping[str, str]
    conditional: bool | None
    wait: Callable[[float], None]
    warn: Callable[[str], None]
    is_unseen: bool = False
    """Whether the server accepted our claim and does not show it."""

    def take(self) -> Written | None:
        """What was written, if the number is ours; None when it is somebody else's."""
        written = self._write()
        if written is None:
            return None
        entries = self._entries() if _has_version(written) else None
        if entries is not None:
            if entries and entries[-1].version_id == written.version_id:
                return written
            self.is_unseen = all(entry.version_id != written.version_id for entry in entries)
            self._remove(written)
            return None
        if self._is_condition_honoured():
            return written
        if not self._is_on_top():
            self._remove(written)
            return None
        return written if self._is_oldest() else None

    def _write(self) -> Written | None:
        """Write the claim if there is none; None when there is one."""
        try:
            return self._put(self.key, if_absent=self.conditional is not False)
        except Conflict:
            return None
        except NotSupported:
            if self.conditional is False:
                raise
            self.conditional = False
            return self._put(self.key)

    def _put(self, key: ObjectKey, body: bytes | None = None, *, if_absent: bool = False) -> Written:
        return self.store.write(
            key,
            self.body if body is None else body,
            content_type=JSON_TYPE,
            metadata=self.metadata,
            operation=uuid4().hex,
            if_absent=if_absent,
        )

    def _entries(self) -> list[Version] | None:
        """The history of the claim, newest first; None where it may not be read."""
        try:
            pages = list(self.store.history(self.key))
        except (Denied, NotSupported):
            return None
        return None if any(page.missing for page in pages) else [one for page in pages for one in page.versions]

    def _is_condition_honoured(self) -> bool:
        """Whether the server refuses to create what is there; then it refused all others too."""
        if self.conditional is not None or self.store.refuses_unmet(self.key.bucket):
            return self.conditional is not False
        if not self._is_on_top():
            return False
        try:
            self._remove(self._put(self.key, if_absent=True))
        except Conflict:
            return True
        except NotSupported:
            pass
        self.conditional = False
        return False

    def _is_on_top(self) -> bool:
        """Whether the claim that is there is ours: by its bytes, since some servers drop metadata."""
        try:
            return self.store.read(self.key) == self.body
        except NotFound:
            return False

    def _is_oldest(self) -> bool:
        """Whether our claim is the oldest, where the server has neither conditions nor versions.

        Each claimant writes its claim under a name nobody else can have, beside the key, and looks again once all that
        was written in the same second must be listed. All then see the same oldest one. A loser puts the winner's
        claim back, which it may have overwritten, and takes its own away.
        """
        place = Place(self.key.bucket, f"{self.key.key}.claims/")
        ours = place.key(uuid4().hex)
        written = self._put(ours)
        self.wait(SECOND_LOOK_S)
        listed = sorted(_listed(self.store, place))
        winner = ObjectKey(place.bucket, listed[0][1]) if listed else ours
        self.is_unseen = ours.key not in {name for _, name in listed}
        if winner == ours and not self.is_unseen:
            if not self._is_on_top():
                self._put(self.key)
            self.warn(
                f"The server has neither versions nor conditional writes: {self.key.uri} was taken because no older "
                f"claim was listed after {SECOND_LOOK_S:.0f} s; if its listings lag behind its writes, somebody else "
                "may have taken it too"
            )
            return True
        if not self.is_unseen and self._is_on_top():
            self._put(self.key, self.store.read(winner))
        self._remove(written)
        return False

    def _remove(self, written: Written) -> None:
        """Take away exactly what this attempt wrote; on a key that others share only by a version's id."""
        with suppress(Denied, NotFound, NotSupported):  # whoever reads takes the oldest, whatever lies on top
            if _has_version(written):
                self.store.delete_version(written.key, str(written.version_id))
            elif written.key != self.key:
                self.store.delete(written.key)


def _has_version(written: Written) -> bool:
    return written.version_id is not None and written.version_id != NULL_VERSION


def _listed(store: Store, place: Place) -> Iterator[tuple[float, str]]:
    """When each object of a folder was written, by the server's clock, and its key."""
    token: str | None = None
    while True:
        page = store.list_page(place, token=token)
        yield from zip(page.modified, page.keys, strict=True)
        token = page.next
        if token is None:
            return


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
            if page.missing:
                return None
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
