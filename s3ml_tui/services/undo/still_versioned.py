"""What an undo's plan took for granted, looked at once more: a bucket's versioning may be another by now.

That the objects are as the change left them is seen by the plan's own guards. That bytes are kept is only said in its
sentences, which were true when it was made.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from s3ml_tui.domain.activity import bucket_of
from s3ml_tui.domain.errors import Conflict
from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.services.versions.history import versioning_of

_MOST_LOOKED_AT = 1000


def ensure_versioned_as_then(store: Store, plan: Plan) -> None:
    """Raise Conflict when a bucket that kept versions keeps none any more, so that the undo would lose some."""
    for bucket in {bucket for bucket, was in _versionings(plan) if was is Versioning.ON}:
        now = versioning_of(store, bucket)
        if now in {Versioning.OFF, Versioning.SUSPENDED}:
            raise Conflict(
                f"{bucket} keeps no versions any more; nothing was done",
                cause="Its versioning was suspended since, and undoing it now could destroy what is there",
                advice="Switch versioning on again, or look at the histories and decide anew",
            )


def _versionings(plan: Plan) -> Iterator[tuple[str, Versioning]]:
    """The buckets a plan is about, and whether they kept versions; of many alike, the first."""
    waiting: deque[object] = deque([plan])
    for _ in range(_MOST_LOOKED_AT):
        if not waiting:
            return
        value = waiting.popleft()
        if isinstance(value, tuple | list):
            waiting.extend(value[:1])
        elif is_dataclass(value) and not isinstance(value, type):
            was = getattr(value, "versioning", None)
            if isinstance(was, Versioning):
                yield bucket_of(value), was
            waiting.extend(getattr(value, part.name) for part in fields(value))
