"""A store that waits for a server that is away, so that hours of training are not lost for a minute's outage."""

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

from s3ml_tui.domain.errors import ServerFault, Throttled, Unreachable
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.runner.cancellation import Stop
from s3ml_tui.runner.events import Journal

TIMEOUT_S = 1800.0
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
LOOK_S = 0.1
"""How often a wait looks whether the run was stopped."""

T = TypeVar("T")


class RetryPolicy:
    """Tries again while trying again can help, for half an hour at most, and not once the run is asked to stop."""

    def __init__(self, journal: Journal, stop: Stop, *, timeout_s: float = TIMEOUT_S) -> None:
        self._journal, self._stop, self._timeout_s = journal, stop, timeout_s

    def retry(self, call: Callable[[], T]) -> T:
        """What `call` answers. Raises its S3mlErrors, the last one when the server stays away."""
        deadline, pause_s = time.monotonic() + self._timeout_s, FIRST_PAUSE_S
        while True:
            try:
                return call()
            except (Unreachable, Throttled, ServerFault) as error:
                if self._stop.is_asked or time.monotonic() + pause_s > deadline:
                    raise
                self._journal.warn(f"{error.title}; trying again in {pause_s:.0f} s")
            self._pause(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    def _pause(self, pause_s: float) -> None:
        until, turn = time.monotonic() + pause_s, threading.Event()
        while time.monotonic() < until and not self._stop.is_asked:
            turn.wait(LOOK_S)

    def with_store(self, store: Store) -> Store:
        """`store`, each of its verbs tried again."""
        return cast("Store", _RetryStore(store, self))


class _RetryStore:
    """Hands every verb on; a verb that lists is finished before its first page is given out."""

    def __init__(self, store: Store, retry_policy: RetryPolicy) -> None:
        self._store, self._retry_policy = store, retry_policy

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if not callable(found):
            return found

        def with_retries(*arguments: Any, **options: Any) -> Any:
            def call() -> Any:
                answer = found(*arguments, **options)
                return iter(list(answer)) if name == "history" else answer

            return self._retry_policy.retry(call)

        return with_retries
