"""Records beside a model: the claim on its number, its schema, its manifest, the moves of its aliases."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.records.document import Document
from s3ml_tui.records.spec import Reading

MODEL_ROLES = {"model": "model.joblib", "schema": "schema.json", "model_card": "MODEL_CARD.md"}
"""The files of a model version, by their roles among a run's outputs."""


class Claim(Document):
    """`_claim.json`: who took the number."""

    claimant: str
    """A run id, or whoever claims."""
    claimed: datetime
    host: str = ""


def _is_none(value: object) -> bool:
    return value is None


class Column(BaseModel):
    """One column a model wants."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    kind: Literal["number", "category", "boolean", "date"]
    """A date is learned from as days since 1970."""
    categories: list[str] | None = None
    """Those seen in training; None when there were too many to list."""


class ModelSchema(Document):
    """`schema.json`: what goes in and what comes out."""

    task: Literal["classification", "regression"]
    target: str
    columns: list[Column]
    classes: list[str] = []
    """Of a classifier, in its own order."""
    reading: Annotated[Reading | None, Field(exclude_if=_is_none)] = None
    """How the text of the data was read; None for models made before that could be said."""


class Manifest(Document):
    """`MANIFEST.json`, written last: the model version exists."""

    model: str
    """As `models/v1`."""
    run_id: str
    name: str
    created: datetime
    task: str
    estimator: str
    target: str
    features: list[str]
    metrics: dict[str, float]
    headline: str = ""
    data: Pin
    files: dict[str, Pin]
    """By name: model.joblib, schema.json, MODEL_CARD.md."""
    predictions_sha256: str = ""
    packages: dict[str, str] = {}
    """Versions the model was made with."""


class AliasMove(Document):
    """`.s3ml/aliases/<name>/<N>.json`: the alias points to `model` from here on."""

    alias: str
    model: str
    previous: str | None = None
    moved: datetime
    by: str = ""
    why: str = ""
