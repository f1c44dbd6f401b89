"""Whether a server honours `If-None-Match` on a copy: many that honour it when an object is put ignore it there.

Where it is ignored each target has to be looked at right before. It is tried where it can do no harm: a copy is made
once more to where it is, in a bucket that keeps no versions.
"""

import threading

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
