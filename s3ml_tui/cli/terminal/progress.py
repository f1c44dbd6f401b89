"""A transfer as the terminal sees it: a bar on stderr, and ctrl+c that stops it in peace."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

from s3ml_tui.cli.terminal.output import can_overwrite
from s3ml_tui.cli.terminal.signals import Ended, heeded, leave_at_once, leave_soon
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.job_control import JobControl
from s3ml_tui.domain.storage.store import Progress, unobserved
from s3ml_tui.domain.text import printable

LARGE = 1_000_000
"""Bytes from which a bar is worth drawing."""


def has_bar(total: int | None) -> bool:
    """Whether a transfer of so many bytes has one."""
    return total is not None and total >= LARGE and can_overwrite()


@contextmanager
def transferring(title: str, total: int | None) -> Iterator[Progress]:
    """A progress bar over `total` bytes, on a terminal's stderr only; none for what is over at once, or None."""
    if not has_bar(total):
        yield unobserved
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(printable(title), total=total)

        def moved(more: int) -> None:
            bars.advance(task, more)

        yield moved


@contextmanager
def stoppable(*, leaving: str = "") -> Iterator[JobControl]:
    """While it lasts the first ctrl+c makes what is yielded answer True; the second one interrupts at once.

    So does SIGTERM, and what is raised then becomes Ended. With `leaving` it ends the process at once; that sentence
    says why nothing is lost: a journal has what the same command needs, or another process goes on.
    """
    stop, ended = JobControl(), list[int]()

    def interrupted(_signal: int, _frame: FrameType | None) -> None:
        if stop.is_stopped:
            raise KeyboardInterrupt
        stop.stop()

    def stopped(number: int, _frame: FrameType | None) -> None:
        ended.append(number)
        stop.stop()
        leave_soon(number)

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        with heeded(partial(leave_at_once, leaving) if leaving else stopped):
            yield stop
    except S3mlError:
        if ended:
            raise Ended(ended[0]) from None
        raise
    finally:
        signal.signal(signal.SIGINT, before)
