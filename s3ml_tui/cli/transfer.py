"""A transfer as the terminal sees it: a bar on stderr, and ctrl+c that stops it in peace."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

from s3ml_tui.cli.printing import can_overwrite
from s3ml_tui.cli.signals import Ended, heeded, leave_at_once, leave_soon
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.store import Cancelled, Progress, unobserved
from s3ml_tui.domain.text import printable

LARGE = 1_000_000
"""Bytes from which a bar is worth drawing."""


@contextmanager
def transferring(title: str, total: int | None) -> Iterator[Progress]:
    """A progress bar over `total` bytes, on a terminal's stderr only; none for what is over at once, or None."""
    if total is None or total < LARGE or not can_overwrite():
        yield unobserved
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(printable(title), total=total)

        def moved(more: int) -> None:
            bars.advance(task, more)

        yield moved


@contextmanager
def stoppable(*, is_noted: bool = False) -> Iterator[Cancelled]:
    """While it lasts the first ctrl+c makes the yielded callable True; the second one interrupts at once.

    So does SIGTERM, and what is raised then becomes Ended; with `is_noted` it ends the process at once, since a journal
    has what the same command needs.
    """
    stop, ended = Event(), list[int]()

    def interrupted(_signal: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    def stopped(number: int, _frame: FrameType | None) -> None:
        ended.append(number)
        stop.set()
        leave_soon(number)

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        with heeded(leave_at_once if is_noted else stopped):
            yield stop.is_set
    except S3mlError:
        if ended:
            raise Ended(ended[0]) from None
        raise
    finally:
        signal.signal(signal.SIGINT, before)
