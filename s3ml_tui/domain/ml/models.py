"""Model versions and the aliases that point to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from s3ml_tui.domain.text import printable


def other_version(model: str, packages: Mapping[str, str]) -> str:
    """What to say of a model that was made with another scikit-learn than the one here; "" for the same.

    `packages` are the versions it was made with.
    """
    made = packages.get("scikit-learn", "")
    try:
        here = version("scikit-learn")
    except PackageNotFoundError:
        return ""
    if not made or made == here:
        return ""
    return (
        f"{model} was made with scikit-learn {printable(made)}, but {here} is installed here: it may fail, or predict "
        "otherwise. Train it again, or install that version."
    )


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
