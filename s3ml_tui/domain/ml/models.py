"""Model versions and the aliases that point to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """`models/vN`."""

    number: int
    is_complete: bool
    """Whether its manifest is there; an incomplete one is never shown as good."""
    created: datetime | None = None
    """Aware, UTC; None while incomplete."""
    run_id: str = ""
    name: str = ""
    """Of the pipeline."""
    estimator: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)
    headline: str = ""
    size: int = 0
    """Bytes of model.joblib."""
    aliases: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """As `models/v1`."""
        return f"models/v{self.number}"


@dataclass(frozen=True, slots=True)
class Alias:
    """A name that points to a model version."""

    name: str
    number: int
    """Of the model version."""
    move: int
    """How often it was moved; the number of its newest record."""
    moved: datetime
    by: str = ""
