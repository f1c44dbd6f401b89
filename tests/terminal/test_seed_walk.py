"""The whole walk that s3ml was asked for, in one session at a terminal, told by the screen and by the bucket alike."""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from s3ml_tui.domain.ml.events import parse_line
from s3ml_tui.records.model_manifest import Manifest
from s3ml_tui.records.workspace import BatchManifest
from tests.servers import S3Server
from tests.terminal.browsing import Bench, agree, upload
from tests.terminal.pty_screen import PtyScreen
from tests.terminal.training import (
    RUN,
    STAGES,
    done,
    fetch,
    is_closed,
    keys_below,
    manifests,
    start_run,
    state_of,
    write,
)

RAW = "dataset/raw/cancer.csv"
KEPT_LINES = 200


@pytest.fixture
def bench(seaweed: S3Server, tmp_path: Path) -> Bench:
    """An empty bucket without versioning, and a folder with breast cancer as CSV."""
    bench = Bench(seaweed, tmp_path, seaweed.bucket(versioned=False))
    samples = [sys.executable, "-m", "s3ml_tui.training.data.samples"]
    subprocess.run([*samples, "breast_cancer", bench.folder / "cancer.csv"], check=True, timeout=60)
    return bench


def test_the_whole_walk(bench: Bench) -> None:
    data = (bench.folder / "cancer.csv").read_bytes()
    with bench.screens() as screen:
        make_the_workspace(screen, bench)
        upload_download_and_verify(screen, bench, data)
        make_versions_and_roll_back(screen, bench, data)
        first = train_on_it(screen, bench)
        second = train_again(screen, bench, first)
        read_the_training_log(screen, bench, second)
        batch = predict(screen, bench)
        report = read_the_reports(screen, bench, second)
        share_one_file(screen, bench, report)
        screen.press("q")
        assert screen.wait_for_exit() == 0
    assert state_of(bench, first) == state_of(bench, second) == "succeeded"
    assert len({first, second, batch}) == 3


def make_the_workspace(screen: PtyScreen, bench: Bench) -> None:
    screen.wait_for("Nothing here yet")
    screen.wait_for("not versioned")
    screen.press("W")
    screen.wait_for(rf"Make a workspace of s3://{bench.bucket}")
    screen.wait_for(r"(?s)every .*object in it:.*Make the workspace +Cancel")
    screen.press("y")
    screen.wait_for(r"(?<!not )versioned · anonymous access refused")
    screen.wait_for(r"▸ \.s3ml/")
    assert keys_below(bench, ".s3ml/") == [".s3ml/workspace.json"]
    versioning = bench.server.client().get_bucket_versioning(Bucket=bench.bucket)
    assert versioning["Status"] == "Enabled"
    assert is_closed(bench)


def upload_download_and_verify(screen: PtyScreen, bench: Bench, data: bytes) -> None:
    go_to(screen, f"s3://{bench.bucket}/dataset/raw/", is_new=True)
    screen.wait_for(r"(?s)─ dataset/raw/ .*Nothing here")
    upload(screen, "cancer.csv", plan="Nothing is there now")
    screen.wait_for(r"● .* 124\.9 kB .*← current")
    assert bench.content(RAW) == data

    screen.press("D")
    screen.wait_for("Download cancer.csv")
    write(screen, "back.csv")
    screen.press("enter")
    digest = hashlib.sha256(data).hexdigest()
    screen.wait_for(rf"verified(?s:.*)sha256(?s:.*){digest[:8]}")
    assert (bench.folder / "back.csv").read_bytes() == data

    screen.press("V")
    screen.wait_for("Compare cancer.csv with a file")
    write(screen, "back.csv")
    screen.press("enter")
    screen.wait_for(rf"back.csv has the bytes of(?s:.*){digest[:8]}")


def make_versions_and_roll_back(screen: PtyScreen, bench: Bench, data: bytes) -> None:
    fewer = b"\n".join(data.splitlines()[:KEPT_LINES]) + b"\n"
    bench.write("cancer.csv", fewer)
    upload(screen, "cancer.csv", plan="stay as an")
    screen.wait_for("cancer.csv · History · 2 versions")
    assert bench.content(RAW) == fewer
    screen.press("tab")
    screen.press("j", "r")
    agree(screen, "Bring back", plan=r"124\.9 kB from ")
    screen.wait_for("cancer.csv · History · 3 versions")
    screen.wait_for(r"● .* 124\.9 kB .*← current")
    assert bench.content(RAW) == data


def train_on_it(screen: PtyScreen, bench: Bench) -> str:
    rolled_back = str(bench.server.client().head_object(Bucket=bench.bucket, Key=RAW)["VersionId"])
    screen.press("T")
    screen.wait_for(r"│ data +dataset/raw/cancer.csv")
    screen.wait_for(rf"│ version +{rolled_back[:16]}")
    screen.wait_for(r"│ target +diagnosis +guessed")
    run = start_run(screen, model="models/v1")
    watch(screen, run, "models/v1")
    assert manifests(bench) == ["models/v1/MANIFEST.json"]
    assert Manifest.from_bytes(bench.content("models/v1/MANIFEST.json"), "v1").data.version_id == rolled_back
    for part in ("processed", "train", "test"):
        assert bench.content(f"dataset/{part}/{run}.parquet").startswith(b"PAR1")
    screen.press("o")
    screen.wait_for("Processed data: ")
    screen.wait_for("Training rows: ")
    screen.wait_for("Test rows: ")
    screen.press("enter")
    screen.wait_for(r"models/v1/ · \d+ objects")
    screen.wait_for("MANIFEST.json")
    screen.wait_for("model.joblib")
    return run


