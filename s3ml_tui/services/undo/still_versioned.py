"""What a plan took for granted, looked at once more: a bucket's versioning may be another by now.

That the objects are as they were seen is checked by the plan's own guards. That bytes are kept is only said in its
sentences, which were true when it was made; an undo may have been made long ago.
"""

from s3ml_tui.domain.errors import Conflict
from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.services.versions.history import versioning_of


def ensure_versioned_as_then(store: Store, plan: Plan, *, is_undo: bool = False) -> None:
    """Raise Conflict when a bucket that kept versions keeps none any more, so that the plan would lose some.

    What was seen within the last seconds counts; anything older is read anew.
    """
    for bucket in {bucket for bucket, was in plan.overwritten_in if was is Versioning.ON}:
        now = versioning_of(store, bucket)
        if now in {Versioning.OFF, Versioning.SUSPENDED}:
            what = "undoing it" if is_undo else "this"
            raise Conflict(
                f"{bucket} keeps no versions any more; nothing was done",
                cause=f"Its versioning was suspended since, and {what} now could destroy what is there",
                advice="Switch versioning on again, or look at the histories and decide anew",
            )
