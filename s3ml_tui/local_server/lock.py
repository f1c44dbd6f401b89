"""One start or stop at a time in a folder, also among processes. The system drops the lock of one that was killed."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from s3ml_tui.domain.errors import Conflict
from s3ml_tui.local_server.data_folder import translated

TIMEOUT_S = 90.0
"""Longer than any start or stop may take."""
_PAUSE_S = 0.02


@contextmanager
def locked(path: Path, timeout_s: float = TIMEOUT_S) -> Iterator[None]:
    """Wait for the others and hold the lock. Raises Conflict when they take too long, LocalTrouble."""
    with translated(path.parent):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        with translated(path.parent):
            _acquire(descriptor, path, timeout_s)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, path: Path, timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise Conflict(
                    f"The local server in {path.parent} is busy",
                    cause="Another s3ml is starting or stopping it",
                    advice="Wait for it to finish and try again",
                    can_retry=True,
                ) from error
            time.sleep(_PAUSE_S)
        else:
            return
