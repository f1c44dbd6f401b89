"""Finding the data a run or a prediction is to read, and pinning its version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from s3ml_tui.domain.errors import Denied, NotFound, NotSupported
from s3ml_tui.domain.history import NULL_VERSION
from s3ml_tui.domain.layout import Layout
from s3ml_tui.domain.pins import Pin
from s3ml_tui.domain.store import Store
from s3ml_tui.domain.text import size_text
from s3ml_tui.domain.uri import ObjectKey, Place, is_uri, parse_object

_NO_VERSIONS = (
    "The bucket keeps no versions: the data cannot be pinned. If it is overwritten, nobody can run this again."
)
_OLD = "This version was written while versioning was off: a write in a bucket with versioning suspended destroys it."


@dataclass(frozen=True, slots=True)
class FoundData:
    """One version of a data object, as it was seen."""

    pin: Pin
    """Its sha256 is empty: nobody has read it yet."""
    modified: datetime

    def sentences(self) -> tuple[str, ...]:
        """Which bytes these are, and what their pin is worth."""
        version = self.pin.version_id
        which = f"version {version} of" if version and version != NULL_VERSION else "as written on"
        told = (
            f"Data: {self.pin.uri}, {which} {self.modified.astimezone():%Y-%m-%d %H:%M:%S}, {size_text(self.pin.size)}."
        )
        if version is None:
            return (told, _NO_VERSIONS)
        return (told, _OLD) if version == NULL_VERSION else (told,)


def data_key(workspace: Place, text: str) -> ObjectKey:
    """The object a spec means: an s3:// address, or a key below the workspace. Raises BadInput."""
    return parse_object(text) if is_uri(text) else workspace.key(text.lstrip("/"))


def ensure_workspace(store: Store, workspace: Place) -> None:
    """Raise NotFound, with what to do, where there is no workspace."""
    try:
        store.facts(Layout(workspace).workspace_record)
    except NotFound as error:
        raise NotFound(
            f"{workspace.uri} is no workspace",
            cause=f"There is no {Layout(workspace).workspace_record.uri}",
            advice=f"Make it one: s3ml init {workspace.uri}",
        ) from error


def find_data(store: Store, key: ObjectKey, version_id: str | None) -> FoundData:
    """The version of `key` that is asked for, the current one when None. Raises NotFound with what lies close."""
    try:
        facts = store.facts(key, version_id)
    except NotFound as error:
        raise _missing(store, key, version_id) from error
    return FoundData(Pin(key.uri, facts.version_id, facts.etag, "", facts.size), facts.modified)


def _missing(store: Store, key: ObjectKey, version_id: str | None) -> NotFound:
    if version_id is not None:
        return NotFound(
            f"There is no version {version_id} of {key.uri}", advice=f"See its versions: s3ml history {key.uri}"
        )
    if _was_deleted(store, key):
        return NotFound(f"{key.uri} was deleted", advice=f"Bring it back: s3ml undelete {key.uri}, or r in its history")
    close = get_close_matches(key.name, _names_beside(store, key), n=3, cutoff=0.5)
    meant = " or ".join(key.place.key(name).uri for name in close)
    return NotFound(
        f"There is no {key.uri}",
        advice=f"Did you mean {meant}?" if close else f"See what is there: s3ml ls {key.place.uri}",
    )


def _was_deleted(store: Store, key: ObjectKey) -> bool:
    try:
        first = next(iter(store.history(key)), None)
    except (Denied, NotFound, NotSupported):
        return False
    return first is not None and bool(first.versions) and first.versions[0].is_delete_marker


def _names_beside(store: Store, key: ObjectKey) -> Sequence[str]:
    try:
        page = store.list_page(key.place)
    except (Denied, NotFound):
        return ()
    return [name[len(key.place.prefix) :] for name in page.keys]
