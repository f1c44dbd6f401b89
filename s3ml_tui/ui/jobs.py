"""Jobs: long work in threads of their own, with progress, cancel, and messages at ten a second at most."""

import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from textual.message import Message

from s3ml_tui.domain.errors import Cancelled, S3mlError
from s3ml_tui.domain.store import Cancelled as IsCancelled
from s3ml_tui.domain.store import Progress
from s3ml_tui.ui.messages import JobEnded, JobMoved

WORKERS = 4
INTERVAL_S = 0.1


@dataclass(eq=False)
class Job:
    """One piece of long work."""

    number: int
    title: str
    total: int | None
    """Bytes; None when unknown."""
    started_s: float
    """On the monotonic clock."""
    moved: int = 0
    """Bytes so far."""
    is_over: bool = False
    result: Any = None
    error: BaseException | None = None
    _stop: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Ask it to stop; it does so from the middle of a body."""
        self._stop.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether it was asked to stop."""
        return self._stop.is_set()

    @property
    def state(self) -> str:
        """In a word."""
        if not self.is_over:
            return "cancelling" if self.is_cancelled else "running"
        if isinstance(self.error, Cancelled):
            return "cancelled"
        return "failed" if self.error else "done"

    def rate(self, now_s: float) -> float:
        """Bytes a second so far."""
        return self.moved / max(now_s - self.started_s, 1e-3)


class Jobs:
    """All jobs of a session; `post` hands messages to the app from any thread."""

    def __init__(self, post: Callable[[Message], object]) -> None:
        self._post = post
        self._executor = ThreadPoolExecutor(WORKERS, thread_name_prefix="job")
        self._numbers = itertools.count(1)
        self._last_post = 0.0
        self._futures: list[Future[None]] = []
        self.all: list[Job] = []

    @property
    def active(self) -> list[Job]:
        """Those that go on."""
        return [job for job in self.all if not job.is_over]

    def start(self, title: str, total: int | None, work: Callable[[Progress, IsCancelled], Any]) -> Job:
        """Begin `work` in a thread; a JobEnded follows in any case."""
        job = Job(next(self._numbers), title, total, time.monotonic())
        self.all.append(job)
        self._futures.append(self._executor.submit(self._run, job, work))
        self._post(JobMoved())
        return job

    def close(self) -> None:
        """Cancel what goes on."""
        for job in self.active:
            job.cancel()
        self._executor.shutdown(wait=False, cancel_futures=True)

    def join(self, patience_s: float) -> None:
        """Give jobs that were cancelled time to clear away what they left half done."""
        wait(self._futures, timeout=patience_s)

    def _run(self, job: Job, work: Callable[[Progress, IsCancelled], Any]) -> None:
        lock = threading.Lock()

        def progress(moved: int) -> None:
            with lock:
                job.moved += moved
            now_s = time.monotonic()
            if now_s - self._last_post >= INTERVAL_S:
                self._last_post = now_s
                self._post(JobMoved())

        try:
            job.result = work(progress, job._stop.is_set)  # noqa: SLF001 - the same idea, one module
        except S3mlError as error:
            job.error = error
        except BaseException as error:  # noqa: BLE001 - handed to the app, which reports it as a crash
            job.error = error
        job.is_over = True
        self._post(JobEnded(job))
