"""A training run while it goes on: what its stages share, and the record that fills up as they work.

A draft can be turned into a record at any moment, so a run that fails or is cancelled says all that was known.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.domain.storage.provenance import RUN
from s3ml_tui.domain.storage.store import Store, Written
from s3ml_tui.domain.uri import ObjectKey, parse_place
from s3ml_tui.records.job import TrainingJob
from s3ml_tui.records.run_record import Environment, RunResult
from s3ml_tui.runner.cancellation import Stop
from s3ml_tui.runner.events import Journal


@dataclass(slots=True)
class Draft:
    """What is known of the run so far; the fields are those of RunResult."""

    task: str = ""
    estimator: str = ""
    params: dict[str, object] = field(default_factory=dict)
    features: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    inputs: dict[str, Pin] = field(default_factory=dict)
    outputs: dict[str, Pin] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    headline: str = ""
    cv_scores: dict[str, list[float]] = field(default_factory=dict)
    confusion: list[list[int]] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    target_encoded: list[str] = field(default_factory=list)
    perfect_features: list[str] = field(default_factory=list)
    predictions_sha256: str = ""
    model: str | None = None
    environment: Environment | None = None


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """What every stage is handed."""

    job: TrainingJob
    layout: Layout
    store: Store
    journal: Journal
    stop: Stop
    folder: Path
    """Temporary, this run's own."""
    started: datetime
    host: str
    user: str
    argv: list[str]
    draft: Draft

    @property
    def mark(self) -> dict[str, str]:
        """The metadata of all that the run writes: it is told by whom a version was written."""
        return {RUN: self.job.run_id}

    def put(self, role: str, key: ObjectKey, body: bytes, content_type: str) -> Pin:
        """Write an output and pin it under its role. Raises Cancelled when the run was asked to stop."""
        self.stop.check()
        return self.keep(role, self.store.write(key, body, content_type=content_type, metadata=self.mark))

    def put_file(self, role: str, key: ObjectKey, path: Path, content_type: str) -> Pin:
        """The same for a file."""
        self.stop.check()
        written = self.store.upload(path, key, content_type=content_type, metadata=self.mark, cancelled=self.stop)
        return self.keep(role, written)

    def keep(self, role: str, written: Written) -> Pin:
        """Pin what was written under its role."""
        pin = pin_written(written)
        self.draft.outputs[role] = pin
        return pin

    def record(self, state: RunState, reason: str, ended: datetime) -> RunResult:
        """The record as of now."""
        draft = self.draft
        return RunResult(
            run_id=self.job.run_id,
            name=self.job.spec.name,
            state=state,
            reason=reason,
            started=self.started,
            ended=ended,
            host=self.host,
            user=self.user,
            spec=self.job.spec,
            task=draft.task,
            estimator=draft.estimator,
            params=dict(draft.params),
            seed=self.job.spec.split.seed,
            features=list(draft.features),
            rows=dict(draft.rows),
            inputs=dict(draft.inputs),
            outputs=dict(draft.outputs),
            metrics=dict(draft.metrics),
            headline=draft.headline,
            cv_scores=dict(draft.cv_scores),
            confusion=list(draft.confusion),
            classes=list(draft.classes),
            warnings=list(self.journal.cautions),
            target_encoded=list(draft.target_encoded),
            perfect_features=list(draft.perfect_features),
            predictions_sha256=draft.predictions_sha256,
            timings_s=dict(self.journal.timings_s),
            model=draft.model,
            environment=draft.environment,
            argv=self.argv,
        )


def layout_of(job: TrainingJob) -> Layout:
    """The keys of the job's workspace."""
    return Layout(parse_place(job.workspace))


def pin_written(written: Written) -> Pin:
    """What was written, as a pin."""
    return Pin(written.key.uri, written.version_id, written.etag, written.sha256, written.size)
