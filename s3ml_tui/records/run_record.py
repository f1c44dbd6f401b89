"""The run record: spec.json when a run starts, result.json when it has ended."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.records.document import Document
from s3ml_tui.records.spec import Spec


def _with_its_rules(spec: Any) -> Any:
    """A spec that was recorded before there were rules runs again under those it had."""
    return {**spec, "rules": 1} if isinstance(spec, dict) and "rules" not in spec else spec


RecordedSpec = Annotated[Spec, BeforeValidator(_with_its_rules)]


def _is_empty(value: list[Any]) -> bool:
    return not value


class Environment(Document):
    """Where a run took place; by allow-list, no secrets."""

    python: str
    platform: str
    packages: dict[str, str]
    """Versions by distribution name."""
    variables: dict[str, str] = {}
    """Those of an allow-list, such as OMP_NUM_THREADS."""
    git_commit: str | None = None
    git_remote: str | None = None
    """Without credentials."""
    git_is_dirty: bool | None = None


class RunStart(Document):
    """spec.json: what a run set out to do, and where its process is."""

    run_id: str
    started: datetime
    spec: RecordedSpec
    data: Pin
    """sha256 is empty until the data has been read; see the result's inputs."""
    host: str
    user: str = ""
    pid: int
    process_started: float
    """Seconds since the epoch, as psutil tells it; with the pid it names the process for good."""


class CancelRequest(Document):
    """cancel.json: who ends a run, written before its processes are told; the run's own record repeats it."""

    run_id: str
    reason: str
    """As `cancelled by ada@gpu-1`."""
    at: datetime


class RunResult(Document):
    """result.json: how it ended, what it read, what it made."""

    run_id: str
    name: str
    state: RunState
    reason: str = ""
    """A sentence when it did not succeed."""
    started: datetime
    ended: datetime
    host: str
    user: str = ""
    spec: RecordedSpec
    task: str = ""
    estimator: str = ""
    """The class, as `sklearn.svm.SVC`."""
    params: dict[str, Any] = {}
    """All parameters of the fitted estimator, defaults included; JSON values."""
    seed: int = 0
    features: list[str] = []
    rows: dict[str, int] = {}
    """By part: data, train, test."""
    inputs: dict[str, Pin] = {}
    """By role: data."""
    outputs: dict[str, Pin] = {}
    """By role: processed, train, test, model, schema, model_card, metrics, report_md, report_html, log …"""
    metrics: dict[str, float] = {}
    """On the held-out rows, and `cv_<metric>_mean`, `cv_<metric>_std` over the folds."""
    headline: str = ""
    """The name of the metric that counts."""
    cv_scores: dict[str, list[float]] = {}
    """By metric, a score a fold."""
    confusion: list[list[int]] = []
    """Rows are the true classes, columns the predicted, in the order of `classes`."""
    classes: list[str] = []
    warnings: Annotated[list[str], Field(exclude_if=_is_empty)] = []
    """What the run warned of, as sentences; not in a record without any."""
    target_encoded: Annotated[list[str], Field(exclude_if=_is_empty)] = []
    """Categories of which each value became the mean of the target; not in a record without any."""
    perfect_features: Annotated[list[str], Field(exclude_if=_is_empty)] = []
    """Columns that alone give a perfect score: mostly a leak; not in a record without any."""
    predictions_sha256: str = ""
    """Of the held-out rows' predictions; two runs that agree in it and in the metrics are the same."""
    timings_s: dict[str, float] = {}
    """By stage."""
    model: str | None = None
    """As `models/v1`."""
    environment: Environment | None = None
    argv: list[str] = []
    """Redacted."""
