"""Taking an upload of many files back: what was new is deleted, what was replaced comes back, if it is ours still."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from s3ml_tui.domain.errors import Conflict
from s3ml_tui.domain.plans.plan import Outcome
from s3ml_tui.domain.plans.undo import Made, TakeUploadsBack
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.storage.provenance import BROUGHT_FROM
from s3ml_tui.domain.storage.store import Cancelled, Store, Written, never
from s3ml_tui.services.parallel import each
from s3ml_tui.services.versions.delete_marker import delete_on_top, ensure_nothing_hidden
from s3ml_tui.services.versions.history import whole_history, without_tags


def take_back(
    store: Store,
    plan: TakeUploadsBack,
    now: Callable[[], datetime],
    cancelled: Cancelled = never,
) -> Outcome:
    """Do it for each. Raises the first error when none could be done, Cancelled."""
    untagged: list[str] = []

    def do(one: Made) -> None:
        written = _take_back(store, one, plan, now, cancelled)
        untagged.extend(without_tags(written) if written is not None else ())

    results = each(plan.made, do, cancelled)
    return Outcome(
        title=results.title("Took back"),
        at=now(),
        details=(*results.failure_sentences(lambda one: one.key.uri), *untagged),
        no_undo="Every version is still there: History brings any of them back."
        if plan.versioning is Versioning.ON
        else "What was deleted is gone.",
        failed=len(results.failed),
        failures=tuple((one.key.uri, error) for one, error in results.failed),
        left=results.left,
        is_cancelled=results.is_cancelled,
        retry=replace(plan, made=rest) if (rest := results.rest(plan.made)) else None,
    )


def _take_back(
    store: Store,
    made: Made,
    plan: TakeUploadsBack,
    now: Callable[[], datetime],
    cancelled: Cancelled,
) -> Written | None:
    """What was brought back; None where it was deleted, or an earlier try had done it."""
    versioning = plan.versioning
    versions = whole_history(store, made.key).versions
    if not versions or not _is_ours(store, versions[0], made):
        if _was_taken_back(store, versions, made, versioning):
            return None
        raise Conflict(
            f"{made.key.name} is no longer what was uploaded",
            cause="Somebody wrote to it, or deleted it, meanwhile; it was left alone",
            advice="Look at its history",
        )
    current, below = versions[0], versions[1] if len(versions) > 1 else None
    if versioning is Versioning.ON and made.has_replaced and below is not None and not below.is_delete_marker:
        return store.copy_version(
            made.key,
            below.version_id,
            expected=current.version_id,
            cancelled=cancelled,
        )
    ensure_nothing_hidden(store, current, delete_on_top(store, current, now()))
    return None


def _was_taken_back(store: Store, versions: Sequence[Version], made: Made, versioning: Versioning) -> bool:
    """Whether an earlier try did it, and was interrupted: a marker, or what was below come back, is right above it."""
    if not versions:
        return versioning is Versioning.OFF
    if len(versions) < 2 or not _is_version(versions[1], made):
        return False
    top = versions[0]
    if top.is_delete_marker:
        return True
    below = versions[2] if len(versions) > 2 else None
    return below is not None and store.facts(top.key, top.version_id).metadata.get(BROUGHT_FROM) == below.version_id


def _is_version(version: Version, made: Made) -> bool:
    return (
        not version.is_delete_marker
        and made.version_id not in {None, NULL_VERSION}
        and (version.version_id == made.version_id)
    )


def _is_ours(store: Store, current: Version, made: Made) -> bool:
    if current.is_delete_marker:
        return False
    if made.version_id not in {None, NULL_VERSION}:
        return current.version_id == made.version_id
    # Some servers list objects made of parts under another ETag than they have.
    return current.etag == made.etag or store.facts(made.key).etag == made.etag
