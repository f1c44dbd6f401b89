"""The Predict process: a model version applied to a data object, in a process of its own.

The model is unpickled only when its bytes are those its manifest names: joblib.load runs what it reads.

Loading a model that is what its manifest says, and applying it to a table.
"""

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from s3ml_tui.domain.errors import BadInput, Corrupted, NotFound, ReadOnly
from s3ml_tui.domain.ml.events import Kind, Level, Stage
from s3ml_tui.domain.ml.layout import Layout, model_number
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.ml.models import other_version
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.domain.storage.provenance import BATCH
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.text import count_text, printable
from s3ml_tui.domain.uri import ObjectKey, parse_object, parse_place
from s3ml_tui.records.document import JSON_TYPE
from s3ml_tui.records.job import PredictionJob
from s3ml_tui.records.model_manifest import Manifest, ModelSchema
from s3ml_tui.records.spec import Reading
from s3ml_tui.records.workspace import BatchManifest
from s3ml_tui.runner import environment
from s3ml_tui.runner.cancellation import Stop
from s3ml_tui.runner.events import Journal
from s3ml_tui.runner.exit import Farewell, farewell
from s3ml_tui.runner.log_chunks import ChunkedLog
from s3ml_tui.runner.run import pin_written
from s3ml_tui.runner.supervisor import supervise
from s3ml_tui.services.local_state.work_folders import prefix_for
from s3ml_tui.training.data.parquet import PARQUET_TYPE
from s3ml_tui.training.data.read import Rules, read_data
from s3ml_tui.training.data.text_values import numbers_of
from s3ml_tui.training.model.features import Feature, frame_of, no_such_column, without_infinities
from s3ml_tui.training.model.metrics import predict
from s3ml_tui.training.model.warnings import gathered
from s3ml_tui.training.stages.train import refusals


@dataclass(slots=True)
class Batch:
    """What a prediction shares between its steps."""

    job: PredictionJob
    layout: Layout
    store: Store
    journal: Journal
    stop: Stop
    folder: Path
    """Temporary, this batch's own."""
    applied: "Applied | None" = None
    """None until it is done."""

    @property
    def mark(self) -> dict[str, str]:
        """The metadata of all that the batch writes: it is told by whom a version was written."""
        return {BATCH: self.job.batch_id}

    def key(self, name: str) -> ObjectKey:
        """Where an output goes."""
        return self.layout.predictions(self.job.batch_id).key(name)

    def upload(self, path: Path, content_type: str) -> Pin:
        """Write an output. Raises Cancelled."""
        self.stop.check()
        key = self.key(path.name)
        return pin_written(
            self.store.upload(path, key, content_type=content_type, metadata=self.mark, cancelled=self.stop)
        )


def run_prediction(
    job: PredictionJob, store: Store, journal: Journal, stop: Stop, now: Callable[[], datetime]
) -> Farewell:
    """Predict as the job says; the manifest is there only if it succeeded, the log always."""
    if job.context.read_only:
        raise ReadOnly(f"The context {job.context.name} is read-only", advice="Predict in another context")
    if model_number(job.model) is None:
        raise BadInput(f"{job.model!r} is no model version", advice="Write it as models/v1")
    started = time.monotonic()
    layout = Layout(parse_place(job.workspace))
    with TemporaryDirectory(prefix=prefix_for("predict"), ignore_cleanup_errors=True) as folder:
        batch = Batch(job, layout, store, journal, stop, Path(folder))
        log = ChunkedLog(store, layout.inference_log(job.batch_id), None, metadata=batch.mark)
        journal.listen(log.add)
        journal.emit(f"Batch {job.batch_id} with {job.model}", kind=Kind.RUN_STARTED)
        ending = supervise(lambda: _work(batch), stop)
        last_word = farewell(ending, stop, journal)
        _end(batch, log, last_word, now(), time.monotonic() - started)
    return last_word


def _work(batch: Batch) -> None:

    applied = apply_model(batch)
    batch.stop.commit()
    batch.applied = applied


def _end(batch: Batch, log: ChunkedLog, last_word: Farewell, now: datetime, elapsed_s: float) -> None:
    job, applied = batch.job, batch.applied
    is_good = last_word.state is RunState.SUCCEEDED
    batch.journal.close(
        f"Batch {last_word.state}",
        level=Level.INFO if is_good else Level.WARNING,
        data={"state": last_word.state.value, "model": job.model, "reason": last_word.reason},
    )
    pin = pin_written(log.finish())
    if applied is None or not is_good:
        return
    manifest = BatchManifest(
        batch_id=job.batch_id,
        created=now,
        model=job.model,
        model_sha256=applied.model_sha256,
        data=applied.data,
        rows=applied.rows,
        outputs={**applied.outputs, "log": pin},
        elapsed_s=round(elapsed_s, 3),
        host=environment.host(),
        warnings=list(batch.journal.cautions),
    )
    batch.store.write(
        batch.layout.batch_manifest(job.batch_id), manifest.to_bytes(), content_type=JSON_TYPE, metadata=batch.mark
    )


CSV_TYPE = "text/csv; charset=utf-8"
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Applied:
    """What was predicted."""

    model_sha256: str
    data: Pin
    rows: int
    outputs: dict[str, Pin]


