"""What tests of runs, models and predictions arrange: a workspace in memory, and stand-ins for training."""

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psutil

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.uri import Place
from s3ml_tui.records.model_manifest import Manifest
from s3ml_tui.records.run_record import RunResult, RunStart
from s3ml_tui.records.spec import Spec
from s3ml_tui.services.logs.logs import Logs
from s3ml_tui.services.models.models import Models
from s3ml_tui.services.models.predictions import Predictions
from s3ml_tui.services.processes.launch import TrainingLauncher
from s3ml_tui.services.runs.plans import Predict
from s3ml_tui.services.runs.runs import Runs
from tests.doubles import MemoryStore
from tests.services.training_double import PROGRAM

WORKSPACE = Place("bucket", "ws/")
LAYOUT = Layout(WORKSPACE)
DATA = WORKSPACE.key("dataset/raw/churn.csv")
DOUBLE = (sys.executable, "-c", PROGRAM)
AT = datetime(2025, 11, 23, 14, 2, 41, tzinfo=UTC)
RUN = "20251123-1402-k3f9"
PIN = Pin(DATA.uri, "v1", "etag", "", 12)


def now() -> datetime:
    return datetime.now(UTC)


def workspace_in(store: MemoryStore) -> MemoryStore:
    """The same store, with a workspace's mark and its data."""
    store.write(LAYOUT.workspace_record, b"{}")
    store.write(DATA, b"a,churned\n1,0\n")
    return store


def memory() -> MemoryStore:
    return workspace_in(MemoryStore("bucket"))


def runs_of(
    store: MemoryStore,
    folder: Path,
    *,
    context: Context | None = None,
    launcher: TrainingLauncher | None = None,
    clock: Callable[[], datetime] = now,
) -> Runs:
    context = context or Context()
    return Runs(
        store,
        context,
        clock,
        state_folder=folder,
        launcher=launcher or TrainingLauncher(DOUBLE),
        logs=Logs(store, context, clock),
    )


def predictions_of(store: MemoryStore, folder: Path, *, context: Context | None = None) -> Predictions:
    context = context or Context()
    return Predictions(
        store,
        context,
        now,
        state_folder=folder,
        launcher=TrainingLauncher(DOUBLE),
        models=Models(store, context, now),
    )


def planned(predictions: Predictions, model: str = "models/v1") -> Predict:
    """A prediction with a model that is trusted."""
    plan = predictions.plan(WORKSPACE, model, DATA)
    if plan.trust is not None:
        predictions.trust(plan.trust)
    return plan


def spec(name: str = "churn", **more: object) -> Spec:
    return Spec.model_validate({"name": name, "data": "dataset/raw/churn.csv", "target": "churned"} | more)


def start_record(run_id: str = RUN, **more: object) -> RunStart:
    values: dict[str, object] = {
        "run_id": run_id,
        "started": AT,
        "spec": spec(),
        "data": PIN,
        "host": "gpu-1",
        "pid": 1,
        "process_started": 0.0,
    }
    return RunStart.model_validate(values | more)


def result_record(run_id: str = RUN, **more: object) -> RunResult:
    values: dict[str, object] = {
        "run_id": run_id,
        "name": "churn",
        "state": "succeeded",
        "started": AT,
        "ended": AT.replace(minute=3),
        "host": "gpu-1",
        "spec": spec(),
        "estimator": "sklearn.svm.SVC",
        "metrics": {"roc_auc": 0.8714},
        "headline": "roc_auc",
        "model": "models/v1",
        "inputs": {"data": PIN},
    }
    return RunResult.model_validate(values | more)


def manifest_record(number: int, **more: object) -> Manifest:
    values: dict[str, object] = {
        "model": f"models/v{number}",
        "run_id": RUN,
        "name": "churn",
        "created": AT,
        "task": "classification",
        "estimator": "sklearn.svm.SVC",
        "target": "churned",
        "features": ["a"],
        "metrics": {"roc_auc": 0.8714},
        "headline": "roc_auc",
        "data": PIN,
        "files": {"model.joblib": Pin("s3://bucket/ws/models/v1/model.joblib", "v", "e", "s", 2048)},
    }
    return Manifest.model_validate(values | more)


def publish(store: MemoryStore, *numbers: int) -> None:
    """Complete model versions."""
    for number in numbers:
        store.write(LAYOUT.model_claim(number), b"{}")
        store.write(LAYOUT.model_manifest(number), manifest_record(number).to_bytes())


def until(is_true: Callable[[], bool], within_s: float = 60.0) -> None:
    """Look again and again until it is true."""
    deadline = time.monotonic() + within_s
    while not is_true():
        assert time.monotonic() < deadline, "it never became true"
        os.sched_yield()


def alive_in(session: int) -> list[int]:
    """The pids of a session's living processes, zombies left out."""
    found = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) == session and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except (psutil.Error, OSError):
            continue
    return found
