"""What an object that is not there may have been meant to be: deleted, a folder, or another name that is close."""

from collections.abc import Sequence
from difflib import get_close_matches

from s3ml_tui.domain.errors import Denied, NotFound, NotSupported, S3mlError
from s3ml_tui.domain.storage.request_log import shell_quoted
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.uri import ObjectKey, Place


def not_there(store: Store, key: ObjectKey, version_id: str | None = None) -> NotFound:
    """Why a user finds no `key`, and what to do; as far as it may be seen. Raises Unreachable …"""
    if version_id is not None:
        return NotFound(
            f"There is no version {version_id} of {key.uri}",
            advice=f"See its versions: s3ml history {shell_quoted(key.uri)}",
        )
    if _was_deleted(store, key):
        advice = f"Bring it back: s3ml undelete {shell_quoted(key.uri)}, or r in its history"
        return NotFound(f"{key.uri} was deleted", advice=advice)
    folder = Place(key.bucket, key.key.rstrip("/") + "/")
    if _holds_something(store, folder):
        advice = f"See what is in it: s3ml ls {shell_quoted(folder.uri)}"
        return NotFound(f"{key.uri} is a folder, not an object", advice=advice)
    close = get_close_matches(key.name, _names_beside(store, key), n=3, cutoff=0.5)
    meant = " or ".join(key.place.key(name).uri for name in close)
    return NotFound(
        f"There is no {key.uri}",
        advice=f"Did you mean {meant}?" if close else f"See what is there: s3ml ls {shell_quoted(key.place.uri)}",
    )


def better(error: NotFound, store: Store, key: ObjectKey, version_id: str | None = None) -> NotFound:
    """The same with what is found out about it; as it was where nothing can be found out."""
    try:
        if not store.bucket_exists(key.bucket):
            return NotFound(f"There is no bucket {key.bucket}", advice="See which there are: s3ml buckets")
        return not_there(store, key, version_id)
    except S3mlError:
        return error


def _was_deleted(store: Store, key: ObjectKey) -> bool:
    try:
        first = next(iter(store.history(key)), None)
    except (Denied, NotFound, NotSupported):
        return False
    return first is not None and bool(first.versions) and first.versions[0].is_delete_marker


def _holds_something(store: Store, folder: Place) -> bool:
    try:
        page = store.list_page(folder)
    except (Denied, NotFound):
        return False
    return bool(page.keys or page.prefixes)


def _names_beside(store: Store, key: ObjectKey) -> Sequence[str]:
    try:
        page = store.list_page(key.place)
    except (Denied, NotFound):
        return ()
    return [name[len(key.place.prefix) :] for name in page.keys]
