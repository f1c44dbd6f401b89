"""Work in a thread of its own, watched: however it ends, and however long it goes on, the watcher writes it down.

A fit may spend minutes inside C code, where no signal handler runs. The main thread therefore only waits; when asked to
stop it ends the worker processes, gives the thread a moment, and goes on without it.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import psutil

from s3ml_tui.domain.errors import Cancelled
from s3ml_tui.runner.cancellation import Stop

STOP_TIMEOUT_S = 1.0
"""How long the thread may take to notice that it should stop."""
COMMITTED_STOP_TIMEOUT_S = 3.0
"""How long it may take when it is about to finish."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How the work ended."""

    error: BaseException | None
    """None when it succeeded; Cancelled when it was stopped or given up."""
    is_given_up: bool = False
    """Whether the thread still runs; the process must then end by itself, not wait for it."""


def supervise(work: Callable[[], None], stop: Stop) -> Ending:
    """Do `work` in a thread and wait for its end, or for the stop."""
    executor = ThreadPoolExecutor(1, thread_name_prefix="work")
    future = executor.submit(work)
    future.add_done_callback(lambda _: stop.inbox.put("done"))
    while not future.done() and not stop.is_asked:
        stop.wait()
    if not future.done():
        _wait_a_moment(future, stop)
    executor.shutdown(wait=False)
    if not future.done():
        return Ending(Cancelled("The run was cancelled"), is_given_up=True)
    error = future.exception()
    if error is not None and stop():
        error = error if isinstance(error, Cancelled) else Cancelled("The run was cancelled")
    return Ending(error)


def _wait_a_moment(future: Future[None], stop: Stop) -> None:
    deadline = time.monotonic() + (COMMITTED_STOP_TIMEOUT_S if stop.is_committed else STOP_TIMEOUT_S)
    if not stop.is_committed:
        end_worker_processes()
    while not future.done() and (left := deadline - time.monotonic()) > 0:
        stop.wait(left)


def end_worker_processes() -> None:
    """Kill the worker processes of joblib; its tracker cleans up behind them and ends by itself."""
    for child in psutil.Process().children(recursive=True):
        try:
            if any("popen_loky" in part for part in child.cmdline()):
                child.kill()
        except psutil.Error:
            continue
