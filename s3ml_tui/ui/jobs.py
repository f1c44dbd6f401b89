"""Jobs: long work in threads of their own, with progress, pause, cancel, and messages at ten a second at most."""

import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from textual.message import Message

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Cancelled, S3mlError, local_trouble
from s3ml_tui.domain.job_control import JobControl
from s3ml_tui.domain.plans.plan import Outcome, Plan
from s3ml_tui.domain.storage.store import Cancelled as IsCancelled
from s3ml_tui.domain.storage.store import Progress
from s3ml_tui.domain.units import Pace
from s3ml_tui.ui.messages import JobEnded, JobMoved, JobWanted

WORKERS = 4
"""So many go on at once; those that are paused do not count."""
THREADS = 32
"""So many at most with those that are paused."""
KEPT = 200
"""So many that are over are remembered."""
INTERVAL_S = 0.1

Work = Callable[[Progress, IsCancelled], Any]


@dataclass(eq=False)
class Job:
    """One piece of long work."""

    number: int
    title: str
    total: int | None
    """Bytes; None when unknown, or when none move."""
    work: Work
    plan: Plan | None = None
    """What it performs; None for work that changes nothing in the bucket."""
    undoes: str = ""
    """The id of the activity record that its plan takes back."""
    context: Context | None = None
    """Where it was begun."""
    wanted: JobWanted | None = None
    """What asked for it, where it has no plan."""
    moved: int = 0
    """Bytes so far."""
    is_over: bool = False
    result: Any = None
    error: BaseException | None = None
    control: JobControl = field(default_factory=JobControl)
    pace: Pace = field(default_factory=Pace)
    changed: Callable[[], None] = lambda: None
    """Told when a user asked something of it."""
    is_begun: bool = False
    """Whether it has a thread, or had one."""
    _active_s: float = 0.0
    """How long it went on, up to the last pause."""
    _since_s: float | None = None
    """Since when it goes on, on the monotonic clock; None while it waits."""

    # what is asked of it -------------------------------------------------------------------------------------------

    def cancel(self) -> None:
        """Ask it to stop; it does so from the middle of a body."""
        self.control.stop()
        self.changed()

    def pause(self) -> None:
        """Ask it to wait between two files or parts."""
        self.control.pause()
        if self._since_s is not None and self.control.is_paused:
            self._active_s += time.monotonic() - self._since_s
            self._since_s = None
        self.changed()

    def resume(self) -> None:
        """Let it go on."""
        self.pace.forget()
        if self.is_begun and self._since_s is None:
            self._since_s = time.monotonic()
        self.control.resume()
        self.changed()

    # what is told of it --------------------------------------------------------------------------------------------

    @property
    def is_cancelled(self) -> bool:
        """Whether it was asked to stop."""
        return self.control.is_stopped

    @property
    def state(self) -> str:
        """In a word or two."""
        if self.is_over:
            if self.error is not None:
                return "cancelled" if isinstance(self.error, Cancelled) else "failed"
            return "in part" if self.can_be_retried else "done"
        if self.is_cancelled:
            return "cancelling"
        if self.control.is_paused:
            return "paused" if self.control.is_resting or not self.is_begun else "pausing"
        return "running" if self.is_begun else "waiting"

    @property
    def can_be_retried(self) -> bool:
        """Whether something of it was not done."""
        if not self.is_over:
            return False
        return self.error is not None or (isinstance(self.result, Outcome) and self.result.retry is not None)

    @property
    def done_of(self) -> tuple[int, int] | None:
        """How far it is: bytes of all, or things of all; None when that is not known."""
        return (self.moved, self.total) if self.total else self.control.counted

    @property
    def share(self) -> float | None:
        """How far it is, from 0 to 1."""
        if self.done_of is None or not self.done_of[1]:
            return None
        done, of = self.done_of
        return min(max(done / of, 0.0), 1.0)

    def elapsed_s(self, now_s: float) -> float:
        """How long it went on, pauses left out."""
        return self._active_s + (now_s - self._since_s if self._since_s is not None else 0.0)

    def note(self, now_s: float) -> None:
        """Look at how far it is, for its pace."""
        if self._since_s is not None and not self.is_over:
            self.pace.note(self.done_of[0] if self.done_of is not None else self.moved, now_s)

    def left_s(self) -> float | None:
        """How much longer it will take; None when that cannot be told."""
        return self.pace.left_s(self.done_of[1] - self.done_of[0]) if self.done_of is not None else None

    # its thread ----------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """It goes on from now."""
        self.is_begun, self._since_s = True, time.monotonic()

    def end(self) -> None:
        """It is over."""
        if self._since_s is not None:
            self._active_s += time.monotonic() - self._since_s
            self._since_s = None
        self.is_over = True


class Jobs:
    """All jobs of a session; `post` hands messages to the app from any thread."""

    def __init__(self, post: Callable[[Message], object]) -> None:
        self._post = post
        self._executor = ThreadPoolExecutor(THREADS, thread_name_prefix="job")
        self._numbers = itertools.count(1)
        self._last_post = 0.0
        self._futures: dict[int, Future[None]] = {}
        self._lock = threading.RLock()
        self._is_closed = False
        self.all: list[Job] = []

    @property
    def active(self) -> list[Job]:
        """Those that go on, or wait."""
        return [job for job in self.all if not job.is_over]

    def start(self, title: str, total: int | None, work: Work, *, plan: Plan | None = None) -> Job:
        """Do `work` in a thread as soon as there is one; a JobEnded follows in any case."""
        job = Job(next(self._numbers), title, total, work, plan, changed=self._changed)
        with self._lock:
            over = [old for old in self.all if old.is_over]
            for old in over[: max(0, len(over) - KEPT)]:
                self.all.remove(old)
            self.all.append(job)
        self._changed()
        return job

    def close(self) -> None:
        """Cancel what goes on."""
        self._is_closed = True
        for job in self.active:
            job.cancel()
        self._executor.shutdown(wait=False, cancel_futures=True)

    def join(self, timeout_s: float) -> None:
        """Give jobs that were cancelled time to clear away what they left half done."""
        wait(list(self._futures.values()), timeout=timeout_s)

    def _changed(self) -> None:
        """Begin what waits and may go on; end what waits and was cancelled."""
        with self._lock:
            for job in self.all:
                if job.is_over or job.is_begun:
                    continue
                if job.is_cancelled or self._is_closed:
                    job.error = Cancelled()
                    job.end()
                    self._post(JobEnded(job))
                elif not job.control.is_paused and self._has_room():
                    job.begin()
                    self._futures[job.number] = self._executor.submit(self._run, job)
        self._post(JobMoved())

    def _has_room(self) -> bool:
        begun = [job for job in self.all if job.is_begun and not job.is_over]
        return len(begun) < THREADS and sum(not job.control.is_paused for job in begun) < WORKERS

    def _run(self, job: Job) -> None:
        lock = threading.Lock()

        def progress(moved: int) -> None:
            with lock:
                job.moved += moved
            now_s = time.monotonic()
            if now_s - self._last_post >= INTERVAL_S:
                self._last_post = now_s
                self._post(JobMoved())

        try:
            job.result = job.work(progress, job.control)
        except S3mlError as error:
            job.error = error
        except OSError as error:
            job.error = local_trouble(error) if error.filename is not None else error
        except BaseException as error:  # noqa: BLE001 - handed to the app, which reports it as a crash
            job.error = error
        job.end()
        self._post(JobEnded(job))
        self._futures.pop(job.number, None)
        if not self._is_closed:
            self._changed()
