"""Predictions: planned with their model and data, started, waited for, and read."""

from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Conflict, NotFound, ReadOnly, RunFailed
from s3ml_tui.domain.ml.events import Kind, parse_line
from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.records.model_manifest import Manifest
from s3ml_tui.records.workspace import BatchManifest
from s3ml_tui.services.models.models import Models
from s3ml_tui.services.models.predictions import Predictions
from s3ml_tui.services.processes.end import who
from s3ml_tui.services.processes.launch import TrainingLauncher
from s3ml_tui.services.runs.plans import Predict
from tests.doubles import MemoryStore
from tests.services.arranged import (
    AT,
    DATA,
    DOUBLE,
    LAYOUT,
    PIN,
    WORKSPACE,
    alive_in,
    memory,
    now,
    planned,
    predictions_of,
    publish,
    until,
)


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


@pytest.mark.parametrize(("packages", "is_said"), [({"scikit-learn": "1.2.3"}, True), ({}, False)])
def test_a_plan_says_that_the_model_is_of_another_scikit_learn(
    tmp_path: Path, packages: dict[str, str], *, is_said: bool
) -> None:
    store = memory()
    publish(store, 1)
    key = LAYOUT.model_manifest(1)
    found = Manifest.from_bytes(store.read(key), key.uri)
    store.write(key, found.model_copy(update={"packages": packages}).to_bytes())
    text = "\n".join(predictions_of(store, tmp_path).plan(WORKSPACE, "v1", DATA).sentences())
    assert ("made with scikit-learn 1.2.3" in text) == is_said


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
    started = predictions.start(planned(predictions))
    manifest = batch_record(started.batch_id)
    store.write(LAYOUT.predictions(started.batch_id).key("MANIFEST.json"), manifest.to_bytes())
    lines: list[str] = []
    assert predictions.wait(started, on_line=lines.append) == manifest
    job = parse_line(lines[0]).data["job"]
    assert (job["kind"], job["model"], job["batch_id"]) == ("predict", "models/v1", started.batch_id)
    assert predictions.batches(WORKSPACE) == (started.batch_id,)
    assert not predictions.is_alive(started)


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        ("failing", "No such column: churned"),
        ("dying", "Killed by the night"),
        ("killed", r"It was killed by SIGKILL, most likely .* The last it said: ready"),
    ],
)
def test_a_batch_that_fails_is_told_with_the_reason(tmp_path: Path, act: str, reason: str) -> None:
    store = memory()
    publish(store, 1)
    predictions = acting(act, store, tmp_path)
    started = predictions.start(planned(predictions))
    with pytest.raises(RunFailed, match=reason) as raised:
        predictions.wait(started, on_line=lambda _line: None)
    assert raised.value.advice == f"It wrote no log to the bucket; what it said is in {started.output}"
    log = LAYOUT.inference_log(started.batch_id)
    store.write(log, b"")
    with pytest.raises(RunFailed) as raised:
        predictions.wait(started, on_line=lambda _line: None)
    assert raised.value.advice == f"Its log is {log.uri}"


def test_a_read_only_context_starts_nothing(tmp_path: Path) -> None:
    store = memory()
    publish(store, 1)
    predictions = predictions_of(store, tmp_path, context=Context(read_only=True))
    plan = predictions.plan(WORKSPACE, "v1", DATA)
    assert isinstance(plan, Predict)
    with pytest.raises(ReadOnly):
        predictions.start(plan)
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("act", ["patient", "family", "stubborn"])
def test_a_batch_that_is_cancelled_leaves_nothing_alive_and_a_log_that_says_so(tmp_path: Path, act: str) -> None:
    store = memory()
    publish(store, 1)
    predictions = acting(act, store, tmp_path)
    started = predictions.start(planned(predictions))
    until(lambda: "ready" in started.output.read_text())
    assert predictions.running_here() == (started,)
    plan = predictions.plan_cancel(WORKSPACE, started.batch_id)
    assert isinstance(plan, Plan)
    assert plan.title == f"Cancel prediction {started.batch_id}"
    outcome = predictions.cancel(WORKSPACE, started.batch_id)
    assert outcome.title == f"Cancelled prediction {started.batch_id}"
    assert outcome.no_undo
    assert alive_in(started.pid) == []
    assert predictions.running_here() == ()
    log = store.read(LAYOUT.inference_log(started.batch_id)).decode().splitlines()
    assert [parse_line(line).message for line in log] == ["told", "ready", f"It ended: cancelled by {who()}"]
    assert (parse_line(log[-1]).kind, parse_line(log[-1]).data["state"]) == (Kind.RUN_FINISHED, "cancelled")
    with pytest.raises(NotFound, match="no complete prediction"):
        predictions.manifest(WORKSPACE, started.batch_id)
    with pytest.raises(Conflict, match="is over"):
        predictions.cancel(WORKSPACE, started.batch_id)


def test_a_log_that_the_batch_wrote_itself_stays_and_one_that_became_whole_is_told(tmp_path: Path) -> None:
    store = memory()
    publish(store, 1)
    predictions = acting("patient", store, tmp_path)
    first, second = (predictions.start(planned(predictions)) for _ in range(2))
    store.write(LAYOUT.inference_log(first.batch_id), b"its own\n")
    predictions.cancel(WORKSPACE, first.batch_id)
    assert store.read(LAYOUT.inference_log(first.batch_id)) == b"its own\n"
    store.write(LAYOUT.batch_manifest(second.batch_id), batch_record(second.batch_id).to_bytes())
    assert "ended by itself meanwhile: it succeeded" in predictions.cancel(WORKSPACE, second.batch_id).title
    with pytest.raises(Conflict, match="It succeeded"):
        predictions.cancel(WORKSPACE, second.batch_id)


def test_only_who_started_a_batch_cancels_it_and_never_in_a_read_only_context(tmp_path: Path) -> None:
    store = memory()
    with pytest.raises(NotFound, match="was not started here"):
        predictions_of(store, tmp_path).cancel(WORKSPACE, "20251101-1000-aaaa")
    with pytest.raises(ReadOnly):
        predictions_of(store, tmp_path, context=Context(read_only=True)).cancel(WORKSPACE, "20251101-1000-aaaa")


def test_batches_are_newest_first_and_an_incomplete_one_has_no_manifest(tmp_path: Path) -> None:
    store = memory()
    for batch in ("20251101-1000-aaaa", "20251102-1000-bbbb"):
        store.write(LAYOUT.predictions(batch).key("predictions.csv"), b"")
    predictions = predictions_of(store, tmp_path)
    assert predictions.batches(WORKSPACE) == ("20251102-1000-bbbb", "20251101-1000-aaaa")
    with pytest.raises(NotFound, match="logs/inference"):
        predictions.manifest(WORKSPACE, "20251101-1000-aaaa")
