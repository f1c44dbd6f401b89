"""The Predict process: a model version applied to a data object, in a process of its own.

The model is unpickled only when its bytes are those its manifest names: joblib.load runs what it reads.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from s3ml_tui.domain.errors import BadInput, ReadOnly
from s3ml_tui.domain.events import Kind, Level
from s3ml_tui.domain.layout import Layout, model_number
from s3ml_tui.domain.origins import BATCH
from s3ml_tui.domain.pins import Pin
from s3ml_tui.domain.runs import RunState
from s3ml_tui.domain.store import Store
from s3ml_tui.domain.uri import ObjectKey, parse_place
from s3ml_tui.records.document import JSON_TYPE
from s3ml_tui.records.job import PredictionJob
from s3ml_tui.records.workspace import BatchManifest
from s3ml_tui.services.work_folders import prefix_for
from s3ml_tui.training import environment
from s3ml_tui.training.chunks import ChunkedLog
from s3ml_tui.training.endings import Farewell, farewell
from s3ml_tui.training.journal import Journal
from s3ml_tui.training.run import pin_written
from s3ml_tui.training.stopping import Stop
from s3ml_tui.training.supervision import supervise

if TYPE_CHECKING:
    from s3ml_tui.training.applying import Applied


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
    from s3ml_tui.training.applying import apply_model

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
    )
    batch.store.write(
        batch.layout.batch_manifest(job.batch_id), manifest.to_bytes(), content_type=JSON_TYPE, metadata=batch.mark
    )
