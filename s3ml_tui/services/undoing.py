"""How a change is undone: the plan that takes it back, guarded by what the change made, or why there is none."""

from s3ml_tui.domain.connection import Versioning
from s3ml_tui.domain.history import NULL_VERSION, Version
from s3ml_tui.domain.losses import lost_by_writing
from s3ml_tui.domain.plans import CopyForward, DeleteObject
from s3ml_tui.domain.uri import ObjectKey

Undo = tuple[CopyForward | DeleteObject | None, str]
"""The plan and "", or None and the sentence that says why."""
GONE = {
    Versioning.ON: "What was there before is gone.",
    Versioning.SUSPENDED: "Versioning is suspended: what was there before is gone.",
    Versioning.OFF: "The bucket keeps no versions: what was there before is gone.",
    Versioning.UNKNOWN: "The bucket seems to keep no versions: what was there before is gone.",
}


def undo_of_write(key: ObjectKey, before: Version | None, new: Version | None, versioning: Versioning) -> Undo:
    """How to undo an upload or a copy on top.

    Args:
        key: What was written to.
        before: What was on top until then; None when nothing ever was.
        new: What the write made; None when that could not be told.
        versioning: Of the bucket, as seen before.
    """
    if new is None:
        if versioning is not Versioning.OFF:
            return None, "The server did not tell which version it made; look at the history."
        return None, GONE[versioning] if before else "The bucket keeps no versions; deleting it takes it back."
    if new.version_id != NULL_VERSION:
        versioning = Versioning.ON
    if before is None or before.is_delete_marker:
        return DeleteObject(key, new, versioning, is_undo=True), ""
    if new.version_id == NULL_VERSION and lost_by_writing((before,), versioning) is not None:
        return None, GONE[versioning]
    loses = lost_by_writing((new,), versioning)
    return CopyForward(key, before, new, versioning=versioning, loses=loses), ""


def undo_of_delete(plan: DeleteObject, marker: Version | None) -> Undo:
    """How to undo a delete that put `marker` on top; None when it put none."""
    if marker is None:
        return None, GONE[plan.versioning]
    if marker.version_id == NULL_VERSION and not plan.keeps_bytes:
        return None, GONE[plan.versioning]
    return CopyForward(plan.key, plan.current, marker, versioning=plan.versioning), ""
