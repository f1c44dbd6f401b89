"""SIGTERM and SIGHUP to the screens while a folder goes up: they end soon, and offer it when they are opened again."""

import os
import signal
import threading
import time
from pathlib import Path

import psutil
import pytest

from tests.servers import S3Server
from tests.terminal.browsing import Bench, agree
from tests.terminal.slow_way import SlowWay

FILES = 60
SOON_S, PATIENCE_S = 15.0, 60.0
SLOWLY = 400_000
"""Bytes a second and connection."""


@pytest.fixture
def bench(seaweed: S3Server, tmp_path: Path) -> Bench:
    """A bucket with one object, and a folder of many files."""
    bench = Bench(seaweed, tmp_path, seaweed.bucket())
    seaweed.client().put_object(Bucket=bench.bucket, Key="z.csv", Body=b"z")
    for number in range(FILES):
        path = tmp_path / "many" / f"f{number:04}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(200_000))
    return bench


def journals(home: Path) -> Path:
    return home / "state" / "s3ml" / "transfers"


def until_noted(home: Path, *, lines: int) -> None:
    """Wait until the journal has so many lines."""
    deadline, nobody = time.monotonic() + PATIENCE_S, threading.Event()
    while sum(path.read_bytes().count(b"\n") for path in journals(home).glob("*.jsonl")) < lines:
        assert time.monotonic() < deadline
        nobody.wait(0.01)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_screens_that_are_ended_put_the_terminal_right_and_offer_what_was_under_way(
    bench: Bench, no_aws: Path, number: signal.Signals
) -> None:
    with SlowWay(bench.server.endpoint, SLOWLY) as slow:
        slowly = Bench(bench.server, bench.folder, bench.bucket, {"AWS_ENDPOINT_URL": slow.endpoint})
        with slowly.screens() as screen:
            screen.wait_for("z.csv")
            screen.press("a")
            screen.wait_for("path of a file or folder")
            screen.type(str(bench.folder / "many"))
            screen.press("enter")
            agree(screen, "Upload", plan=f"{FILES} files")
            until_noted(no_aws, lines=10)
            children = psutil.Process(screen.pid).children(recursive=True)
            began = time.monotonic()
            os.kill(screen.pid, number)
            assert screen.wait_for_exit() == 130
            assert time.monotonic() - began < SOON_S
            assert b"\x1b[?1049l" in screen.raw, "the other screen is left"
            assert b"\x1b[?25h" in screen.raw, "the cursor is shown"
            assert f"s3ml: Ended by {number.name}. What was under way is offered".encode() in screen.raw
        assert psutil.wait_procs(children, timeout=SOON_S)[1] == [], "orphans"
        assert len(bench.versions()) < FILES + 1
        assert len(list(journals(no_aws).glob("*.jsonl"))) == 1
        with slowly.screens() as screen:
            screen.wait_for("1 transfer was interrupted")
            screen.press("enter")
            screen.wait_for(f"Uploaded {FILES} files")
            screen.press("q")
            assert screen.wait_for_exit() == 0
    assert len(bench.versions()) == FILES + 1
    assert list(journals(no_aws).iterdir()) == []
