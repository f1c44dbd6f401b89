"""Copying one version with all that belongs to it, at any size: on top of its own key, or to another key."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import Denied, NotFound
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.storage.provenance import brought_back, copied
from s3ml_tui.domain.storage.store import Cancelled, Description, ObjectFacts, Progress, Written, never, unobserved
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connection.clients import Clients
from s3ml_tui.s3.direct_http.requests import Miss
from s3ml_tui.s3.objects.copy_request import Copy, confirmed, guarded
from s3ml_tui.s3.objects.delete import delete_version
from s3ml_tui.s3.objects.tags import tags_to_keep, with_tags
from s3ml_tui.s3.objects.write import of_facts
from s3ml_tui.s3.versions.facts import facts, refused_name, without_name
from s3ml_tui.s3.versions.operation_ids import new_operation
from s3ml_tui.s3.versions.preconditions import (
    NOTHING_THERE,
    changed,
    conditions_over,
    is_listed_as,
    seen,
    unchanged,
)


def copy_version(
    clients: Clients,
    key: ObjectKey,
    version_id: str,
    *,
    expected: str | None,
    just_seen: Version | None = None,
    progress: Progress = unobserved,
    cancelled: Cancelled = never,
) -> Written:
    """Copy a version of `key` on top. Raises Conflict, NotFound, Cancelled."""
    if just_seen is not None and not cancelled():
        as_it_is = _copied_as_it_is(clients, just_seen, progress)
        if as_it_is is not None:
            return as_it_is
    source, current = _both(clients, key, version_id, expected)

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
        conditions=conditions_over(clients, key, current) if expected is not None else {},
        look_again=look_again,
        progress=progress,
        over=current,
    )
    keep = tags_to_keep(clients, source, version_id, is_in_parts=work.is_in_parts)
    made = guarded(work, cancelled)
    return with_tags(clients, made if names_all_it_made(made, source) else confirmed(work, made), keep)


def _copied_as_it_is(clients: Clients, source: Version, progress: Progress) -> Written | None:
    """The copy by one request, which asks for nothing of the source; None where that way does not go.

    Its own ETag shows that the bytes are the same, and that they were not encrypted by a key that a copy does not keep.
    """
    is_plain = source.etag and "-" not in source.etag and source.version_id != NULL_VERSION
    if not is_plain or source.size >= clients.settings.copy_threshold:
        return None
    key = source.key
    said = {"MetadataDirective": "COPY", "TaggingDirective": "COPY", "CopySourceIfMatch": f'"{source.etag}"'}
    said |= NOTHING_THERE
    if source.storage_class not in {"", "STANDARD"}:
        said["StorageClass"] = source.storage_class
    made = clients.direct.copy(key, source.version_id, key, said)
    if made is Miss.LOST:
        return _landed_as_it_is(clients, source)
    if isinstance(made, Miss) or not made.version_id or made.version_id == NULL_VERSION:
        return None
    if made.etag != source.etag:
        delete_version(clients, key, made.version_id)
        return None
    progress(source.size)
    return Written(key, made.version_id, made.etag, source.size, at=made.at)


def _landed_as_it_is(clients: Clients, source: Version) -> Written | None:
    """What is on top now, where it has the bytes of the source and is another version."""
    try:
        found = facts(clients, source.key, None)
    except NotFound:
        return None
    is_it = found.etag == source.etag and found.size == source.size and found.version_id != source.version_id
    return of_facts(found) if is_it else None


def names_all_it_made(made: Written, source: ObjectFacts) -> bool:
    """Whether the answer to a copy says all there is to know: which version it made, and that it has the same bytes.

    What was copied in parts, or encrypted anew, has an ETag of its own.
    """
    return bool(made.version_id) and made.version_id != NULL_VERSION and made.etag == source.etag


def copy(
    clients: Clients,
    key: ObjectKey,
    version_id: str | None,
    target: ObjectKey,
    *,
    over: Version | None,
    etag: str = "",
    described: Description | None = None,
    progress: Progress = unobserved,
    cancelled: Cancelled = never,
) -> Written:
    """Copy a version of `key` to `target`, on top of what was seen there. Raises Conflict, NotFound, Cancelled."""
    source = _kept(clients, key, version_id)
    if etag and source.etag != etag and not is_listed_as(clients, source, version_id, etag):
        raise changed(key)
    if cancelled():
        raise Stopped
    metadata = copied(source) if described is None else described.metadata
    kept = replace(source, metadata=metadata)
    if described is not None:
        kept = replace(kept, content_type=described.content_type, headers=described.headers)
    work = Copy(
        clients=clients,
        source=source,
        version_id=source.id_to_ask(version_id),
        kept=kept,
        target=target,
        operation=new_operation(),
        conditions=conditions_over(clients, target, over),
        look_again=lambda: _unchanged(clients, target, over),
        progress=progress,
        over=over,
        is_described=described is not None,
    )
    try:
        return _with_tags(work, cancelled)
    except Denied as refusal:
        source = without_name(clients, source, refusal)
        return _with_tags(replace(work, source=source, version_id=None), cancelled)


def _with_tags(work: Copy, cancelled: Cancelled) -> Written:
    """The copy to another key, with the tags of its source."""
    keep = tags_to_keep(work.clients, work.source, work.version_id, is_in_parts=work.is_in_parts)
    made = with_tags(work.clients, _sent(work, cancelled), keep)
    return replace(made, was_named=work.source.may_be_named)


def _sent(work: Copy, cancelled: Cancelled) -> Written:
    """The copy to another key, looked at where its answer does not tell all."""
    clients, plain = work.clients, work.clients.habits.plain_buckets
    if not clients.is_aws:  # many servers honour `If-None-Match` when an object is put, and ignore it on a copy
        work.look_again()
    made = guarded(work, cancelled)
    if made.etag != work.source.etag or not (made.version_id or plain.knows(work.target.bucket)):
        made = confirmed(work, made)
        plain.note(made)
    return made


def _unchanged(clients: Clients, target: ObjectKey, over: Version | None) -> None:
    """Raise Conflict when something else than was seen is on top of the target.

    Where no object was, one that is not there is all there is to see, by a request that costs next to nothing.
    """
    if (over is None or over.is_delete_marker) and clients.direct.look(target, None) is Miss.ABSENT:
        return
    unchanged(clients, target, over)


def _both(
    clients: Clients, key: ObjectKey, version_id: str, expected: str | None
) -> tuple[ObjectFacts, Version | None]:
    """What is kept with the source, and the current entry, asked side by side. Raises NotFound, Conflict."""
    if expected is None:
        return _kept(clients, key, version_id), None
    with ThreadPoolExecutor(1, thread_name_prefix="s3ml-current") as pool:
        asked = pool.submit(seen, clients, key, expected)
        source = _kept(clients, key, version_id)
        return source, asked.result()


def _kept(clients: Clients, key: ObjectKey, version_id: str | None) -> ObjectFacts:
    """What is kept with the source. Raises NotFound, Denied."""
    may_be_named = refused_name(clients, key) is None
    found = clients.direct.look(key, version_id if may_be_named else None)
    if isinstance(found, Miss) or not (may_be_named or version_id in {None, NULL_VERSION, found.version_id}):
        return facts(clients, key, version_id)
    return replace(found, may_be_named=may_be_named)
