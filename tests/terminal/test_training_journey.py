"""Training in a real terminal: described, started, watched, done again, cancelled, left alone."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from s3ml_tui.records.model_manifest import Manifest
from s3ml_tui.services.processes.end import RUN_VARIABLE
from tests.exhaustive import EXHAUSTIVE
from tests.servers import S3Server
from tests.terminal.browsing import Bench
from tests.terminal.pty_screen import PtyScreen
from tests.terminal.training import (
    STAGES,
    cancel_run,
    choose_data,
    done,
    load_spec,
    manifests,
    processes_of,
    set_estimator,
    set_field,
    start_run,
    state_of,
)

SLOW = """
name = "slow"
data = "dataset/raw/cancer.csv"
target = "diagnosis"
cv = {folds}
[estimator]
family = "random_forest"
[estimator.params]
n_estimators = 300
"""


@pytest.fixture(scope="module")
def cancer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Breast cancer, as the samples module writes it."""
    path = tmp_path_factory.mktemp("sample") / "cancer.csv"
    subprocess.run(
        [sys.executable, "-m", "s3ml_tui.training.data.samples", "breast_cancer", path], check=True, timeout=60
    )
    return path


@pytest.fixture
def bench(seaweed: S3Server, tmp_path: Path, cancer: Path) -> Bench:
    """A workspace with the data in it."""
    bench = Bench(seaweed, tmp_path, seaweed.bucket())
    bench.line("init", f"s3://{bench.bucket}", "--yes")
    bench.line("put", cancer, f"s3://{bench.bucket}/dataset/raw/")
    return bench


def pipeline(screen: PtyScreen) -> None:
    """From the start to Pipeline, and choose the data."""
    screen.wait_for(r"▸ dataset/")
    screen.press("2")
    screen.wait_for(r"\[ Start… \]")
    choose_data(screen, "cancer.csv", target="diagnosis")


def watch_to_the_end(screen: PtyScreen, run_id: str, model: str) -> None:
    """Stages and log move; in the end the metrics and the model version are there."""
    screen.wait_for(rf"Run {run_id} of cancer on")
    screen.wait_for(r"○ publish")
    screen.wait_for(r"● train .* Fold \d of 5")
    screen.wait_for(r"train +Fold 1 of 5: accuracy")
    for stage in STAGES:
        screen.wait_for(done(stage))
    screen.wait_for(rf"─ run {run_id} · succeeded")
    screen.wait_for(rf"✓ {model} — accuracy 0\.9\d")
    screen.wait_for(r"│ accuracy +0\.9\d+ +▓")


@EXHAUSTIVE  # the walk of the seed trains and watches too
def test_training_is_watched_makes_v1_then_v2_and_a_cancelled_third_makes_none(bench: Bench) -> None:
    with bench.screens() as screen:
        pipeline(screen)
        set_estimator(screen, "random_forest", "n_estimators=200")
        set_field(screen, "cv", "5")
        first = start_run(screen, model="models/v1")
        watch_to_the_end(screen, first, "models/v1")
        assert manifests(bench) == ["models/v1/MANIFEST.json"]
        manifest = Manifest.from_bytes(bench.content("models/v1/MANIFEST.json"), "v1")
        assert (manifest.run_id, manifest.model) == (first, "models/v1")

        second = start_run(screen, model="models/v2", known=first)
        watch_to_the_end(screen, second, "models/v2")
        assert manifests(bench) == ["models/v1/MANIFEST.json", "models/v2/MANIFEST.json"]

        set_field(screen, "cv", "50")
        set_field(screen, "n_jobs", "2")
        third = start_run(screen, model="models/v3", known=second)
        screen.wait_for(r"Fold 2 of 50")
        before = processes_of(bench, third)
        assert len(before) >= 3
        assert sum("loky" in " ".join(process.cmdline()) for process in before) >= 2
        cancel_run(screen, third)
        screen.wait_for(rf"Cancelled {third}")  # first, since it is told in passing
        screen.wait_for(rf"─ run {third} · cancelled")
        screen.wait_for(r"⊘ train")
        assert alive(before) == []
        assert left_of(third) == []
        assert manifests(bench) == ["models/v1/MANIFEST.json", "models/v2/MANIFEST.json"]
        assert [state_of(bench, run) for run in (first, second, third)] == ["succeeded", "succeeded", "cancelled"]

        screen.press("3")
        screen.wait_for(rf"⊘ cancelled +{third}")
        screen.wait_for(rf"✓ succeeded +{second}")
        screen.press("4")
        screen.wait_for(r"✓ models/v2(?s:.*)✓ models/v1")
        assert "models/v3" not in screen.text
        screen.press("q")
        assert screen.wait_for_exit() == 0


