"""A transfer as the terminal sees it: a bar on stderr, and ctrl+c that stops it in peace."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

from s3ml_tui.cli.printing import can_overwrite
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
def stoppable() -> Iterator[Cancelled]:
    """While it lasts the first ctrl+c makes the yielded callable True; the second one interrupts at once."""
    stop = Event()

    def interrupted(_signal: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield stop.is_set
    finally:
        signal.signal(signal.SIGINT, before)
