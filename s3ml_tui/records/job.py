"""What the training process is told on its stdin: which session, which run, which data. No secrets in it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.records.spec import Spec


class _Job(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    context: Context
    workspace: str
    """The workspace's s3:// address."""
    data: Pin
    """The version to read; its sha256 is empty, since nobody has read it yet."""


class TrainingJob(_Job):
    """Train: `python -m s3ml_tui.training` writes events on stdout, chunks and records in the bucket."""

    kind: Literal["train"] = "train"
    run_id: str
    spec: Spec


class PredictionJob(_Job):
    """Predict: apply a model version to a data object."""

    kind: Literal["predict"] = "predict"
    batch_id: str
    model: str
    """As `models/v1`."""


class Job(BaseModel):
    """Either of them."""

    model_config = ConfigDict(ser_json_inf_nan="strings")

    job: Annotated[TrainingJob | PredictionJob, Field(discriminator="kind")]
