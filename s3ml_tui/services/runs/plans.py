"""Plans that start a process: a training run, and a prediction."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.records.spec_text import folds_text, jobs_text, split_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from s3ml_tui.domain.ml.lineage import Pin
    from s3ml_tui.domain.uri import Place
    from s3ml_tui.records.spec import Spec
    from s3ml_tui.services.runs.data import FoundData


@dataclass(frozen=True, slots=True)
class StartRun(Plan):
    """A training process reads one version of the data and publishes a model version."""

    spec: Spec
    workspace: Place
    found: FoundData
    next_model: int
    """The lowest number its model version can get."""
    outlook: tuple[str, ...] = ()
    """What the first rows tell of how the data will be read, as sentences."""
    affirmative = "Start"

    @property
    def data(self) -> Pin:
        """What it will read."""
        return self.found.pin

    @property
    def title(self) -> str:
        """As `Train churn`."""
        return f"Train {self.spec.name}"

    def sentences(self) -> tuple[str, ...]:
        """Which data it reads, what it does with them, what it writes and where."""
        where = self.workspace.uri
        return (
            *self.found.sentences(),
            *self.outlook,
            f"It learns {self.spec.target} ({_task(self.spec)}) with {_estimator(self.spec)}.",
            f"{split_text(self.spec)}; {folds_text(self.spec)}; {jobs_text(self.spec)}.",
            f"It writes below {where}: dataset/processed, dataset/train and dataset/test, outputs/reports, "
            "logs/training, .s3ml/runs and models. Nothing that is there is overwritten.",
            f"Its model becomes models/v{self.next_model}, or a higher number if others are faster.",
            "It runs in a process of its own on this machine, and goes on when this program ends.",
        )


@dataclass(frozen=True, slots=True)
class TrustModel(Plan):
    """A model's file is loaded, which runs what its maker put into it."""

    workspace: Place
    model: str
    """As `models/v1`."""
    sha256: str
    """Of its file, by its manifest."""
    run_id: str
    """Which made it, by its manifest."""
    maker: str
    """As `ada on gpu-1`; "" when no run's record in the workspace names these bytes."""
    doubts: tuple[str, ...] = ()
    """What was written more than once, though it is written once, a sentence each."""
    affirmative = "Trust and load"
    is_destructive = True

    @property
    def is_recorded(self) -> bool:
        """Whether a run of the workspace recorded that it made these bytes."""
        return bool(self.maker)

    @property
    def title(self) -> str:
        """As `Trust the models of s3://acme-ml/?`."""
        return f"Trust the models of {self.workspace.uri}?" if self.is_recorded else f"Trust {self.model}?"

    def sentences(self) -> tuple[str, ...]:
        """What loading means, who made it, and for what this is asked."""
        means = "A model file is a pickle: loading it runs whatever its maker put into it, with all your rights."
        if self.is_recorded:
            return (
                means,
                f"{self.model} was made by {self.maker}, in run {self.run_id}, as its record says. "
                "Whoever may write to this workspace could have written both.",
                *self.doubts,
                "It is asked once: from then on models that the workspace's own runs made are loaded.",
            )
        return (
            means,
            f"No run of this workspace has recorded that it made {self.model} with these bytes "
            f"(sha256 {self.sha256[:12]}…); its manifest names run {self.run_id}. Somebody may have put it there.",
            *self.doubts,
            "It is asked once for these bytes.",
        )


@dataclass(frozen=True, slots=True)
class Predict(Plan):
    """A process applies a model version to one version of a data object."""

    workspace: Place
    model: str
    """As `models/v1`."""
    name: str
    """Of the pipeline that made the model."""
    target: str
    estimator: str
    found: FoundData
    metrics: Mapping[str, float]
    headline: str
    """As `roc_auc 0.871`."""
    trust: TrustModel | None = None
    """What must be agreed to first; None when the model is trusted."""
    warning: str = ""
    """That the model was made with another scikit-learn; "" when it was not."""
    doubts: tuple[str, ...] = ()
    """What was written more than once, though it is written once, a sentence each."""
    affirmative = "Predict"

    @property
    def data(self) -> Pin:
        """What it will read."""
        return self.found.pin

    @property
    def title(self) -> str:
        """As `Predict with models/v1`."""
        return f"Predict with {self.model}"

    def sentences(self) -> tuple[str, ...]:
        """Which model, which data, what is written and where."""
        figure = f", {self.headline}" if self.headline else ""
        return (
            f"{self.model} of {self.name} ({self.estimator}{figure}) predicts {self.target}.",
            *((self.warning,) if self.warning else ()),
            *self.doubts,
            *self.found.sentences(),
            f"It writes below {self.workspace.uri}: a folder of outputs/predictions and a log in logs/inference. "
            "Nothing that is there is overwritten.",
            "The model is loaded in a process of its own, if its sha256 is the one in its manifest.",
            *(("Whether you trust it is asked first.",) if self.trust is not None else ()),
        )


def _task(spec: Spec) -> str:
    return "the task is told by the target's values" if spec.task == "auto" else spec.task


def _estimator(spec: Spec) -> str:
    family = "hist_gradient_boosting" if spec.estimator.family == "auto" else spec.estimator.family
    if not spec.estimator.params:
        return f"{family}, all parameters by default"
    return family + ", " + ", ".join(f"{name}={value!r}" for name, value in spec.estimator.params.items())


class Cancel(Plan):
    """A process that was started is ended, and all it started."""

    __slots__ = ()
    is_destructive = True

    @property
    @abstractmethod
    def name(self) -> str:
        """As `run 20261123-1402-k3f9`."""

    @property
    def title(self) -> str:
        """As `Cancel run 20261123-1402-k3f9`."""
        return f"Cancel {self.name}"

    @property
    @abstractmethod
    def stays(self) -> str:
        """What stays, in sentences."""

    def sentences(self) -> tuple[str, ...]:
        """What ends, what stays."""
        ended = "Its process and everything it started are ended: asked first, forced after 5 seconds."
        return (ended, self.stays)


@dataclass(frozen=True, slots=True)
class CancelBatch(Cancel):
    """A prediction's process is ended."""

    workspace: Place
    batch_id: str
    affirmative = "Cancel the prediction"
    stays = "What it wrote so far stays, without a manifest: it never counts as a whole prediction."

    @property
    def name(self) -> str:
        """As `prediction 20261123-1402-k3f9`."""
        return f"prediction {self.batch_id}"


@dataclass(frozen=True, slots=True)
class CancelRun(Cancel):
    """A run's processes are ended, and its record closed."""

    workspace: Place
    run_id: str
    affirmative = "Cancel the run"
    stays = "What it wrote so far stays. Its record says cancelled, or succeeded if its model is complete by then."

    @property
    def name(self) -> str:
        """As `run 20261123-1402-k3f9`."""
        return f"run {self.run_id}"
