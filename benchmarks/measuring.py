"""Times side by side: each round runs all contestants once, and their medians are compared."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench-secret", "AWS_REGION": "us-east-1"}


@dataclass(frozen=True)
class Row:
    """One comparison."""

    work: str
    ours_s: float
    theirs_s: float
    peer: str
    target: float
    """How many times faster we are to be; 0 when nothing was promised."""
    rounds: int

    @property
    def ratio(self) -> float:
        return self.theirs_s / self.ours_s

    @property
    def line(self) -> str:
        goal = f"{self.target:g}×" if self.target else "–"
        return f"| {self.work} | {self.ours_s:.3f} s | {self.peer} {self.theirs_s:.3f} s | {self.ratio:.2f}× | {goal} |"


@dataclass(frozen=True)
class Limit:
    """A comparison where ours may take so many times as long at most."""

    work: str
    ours_s: float
    theirs_s: float
    peer: str
    at_most: float
    """Times."""

    @property
    def line(self) -> str:
        ratio = self.ours_s / self.theirs_s
        return (
            f"| {self.work} | {self.ours_s:.3f} s | {self.peer} {self.theirs_s:.3f} s | {ratio:.2f} of it | "
            f"at most {self.at_most:g} |"
        )


def medians(contestants: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """The median seconds of each, in rounds."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            times[name].append(run())
    return {name: median(found) for name, found in times.items()}


def process(command: list[str], lines: int) -> Callable[[], float]:
    """Run a whole process; it must print so many lines."""

    def run() -> float:
        start = time.perf_counter()
        ran = subprocess.run(command, env=os.environ | CREDENTIALS, capture_output=True, check=True)
        took = time.perf_counter() - start
        found = ran.stdout.count(b"\n")
        if found != lines:
            raise AssertionError(f"{command[0]} printed {found} lines, not {lines}")
        return took

    return run


@contextmanager
def listing_server(*, keys: int, latency_ms: float = 0, versions: int = 0, few: int = 0) -> Iterator[str]:
    """The listing server in a process of its own; gives its address."""
    words = ["--keys", str(keys), "--latency-ms", str(latency_ms), "--versions", str(versions), "--few", str(few)]
    command = [sys.executable, "-m", "benchmarks.listing_server", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()
