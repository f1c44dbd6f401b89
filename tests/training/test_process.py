"""The process itself, as the launcher starts it, against a server: its output, its exit code, its end."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.ml.events import Kind, parse_line
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.records.job import Job, PredictionJob, TrainingJob
from s3ml_tui.records.spec import Spec
from s3ml_tui.training.data.samples import SAMPLES
from tests.exhaustive import EXHAUSTIVE
from tests.runner.test_log_chunks import eventually
from tests.servers import S3Server
from tests.training.bench import csv_of

TIMEOUT_S = 120.0
SOON_S = 40.0
"""The fits that are ended here would go on for many minutes; a machine with other work takes its time."""


@dataclass
class Started:
    """A process of ours in a session of its own, its output in a file."""

    process: "subprocess.Popen[bytes]"
    output: Path

    def kinds(self) -> list[Kind]:
        return [parse_line(line).kind for line in self.output.read_text().splitlines()]

    def members(self) -> list[psutil.Process]:
        """Who lives in its session."""
        found = []
        for process in psutil.process_iter():
            try:
                if os.getsid(process.pid) == self.process.pid and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except (psutil.Error, ProcessLookupError):
                continue
        return found


Start = Callable[[TrainingJob | PredictionJob], Started]


@pytest.fixture
def start(moto: S3Server, tmp_path: Path) -> Iterator[Start]:
    """Starts jobs; what still lives after the test is killed, by its session."""
    started: list[Started] = []

    def begin(job: TrainingJob | PredictionJob) -> Started:
        output = tmp_path / f"{len(started)}.jsonl"
        with output.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "s3ml_tui.training"],
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, **moto.environment(), "PYTHONUNBUFFERED": "1"},
                start_new_session=True,
            )
        assert process.stdin
        process.stdin.write(Job(job=job).model_dump_json().encode())
        process.stdin.close()
        started.append(Started(process, output))
        return started[-1]

    yield begin
    for one in started:
        for member in one.members():
            member.kill()
        one.process.wait(TIMEOUT_S)


def put(server: S3Server, body: bytes) -> tuple[str, Pin]:
    bucket = server.bucket()
    answer = server.client().put_object(Bucket=bucket, Key="dataset/raw/d.csv", Body=body)
    return bucket, Pin(f"s3://{bucket}/dataset/raw/d.csv", answer["VersionId"], "", "", len(body))


def training(bucket: str, data: Pin, **spec: object) -> TrainingJob:
    document = {"name": "process", "data": data.uri} | spec
    return TrainingJob(
        context=Context(), workspace=f"s3://{bucket}", data=data, run_id="r1", spec=Spec.model_validate(document)
    )


def keys(server: S3Server, bucket: str) -> set[str]:
    return {entry["Key"] for entry in server.client().list_objects_v2(Bucket=bucket)["Contents"]}


def record(server: S3Server, bucket: str) -> dict[str, object]:
    body = server.client().get_object(Bucket=bucket, Key=".s3ml/runs/r1/result.json")["Body"].read()
    found: dict[str, object] = json.loads(body)
    return found


@EXHAUSTIVE  # the command line does so in tests/cli/test_walk.py
def test_it_trains_and_then_predicts(start: Start, moto: S3Server) -> None:
    bucket, data = put(moto, csv_of(SAMPLES["iris"]()))
    run = start(training(bucket, data, target="species", cv=3, n_jobs=2))
    assert run.process.wait(TIMEOUT_S) == 0, run.output.read_text()
    lines = run.output.read_text()
    assert moto.client().get_object(Bucket=bucket, Key="logs/training/r1.jsonl")["Body"].read().decode() == lines
    assert run.kinds()[0] is Kind.RUN_STARTED
    assert run.kinds()[-1] is Kind.RUN_FINISHED
    assert record(moto, bucket)["model"] == "models/v1"
    spec = moto.client().get_object(Bucket=bucket, Key=".s3ml/runs/r1/spec.json")["Body"].read()
    assert json.loads(spec)["pid"] == run.process.pid
    job = PredictionJob(context=Context(), workspace=f"s3://{bucket}", data=data, batch_id="b1", model="models/v1")
    batch = start(job)
    assert batch.process.wait(TIMEOUT_S) == 0, batch.output.read_text()
    assert {"outputs/predictions/b1/MANIFEST.json", "logs/inference/b1.jsonl"} <= keys(moto, bucket)
    eventually(lambda: not run.members() + batch.members())


@EXHAUSTIVE  # a fit deep in its library is ended below
def test_a_signal_ends_it_and_its_busy_workers_in_time(start: Start, moto: S3Server) -> None:
    bucket, data = put(moto, csv_of(SAMPLES["breast_cancer"]()))
    params = {"max_iter": 1_000_000, "early_stopping": False, "learning_rate": 1e-6}
    estimator = {"family": "hist_gradient_boosting", "params": params}
    run = start(training(bucket, data, target="diagnosis", cv=4, n_jobs=2, estimator=estimator))

    def is_worker(process: psutil.Process) -> bool:
        with suppress(psutil.Error):  # it has ended meanwhile
            return any("popen_loky" in part for part in process.cmdline())
        return False

    def workers() -> list[psutil.Process]:
        return [one for one in run.members() if is_worker(one)]

    eventually(lambda: len(workers()) == 2)
    eventually(lambda: all(one.cpu_times().user > 2 for one in workers()))
    run.process.send_signal(signal.SIGTERM)
    assert run.process.wait(SOON_S) == 143
    eventually(lambda: not run.members())
    assert_cancelled(run, moto, bucket)


def test_a_signal_ends_a_fit_that_is_deep_in_its_library(start: Start, moto: S3Server) -> None:
    numbers = np.random.default_rng(0)
    frame = pd.DataFrame(numbers.normal(size=(20_000, 4)), columns=list("abcd"))
    frame["y"] = numbers.integers(0, 2, len(frame))
    bucket, data = put(moto, csv_of(frame))
    estimator = {"family": "svc", "params": {"C": 1e6, "kernel": "rbf"}}
    run = start(training(bucket, data, target="y", estimator=estimator))
    eventually(lambda: "Train started" in run.output.read_text())
    os.killpg(run.process.pid, signal.SIGINT)
    assert run.process.wait(SOON_S) == 130
    eventually(lambda: not run.members())
    assert_cancelled(run, moto, bucket)


def assert_cancelled(run: Started, server: S3Server, bucket: str) -> None:
    found = keys(server, bucket)
    assert record(server, bucket)["state"] == "cancelled"
    assert not [key for key in found if key.startswith(("models/", "logs/training/r1/"))]
    assert run.kinds()[-1] is Kind.RUN_FINISHED
    whole = server.client().get_object(Bucket=bucket, Key="logs/training/r1.jsonl")["Body"].read().decode()
    assert whole == run.output.read_text()


def test_a_job_nobody_can_read_is_a_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "s3ml_tui.training"], input=b"{}", capture_output=True, check=False, timeout=TIMEOUT_S
    )
    event = parse_line(done.stdout.decode())
    assert (done.returncode, event.kind) == (1, Kind.RUN_FINISHED)
    assert event.message.startswith("The job cannot be read: job: ")


def test_a_server_that_is_away_is_a_sentence(start: Start, moto: S3Server) -> None:
    job = TrainingJob(
        context=Context(endpoint_url="http://127.0.0.1:9"),
        workspace="s3://bucket",
        data=Pin("s3://bucket/d.csv", None, "", "", 0),
        run_id="r1",
        spec=Spec(name="n", data="d.csv", target="y"),
    )
    run = start(job)
    assert run.process.wait(TIMEOUT_S) == 1
    last = parse_line(run.output.read_text().splitlines()[-1])
    assert last.data["state"] == "failed"
    assert "127.0.0.1:9" in last.message
