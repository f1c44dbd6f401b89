"""What was made from a version: the manifests of a workspace's models pin what they were trained on.

A history does not wait for it and never fails of it. One listing of the models and the manifests that were not read
before answer for every object of the workspace, for a minute; where the aliases point is asked once something was made.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import NotFound, NotSupported, S3mlError, StrangeAnswer
from s3ml_tui.domain.ml.layout import Layout, model_number, roots_by_layout
from s3ml_tui.domain.ml.lineage import KeyUses, Pin, Use, pinned
from s3ml_tui.domain.ml.models import Alias
from s3ml_tui.domain.storage.store import Cancelled, Store, never
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.browse.recursive import folders
from s3ml_tui.services.parallel import at_once

if TYPE_CHECKING:
    from s3ml_tui.services.models.models import Models

MOST = 500
"""So many manifests are read, of the newest models and of those that an alias points to."""
FRESH_S = 60.0
"""So long the listings are taken as they were; models come, and aliases move."""
_TRIED = 3
"""So many manifests are looked for where nothing says yet that it is a workspace."""
_MOST_KEPT = 20_000
_LOOK_EVERY_S = 0.05

_ByVersion = dict[tuple[str, str], list[int]]
"""The models' numbers, newest first."""


@dataclass(slots=True)
class _Seen:
    """What was found of a workspace, and when."""

    at: datetime
    by_uri: Mapping[str, _ByVersion] | None = None
    """By the address of the object; None when it could not be seen."""
    pointing: Sequence[Alias] | None = None
    """None until it is asked."""


class Uses:
    """Tells which model versions were made from the versions of a key. Thread-safe."""

    def __init__(self, store: Store, models: "Models", now: Callable[[], datetime]) -> None:
        self._store = store
        self._models = models
        self._now = now
        self._seen: dict[Place, _Seen] = {}
        self._data: dict[tuple[Place, int], Pin] = {}
        """What a model was made from; a manifest is written once."""
        self._turn = threading.Lock()

    def of(self, workspace: Place, key: ObjectKey, *, cancelled: Cancelled = never) -> KeyUses | None:
        """What was made from the versions of `key`; None where that could not be seen.

        One thread reads, the others wait for what it finds. Raises Cancelled to those that wait, and nothing else.
        """
        with self._my_turn(cancelled):
            return self._key_uses(workspace, key)

    def by_layout(self, key: ObjectKey) -> KeyUses | None:
        """The same in the workspace to which the layout's folders point, if models were made there.

        A manifest of ours shows that it is one, without a look for its mark. None where that tells nothing.
        """
        root = next(iter(roots_by_layout(key.place)), None)
        if root is None:
            return None
        with self._my_turn(never):
            uses = self._key_uses(root, key, is_workspace=False)
            return uses if uses is not None and self._seen[root].by_uri else None

    @contextmanager
    def _my_turn(self, cancelled: Cancelled) -> Iterator[None]:
        while not self._turn.acquire(timeout=_LOOK_EVERY_S):
            if cancelled():
                raise Stopped
        try:
            yield
        finally:
            self._turn.release()

    def _key_uses(self, workspace: Place, key: ObjectKey, *, is_workspace: bool = True) -> KeyUses | None:
        """What is known, or read now; read no further where what lies there looks like no workspace after all."""
        seen = self._seen.get(workspace)
        if seen is None or (self._now() - seen.at).total_seconds() > FRESH_S:
            seen = _Seen(self._now())
            if not self._read(workspace, seen, is_workspace):
                return None
            self._seen[workspace] = seen
        if seen.by_uri is None:
            return None
        by_version = seen.by_uri.get(key.uri, {})
        if by_version and seen.pointing is None:
            seen.pointing = self._pointing(workspace)
        return KeyUses(
            {which: [_use(number, seen.pointing or ()) for number in found] for which, found in by_version.items()}
        )

    def forget(self) -> None:
        """List again when next asked: an alias was moved, or a user wants to see what is there now."""
        self._seen = {}

    def _read(self, workspace: Place, seen: _Seen, is_workspace: bool) -> bool:
        """Into `seen`; where a request fails nothing comes in. False where no manifest of ours is among the newest."""
        try:
            numbers = {
                number for name in folders(self._store, Layout(workspace).models) if (number := model_number(name))
            }
            if len(numbers) > MOST:
                seen.pointing = self._pointing(workspace)
            chosen = self._chosen(numbers, seen.pointing or ())
            if chosen and not is_workspace and not any(self._pin(workspace, number) for number in chosen[:_TRIED]):
                return False
            data = at_once(lambda number: self._pin(workspace, number), chosen)
        except S3mlError:
            return True
        found: dict[str, _ByVersion] = {}
        for number, pin in zip(chosen, data, strict=True):
            if pin is not None:
                found.setdefault(pin.uri, {}).setdefault(pinned(pin), []).append(number)
        seen.by_uri = found
        return True

    def _chosen(self, numbers: set[int], pointing: Sequence[Alias]) -> list[int]:
        """Whose manifests are read, newest first."""
        named = {alias.number for alias in pointing} & numbers
        newest = sorted(numbers - named, reverse=True)[: max(0, MOST - len(named))]
        return sorted(named.union(newest), reverse=True)[:MOST]

    def _pointing(self, workspace: Place) -> tuple[Alias, ...]:
        try:
            return self._models.aliases(workspace)
        except S3mlError:
            return ()

    def _pin(self, workspace: Place, number: int) -> Pin | None:
        """What a model was made from; None while it is incomplete, or when its manifest cannot be understood."""
        known = self._data.get((workspace, number))
        if known is not None:
            return known
        try:
            pin = self._models.manifest(workspace, number).data
        except (NotFound, NotSupported, StrangeAnswer):
            return None
        if len(self._data) < _MOST_KEPT:
            self._data[workspace, number] = pin
        return pin


def _use(number: int, pointing: Sequence[Alias]) -> Use:
    return Use(f"models/v{number}", tuple(alias.name for alias in pointing if alias.number == number))
