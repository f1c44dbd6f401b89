"""Services that are made when first asked for something: until then they cost nothing, not even the loading of them.

Most sessions never train, predict or look at a model; and whoever opens the screens waits for the list of buckets.
"""

import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")


class _Later:
    """Stands for what is made later, and passes everything on to it."""

    __slots__ = ("_lock", "_made", "_make")

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._made: Any = None
        self._lock = threading.RLock()

    @property
    def is_made(self) -> bool:
        return self._made is not None

    def __getattr__(self, name: str) -> Any:
        if self._made is None:
            with self._lock:
                if self._made is None:
                    self._made = self._make()
        return getattr(self._made, name)


def later(make: Callable[[], T]) -> T:
    """What `make` makes, made by the first thread that asks it for something; safe to use from many."""
    return cast("T", _Later(make))


def is_made(service: object) -> bool:
    """Whether it was asked for something already; what was not made later is made."""
    return not isinstance(service, _Later) or service.is_made
