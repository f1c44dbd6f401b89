"""Buckets that were seen to keep no versions: what is written there has no id, so none is missing in an answer."""

import time

from s3ml_tui.domain.store import Written

_LASTS_S = 60.0
"""How long it is taken to be so; somebody may switch versions on."""


class PlainBuckets:
    """Of one server; safe to use from many threads."""

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
