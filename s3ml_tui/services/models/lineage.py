"""What was made from a version: the manifests of a workspace's models pin what they were trained on.

A history does not wait for it and never fails of it. One listing of the models, one of the aliases and the manifests
that were not read before answer for every object of the workspace, for a minute.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import NotFound, NotSupported, S3mlError, StrangeAnswer
from s3ml_tui.domain.ml.layout import Layout, model_number
from s3ml_tui.domain.ml.lineage import KeyUses, Pin, Use, pinned
from s3ml_tui.domain.ml.models import Alias
from s3ml_tui.domain.storage.store import Cancelled, Store, never
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.parallel import at_once, folders

if TYPE_CHECKING:
    from s3ml_tui.services.models.models import Models

MOST = 500
"""So many manifests are read, of the newest models and of those that an alias points to."""
FRESH_S = 60.0
"""So long the listings are taken as they were; models come, and aliases move."""
_MOST_KEPT = 20_000
_LOOK_EVERY_S = 0.05

_ByVersion = dict[tuple[str, str], list[Use]]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was found of a workspace, and when."""

    at: datetime
    by_uri: Mapping[str, _ByVersion] | None
    """By the address of the object; None when it could not be seen."""


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
        while not self._turn.acquire(timeout=_LOOK_EVERY_S):
            if cancelled():
                raise Stopped
        try:
            seen = self._seen.get(workspace)
            if seen is None or (self._now() - seen.at).total_seconds() > FRESH_S:
                seen = self._seen[workspace] = _Seen(self._now(), self._read(workspace))
        finally:
            self._turn.release()
        return None if seen.by_uri is None else KeyUses(seen.by_uri.get(key.uri, {}))

    def forget(self) -> None:
        """List again when next asked: an alias was moved, or a user wants to see what is there now."""
        self._seen = {}

    def _read(self, workspace: Place) -> Mapping[str, _ByVersion] | None:
        try:
            numbers = {
                number for name in folders(self._store, Layout(workspace).models) if (number := model_number(name))
            }
            pointing = self._pointing(workspace) if numbers else ()
            chosen = self._chosen(numbers, pointing)
            data = at_once(lambda number: self._pin(workspace, number), chosen)
        except S3mlError:
            return None
        found: dict[str, _ByVersion] = {}
        for number, pin in zip(chosen, data, strict=True):
            if pin is not None:
                names = tuple(alias.name for alias in pointing if alias.number == number)
                by_version = found.setdefault(pin.uri, {})
                by_version.setdefault(pinned(pin), []).append(Use(f"models/v{number}", names))
        return found

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
