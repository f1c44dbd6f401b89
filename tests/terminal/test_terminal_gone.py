"""A terminal that is gone, with the signal for that heeded or ignored: the screens end, and burn nothing meanwhile."""

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

from tests.servers import S3Server
from tests.terminal.browsing import Bench
from tests.terminal.pty_screen import s3ml_command

SOON_S, TIMEOUT_S = 5.0, 60.0
INTERRUPTED = 130


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
