"""Predictions: planned with their model and data, started, waited for, and read."""

from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import NotFound, ReadOnly, RunFailed
from s3ml_tui.domain.events import parse_line
from s3ml_tui.domain.plans import Plan
from s3ml_tui.records.workspace import BatchManifest
from s3ml_tui.services.models import Models
from s3ml_tui.services.predictions import Predictions
from s3ml_tui.services.processes import TrainingLauncher
from s3ml_tui.services.run_plans import Predict
from tests.doubles import MemoryStore
from tests.services.arranged import AT, DATA, DOUBLE, LAYOUT, PIN, WORKSPACE, memory, now, predictions_of, publish


def batch_record(batch_id: str) -> BatchManifest:
    return BatchManifest(
        batch_id=batch_id,
        created=AT,
        model="models/v1",
        model_sha256="s",
        data=PIN,
        rows=1,
        outputs={},
        elapsed_s=1.0,
    )


def acting(act: str, store: MemoryStore, folder: Path) -> Predictions:
    """Predictions whose process does what a training double calls `act`."""
    program = DOUBLE[2].replace('job["model"]', repr(act))
    launcher = TrainingLauncher((DOUBLE[0], "-c", program))
    return Predictions(
        store, Context(), now, state_folder=folder, launcher=launcher, models=Models(store, Context(), now)
    )


def test_a_plan_names_model_data_and_what_is_written(tmp_path: Path) -> None:
    store = memory()
    publish(store, 1)
    plan = predictions_of(store, tmp_path).plan(WORKSPACE, "v1", DATA)
    assert isinstance(plan, Plan)
    assert plan.title == "Predict with models/v1"
    assert plan.data.version_id == store.facts(DATA).version_id
    text = "\n".join(plan.sentences())
    for said in ("SVC, roc_auc 0.871", "churned", DATA.uri, "outputs/predictions", "logs/inference", "sha256"):
        assert said in text


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    store = memory()
    predictions = predictions_of(store, tmp_path)
    with pytest.raises(NotFound, match="no complete models/v1"):
        predictions.plan(WORKSPACE, "v1", DATA)
    publish(store, 1)
    with pytest.raises(NotFound, match="Did you mean"):
        predictions.plan(WORKSPACE, "v1", WORKSPACE.key("dataset/raw/churn.cvs"))
    with pytest.raises(NotFound, match="s3ml init"):
        predictions_of(MemoryStore("bucket"), tmp_path).plan(WORKSPACE, "v1", DATA)


def test_waiting_gives_the_manifest_once_the_process_is_over(tmp_path: Path) -> None:
    store = memory()
    publish(store, 1)
    predictions = predictions_of(store, tmp_path)
    started = predictions.start(predictions.plan(WORKSPACE, "models/v1", DATA))
    manifest = batch_record(started.batch_id)
    store.write(LAYOUT.predictions(started.batch_id).key("MANIFEST.json"), manifest.to_bytes())
    lines: list[str] = []
    assert predictions.wait(started, on_line=lines.append) == manifest
    job = parse_line(lines[0]).data["job"]
    assert (job["kind"], job["model"], job["batch_id"]) == ("predict", "models/v1", started.batch_id)
    assert predictions.batches(WORKSPACE) == (started.batch_id,)
    assert not predictions.is_alive(started)


@pytest.mark.parametrize(("act", "reason"), [("failing", "No such column: churned"), ("dying", "Killed by the night")])
def test_a_batch_that_fails_is_told_with_the_reason(tmp_path: Path, act: str, reason: str) -> None:
    store = memory()
    publish(store, 1)
    predictions = acting(act, store, tmp_path)
    started = predictions.start(predictions.plan(WORKSPACE, "v1", DATA))
    with pytest.raises(RunFailed, match=reason):
        predictions.wait(started, on_line=lambda _line: None)


def test_a_read_only_context_starts_nothing(tmp_path: Path) -> None:
    store = memory()
    publish(store, 1)
    predictions = predictions_of(store, tmp_path, context=Context(read_only=True))
    plan = predictions.plan(WORKSPACE, "v1", DATA)
    assert isinstance(plan, Predict)
    with pytest.raises(ReadOnly):
        predictions.start(plan)
    assert not (tmp_path / "runs").exists()


def test_batches_are_newest_first_and_an_incomplete_one_has_no_manifest(tmp_path: Path) -> None:
    store = memory()
    for batch in ("20251101-1000-aaaa", "20251102-1000-bbbb"):
        store.write(LAYOUT.predictions(batch).key("predictions.csv"), b"")
    predictions = predictions_of(store, tmp_path)
    assert predictions.batches(WORKSPACE) == ("20251102-1000-bbbb", "20251101-1000-aaaa")
    with pytest.raises(NotFound, match="logs/inference"):
        predictions.manifest(WORKSPACE, "20251101-1000-aaaa")
