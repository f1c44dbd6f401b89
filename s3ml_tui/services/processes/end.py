"""Ending a process and all its descendants: everything in the session it leads.

A signal to the process alone leaves its workers alive. A pid names a process only together with its start time,
since pids are given out again.
"""

import getpass
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress

import psutil

from s3ml_tui.domain.errors import Denied, LocalTrouble

RUN_VARIABLE = "S3ML_RUN"
"""The environment variable by which the processes of a run are known when their leader is gone."""
GRACE_S = 5.0
"""Between SIGTERM and SIGKILL."""
_SAME_START_S = 2.0
"""Start times are computed from the boot time, which clocks move a little."""
_LOOK_EVERY_S = 0.05


def this_host() -> str:
    """This machine's name, as it stands in run records."""
    return socket.gethostname()


def who() -> str:
    """Who acts here, as `ada@gpu-1`."""
    try:
        return f"{getpass.getuser()}@{this_host()}"
    except (KeyError, OSError):
        return this_host()


def same_start(one: float, other: float) -> bool:
    """Whether two start times of a pid mean the same process."""
    return abs(one - other) < _SAME_START_S


def is_running(pid: int, process_started: float) -> bool:
    """Whether the process with this pid and start time is alive; a zombie is not."""
    try:
        process = psutil.Process(pid)
        return same_start(process.create_time(), process_started) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def members(pid: int, name: str = "") -> list[psutil.Process]:
    """The living processes of the session that `pid` leads or led.

    With a `name` only those that say in their environment that they belong to that run: once the leader is gone, its
    number may have passed to another.
    """
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):  # it ended while it was looked at
            if os.getsid(process.pid) != pid or process.status() == psutil.STATUS_ZOMBIE:
                continue
            if not name or process.environ().get(RUN_VARIABLE) == name:
                found.append(process)
    return found


def end(
    pid: int,
    process_started: float,
    name: str,
    *,
    grace_s: float = GRACE_S,
    is_alive: Callable[[], bool] = lambda: False,
) -> int:
    """End the session of run `name`: SIGTERM, `grace_s` seconds, SIGKILL. Returns how many had to be killed.

    `is_alive` is asked while waiting: whoever started the leader reaps it there, so that no zombie stays.
    Raises Denied when the processes are somebody else's, LocalTrouble when one survives SIGKILL.
    """
    known_by = "" if is_running(pid, process_started) else name
    left = members(pid, known_by)
    _send(pid, left, signal.SIGTERM)
    left = _wait(pid, known_by, left, grace_s, is_alive)
    killed: set[int] = set()
    deadline = time.monotonic() + GRACE_S
    while left:
        if time.monotonic() > deadline:
            raise LocalTrouble(
                f"Process {left[0].pid} of {name} does not end",
                cause="It survived SIGKILL; it may wait for a disk",
                advice="Cancel again later",
            )
        killed |= {process.pid for process in left}
        _send(pid, left, signal.SIGKILL)
        left = _wait(pid, known_by, left, 10 * _LOOK_EVERY_S, is_alive)
    return len(killed)


def _send(pid: int, processes: list[psutil.Process], number: signal.Signals) -> None:
    """Signal the leader's group at once, and each process that left it."""
    in_group: list[psutil.Process] = []
    try:
        for process in processes:
            with suppress(psutil.NoSuchProcess, ProcessLookupError):  # it has ended, as it should
                if os.getpgid(process.pid) == pid:
                    in_group.append(process)
                else:
                    process.send_signal(number)
        if in_group:
            with suppress(ProcessLookupError):  # all have ended
                os.killpg(pid, number)
    except (PermissionError, psutil.AccessDenied) as error:
        raise Denied(
            f"Process {pid} belongs to another user",
            cause="Only its owner may end it",
            advice="Cancel it as the user who started it",
        ) from error


def _wait(
    pid: int, known_by: str, signalled: list[psutil.Process], at_most_s: float, is_alive: Callable[[], bool]
) -> list[psutil.Process]:
    """The members left after waiting for them to end, those that were signalled among them.

    A process on its way out has no environment to be known by before it is a zombie, and is not gone yet.
    """
    deadline = time.monotonic() + at_most_s
    while True:
        left = list({*members(pid, known_by), *(process for process in signalled if _is_left(process))})
        is_done = not is_alive() and not left
        if is_done or time.monotonic() > deadline:
            return left
        time.sleep(_LOOK_EVERY_S)


def _is_left(process: psutil.Process) -> bool:
    """Whether this very process is still there; a zombie is not."""
    with suppress(psutil.NoSuchProcess):  # it ended between the two questions
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False
