"""How many so far, on the terminal's last line: found before a plan is shown, where ctrl+c ends it at once, or done."""

import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from s3ml_tui.cli.terminal.output import can_overwrite
from s3ml_tui.domain.errors import Cancelled
from s3ml_tui.domain.job_control import JobControl
from s3ml_tui.domain.storage.store import Cancelled as IsCancelled
from s3ml_tui.domain.text import printable

COUNT_SHOWN_AFTER_S = 0.5
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
    control = JobControl()
    try:
        with shown(lambda: count_line(control)):
            yield control
    except KeyboardInterrupt as interrupt:
        control.stop()
        _leave_soon()
        raise Cancelled("Interrupted", cause="It was still being looked at what is there; nothing was changed") from (
            interrupt
        )


def count_line(control: JobControl) -> str:
    """`12,000 found ...`, `1,200 of 10,000 looked at ...`."""
    return f"{control.progress_text or 'Asking the server'} ..."


def done_line(title: str, control: JobControl) -> str:
    """`Delete 10,000 objects: 1,200 of 10,000 ...`; "" while nothing is counted."""
    if control.counted is None or control.counted[1] < 2:
        return ""
    done, of = control.counted
    return f"{printable(title)}: {done:,} of {of:,}{', stopping' if control.is_stopped else ''} ..."


@contextmanager
def shown(line: Callable[[], str]) -> Iterator[None]:
    """While it lasts the terminal's last line is this, several times a second, once it takes its time."""
    over = threading.Event()
    painter = threading.Thread(target=_paint, args=(line, over), name="counting", daemon=True)
    if can_overwrite():
        painter.start()
    try:
        yield
    finally:
        over.set()
        if painter.is_alive():
            painter.join()


def _paint(line: Callable[[], str], over: threading.Event) -> None:
    wait_s, is_painted = COUNT_SHOWN_AFTER_S, False
    while not over.wait(wait_s):
        if (text := line()) or is_painted:
            _write(_WIPE + text[: shutil.get_terminal_size().columns - 1])  # a line that breaks cannot be wiped
            is_painted = True
        wait_s = _EVERY_S
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
