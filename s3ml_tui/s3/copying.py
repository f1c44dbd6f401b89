"""Copying one version with all that belongs to it, at any size: on top of its own key, or to another key."""

from dataclasses import replace

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.history import Version
from s3ml_tui.domain.origins import brought_back, copied
from s3ml_tui.domain.resuming import UploadNotes
from s3ml_tui.domain.store import Cancelled, ObjectFacts, Progress, Written
from s3ml_tui.domain.store_changes import Description
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3 import lean_objects
from s3ml_tui.s3.clients import Clients
from s3ml_tui.s3.copy_work import Copy, confirmed, guarded, made_before, refuses_again
from s3ml_tui.s3.guards import changed, seen, unchanged
from s3ml_tui.s3.lean import Miss
from s3ml_tui.s3.looking import facts
from s3ml_tui.s3.operations import new_operation


def copy_version(
    clients: Clients,
    key: ObjectKey,
    version_id: str,
    *,
    expected: str | None,
    notes: UploadNotes | None,
    progress: Progress,
    cancelled: Cancelled,
) -> Written:
    """Copy a version of `key` on top. Raises Conflict, NotFound, Cancelled."""
    source = _kept(clients, key, version_id)
    current = seen(clients, key, expected) if expected is not None else None

    def look_again() -> None:
        if expected is not None:
            seen(clients, key, expected)

    if cancelled():
        raise Stopped
    work = Copy(
        clients=clients,
        source=source,
        version_id=version_id,
        kept=replace(source, metadata=brought_back(source.metadata, version_id)),
        target=key,
        operation=notes.operation if notes is not None else new_operation(),
        conditions=conditions_over(clients, key, current),
        look_again=look_again,
        progress=progress,
        notes=notes,
    )
    return confirmed(work, made_before(work) or guarded(work, cancelled))


def copy(
    clients: Clients,
    key: ObjectKey,
    version_id: str | None,
    target: ObjectKey,
    *,
    over: Version | None,
    etag: str,
    described: Description | None,
    notes: UploadNotes | None,
    progress: Progress,
    cancelled: Cancelled,
) -> Written:
    """Copy a version of `key` to `target`, on top of what was seen there. Raises Conflict, NotFound, Cancelled."""
    source = _kept(clients, key, version_id)
    if etag and source.etag != etag:
        raise changed(key)
    if cancelled():
        raise Stopped
    metadata = copied(source) if described is None else described.metadata
    kept = replace(source, metadata=metadata)
    if described is not None:
        kept = replace(kept, content_type=described.content_type, headers=described.headers)
    is_there = over is not None and not over.is_delete_marker
    work = Copy(
        clients=clients,
        source=source,
        version_id=source.version_id or version_id,
        kept=kept,
        target=target,
        operation=notes.operation if notes is not None else new_operation(),
        conditions=conditions_over(clients, target, over) if is_there else {"IfNoneMatch": "*"},
        look_again=lambda: _unchanged(clients, target, over),
        progress=progress,
        notes=notes,
    )
    if (before := made_before(work)) is not None:
        return before
    guards, plain = clients.habits.copies, clients.habits.plain_buckets
    if not clients.is_aws and (is_there or not guards.are_honoured):
        work.look_again()
    made = guarded(work, cancelled)
    if made.etag != source.etag or not (made.version_id or plain.knows(target.bucket)):
        made = confirmed(work, made)
        plain.note(made)
    may_try = not is_there and made.version_id is None and plain.knows(target.bucket)
    if may_try and not clients.is_aws and guards.is_time_to_try():
        guards.are_honoured = refuses_again(work)
    return made


def _unchanged(clients: Clients, target: ObjectKey, over: Version | None) -> None:
    """Raise Conflict when something else than was seen is on top of the target.

    Where no object was, one that is not there is all there is to see, by a request that costs next to nothing.
    """
    if (over is None or over.is_delete_marker) and lean_objects.look(clients, target, None) is Miss.ABSENT:
        return
    unchanged(clients, target, over)


def _kept(clients: Clients, key: ObjectKey, version_id: str | None) -> ObjectFacts:
    """What is kept with the source. Raises NotFound, Denied."""
    found = lean_objects.look(clients, key, version_id)
    return facts(clients, key, version_id) if isinstance(found, Miss) else found


def conditions_over(clients: Clients, key: ObjectKey, current: Version | None) -> dict[str, str]:
    """If-Match where there is an object to match, unless the server was seen to refuse a right one."""
    known = clients.capabilities.get(key.bucket)
    refuses = known is not None and not known.conditional_replace
    if refuses or current is None or current.is_delete_marker:
        return {}
    return {"IfMatch": f'"{current.etag}"'} if current.etag else {}
