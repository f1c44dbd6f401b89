"""Looking at what there is, before a plan can be shown: how much was found so far, and ctrl+c that ends it at once."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from s3ml_tui.cli.printing import can_overwrite
from s3ml_tui.domain.errors import Cancelled
from s3ml_tui.domain.job_control import JobControl
from s3ml_tui.domain.store import Cancelled as IsCancelled

PATIENCE_S = 0.5
"""What is over sooner shows no count."""
_EVERY_S = 0.2
_LEAVES_S = 2.0
"""How long threads that wait for the server may keep whoever pressed ctrl+c."""
_WIPE = "\r\x1b[K"


@contextmanager
def counting() -> Iterator[IsCancelled]:
    """While it lasts a line on a terminal's stderr says how many were found; the yielded callable is to be told.

    Raises Cancelled on ctrl+c: nothing was changed yet, so nothing is waited for.
    """
    control, over = JobControl(), threading.Event()
    painter = threading.Thread(target=_paint, args=(control, over), name="counting", daemon=True)
    if can_overwrite():
        painter.start()
    try:
        yield control
    except KeyboardInterrupt as interrupt:
        control.stop()
        _leave_soon()
        raise Cancelled("Interrupted", cause="It was still being looked at what is there; nothing was changed") from (
            interrupt
        )
    finally:
        over.set()
        if painter.is_alive():
            painter.join()


def count_line(control: JobControl) -> str:
    """`12,000 found ...`, `1,200 of 10,000 looked at ...`."""
    return f"{control.told or 'Asking the server'} ..."


def _paint(control: JobControl, over: threading.Event) -> None:
    wait_s, is_painted = PATIENCE_S, False
    while not over.wait(wait_s):
        _write(f"{_WIPE}{count_line(control)}")
        wait_s, is_painted = _EVERY_S, True
    if is_painted:
        _write(_WIPE)


def _write(text: str) -> None:
    with suppress(OSError, ValueError):  # nobody reads it any more
        sys.stderr.write(text)
        sys.stderr.flush()


def _leave_soon() -> None:
    """End the process though a thread of it waits for a stalled server: what it asks changes nothing."""
    timer = threading.Timer(_LEAVES_S, os._exit, (Cancelled.exit_code,))
    timer.daemon = True
    timer.start()
