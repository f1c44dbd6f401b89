"""Training processes: started in a session of their own, told their job on stdin, their output in files.

Output goes to files, since a child whose pipe has lost its reader dies of it. `process_sessions` ends the session.
"""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import psutil

from s3ml_tui.domain.errors import LocalTrouble, RunFailed
from s3ml_tui.domain.uri import Place
from s3ml_tui.records.job import Job, PredictionJob, TrainingJob
from s3ml_tui.services.processes.end import RUN_VARIABLE, is_running, same_start

COMMAND = (sys.executable, "-P", "-m", "s3ml_tui.training")
"""-P: nothing in the folder the user happens to be in is imported; PYTHONSAFEPATH says it to joblib's workers."""
_ERROR_LINES = 12


@dataclass(frozen=True, slots=True)
class Launched:
    """A process that was started."""

    pid: int
    process_started: float
    """Seconds since the epoch, as psutil tells it; with the pid it names the process for good."""
    output: Path
    """Where its events go; what it says besides lies beside it, as `.err`."""


@dataclass(frozen=True, slots=True)
class StartedRun:
    """A training run that was started here."""

    run_id: str
    workspace: Place
    pid: int
    process_started: float
    """Seconds since the epoch."""
    output: Path


@dataclass(frozen=True, slots=True)
class StartedBatch:
    """A prediction that was started here."""

    batch_id: str
    workspace: Place
    pid: int
    process_started: float
    """Seconds since the epoch."""
    output: Path


class Launcher(Protocol):
    """Starts training processes and knows whether they live."""

    def launch(self, job: TrainingJob | PredictionJob, folder: Path) -> Launched:
        """Start a process for `job`, its output in `folder`. Raises LocalTrouble, RunFailed (it died at once)."""
        ...

    def is_alive(self, pid: int, process_started: float) -> bool:
        """Whether exactly this process still runs; one of ours that has ended is reaped."""
        ...


class TrainingLauncher:
    """Starts `python -m s3ml_tui.training`."""

    def __init__(self, command: tuple[str, ...] = COMMAND) -> None:
        self._command = command
        self._children: dict[int, tuple[subprocess.Popen[bytes], float, Path]] = {}
        self._lock = threading.Lock()

    def launch(self, job: TrainingJob | PredictionJob, folder: Path) -> Launched:
        """Start the process, hand it the job and close its stdin. Raises LocalTrouble, RunFailed."""
        name = job.run_id if isinstance(job, TrainingJob) else job.batch_id
        output = output_of(folder, name)
        errors = errors_of(output)
        child = self._start(name, job.context.profile, output, errors)
        try:
            started = psutil.Process(child.pid).create_time()
            with self._lock:
                self._children[child.pid] = child, started, errors
            self._send_job(child, Job(job=job).model_dump_json().encode())
        except (BrokenPipeError, psutil.NoSuchProcess) as error:
            self._reap(child)
            raise RunFailed(
                f"The process for {name} ended at once",
                cause=last_lines(errors) or f"{exit_text(child.returncode)} and said nothing",
                advice="Try `python -m s3ml_tui.training --help` in the same shell",
            ) from error
        return Launched(child.pid, started, output)

    def is_alive(self, pid: int, process_started: float) -> bool:
        """Whether exactly this process still runs."""
        with self._lock:
            child, started, errors = self._children.get(pid, (None, 0.0, Path()))
            if child is None or not same_start(started, process_started):
                return is_running(pid, process_started)
            if child.poll() is None:
                return True
            del self._children[pid]
        if child.returncode < 0:
            _note(errors, exit_text(child.returncode))
        return False

    def _start(self, name: str, profile: str | None, output: Path, errors: Path) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONSAFEPATH": "1", RUN_VARIABLE: name}
        if profile:
            environment["AWS_PROFILE"] = profile
        try:
            output.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with _private(output) as out, _private(errors) as err:
                return subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=out,
                    stderr=err,
                    env=environment,
                    start_new_session=True,
                )
        except OSError as error:
            raise LocalTrouble(
                f"The process for {name} cannot be started",
                cause=f"{error.filename or self._command[0]}: {error.strerror}",
                advice=f"Make room in {output.parent}, and let it be written to",
            ) from error

    @staticmethod
    def _send_job(child: subprocess.Popen[bytes], document: bytes) -> None:
        stdin = child.stdin
        if stdin is None:
            raise BrokenPipeError
        try:
            stdin.write(document)
        finally:
            stdin.close()

    def _reap(self, child: subprocess.Popen[bytes]) -> None:
        try:
            child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait(timeout=5)
        with self._lock:
            self._children.pop(child.pid, None)


def exit_text(code: int) -> str:
    """How a process ended, as `It was killed by SIGKILL`; the code is subprocess's, negative for a signal."""
    if code >= 0:
        return f"It left with code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    hint = ", most likely since this machine ran out of memory" if -code == signal.SIGKILL else ""
    return f"It was killed by {name}{hint}"


def _note(errors: Path, sentence: str) -> None:
    """Put it where the process's own last words are, for whoever asks why it died."""
    with suppress(OSError), errors.open("a", encoding="utf-8") as file:
        file.write(f"{sentence}\n")


def last_lines(path: Path, count: int = _ERROR_LINES) -> str:
    """The last lines of a file of errors, joined; "" when there is none. Outside text: show it through `printable`."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 16 * 1024))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " / ".join(lines[-count:])


def output_of(folder: Path, name: str) -> Path:
    """Where the process of a run or a batch puts its events."""
    return folder / f"{name}.jsonl"


def errors_of(output: Path) -> Path:
    """Where the process that writes `output` puts what it says besides."""
    return output.with_suffix(".err")


def _private(path: Path) -> BinaryIO:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
    return os.fdopen(descriptor, "wb")
