"""A terminal that nobody types at, or that is gone: the screens burn nothing, and end when it is gone."""

import os
import pty
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable
from fcntl import ioctl
from pathlib import Path

import psutil
import pytest

from tests.exhaustive import EXHAUSTIVE
from tests.servers import S3Server
from tests.terminal.browsing import Bench
from tests.terminal.pty_screen import s3ml_command

SOON_S, TIMEOUT_S = 5.0, 60.0
INTERRUPTED = 130
WINDOW_S, MOST_IDLE = 10.0, 0.005
"""So long it is looked at, and of so much of a core it may make use meanwhile."""


def ignore() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def heed() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.mark.parametrize("before", [ignore, heed])
def test_a_terminal_that_is_gone_ends_the_screens(
    seaweed: S3Server, tmp_path: Path, before: Callable[[], None]
) -> None:
    bench = Bench(seaweed, tmp_path, seaweed.bucket())
    seaweed.client().put_object(Bucket=bench.bucket, Key="z.csv", Body=b"z")
    environment = {**os.environ, **seaweed.environment(), "TERM": "xterm-256color"}
    pid, terminal = pty.fork()
    if pid == 0:
        before()
        argv = [*s3ml_command(), f"s3://{bench.bucket}/"]
        os.execve(sys.executable, argv, environment)  # noqa: S606 - our own command
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    seen, deadline = b"", time.monotonic() + TIMEOUT_S
    while b"z.csv" not in seen:
        assert time.monotonic() < deadline
        seen += os.read(terminal, 1 << 16)
    process = psutil.Process(pid)
    os.close(terminal)
    used = process.cpu_times()
    try:
        assert process.wait(SOON_S) == INTERRUPTED
    except psutil.TimeoutExpired:
        busy = process.cpu_times()
        process.kill()
        process.wait()
        pytest.fail(f"still there: {busy}, before {used}")


@EXHAUSTIVE
def test_screens_that_nobody_uses_take_next_to_nothing_of_the_machine(seaweed: S3Server, tmp_path: Path) -> None:
    bench, used = Bench(seaweed, tmp_path, seaweed.bucket()), list[float]()
    seaweed.client().put_object(Bucket=bench.bucket, Key="z.csv", Body=b"z")
    with bench.screens() as screen:
        screen.wait_for("z.csv · History · 1 version")
        process, deadline = psutil.Process(screen.pid), time.monotonic() + TIMEOUT_S
        while not used or used[-1] > MOST_IDLE:  # what is loaded after the first frame comes first
            assert time.monotonic() < deadline, f"shares of a core: {used}"
            began, before = time.monotonic(), process.cpu_times()
            while time.monotonic() - began < WINDOW_S:
                screen.take_in(WINDOW_S)
            now = process.cpu_times()
            used.append((now.user + now.system - before.user - before.system) / (time.monotonic() - began))
