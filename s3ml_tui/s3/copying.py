"""Copying one version with all that belongs to it, at any size: on top of its own key, or to another key."""

from dataclasses import replace

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.history import Version
from s3ml_tui.domain.origins import brought_back, copied
from s3ml_tui.domain.store import Cancelled, Progress, Written
from s3ml_tui.domain.store_changes import Description
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.clients import Clients
from s3ml_tui.s3.copy_work import Copy, confirmed, guarded
from s3ml_tui.s3.guards import changed, seen, unchanged
from s3ml_tui.s3.looking import facts
from s3ml_tui.s3.operations import new_operation


def copy_version(
    clients: Clients,
    key: ObjectKey,
    version_id: str,
    *,
    expected: str | None,
    progress: Progress,
    cancelled: Cancelled,
) -> Written:
    """Copy a version of `key` on top. Raises Conflict, NotFound, Cancelled."""
    source = facts(clients, key, version_id)
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
        operation=new_operation(),
        conditions=conditions_over(clients, key, current),
        look_again=look_again,
        progress=progress,
    )
    return confirmed(work, guarded(work, cancelled))


def copy(
    clients: Clients,
    key: ObjectKey,
    version_id: str | None,
    target: ObjectKey,
    *,
    over: Version | None,
    etag: str,
    described: Description | None,
    progress: Progress,
    cancelled: Cancelled,
) -> Written:
    """Copy a version of `key` to `target`, on top of what was seen there. Raises Conflict, NotFound, Cancelled."""
    source = facts(clients, key, version_id)
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
        operation=new_operation(),
        conditions=conditions_over(clients, target, over) if is_there else {"IfNoneMatch": "*"},
        look_again=lambda: unchanged(clients, target, over),
        progress=progress,
    )
    if not clients.is_aws:  # many servers that honour conditions on PUT ignore them on a copy
        work.look_again()
    made = guarded(work, cancelled)
    return made if made.version_id and made.etag == source.etag else confirmed(work, made)


def conditions_over(clients: Clients, key: ObjectKey, current: Version | None) -> dict[str, str]:
    """If-Match where there is an object to match, unless the server was seen to refuse a right one."""
    known = clients.capabilities.get(key.bucket)
    refuses = known is not None and not known.conditional_replace
    if refuses or current is None or current.is_delete_marker:
        return {}
    return {"IfMatch": f'"{current.etag}"'} if current.etag else {}
