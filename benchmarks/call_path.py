"""Which files one key press passes: every call in the package while the whole app restores one object over HTTP.

    .venv/bin/python -m benchmarks.call_path [--verbose]

The second `r` of a session on the embedded server, from the key to the history painted again, so that nothing is
counted that only a first use loads. A hop is two consecutive calls in one thread that lie in different files. Painting
is left out: whatever runs below a `render` method of a widget.
"""

import argparse
import asyncio
import os
import sys
import threading
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

import s3ml_tui
from benchmarks.requests_sent import fresh, scene
from tests.few_requests import Scene

FILES = 40
"""At most, all threads together, without painting."""
HOPS = 80
"""At most, in the thread of the job."""
JOB = "job"
"""How the names of the threads of jobs begin."""

_ROOT = f"{Path(s3ml_tui.__file__).parent}{os.sep}"
_PAINTING = frozenset({"render", "render_line", "render_lines", "render_cell"})


class Tracer:
    """The calls of each thread, as files of the package, in their order."""

    def __init__(self) -> None:
        self.calls: defaultdict[str, list[str]] = defaultdict(list)
        self.is_on = False
        self._depth: Counter[int] = Counter()
        """Of each thread: how many painting frames are open."""

    def install(self) -> None:
        """Follow this thread and all that start from now on."""
        threading.setprofile(self._on_event)
        sys.setprofile(self._on_event)

    def remove(self) -> None:
        """Follow no further calls of this thread, and none of threads to come."""
        sys.setprofile(None)
        threading.setprofile(None)

    def _on_event(self, frame: FrameType, event: str, _: Any) -> None:
        if event not in {"call", "return"}:
            return
        code = frame.f_code
        thread = threading.get_ident()
        if code.co_name in _PAINTING:
            self._depth[thread] += 1 if event == "call" else -1
        elif self.is_on and event == "call" and self._depth[thread] <= 0 and code.co_filename.startswith(_ROOT):
            self.calls[threading.current_thread().name].append(code.co_filename[len(_ROOT) :])

    def files(self) -> Counter[str]:
        """Of all threads: how often each was called."""
        return Counter(file for calls in self.calls.values() for file in calls)

    def hops(self) -> list[tuple[str, str]]:
        """In the job's thread."""
        found = [calls for name, calls in self.calls.items() if name.startswith(JOB)]
        return [(one, other) for calls in found for one, other in pairwise(calls) if one != other]


async def trace(at: Scene) -> Tracer:
    """What the second `r` of a session calls."""
    from tests.ui.requests_of_r import second_restore

    tracer = Tracer()
    kept = dict(os.environ)
    os.environ.update(at.through.environment() | {"XDG_STATE_HOME": str(at.folder / "app-state")})
    tracer.install()
    try:
        await second_restore(at, lambda: setattr(tracer, "is_on", True))
        tracer.is_on = False
    finally:
        tracer.remove()
        os.environ.clear()
        os.environ.update(kept)
    return tracer


def report(*, is_verbose: bool = False) -> None:
    """A line for each figure; with `is_verbose` each file and each hop."""
    with scene() as at:
        tracer = asyncio.run(trace(fresh(at)))
    files, hops = tracer.files(), tracer.hops()
    print("| restore of one object by r, second time in a session | counted | at most |\n|---|---|---|")
    print(f"| files, without painting | {len(files)} | {FILES} |\n| hops in the job's thread | {len(hops)} | {HOPS} |")
    if is_verbose:
        for file, count in sorted(files.items()):
            print(f"{count:6} {file}")
        for name, calls in tracer.calls.items():
            print(f"\n{name}: {len(calls)} calls, {len(set(calls))} files")
            for one, other in pairwise(calls) if name.startswith(JOB) else ():
                if one != other:
                    print(f"  {one} -> {other}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="each file, and each hop of the job")
    report(is_verbose=parser.parse_args().verbose)


if __name__ == "__main__":
    main()