@pytest.mark.parametrize("answer", ["leave", pytest.param("cancel", marks=EXHAUSTIVE)])
def test_quitting_while_a_run_goes_on_asks_whether_to_leave_it_or_cancel_it(bench: Bench, answer: str) -> None:
    bench.write("slow.toml", SLOW.format(folds=12).encode())
    with bench.screens() as screen:
        screen.wait_for(r"▸ dataset/")
        screen.press("2")
        screen.wait_for(r"\[ Start… \]")
        load_spec(screen, "slow.toml", name="slow")
        run = start_run(screen, model="models/v1")
        screen.wait_for(r"Fold 1 of 12")
        screen.press("q")
        screen.wait_for(rf"Still going on: run {run}")
        screen.press("escape")
        screen.wait_until_gone("Still going on")
        screen.press("q")
        screen.wait_for("Quit; leave the run going")
        screen.wait_for("Cancel the run, then quit")
        processes = processes_of(bench, run)
        assert processes
        screen.press("down", *(["down"] if answer == "cancel" else []), "enter")
        assert screen.wait_for_exit() == 0
    if answer == "cancel":
        assert alive(processes) == []
        assert state_of(bench, run) == "cancelled"
        assert manifests(bench) == []
    else:
        assert alive(processes)
        assert state_of(bench, run) == "running"
        psutil.wait_procs(processes, timeout=60)
        assert state_of(bench, run) == "succeeded"
        assert manifests(bench) == ["models/v1/MANIFEST.json"]


def test_logs_follows_a_run_pauses_on_the_way_up_and_goes_on_at_the_end(bench: Bench) -> None:
    spec = bench.write("slow.toml", SLOW.format(folds=100).encode())
    started = bench.line.process("run", spec, "--workspace", f"s3://{bench.bucket}", "--no-follow", "--json")
    run = started.row["run_id"]
    try:
        with bench.screens() as screen:
            screen.wait_for(r"▸ dataset/")
            screen.press("5")
            screen.wait_for(rf"● {run}")
            screen.wait_for(r"train +Fold \d+ of 100: accuracy")
            screen.press("enter")
            screen.wait_for(r"following · level info · \d+ lines")
            # the first lines are out of sight: it follows; each fold takes seconds on a busy machine
            screen.wait_for(r"train +Fold (39|4\d|5\d) of 100", timeout_s=300)
            assert f"Run {run}" not in screen.text

            screen.press("up")
            shown = screen.wait_for(r"paused: end follows again · level info · (\d+) lines")
            top = screen.lines[3]
            screen.wait_for(rf"paused: .* (?!{shown[1]} )\d+ lines")  # it grows
            assert screen.lines[3] == top
            screen.press("g")
            screen.wait_for(rf"Run {run} of slow on")
            screen.press("end")
            screen.wait_for(r"following · level info")
            screen.wait_until_gone(rf"Run {run} of slow on")
            screen.press("f")
            screen.wait_for(r"paused: ")
            screen.press("f")
            screen.wait_for(r"following · level info")

            cancel_run(screen, run)
            screen.wait_for(rf"⊘ {run}")
            screen.wait_for(r"whole log · level info")
            screen.wait_for(r"Run cancelled|The run ended")
            assert state_of(bench, run) == "cancelled"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(started.row["pid"], signal.SIGKILL)


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run; a zombie does not."""
    left = []
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                left.append(process)
    return left


def left_of(run_id: str) -> list[int]:
    """Processes anywhere on this machine that say they belong to the run."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE and process.environ().get(RUN_VARIABLE) == run_id:
                found.append(process.pid)
    return found
