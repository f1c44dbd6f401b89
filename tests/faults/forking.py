"""A process that has loaded s3ml's command line and forks for every command: real processes, without the loading.

`Forks` starts it and hands it commands. A command may be told to die at a moment of its own: right before or after a
temporary file gets its final name, before, in the middle of, or after a line of a journal. It kills itself with SIGKILL
there, so that nothing of it runs any more, as when somebody else does. Sizes are small, so that eleven megabytes go in
parts.
"""

import atexit
import importlib
import itertools
import json
import os
import pkgutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import partial, wraps
from pathlib import Path
from typing import Any, NoReturn, Self

from s3ml_tui import cli, domain, s3, services
from s3ml_tui.domain.context import Context
from s3ml_tui.s3 import connect
from s3ml_tui.s3.settings import MIB, TransferSettings
from s3ml_tui.services.transfers.journal_file import Lines

TIMEOUT_S = 120.0
SMALL = TransferSettings(
    multipart_threshold=6 * MIB,
    part_size=5 * MIB,
    range_size=2 * MIB,
    copy_threshold=6 * MIB,
    copy_part_size=5 * MIB,
    direct_size=MIB // 2,
)
"""What is large begins here."""


@dataclass(frozen=True, slots=True)
class Death:
    """A moment of a process at which it kills itself."""

    at: str = ""
    """`rename` or `note`; "" for never."""
    moment: str = ""
    """`before`, `inside` (half a line of a journal is written) or `after`."""
    nth: int = 0
    """From 1."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of a process."""

    code: int
    """-9 when it was killed."""
    out: str
    err: str
    counts: Mapping[str, int] = field(default_factory=dict)
    """How many moments of each kind it had; empty when it was killed."""


class Forks:
    """The process that forks; used as a context manager. One command at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self.pid = 0
        """Of the command under way."""
        self._is_known = threading.Event()

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.forking"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert self._line() == "ready\n"
        return self

    def __exit__(self, *_: object) -> None:
        process = self._process
        assert process
        assert process.stdin
        process.stdin.close()
        process.wait(TIMEOUT_S)
        assert process.stdout
        process.stdout.close()

    def run(self, words: Sequence[object], environment: Mapping[str, str], death: Death | None = None) -> Ended:
        """A command, from its start to its end."""
        self.start(words, environment, death)
        return self.wait()

    def start(
        self,
        words: Sequence[object],
        environment: Mapping[str, str],
        death: Death | None = None,
        *,
        read_timeout_s: float = 15,
    ) -> None:
        """Begin a command; `wait` has to follow."""
        out, err, counts = (self._folder / name for name in ("out", "err", "counts"))
        counts.unlink(missing_ok=True)
        order = {
            "words": [str(word) for word in words],
            "environment": dict(environment),
            "out": str(out),
            "err": str(err),
            "counts": str(counts),
            "death": asdict(death or Death()),
            "read_timeout_s": read_timeout_s,
        }
        process = self._process
        assert process
        assert process.stdin
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
        self.pid = int(self._line())
        self._is_known.set()

    def wait(self) -> Ended:
        """Until the command that was begun has ended."""
        out, err, counts = (self._folder / name for name in ("out", "err", "counts"))
        code = int(self._line())
        self._is_known.clear()
        counted = json.loads(counts.read_text()) if counts.exists() else {}
        return Ended(code, out.read_text(errors="replace"), err.read_text(errors="replace"), counted)

    def kill(self) -> None:
        """SIGKILL to the command under way; from any thread."""
        assert self._is_known.wait(TIMEOUT_S)
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def _line(self) -> str:
        assert self._process
        assert self._process.stdout
        return self._process.stdout.readline()


# in the process that forks ------------------------------------------------------------------------------------------


def _serve() -> Mapping[str, Any] | None:
    """Fork for every order. Answers with the order in the child, with None in the parent when no more come."""
    print("ready", flush=True)
    for line in iter(sys.stdin.readline, ""):
        pid = os.fork()
        if not pid:
            order: Mapping[str, Any] = json.loads(line)
            return order
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    return None


def _become(order: Mapping[str, Any]) -> None:
    """Be the command that was ordered."""
    for descriptor, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, order["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
        (2, order["err"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
    ):
        opened = os.open(path, flags, 0o600)
        os.dup2(opened, descriptor)
        os.close(opened)
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv = ["s3ml", *order["words"]]
    connect.connect = partial(connect.connect, settings=replace(SMALL, read_timeout_s=float(order["read_timeout_s"])))
    _watch(Death(**order["death"]), Path(order["counts"]))


def _watch(death: Death, counts: Path) -> None:
    """Count the moments at which it may die, and die at the one that was ordered."""
    counted = {"rename": itertools.count(1), "note": itertools.count(1)}
    last = dict.fromkeys(counted, 0)

    def dies(at: str, moment: str, nth: int) -> bool:
        return (death.at, death.moment, death.nth) == (at, moment, nth)

    def watched(at: str, do: Callable[..., Any], half: Callable[..., None] | None = None) -> Callable[..., Any]:
        @wraps(do)
        def moment(*arguments: Any, **named: Any) -> Any:
            last[at] = nth = next(counted[at])
            if dies(at, "before", nth):
                _die()
            if half is not None and dies(at, "inside", nth):
                half(*arguments)
                _die()
            answer = do(*arguments, **named)
            if dies(at, "after", nth):
                _die()
            return answer

        return moment

    def half_a_line(lines: Lines, line: Mapping[str, Any]) -> None:
        data = json.dumps(line).encode()
        lines._lock.acquire()  # for good: a process that is killed in the middle of a line writes no other
        os.write(lines._descriptor, data[: len(data) // 2])

    os.replace = watched("rename", os.replace)
    Lines.add = watched("note", Lines.add, half_a_line)  # type: ignore[method-assign]  # for this process alone
    Lines.add_soon = watched("note", Lines.add_soon, half_a_line)  # type: ignore[method-assign]  # as above
    atexit.register(lambda: counts.write_text(json.dumps(last)))


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("it goes on after SIGKILL")


def _load() -> None:
    """Load all that a command needs, and make what is large in S3 small."""
    for package in (cli, domain, s3, services):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(found.name)
    connect.connect(Context(endpoint_url="http://127.0.0.1:9", region="us-east-1"), ("a", "b")).close()
    assert threading.active_count() == 1, "a process with threads is not to be forked"


def main() -> None:
    """Load, then fork for every order on stdin."""
    _load()
    order = _serve()
    if order is not None:
        from s3ml_tui.cli.entry import main as command

        _become(order)
        command()


if __name__ == "__main__":
    main()
