"""Taking an upload of many files back: what was new is deleted, what was replaced comes back, if it is ours still."""

from collections.abc import Callable
from datetime import datetime

from s3ml_tui.domain.connection import Versioning
from s3ml_tui.domain.errors import Conflict
from s3ml_tui.domain.history import NULL_VERSION, Version
from s3ml_tui.domain.plans import Outcome
from s3ml_tui.domain.store import Cancelled, Store, never
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uploads_back import Made, TakeUploadsBack
from s3ml_tui.services.each import each
from s3ml_tui.services.sight import whole_history


def take_back(
    store: Store, plan: TakeUploadsBack, now: Callable[[], datetime], cancelled: Cancelled = never
) -> Outcome:
    """Do it for each. Raises the first error when none could be done, Cancelled."""
    results = each(plan.made, lambda one: _take_back(store, one, plan.versioning), cancelled)
    return Outcome(
        title=f"Took back {count_text(len(results.done), 'object')}",
        at=now(),
        details=results.told(lambda one: one.key.uri),
        no_undo="Every version is still there: History brings any of them back."
        if plan.versioning is Versioning.ON
        else "What was deleted is gone.",
        failed=len(results.failed),
        failures=tuple((one.key.uri, error) for one, error in results.failed),
        left=results.left,
        is_cancelled=results.left > 0,
    )


def _take_back(store: Store, made: Made, versioning: Versioning) -> None:
    history = whole_history(store, made.key)
    current = history.versions[0] if history.versions else None
    if current is None or not _is_ours(store, current, made):
        raise Conflict(
            f"{made.key.name} is no longer what was uploaded",
            cause="Somebody wrote to it, or deleted it, meanwhile; it was left alone",
            advice="Look at its history",
        )
    below = history.versions[1] if len(history.versions) > 1 else None
    if versioning is Versioning.ON and made.has_replaced and below is not None and not below.is_delete_marker:
        store.copy_version(made.key, below.version_id, expected=current.version_id)
    else:
        store.delete(made.key, expected=current.version_id)


def _is_ours(store: Store, current: Version, made: Made) -> bool:
    if current.is_delete_marker:
        return False
    if made.version_id not in {None, NULL_VERSION}:
        return current.version_id == made.version_id
    # Some servers list objects made of parts under another ETag than they have.
    return current.etag == made.etag or store.facts(made.key).etag == made.etag
