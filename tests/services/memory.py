"""Services over a store in memory, for tests of what they do."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.browse.listing import Browsing
from s3ml_tui.services.transfers.single_file import Objects
from s3ml_tui.services.versions.restore import Versions
from s3ml_tui.services.workspace.workspaces import Workspaces
from tests.doubles import MemoryStore

KEY = ObjectKey("acme", "dataset/raw/a.csv")
READ_ONLY = Context(name="prod", read_only=True)
CHANGES = {
    "create_bucket",
    "enable_versioning",
    "block_public_access",
    "probe",
    "write",
    "upload",
    "copy_version",
    "delete",
    "delete_version",
    "copy",
    "rewrite",
    "delete_many",
    "write_tags",
    "restore_from_archive",
    "suspend_versioning",
    "allow_public_access",
    "add_abort_rule",
    "delete_bucket",
    "abort_upload",
}
"""The port's verbs that change something."""


class Clock:
    """A second later each time it is read."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


def store_with(*bodies: bytes, versioning: Versioning = Versioning.ON, key: ObjectKey = KEY) -> MemoryStore:
    """A store whose only bucket holds `bodies` as versions of `key`, the last one current."""
    store = MemoryStore(now=Clock())
    store.create_bucket(key.bucket)
    if versioning is not Versioning.OFF:
        store.enable_versioning(key.bucket)
    for body in bodies:
        store.write(key, body)
    if versioning is Versioning.SUSPENDED:
        store.suspend_versioning(key.bucket)
    store.requests.clear()
    return store


def objects(store: Store, context: Context | None = None) -> Objects:
    return Objects(store, context or Context(), Clock())


def versions(store: Store, context: Context | None = None) -> Versions:
    return Versions(store, context or Context(), Clock())


def browsing(store: Store) -> Browsing:
    return Browsing(store, Context(), Clock())


def workspaces(store: Store, context: Context | None = None) -> Workspaces:
    return Workspaces(store, context or Context(), Clock())


def entries(store: Store, key: ObjectKey = KEY) -> tuple[Version, ...]:
    return versions(store).whole_history(key).versions


def bodies(store: Store, key: ObjectKey = KEY) -> list[bytes | None]:
    """The history of `key`, newest first; None for a delete marker."""
    return [None if entry.is_delete_marker else store.read(key, entry.version_id) for entry in entries(store, key)]


def changes(store: MemoryStore) -> list[str]:
    """The requests that changed something."""
    return [verb for verb, _ in store.requests if verb in CHANGES]


def refusing(verb: str, error: Exception) -> Callable[[str, str], None]:
    """A hook that answers every request of this kind with an error."""

    def hook(asked: str, _address: str) -> None:
        if asked == verb:
            raise error

    return hook
