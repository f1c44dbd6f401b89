"""What there is to know of one version without its bytes: asked for part by part, each as far as it may be seen."""

from collections.abc import Callable, Mapping

from s3ml_tui.domain.errors import Denied, NotFound, NotSupported, S3mlError, ServerFault
from s3ml_tui.domain.storage.details import LOCK_STATES, Details
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.storage.store import ObjectFacts, Store
from s3ml_tui.domain.uri import ObjectKey

_FROM_HEAD = "content type, metadata, checksums, encryption"
_LOCK = "lock and retention"


class Detailing:
    """Tells the details; blocks and raises only `S3mlError`s. Thread-safe."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._without_locks: set[str] = set()
        """Buckets that were seen to keep none."""

    def of(self, key: ObjectKey, version_id: str | None) -> Details:
        """Everything that may be seen; what is denied alone is named, not raised.

        Raises NotFound, Unreachable …, and Denied when neither the object nor its history may be seen.
        """
        missing: dict[str, str] = {}
        facts: ObjectFacts | None = None
        entry: Version | None = None
        try:
            facts = self._store.facts(key, version_id)
        except Denied as error:
            entry = self._entry(key, version_id, error)
            missing[_FROM_HEAD] = _needs(error)
        if facts is not None and facts.needed_for_checksums:
            missing["checksums"] = f"needs {facts.needed_for_checksums}"
        tags = _part("tags", lambda: self._store.tags(key, version_id), missing)
        if tags is None and facts is not None and facts.tag_count:
            missing["tags"] = f"{facts.tag_count}; {missing['tags']}"
        lock = self._lock(key, version_id, facts, missing)
        seen = facts or entry
        return Details(
            key=key,
            version_id=(seen.version_id if seen else None) or version_id,
            size=seen.size if seen else None,
            modified=seen.modified if seen else None,
            etag=seen.etag if seen else "",
            storage_class=seen.storage_class if seen else "",
            facts=facts,
            tags=tags,
            lock=lock,
            missing=missing,
        )

    def _entry(self, key: ObjectKey, version_id: str | None, denied: Denied) -> Version | None:
        """The version as the history has it. Raises `denied` when that is denied as well, NotFound when it has none."""
        try:
            for page in self._store.history(key):
                for version in page.versions:
                    if version_id in {None, version.version_id} and not version.is_delete_marker:
                        return version
                    if version_id is None:
                        break  # a delete marker is on top
        except Denied:
            raise denied from None
        raise NotFound(f"There is no {key.uri}", advice="Look at its history")

    def _lock(
        self, key: ObjectKey, version_id: str | None, facts: ObjectFacts | None, missing: dict[str, str]
    ) -> Mapping[str, str] | None:
        """What holds it; asked for where HEAD says nothing, which may mean nothing or that it may not be seen."""
        lock_states = {name: value for name, value in facts.states.items() if name in LOCK_STATES} if facts else {}
        if lock_states or key.bucket in self._without_locks:
            return lock_states
        try:
            return _part(_LOCK, lambda: self._store.lock(key, version_id), missing, raises=NotSupported)
        except NotSupported:
            self._without_locks.add(key.bucket)
            return {}


def _part(
    name: str,
    ask: Callable[[], Mapping[str, str]],
    missing: dict[str, str],
    *,
    raises: type[S3mlError] | tuple[()] = (),
) -> Mapping[str, str] | None:
    """A part that may be denied, or unknown to the server, by itself; only `raises` is raised of that."""
    try:
        return ask()
    except raises:
        raise
    except Denied as error:
        missing[name] = _needs(error)
    except NotSupported:
        missing[name] = "this server has none"
    except ServerFault:
        missing[name] = "could not be seen: the server failed"
    return None


def _needs(error: S3mlError) -> str:
    action = error.action if isinstance(error, Denied) else ""
    return f"needs {action}" if action else "may not be seen"
