"""Stage 5: a number is claimed, the model and the report are written, the manifest last."""

from datetime import UTC, datetime
from typing import Any

import joblib
from sklearn.pipeline import Pipeline

from s3ml_tui.domain.ml.events import MODEL_SHA256, Level, Stage
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.domain.text import size_text
from s3ml_tui.records.document import JSON_TYPE
from s3ml_tui.records.model_manifest import MODEL_ROLES, Claim, Column, Manifest, ModelSchema
from s3ml_tui.records.reports.html import html_report
from s3ml_tui.records.reports.markdown import markdown_report
from s3ml_tui.records.reports.model_card import model_card
from s3ml_tui.records.reports.tables import metrics_document
from s3ml_tui.records.run_record import RunResult
from s3ml_tui.runner.environment import MODEL_PACKAGES, package_versions
from s3ml_tui.runner.run import TrainingRun
from s3ml_tui.services.workspace.number_claims import claim, highest_seen
from s3ml_tui.training.model.features import categories_seen
from s3ml_tui.training.stages.evaluate import Evaluated
from s3ml_tui.training.stages.prepare import Prepared
from s3ml_tui.training.stages.train import Trained

MODEL_TYPE = "application/octet-stream"
MARKDOWN_TYPE = "text/markdown; charset=utf-8"
HTML_TYPE = "text/html; charset=utf-8"
SVG_TYPE = "image/svg+xml"


def publish(run: TrainingRun, prepared: Prepared, trained: Trained, evaluated: Evaluated) -> None:
    """Make the model version. Raises Cancelled up to the manifest; from there on the run goes to its end."""
    with run.journal.stage(Stage.PUBLISH) as notes:
        run.stop.check()
        number = _claim(run)
        place, model = run.layout.model(number), f"models/v{number}"
        run.journal.emit(f"Claimed {model}")
        pin = _write_model(run, trained.pipeline, number)
        schema = _schema(run, prepared)
        run.put("schema", place.key(MODEL_ROLES["schema"]), schema.to_bytes(), JSON_TYPE)
        record = run.record(RunState.SUCCEEDED, "", datetime.now(UTC)).model_copy(update={"model": model})
        card = model_card(record, schema).encode()
        run.put("model_card", place.key(MODEL_ROLES["model_card"]), card, MARKDOWN_TYPE)
        _write_report(run, record, evaluated.plots)
        run.stop.commit()
        manifest = _manifest(run, model, prepared)
        key = run.layout.model_manifest(number)
        run.keep("manifest", run.store.write(key, manifest.to_bytes(), content_type=JSON_TYPE, metadata=run.mark))
        run.draft.model = model
        notes.summary = f"{model}, {size_text(pin.size)}"


def _claim(run: TrainingRun) -> int:
    document = Claim(claimant=run.job.run_id, claimed=datetime.now(UTC), host=run.host).to_bytes()
    first = highest_seen(run.store, run.layout.models) + 1
    number, _ = claim(
        run.store, run.layout.model_claim, first, lambda _number: document, metadata=run.mark, warn=run.journal.warn
    )
    return number


def _write_model(run: TrainingRun, pipeline: Pipeline, number: int) -> Pin:
    path = run.folder / MODEL_ROLES["model"]
    joblib.dump(pipeline, path, compress=3)
    pin = run.put_file("model", run.layout.model(number).key(path.name), path, MODEL_TYPE)
    run.journal.emit(f"Wrote {path.name}, sha256 {pin.sha256}", level=Level.DEBUG, data={MODEL_SHA256: pin.sha256})
    return pin


def _schema(run: TrainingRun, prepared: Prepared) -> ModelSchema:
    columns = [
        Column(name=one.name, kind=one.kind, categories=categories_seen(prepared.frame, one))
        for one in prepared.features
    ]
    target = prepared.target
    spec = run.job.spec
    return ModelSchema(
        task=target.task,
        target=target.name,
        columns=columns,
        classes=list(target.classes),
        reading=spec.reading if spec.rules > 1 else None,
    )


def _write_report(run: TrainingRun, record: RunResult, plots: dict[str, str]) -> None:
    place = run.layout.report(run.job.run_id)
    for name, svg in plots.items():
        run.put(f"plot_{name}", place.key(f"{name}.svg"), svg.encode(), SVG_TYPE)
    run.put("metrics", place.key("metrics.json"), metrics_document(record), JSON_TYPE)
    run.put("report_md", place.key("report.md"), markdown_report(record, list(plots)).encode(), MARKDOWN_TYPE)
    run.put("report_html", place.key("report.html"), html_report(record, plots).encode(), HTML_TYPE)


def _manifest(run: TrainingRun, model: str, prepared: Prepared) -> Manifest:
    draft = run.draft
    metrics: dict[str, Any] = dict(draft.metrics)
    return Manifest(
        model=model,
        run_id=run.job.run_id,
        name=run.job.spec.name,
        created=datetime.now(UTC),
        task=draft.task,
        estimator=draft.estimator,
        target=prepared.target.name,
        features=list(draft.features),
        metrics=metrics,
        headline=draft.headline,
        data=draft.inputs["data"],
        files={name: draft.outputs[role] for role, name in MODEL_ROLES.items()},
        predictions_sha256=draft.predictions_sha256,
        packages=package_versions(MODEL_PACKAGES),
    )
