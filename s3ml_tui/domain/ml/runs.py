"""Runs: their names, their states, and the rule that tells the state from what lies in the bucket."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.text import count_text

LOST_AFTER_S = 60.0
"""A run whose newest chunk is older than this, and that has no result, is lost."""


class RunState(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self is not RunState.RUNNING


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run, as a list shows it."""

    run_id: str
    name: str
    state: RunState
    started: datetime
    """Aware, UTC."""
    elapsed_s: float | None = None
    host: str = ""
    data: Pin | None = None
    estimator: str = ""
    model: str | None = None
    """As `models/v1`; None when it made none."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    headline: str = ""
    """The metric that counts, as `roc_auc 0.871`."""
    reason: str = ""
    """Why it failed, was cancelled or is thought lost."""
    perfect_features: tuple[str, ...] = ()
    """Columns that alone give a perfect score: its figures are mostly not to be believed."""

    @property
    def doubt(self) -> str:
        """Why its headline is not to be believed, in a few words; "" when nothing speaks against it."""
        if not self.perfect_features:
            return ""
        others = len(self.perfect_features) - 1
        more = f" and {count_text(others, 'other column')}" if others else ""
        return f"! {self.perfect_features[0]}{more} alone: perfect score"


def new_run_id(now: datetime, token: str) -> str:
    """`20261123-1402-k3f9`: minute in UTC, and a random token of [a-z0-9]."""
    return f"{now:%Y%m%d-%H%M}-{token}"


def state_without_result(newest_sign: datetime, now: datetime) -> RunState:
    """Running while its newest sign of life is under a minute old, lost afterwards."""
    return RunState.LOST if (now - newest_sign).total_seconds() > LOST_AFTER_S else RunState.RUNNING
