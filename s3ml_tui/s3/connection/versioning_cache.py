"""What was seen of buckets keeping versions or none, and for how long that is taken to be so."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from copy import copy

from s3ml_tui.domain.errors import Denied
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.store import Written

_LASTS_S = 60.0
"""How long it is taken to be so; somebody may switch versions on."""
_REFUSAL_LASTS_S = 10.0
"""How long who was refused is not asked for again: long enough for a command over many objects."""


class PlainBuckets:
    """Those that keep none: what is written there has no id, so none is missing in an answer. Thread-safe."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}

    def knows(self, bucket: str) -> bool:
        """Whether it was seen lately to keep no versions."""
        since = self._since.get(bucket)
        return since is not None and time.monotonic() - since < _LASTS_S

    def note(self, made: Written) -> None:
        """Something was looked at after it was written; without a version id the bucket keeps none."""
        if made.version_id is None:
            self._since[made.key.bucket] = time.monotonic()
        else:
            self._since.pop(made.key.bucket, None)


class Refusals:
    """Folders whose versions may not be listed, or read, as these credentials were told a moment ago. Thread-safe."""

    _MOST = 1000
    _CERTAIN = 3
    """So many names of a folder were refused before others are no longer asked for: a user who tries one again is."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[tuple[str, str], tuple[Denied, float, frozenset[str]]] = {}

    def known(self, bucket: str, prefix: str) -> Denied | None:
        """The refusal, as it was told for others of this folder; policies may allow other folders."""
        seen = self._fresh(bucket, prefix)
        if seen is None or prefix in seen[2] or len(seen[2]) < self._CERTAIN:
            return None
        return copy(seen[0])

    def note(self, bucket: str, prefix: str, refusal: Denied) -> None:
        """It was refused."""
        seen = self._fresh(bucket, prefix)
        if len(self._seen) >= self._MOST:
            self._seen.clear()
        names = seen[2] if seen is not None else frozenset[str]()
        self._seen[bucket, _folder(prefix)] = copy(refusal), self._clock(), names | {prefix}

    def _fresh(self, bucket: str, prefix: str) -> tuple[Denied, float, frozenset[str]] | None:
        seen = self._seen.get((bucket, _folder(prefix)))
        return seen if seen is not None and self._clock() - seen[1] <= _REFUSAL_LASTS_S else None


def _folder(prefix: str) -> str:
    return prefix.rpartition("/")[0]


class Versionings:
    """What each bucket was last seen to do with old versions, and when. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[str, tuple[Versioning, float]] = {}
        self._asked: dict[str, Future[Versioning]] = {}
        """The answers that are waited for, by bucket."""
        self._lock = threading.Lock()

    def known(self, bucket: str, at_most_s: float) -> Versioning | None:
        """As it was seen so many seconds ago at most; None when that is longer ago, or never was."""
        seen = self._seen.get(bucket)
        if seen is None:
            return None
        if seen[0] is Versioning.UNKNOWN and at_most_s:  # who may not see it is refused again: nothing is lost by it
            at_most_s = max(at_most_s, _LASTS_S)
        return seen[0] if self._clock() - seen[1] <= at_most_s else None

    def ask(self, bucket: str, ask: Callable[[], Versioning]) -> Versioning:
        """What `ask` answers, noted; of several that want to know at once one asks. Raises what it raises."""
        answer = Future[Versioning]()
        with self._lock:
            asked = self._asked.setdefault(bucket, answer)
        if asked is not answer:
            return asked.result()
        asked_at = self.now()
        try:
            found = ask()
        except BaseException as error:
            answer.set_exception(error)
            raise
        else:
            self.note(bucket, found, asked_at)
            answer.set_result(found)
            return found
        finally:
            with self._lock:
                del self._asked[bucket]

    def now(self) -> float:
        """The moment before a bucket is asked: its answer is as old as the question."""
        return self._clock()

    def note(self, bucket: str, versioning: Versioning, asked_at: float) -> None:
        """It was answered."""
        self._seen[bucket] = versioning, asked_at

    def forget(self, bucket: str) -> None:
        """It is switched by us, or the bucket is made or deleted."""
        self._seen.pop(bucket, None)
