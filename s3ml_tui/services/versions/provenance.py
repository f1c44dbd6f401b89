"""Who wrote the versions of a history, and their tags: asked for a few versions at a time, and remembered."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import Denied, NotFound, NotSupported
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.storage.provenance import Background, origin_of
from s3ml_tui.domain.storage.store import Cancelled, ObjectFacts, Store, never
from s3ml_tui.domain.uri import ObjectKey

AT_ONCE = 8
"""So many requests go on at a time."""
_MOST_KEPT = 20_000
_LOOK_EVERY_S = 0.05

_Which = tuple[ObjectKey, str, str, datetime]
"""A `null` version may be written again: its id alone does not name it."""


class Backgrounds:
    """Tells what a history does not list; one request for each version, two where it has tags. Thread-safe."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[_Which, Background] = {}
        self._lock = threading.Lock()

    def of(self, versions: Sequence[Version], *, cancelled: Cancelled = never) -> Iterator[tuple[Version, Background]]:
        """The background of each version that has bytes, as they come; those known before come first.

        Raises Denied (who may not look at one version may look at none), Unreachable …, Cancelled.
        """
        unknown: list[Version] = []
        for version in versions:
            if version.is_delete_marker:
                continue
            known = self._known.get(_which(version))
            if known is not None:
                yield version, known
            else:
                unknown.append(version)
        if unknown:
            yield from self._asked(unknown, cancelled)

    def forget(self, key: ObjectKey) -> None:
        """Ask again about this key: tags change."""
        with self._lock:
            for which in [which for which in self._known if which[0] == key]:
                del self._known[which]

    def _asked(self, versions: list[Version], cancelled: Cancelled) -> Iterator[tuple[Version, Background]]:
        pool = ThreadPoolExecutor(min(AT_ONCE, len(versions)), thread_name_prefix="s3ml-background")
        try:
            waiting: dict[Future[Background], Version] = {}
            todo = list(reversed(versions))
            while todo or waiting:
                while todo and len(waiting) < AT_ONCE:
                    version = todo.pop()
                    waiting[pool.submit(self._ask, version)] = version
                done, _ = wait(waiting, timeout=_LOOK_EVERY_S, return_when=FIRST_COMPLETED)
                if cancelled():
                    raise Stopped
                for future in done:
                    yield waiting.pop(future), future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _ask(self, version: Version) -> Background:
        asked = (None, version.version_id) if version.is_latest else (version.version_id,)
        for version_id in asked:  # the current one by its key alone, which takes fewer permissions
            facts = self._facts(version, version_id)
            if facts is not None:
                tags = self._tags(version.key, version_id) if facts.tag_count else None
                return self._keep(version, Background(origin_of(facts.metadata), tags))
        return Background()

    def _keep(self, version: Version, found: Background) -> Background:
        with self._lock:
            while len(self._known) >= _MOST_KEPT:
                del self._known[next(iter(self._known))]
            self._known[_which(version)] = found
        return found

    def _facts(self, version: Version, version_id: str | None) -> ObjectFacts | None:
        """What HEAD tells; None when the version is gone, or no longer the current one."""
        try:
            facts = self._store.facts(version.key, version_id)
        except NotFound:
            return None
        identity = (facts.version_id or version.version_id, facts.etag)
        return facts if identity == (version.version_id, version.etag) else None

    def _tags(self, key: ObjectKey, version_id: str | None) -> Mapping[str, str] | None:
        try:
            return self._store.tags(key, version_id)
        except (Denied, NotFound, NotSupported):
            return None


def _which(version: Version) -> _Which:
    return (version.key, version.version_id, version.etag, version.modified)
