"""How long programs take in a terminal until something is painted, and until the buckets are."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from benchmarks import peers
from benchmarks.measuring import CREDENTIALS, Limit, listing_server

COLUMNS, LINES = 160, 48
TIMEOUT_S = 60.0
_ESCAPES = re.compile(rb"\x1b\[[0-9;?<>=]*[a-zA-Z$]|\x1b[()][A-Z0-9]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[=>PX^_]")


@dataclass(frozen=True)
class Program:
    """A program, and what its screen shows first and then."""

    command: Sequence[str]
    first: bytes
    buckets: bytes = b""


def programs(endpoint: str) -> dict[str, Program]:
    """The contestants."""
    ours = [str(peers.OURS), "--endpoint-url", endpoint]
    theirs = [str(peers.S3RANGER), "--endpoint-url", endpoint, "--region-name", "us-east-1"]
    return {
        "s3ml": Program(ours, b"s3ml", b"bench"),
        "empty": Program([sys.executable, "-m", "benchmarks.empty_app"], b"nothing here"),
        "s3ranger": Program(theirs, b"Buckets", b"bench"),
    }


@contextmanager
def _in_terminal(program: Program, home: str) -> Iterator[int]:
    """Its screen's file descriptor."""
    pid, screen = pty.fork()
    if pid == 0:
        _become(program, home)
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    try:
        yield screen
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(screen)


def _become(program: Program, home: str) -> None:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "PYTHONPATH", "LANG"}}
    environment: Mapping[str, str] = {
        **kept,
        **CREDENTIALS,
        "HOME": home,
        "XDG_CONFIG_HOME": f"{home}/config",
        "XDG_STATE_HOME": f"{home}/state",
        "XDG_DATA_HOME": f"{home}/data",
        "XDG_CACHE_HOME": f"{home}/cache",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LC_ALL": "C.UTF-8",
    }
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    os.execve(program.command[0], list(program.command), dict(environment))  # noqa: S606 - no shell is wanted


def start(program: Program, home: str) -> tuple[float, float]:
    """Seconds until the first paint, and until the buckets; 0 for what it does not have."""
    began = time.perf_counter()
    seen = b""
    first_s = 0.0
    with _in_terminal(program, home) as screen:
        while time.perf_counter() - began < TIMEOUT_S:
            if not select.select([screen], [], [], 1)[0]:
                continue
            try:
                seen += os.read(screen, 1 << 16)
            except OSError:
                break  # it ended
            now_s = time.perf_counter() - began
            shown = _ESCAPES.sub(b"", seen)
            if not first_s and program.first in shown:
                first_s = now_s
            if first_s and program.buckets in shown:
                return first_s, now_s if program.buckets else 0.0
    raise AssertionError(
        f"{program.command[0]} did not show it: {_ESCAPES.sub(b'', seen)[-1500:].decode(errors='replace')}"
    )


def starting(rounds: int) -> list[Limit]:
    """First paint, and the first list of buckets, of each in turn."""
    with listing_server(keys=1000) as endpoint, tempfile.TemporaryDirectory() as home:
        contestants = programs(endpoint)
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in contestants}
        for turn in range(rounds + 1):
            for name, program in contestants.items():
                found = start(program, home)
                if turn:  # the first one makes caches
                    taken[name].append(found)
    paint = {name: median(first for first, _ in found) for name, found in taken.items()}
    listed = {name: median(buckets for _, buckets in found) for name, found in taken.items()}
    return [
        Limit("first paint", paint["s3ml"], paint["empty"], "an empty Textual app", 1.8),
        Limit("first paint", paint["s3ml"], paint["s3ranger"], "s3ranger", 0.75),
        Limit("first bucket list", listed["s3ml"], listed["s3ranger"], "s3ranger", 0.9),
    ]
