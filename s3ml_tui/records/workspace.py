"""`.s3ml/workspace.json` and the manifest of a batch of predictions."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.records.document import Document


def _is_empty(value: list[str]) -> bool:
    return not value


class WorkspaceRecord(Document):
    """The mark of a workspace."""

    created: datetime
    layout: dict[str, str]
    """Folder by role."""


class BatchManifest(Document):
    """`outputs/predictions/<batch>/MANIFEST.json`, written last."""

    batch_id: str
    created: datetime
    model: str
    model_sha256: str
    data: Pin
    rows: int
    outputs: dict[str, Pin]
    """predictions.csv, predictions.parquet, log."""
    elapsed_s: float
    host: str = ""
    warnings: Annotated[list[str], Field(exclude_if=_is_empty)] = []
    """What the prediction warned of, as sentences; not in a record without any."""
