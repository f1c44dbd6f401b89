"""What was seen of the way a server lists and copies, and of its buckets.

Whether a server honours `If-None-Match` on a copy: many that honour it when an object is put ignore it there.

Where it is ignored each target has to be looked at right before. It is tried where it can do no harm: a copy is made
once more to where it is, in a bucket that keeps no versions.

What was seen of buckets keeping versions or none, and for how long that is taken to be so.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.store import Written
from s3ml_tui.s3.parsing.fast_listing_xml import S3_PAGE

_TRIED_AT = 8
"""The copy after which it is tried: fewer are not worth it."""


class CopyGuards:
    """Of one server; safe to use from many threads."""

    def __init__(self) -> None:
        self.are_honoured = False
        """Whether a copy to where nothing may be was seen to be refused when something is."""
        self._copies = 0
        self._lock = threading.Lock()

    def is_time_to_try(self) -> bool:
        """Whether it is to be tried now; true once."""
        with self._lock:
            self._copies += 1
            return self._copies == _TRIED_AT


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


@dataclass(slots=True)
class Habits:
    """Of one server; shared by all threads."""

    are_pages_s3: bool | None = None
    """Whether it gives a thousand entries at most, also when asked for more; None as long as nothing showed it."""
    in_one_sequence: set[tuple[str, bool, bool]] = field(default_factory=set)
    """Buckets, whether recursively, whether versions, whose listing by ranges did not come out as S3's."""
    plain_buckets: PlainBuckets = field(default_factory=PlainBuckets)
    versionings: Versionings = field(default_factory=Versionings)
    copies: CopyGuards = field(default_factory=CopyGuards)

    def note_page(self, asked: int, given: int, *, is_cut: bool) -> None:
        """Take a page of objects into account: how many entries were asked for at most, and how many came."""
        if given > S3_PAGE:
            self.are_pages_s3 = False
        elif self.are_pages_s3 is None and asked > S3_PAGE and is_cut and given == S3_PAGE:
            self.are_pages_s3 = True
