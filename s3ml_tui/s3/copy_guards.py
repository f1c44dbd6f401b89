"""What was seen of how a server copies: whether it honours conditions there, and which buckets keep no versions.

Many servers honour `If-None-Match` when an object is put and ignore it when one is copied. Whoever copies many would
have to look at each target right before; one trial in a place where it can do no harm saves that.
"""

import threading
import time

from s3ml_tui.domain.store import Written

_TRIED_AT = 8
"""The copy after which the server is tried: a few copies are not worth it."""
_LASTS_S = 60.0
"""How long a bucket is taken to keep no versions; somebody may switch them on."""


class CopyGuards:
    """Of one server; safe to use from many threads."""

    def __init__(self) -> None:
        self.are_honoured = False
        """Whether a copy to a key where nothing may be was seen to be refused when something is."""
        self._copies = 0
        self._plain_since: dict[str, float] = {}
        self._lock = threading.Lock()

    def is_time_to_try(self) -> bool:
        """Whether it is to be tried now; true once."""
        with self._lock:
            self._copies += 1
            return self._copies == _TRIED_AT

    def keeps_none(self, bucket: str) -> bool:
        """Whether copies in this bucket were seen to get no version id: then none is missing in an answer."""
        since = self._plain_since.get(bucket)
        return since is not None and time.monotonic() - since < _LASTS_S

    def note_confirmed(self, made: Written) -> None:
        """A copy was looked at after it was made."""
        if made.version_id is None:
            self._plain_since[made.key.bucket] = time.monotonic()
        else:
            self._plain_since.pop(made.key.bucket, None)
