"""Embedded servers of a test's own, and the double of one that misbehaves."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from s3ml_tui.local_server.process import sweep_sockets
from s3ml_tui.local_server.server import LocalServer

Script = Callable[[str], Callable[[], Path]]

DEADLINE_S = 60.0


def until(true: Callable[[], bool]) -> None:
    """Look again and again until it is so; fails after the deadline."""
    deadline = time.monotonic() + DEADLINE_S
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        threading.Event().wait(0.005)


def kill(pid: int | None) -> None:
    """SIGKILL and wait; nothing when it is gone already."""
    if pid is None:
        return
    try:
        process = psutil.Process(pid)
        process.kill()
        process.wait(30)
    except psutil.NoSuchProcess:
        return


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LocalServer]:
    """An embedded server that was never started; whatever a test leaves running is killed."""
    server = LocalServer(tmp_path / "local")
    yield server
    last = server.status()
    kill(last.pid)
    sweep_sockets(last.ports)


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """Makes a program to be run instead of the server."""

    def make(body: str) -> Callable[[], Path]:
        path = tmp_path / "weed"
        # A kernel takes no interpreter with a space in its path: a shell begins, and Python reads the same file.
        path.write_text(f"#!/bin/sh\n'''exec' \"{sys.executable}\" \"$0\" \"$@\"\n' '''\n{body}\n")
        path.chmod(0o755)
        return lambda: path

    return make