def apply_model(batch: "Batch") -> Applied:
    """Load, read, predict, write. Raises Corrupted for a model that is not its manifest's, BadInput for other data."""
    journal = batch.journal
    with journal.stage(Stage.PREPARE) as notes:
        manifest = _manifest(batch)
        schema = ModelSchema.from_bytes(_checked(batch, manifest, "schema.json").read_bytes(), "schema.json")
        model = _loaded(batch, manifest)
        texts = [column.name for column in schema.columns if column.kind == "category"]
        rules = Rules(schema.reading or Reading(), 2 if schema.reading else 1, texts, is_typed=False)
        data = read_data(batch.store, batch.job.data, batch.folder, journal, batch.stop, rules)
        frame = _frame(batch, data.table, schema)
        notes.summary = f"{batch.job.model} on {count_text(len(frame), 'row')}"
    with journal.stage(Stage.EVALUATE) as notes:
        with gathered() as sentences, refusals(journal, manifest.estimator):
            said = predict(model, frame, schema.task)
        for sentence in sentences:
            journal.caution(sentence)
        probabilities = _probabilities(model, said.scores)
        notes.summary = f"{count_text(len(frame), 'prediction')} of {printable(schema.target)}"
    with journal.stage(Stage.PUBLISH) as notes:
        table = pd.DataFrame({"row": np.arange(1, len(frame) + 1), "prediction": said.values} | probabilities)
        outputs = _write(batch, table)
        notes.summary = ", ".join(outputs)
    return Applied(manifest.files["model.joblib"].sha256, data.pin, len(frame), outputs)


def _manifest(batch: "Batch") -> Manifest:
    number = model_number(batch.job.model) or 0
    key = batch.layout.model_manifest(number)
    try:
        body = batch.store.read(key)
    except NotFound as error:
        raise NotFound(
            f"There is no model version {batch.job.model}",
            cause="It has no manifest, so it was never finished",
            advice="Choose one that `s3ml models` lists",
        ) from error
    return Manifest.from_bytes(body, key.uri)


def _checked(batch: "Batch", manifest: Manifest, name: str) -> Path:
    """The file of the model, only if it is byte for byte the one in the manifest."""
    pin = manifest.files.get(name)
    if pin is None:
        raise NotFound(f"{manifest.model} has no {name}", cause="Its manifest does not name one", advice="Train again")
    place = batch.layout.model(model_number(batch.job.model) or 0)
    key = parse_object(pin.uri)
    path = batch.folder / name
    received = batch.store.download(
        key if place.contains(key) else place.key(name), path, pin.version_id, cancelled=batch.stop
    )
    if received.sha256 != pin.sha256:
        path.unlink()
        raise Corrupted(
            f"{name} of {manifest.model} is not the file its manifest names",
            cause=f"Its sha256 is {received.sha256[:12]}…, the manifest says {pin.sha256[:12]}…; it was not loaded",
            advice="Look at its history, and bring back the version of the run",
            can_retry=False,
        )
    return path


def _loaded(batch: "Batch", manifest: Manifest) -> Any:
    """The model. Raises BadInput where it cannot be loaded with the packages that are installed."""
    warning = other_version(manifest.model, manifest.packages)
    if warning:
        batch.journal.caution(warning)
    path = _checked(batch, manifest, "model.joblib")
    try:
        with gathered() as sentences:
            model = joblib.load(path)
    except (AttributeError, ImportError, KeyError, TypeError, ValueError) as error:
        batch.journal.debug(traceback.format_exc())
        raise BadInput(
            f"{manifest.model} cannot be loaded",
            cause=f"{type(error).__name__}: {printable(str(error)[:200])}",
            advice=warning or "Install the packages that its manifest names, or train it again",
        ) from error
    for sentence in sentences:
        if not sentence.startswith("InconsistentVersionWarning"):  # said above, once
            batch.journal.caution(sentence)
    return model


def _frame(batch: "Batch", table: pa.Table, schema: ModelSchema) -> pd.DataFrame:
    missing = [column.name for column in schema.columns if column.name not in table.column_names]
    if len(missing) == 1:
        raise no_such_column(missing[0], table.column_names)
    if missing:
        named = ", ".join(printable(name) for name in missing[:MOST_NAMED])
        raise BadInput(
            f"The data lacks {len(missing)} columns of the model",
            cause=f"Missing: {named}{' …' if len(missing) > MOST_NAMED else ''}",
            advice="Use data with the columns the model was trained on",
        )
    features = [Feature(column.name, column.kind) for column in schema.columns]
    frame = frame_of(table, features, numbers_of(schema.reading or Reading()))
    for column in schema.columns:
        if column.categories is not None:
            unseen = set(frame[column.name].dropna()) - set(column.categories)
            if unseen:
                shown = ", ".join(printable(one) for one in sorted(unseen)[:MOST_NAMED])
                batch.journal.caution(f"Column {printable(column.name)} has values training has not seen: {shown}")
    return without_infinities(frame, batch.journal)


def _probabilities(model: Any, scores: np.ndarray[Any, Any] | None) -> dict[str, np.ndarray[Any, Any]]:
    if scores is None or not hasattr(model, "predict_proba"):
        return {}
    return {f"probability_{name}": scores[:, index] for index, name in enumerate(model.classes_)}


def _write(batch: "Batch", table: pd.DataFrame) -> dict[str, Pin]:
    csv, columns = batch.folder / "predictions.csv", batch.folder / "predictions.parquet"
    table.to_csv(csv, index=False)
    parquet.write_table(pa.Table.from_pandas(table, preserve_index=False), columns, compression="zstd")
    return {csv.name: batch.upload(csv, CSV_TYPE), columns.name: batch.upload(columns, PARQUET_TYPE)}
