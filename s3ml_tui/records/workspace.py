"""`.s3ml/workspace.json` and the manifest of a batch of predictions."""

from datetime import datetime

from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.records.document import Document


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
