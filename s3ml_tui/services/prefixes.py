"""Deleting all below a prefix: seen by one listing, looked at again by another, deleted a thousand at a time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from s3ml_tui.domain.connection import Versioning
from s3ml_tui.domain.errors import Denied, NotFound, NotSupported
from s3ml_tui.domain.history import NULL_VERSION
from s3ml_tui.domain.many import BringBackMany, DeleteMany
from s3ml_tui.domain.plans import CopyForward, DeleteObject, NothingToDo, Outcome
from s3ml_tui.domain.store import Cancelled, Store, never
from s3ml_tui.domain.text import size_text
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.below import current_below, tops_below
from s3ml_tui.services.deleting import delete_seen
from s3ml_tui.services.sight import versioning_of
from s3ml_tui.services.undoing import undo_of_delete


def plan_delete_below(store: Store, place: Place, *, cancelled: Cancelled = never) -> DeleteMany | NothingToDo:
    """What deleting all below would do on this bucket. Raises NotFound, BadInput (too many), Denied, Cancelled."""
    versioning = versioning_of(store, place.bucket)
    try:
        top, buried = tops_below(store, place, cancelled=cancelled)
    except (Denied, NotSupported):
        top, buried = {version.key: version for version in current_below(store, place, cancelled=cancelled)}, {}
        if versioning is not Versioning.ON:
            top = {key: replace(version, version_id=NULL_VERSION) for key, version in top.items()}
    if not top:
        raise NotFound(f"There is nothing below {place.uri}", advice="Check the address")
    plans = tuple(
        DeleteObject(key, version, versioning, buried=buried.get(key) if versioning is not Versioning.ON else None)
        for key, version in top.items()
        if not version.is_delete_marker
    )
    if not plans:
        return NothingToDo(f"Delete {place.name}/", f"All below {place.uri} was deleted already.")
    return DeleteMany(plans, len(top) - len(plans), place)


def delete_below(
    store: Store, plan: DeleteMany, place: Place, now: Callable[[], datetime], cancelled: Cancelled
) -> Outcome:
    """Delete each that still is what was seen; the undo brings back all that were deleted."""
    by_key = {single.key: single for single in plan.plans}
    results = delete_seen(
        store,
        [single.current for single in plan.plans],
        place=place,
        versioning=plan.plans[0].versioning,
        now=now,
        cancelled=cancelled,
    )
    undo, why, size = [], "", 0
    for version, (current, marker) in results.done:
        size += version.size
        back, no_undo = undo_of_delete(replace(by_key[version.key], current=current), marker)
        why = why or no_undo
        if isinstance(back, CopyForward):
            undo.append(back)
    done = {version.key for version, _ in results.done}
    rest = tuple(single for single in plan.plans if single.key not in done)
    return Outcome(
        title=results.title("Deleted"),
        at=now(),
        details=(f"{size_text(size)} below {place.uri}.", *results.told()),
        undo=BringBackMany(tuple(undo)) if undo else None,
        no_undo="" if undo else why,
        failed=len(results.failed) + results.left,
        retry=replace(plan, plans=rest) if rest else None,
    )