def train_again(screen: PtyScreen, bench: Bench, first: str) -> str:
    screen.press("2")
    run = start_run(screen, model="models/v2", known=first)
    watch(screen, run, "models/v2")
    assert manifests(bench) == ["models/v1/MANIFEST.json", "models/v2/MANIFEST.json"]
    one, two = (Manifest.from_bytes(bench.content(key), key) for key in manifests(bench))
    assert (one.run_id, two.run_id) == (first, run)
    assert one.predictions_sha256 == two.predictions_sha256
    assert one.data.version_id == two.data.version_id
    return run


def read_the_training_log(screen: PtyScreen, bench: Bench, run: str) -> None:
    screen.press("5")
    screen.wait_for(r"Run succeeded: models/v2")
    screen.wait_for("whole log")
    events = [parse_line(line) for line in bench.content(f"logs/training/{run}.jsonl").decode().splitlines()]
    assert events[-1].data["model"] == "models/v2"
    assert {event.stage for event in events} >= set(STAGES)
    assert keys_below(bench, f"logs/training/{run}/") == [], "chunks stayed"


def predict(screen: PtyScreen, bench: Bench) -> str:
    screen.press("4")
    screen.wait_for(r"✓ models/v2(?s:.*)✓ models/v1")
    screen.press("g", "P")
    screen.wait_for("What lies in dataset/raw/")
    screen.press("enter")
    agree(screen, "Predict", plan="(?i)predict")
    batch = screen.wait_for(rf"─ prediction ({RUN}) · succeeded")[1]
    screen.wait_for(r"569 rows predicted with models/v2")
    manifest = BatchManifest.from_bytes(bench.content(f"outputs/predictions/{batch}/MANIFEST.json"), batch)
    assert (manifest.rows, manifest.model) == (569, "models/v2")
    predictions = bench.content(f"outputs/predictions/{batch}/predictions.csv").decode().splitlines()
    assert len(predictions) == 570
    assert bench.content(f"logs/inference/{batch}.jsonl")
    return batch


def read_the_reports(screen: PtyScreen, bench: Bench, run: str) -> str:
    screen.press("3")
    screen.wait_for(rf"✓ succeeded +{run}")
    screen.press("g", "o")
    screen.wait_for(rf"outputs/reports/{run}/")
    screen.wait_for("report.html")
    screen.wait_for("report.md")
    folder = f"outputs/reports/{run}"
    assert "accuracy" in json.loads(bench.content(f"{folder}/metrics.json"))["metrics"]
    assert b"<svg" in bench.content(f"{folder}/report.html")
    return f"{folder}/metrics.json"


def share_one_file(screen: PtyScreen, bench: Bench, key: str) -> None:
    assert is_closed(bench, key)
    screen.press("j")
    screen.wait_for(r"metrics.json · History · 1 version")
    screen.press("S")
    screen.wait_for(r"Share metrics.json for[\s\S]*15 minutes[\s\S]*cannot be revoked")
    screen.press("enter")
    screen.wait_for("A link to metrics.json")
    screen.wait_for(r"Copy \(y\)")
    link = link_on(screen)
    screen.press("y")
    screen.wait_for("The link is copied")
    assert screen.clipboard == link
    assert fetch(link) == bench.content(key)
    assert is_closed(bench)
    assert is_closed(bench, key)
    assert is_closed(bench, RAW)
    screen.press("escape")
    screen.wait_until_gone("A link to metrics.json")


def go_to(screen: PtyScreen, address: str, *, is_new: bool = False) -> None:
    """`:`, and an address; where nothing lies yet one is asked whether one means it."""
    screen.press(":")
    screen.wait_for("Go to")
    screen.press("ctrl+u")
    screen.wait_for("or a name in this place")
    screen.type(address)
    screen.wait_for(re.escape(address))
    screen.press("enter")
    if is_new:
        screen.wait_for("Enter again goes there")
        screen.press("enter")


def watch(screen: PtyScreen, run: str, model: str) -> None:
    """A run's stages until it has succeeded."""
    for stage in STAGES:
        screen.wait_for(done(stage))
    screen.wait_for(rf"─ run {run} · succeeded")
    screen.wait_for(rf"✓ {model} — ")


def link_on(screen: PtyScreen) -> str:
    """The link in the dialog: the lines below each other from where it begins to the next empty one."""
    first = next(place for place, line in enumerate(screen.lines) if "│   http" in line)
    column = screen.lines[first].index("http")
    inside = [line[column:].partition(" ")[0] for line in screen.lines[first:]]
    return "".join(inside[: inside.index("")])
