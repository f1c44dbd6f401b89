"""SIGTERM and SIGHUP to the screens: they end soon and put the terminal right; what was under way is offered again.

A folder goes up or down and has come to its middle, where nothing is answered any more; or a run is watched, which
goes on without anybody.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.exhaustive import EXHAUSTIVE
from tests.s3.faults import FaultyServer
from tests.servers import S3Server
from tests.terminal.browsing import Bench, agree
from tests.terminal.middles import journals, stop_in_the_middle, until_in_the_middle
from tests.terminal.pty_screen import PtyScreen
from tests.terminal.training import load_spec, manifests, processes_of, start_run, state_of

FILES = 60
SOON_S, TIMEOUT_S = 15.0, 60.0
BY_SIGTERM = pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGHUP, marks=EXHAUSTIVE)])
BY_SIGHUP = pytest.mark.parametrize("number", [pytest.param(signal.SIGTERM, marks=EXHAUSTIVE), signal.SIGHUP])
SLOW = """
name = "slow"
data = "dataset/raw/cancer.csv"
target = "diagnosis"
cv = 100
[estimator]
family = "random_forest"
[estimator.params]
n_estimators = 1000
"""


@pytest.fixture
def way(seaweed: S3Server) -> Iterator[FaultyServer]:
    with FaultyServer(seaweed.endpoint) as between:
        yield between


@pytest.fixture
def bench(seaweed: S3Server, way: FaultyServer, tmp_path: Path) -> Bench:
    """A bucket with one object; the screens go the way."""
    bench = Bench(seaweed, tmp_path, seaweed.bucket(), {"AWS_ENDPOINT_URL": way.endpoint})
    seaweed.client().put_object(Bucket=bench.bucket, Key="z.csv", Body=b"z")
    return bench


def many() -> dict[str, bytes]:
    """Files by name."""
    return {f"f{number:04}.bin": os.urandom(2_000) for number in range(FILES)}


def end_in_the_middle(screen: PtyScreen, way: FaultyServer, number: signal.Signals, home: Path) -> None:
    """The signal, once a quarter of the files is noted and the rest waits for an answer; then all is answered again."""
    until_in_the_middle(screen, way, home, FILES)
    end(screen, number, "What was under way is offered")
    way.clear()
    assert len(list(journals(home).glob("*.jsonl"))) == 1


def end(screen: PtyScreen, number: signal.Signals, expected_text: str = "") -> None:
    """The signal; they have ended soon, said so, and left the terminal as it was."""
    children = psutil.Process(screen.pid).children(recursive=True) if expected_text else []
    began = time.monotonic()
    os.kill(screen.pid, number)
    assert screen.wait_for_exit() == 130
    assert time.monotonic() - began < SOON_S
    assert b"\x1b[?1049l" in screen.raw, "the other screen is left"
    assert b"\x1b[?25h" in screen.raw, "the cursor is shown"
    assert f"s3ml: Ended by {number.name}. {expected_text}".strip().encode() in screen.raw
    assert psutil.wait_procs(children, timeout=SOON_S)[1] == [], "orphans"


def finish(bench: Bench, done: str) -> None:
    """Open the screens again and agree to go on."""
    with bench.screens() as screen:
        screen.wait_for("1 transfer was interrupted")
        screen.press("enter")
        screen.wait_for(done)
        screen.press("q")
        assert screen.wait_for_exit() == 0


@BY_SIGHUP
def test_screens_that_are_ended_during_an_upload_offer_it_when_they_are_opened_again(
    bench: Bench, way: FaultyServer, no_aws: Path, number: signal.Signals
) -> None:
    folder = bench.folder / "many"
    folder.mkdir()
    for name, data in many().items():
        (folder / name).write_bytes(data)
    with bench.screens() as screen:
        screen.wait_for("z.csv")
        screen.press("a")
        screen.wait_for("path of a file or folder")
        screen.type(str(folder))
        screen.press("enter")
        stop_in_the_middle(way, FILES)
        agree(screen, "Upload", plan=f"{FILES} files")
        end_in_the_middle(screen, way, number, no_aws)
    assert len(bench.versions()) < FILES + 1
    finish(bench, f"Uploaded {FILES} files")
    assert len(bench.versions()) == FILES + 1
    assert list(journals(no_aws).iterdir()) == []


@BY_SIGTERM
def test_screens_that_are_ended_during_a_download_offer_it_when_they_are_opened_again(
    bench: Bench, way: FaultyServer, no_aws: Path, number: signal.Signals
) -> None:
    files, back = many(), bench.folder / "back"
    for name, data in files.items():
        bench.server.client().put_object(Bucket=bench.bucket, Key=f"many/{name}", Body=data)
    with bench.screens() as screen:
        screen.wait_for("z.csv")
        screen.press("g", "D")
        screen.wait_for("Download all of many/")
        screen.press("ctrl+u")
        screen.type(str(back))
        screen.press("enter")
        stop_in_the_middle(way, FILES)
        agree(screen, "Download", plan=f"{FILES} objects")
        end_in_the_middle(screen, way, number, no_aws)
    there = {path.name: path.read_bytes() for path in back.rglob("*.bin")}
    assert len(there) < FILES
    assert all(files[name] == data for name, data in there.items()), "none is torn"
    finish(bench, f"Downloaded {FILES} objects")
    assert {path.name: path.read_bytes() for path in back.rglob("*") if path.is_file()} == files
    assert list(journals(no_aws).iterdir()) == []


@EXHAUSTIVE  # as during an upload
@BY_SIGHUP
def test_screens_that_are_ended_while_a_run_is_watched_leave_it_going_and_find_it_again(
    bench: Bench, number: signal.Signals
) -> None:
    table = bench.folder / "cancer.csv"
    samples = (sys.executable, "-m", "s3ml_tui.training.data.samples", "breast_cancer", table)
    subprocess.run(samples, check=True, timeout=TIMEOUT_S)
    bench.write("slow.toml", SLOW.encode())
    bench.line("init", f"s3://{bench.bucket}", "--yes")
    bench.line("put", table, f"s3://{bench.bucket}/dataset/raw/")
    with bench.screens() as screen:
        screen.wait_for(r"▸ dataset/")
        screen.press("2")
        screen.wait_for(r"\[ Start… \]")
        load_spec(screen, "slow.toml", name="slow")
        run = start_run(screen, model="models/v1")
        screen.wait_for(r"Fold 1 of 100")
        processes = processes_of(bench, run)
        try:
            end(screen, number)
            assert processes
            assert [one for one in processes if not one.is_running()] == [], "it goes on without anybody"
            assert state_of(bench, run) == "running"
            with bench.screens() as again:
                again.wait_for(r"▸ dataset/")
                again.press("3")
                again.wait_for(rf"● running +{run}")
                bench.line("cancel", run, "--workspace", f"s3://{bench.bucket}", "--yes")
                again.press("R")
                again.wait_for(rf"⊘ cancelled +{run}")
                again.press("q")
                assert again.wait_for_exit() == 0
            assert psutil.wait_procs(processes, timeout=TIMEOUT_S)[1] == []
            assert manifests(bench) == []
        finally:
            for one in processes:
                with suppress(psutil.NoSuchProcess):
                    one.kill()
