"""Finding the data a run or a prediction is to read, and pinning its version."""

from dataclasses import dataclass
from datetime import datetime

from s3ml_tui.domain.errors import NotFound
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.storage.history import NULL_VERSION
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.text import size_text
from s3ml_tui.domain.uri import ObjectKey, Place, is_uri, parse_object
from s3ml_tui.services.browse.did_you_mean import not_there

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
        data_sentence = (
            f"Data: {self.pin.uri}, {which} {self.modified.astimezone():%Y-%m-%d %H:%M:%S}, {size_text(self.pin.size)}."
        )
        if version is None:
            return (data_sentence, _NO_VERSIONS)
        return (data_sentence, _OLD) if version == NULL_VERSION else (data_sentence,)


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
        raise not_there(store, key, version_id) from error
    return FoundData(Pin(key.uri, facts.version_id, facts.etag, "", facts.size), facts.modified)
