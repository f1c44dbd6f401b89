"""The embedded server's process: started on its own, found again without doubt, ended.

A pid alone proves nothing: it may have been given to another process since. A process is ours when it was called
exactly as we call the server of this folder, and started when the state file says. When the file cannot say (its writer
was killed), all processes are looked through.
"""

import os
import stat
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from s3ml_tui.local_server import log
from s3ml_tui.local_server.command import data_option, ports_of
from s3ml_tui.local_server.data_folder import Layout, translated
from s3ml_tui.local_server.ports import Ports, is_free
from s3ml_tui.local_server.state import State

TERM_S = 10.0
_KILL_S = 10.0
_CLOCK_S = 5.0
"""How far a start time may move when the machine's clock is set."""

Child = subprocess.Popen[bytes]
"""A server this process started."""

_children: dict[int, Child] = {}
"""Servers this process started and has not seen end. They are to outlive it, so nobody waits for them."""


@dataclass(frozen=True, slots=True)
class Found:
    """The living server of a folder."""

    process: psutil.Process
    ports: Ports

    @property
    def started(self) -> datetime:
        """Aware, UTC."""
        return datetime.fromtimestamp(self.process.create_time(), UTC)


def spawn(paths: Layout, binary: Path, options: Sequence[str], environment: Mapping[str, str]) -> tuple[Child, int]:
    """Start the server in a session of its own, so that it outlives us; also where in the log its own lines begin.

    Raises LocalTrouble.
    """
    output = log.open_for_writing(paths.log)
    try:
        logged = os.fstat(output).st_size
        with translated(paths.root):
            child = subprocess.Popen(
                [str(binary), *options],
                env=dict(environment),
                cwd=paths.root,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
    finally:
        os.close(output)
    _children[child.pid] = child
    return child, logged


def start_time(pid: int) -> float | None:
    """When a process started, seconds since the epoch; None when it is gone."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return None


def find(paths: Layout, state: State | None) -> Found | None:
    """The living server of this folder; `state` is None when it is not known."""
    _reap()
    if state is not None and state.pid is not None:
        found = _ours(paths, state.pid)
        if found and state.started is not None and abs(found.process.create_time() - state.started) <= _CLOCK_S:
            return found
    if state is not None and state.is_stopped:
        return None
    candidates = (_ours(paths, process.pid) for process in psutil.process_iter() if _uses(paths, process))
    return next((found for found in candidates if found), None)


def foreign_pid(paths: Layout) -> int | None:
    """The pid of a server that uses this folder and is not called as we call ours."""
    pids = (process.pid for process in psutil.process_iter() if _uses(paths, process))
    return next((pid for pid in pids if _ours(paths, pid) is None), None)


def end(process: psutil.Process, timeout_s: float | None = None) -> bool:
    """Ask the server to end, wait, and kill it if it does not; whether it ended when asked."""
    try:
        process.terminate()
        process.wait(TERM_S if timeout_s is None else timeout_s)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        _kill(process)
        return False
    finally:
        _reap()
    return True


def sweep_sockets(ports: Ports) -> None:
    """Remove the sockets a dead server leaves in /tmp, one for each gRPC port that nobody has now."""
    for name, port in ports.items():
        if name.endswith(".grpc") and is_free(port):
            path = Path("/tmp") / f"seaweedfs-{name.partition('.')[0]}-grpc-{port}.sock"  # noqa: S108 - fixed by the server
            try:
                if stat.S_ISSOCK(path.lstat().st_mode):
                    path.unlink()
            except OSError:  # not there, or another user's: neither is in our way
                continue


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
        process.wait(_KILL_S)
    except (psutil.NoSuchProcess, psutil.TimeoutExpired):
        return  # a process the system itself cannot end yet (waiting for a disk) ends with that wait


def _ours(paths: Layout, pid: int) -> Found | None:
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        ports = ports_of(paths, process.cmdline())
    except psutil.Error:
        return None
    return Found(process, ports) if ports else None


def _uses(paths: Layout, process: psutil.Process) -> bool:
    try:
        return data_option(paths) in process.cmdline()
    except psutil.Error:
        return False


def _reap() -> None:
    for pid, child in list(_children.items()):
        if child.poll() is not None:
            del _children[pid]
