"""Transfers in their middle: some of the files are noted as done, and nothing is answered any more.

So whoever ends the screens there cannot come too late, however fast they are.
"""

import time
from pathlib import Path

from tests.s3.faults import Asked, Fault, FaultyServer, carries_bytes
from tests.terminal.pty_screen import PtyScreen

TIMEOUT_S = 60.0


def journals(home: Path) -> Path:
    """The folder they are in."""
    return home / "state" / "s3ml" / "transfers"


def stop_in_the_middle(way: FaultyServer, files: int) -> None:
    """From a third of the `files` in `many/` on nothing is answered."""
    way.hung = 0
    way.add(Fault(_is_of_many, times=10_000, skip=files // 3, hangs=True))


def until_in_the_middle(screen: PtyScreen, way: FaultyServer, home: Path, files: int) -> None:
    """Until a quarter of the `files` is noted, and the rest waits for an answer."""
    deadline = time.monotonic() + TIMEOUT_S
    while way.hung == 0 or _noted(home) <= files // 4:
        assert time.monotonic() < deadline, f"never in the middle; the screen is:\n{screen.text}"
        screen.take_in(0.01)


def _is_of_many(asked: Asked) -> bool:
    return carries_bytes(asked) and "/many/" in asked.target


def _noted(home: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in journals(home).glob("*.jsonl"))
