"""What was seen of buckets keeping versions or none, and for how long that is taken to be so."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.store import Written

_LASTS_S = 60.0
"""How long it is taken to be so; somebody may switch versions on."""


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
        return seen[0] if seen is not None and self._clock() - seen[1] <= at_most_s else None

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
