"""What a plan took for granted, looked at once more: a bucket's versioning may be another by now.

That the objects are as they were seen is checked by the plan's own guards. That bytes are kept is only said in its
sentences, which were true when it was made; an undo may have been made long ago.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from s3ml_tui.domain.activity import bucket_of
from s3ml_tui.domain.errors import Conflict
from s3ml_tui.domain.ml.workspace import MakeWorkspace
from s3ml_tui.domain.plans.copy_move import CopyObjects
from s3ml_tui.domain.plans.plan import Plan, RemoveMarker, UploadFile
from s3ml_tui.domain.plans.transfer import MoveFiles, Way
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.uri import parse_place
from s3ml_tui.services.versions.history import versioning_of

_MOST_LOOKED_AT = 1000


def ensure_versioned_as_then(store: Store, plan: Plan, *, is_undo: bool = False) -> None:
    """Raise Conflict when a bucket that kept versions keeps none any more, so that the plan would lose some.

    What was seen within the last seconds counts; anything older is read anew.
    """
    for bucket in {bucket for bucket, was in _overwritten(plan) if was is Versioning.ON}:
        now = versioning_of(store, bucket)
        if now in {Versioning.OFF, Versioning.SUSPENDED}:
            what = "undoing it" if is_undo else "this"
            raise Conflict(
                f"{bucket} keeps no versions any more; nothing was done",
                cause=f"Its versioning was suspended since, and {what} now could destroy what is there",
                advice="Switch versioning on again, or look at the histories and decide anew",
            )


def _overwritten(plan: Plan) -> Iterator[tuple[str, Versioning]]:
    """The buckets in which a plan deletes or writes over something, and whether they kept versions."""
    match plan:
        case UploadFile(replaces=None) | RemoveMarker() | MakeWorkspace():
            return
        case MoveFiles():
            if plan.transfer_request.way is not Way.DOWN and (plan.collisions or plan.doomed):
                yield parse_place(plan.transfer_request.target).bucket, plan.versioning
        case CopyObjects(items=items) if items:
            if any(item.there is not None for item in items):
                yield items[0].target.bucket, plan.versioning
            if plan.is_move:
                yield items[0].source.key.bucket, plan.origin_versioning
        case _:
            yield from _versionings(plan)


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
