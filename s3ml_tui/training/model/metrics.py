"""Metrics of predictions, and scorers a spec adds.

Classification: accuracy, balanced accuracy, F1 (of the positive class in a binary task, which is the last one in
sorted order; macro over the classes else), ROC AUC (macro over one-against-the-rest). Regression: R², RMSE, MAE, MSE.
"""

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn import metrics as sk

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.text import printable
from s3ml_tui.records.scorers import BY_TASK
from s3ml_tui.training.model.estimators import Task
from s3ml_tui.training.model.warnings import gathered

OWN: Mapping[Task, tuple[str, ...]] = {
    "classification": ("accuracy", "balanced_accuracy", "f1", "roc_auc"),
    "regression": ("r2", "rmse", "mae", "mse"),
}
"""Always computed; the first is the headline unless the spec names another."""


@dataclass(frozen=True, slots=True)
class Predicted:
    """What a model said of some rows."""

    values: np.ndarray[Any, Any]
    """Classes (texts) or numbers, one a row."""
    scores: np.ndarray[Any, Any] | None = None
    """Rows x classes, the higher the likelier; None for regression and for classifiers that tell none."""


def predict(model: Any, frame: Any, task: Task) -> Predicted:
    """What `model` says of the rows in `frame`."""
    values = model.predict(frame)
    if task == "regression":
        return Predicted(np.asarray(values, float).reshape(len(frame)))
    for method in ("predict_proba", "decision_function"):
        if hasattr(model, method):
            scores = np.asarray(getattr(model, method)(frame))
            scores = np.column_stack([-scores, scores]) if scores.ndim == 1 else scores
            if scores.shape[1] == len(model.classes_):
                return Predicted(values, scores)
    return Predicted(values)


def own_metrics(truth: np.ndarray[Any, Any], said: Predicted, task: Task, classes: Sequence[str]) -> dict[str, float]:
    """The task's own metrics; one that is not defined on these rows (one class only, one row) is left out."""
    if task == "regression":
        mse = float(sk.mean_squared_error(truth, said.values))
        found = {"rmse": math.sqrt(mse), "mae": float(sk.mean_absolute_error(truth, said.values)), "mse": mse}
        return ({"r2": float(sk.r2_score(truth, said.values))} if len(truth) > 1 else {}) | found
    found = {"accuracy": float(sk.accuracy_score(truth, said.values))}
    with gathered():
        found["balanced_accuracy"] = float(sk.balanced_accuracy_score(truth, said.values))
        if len(classes) == 2:
            found["f1"] = float(sk.f1_score(truth, said.values, pos_label=classes[-1], zero_division=0))
        else:
            found["f1"] = float(sk.f1_score(truth, said.values, average="macro", labels=list(classes), zero_division=0))
    auc = roc_auc(truth, said.scores, classes)
    return found if auc is None else found | {"roc_auc": auc}


def roc_auc(truth: np.ndarray[Any, Any], scores: np.ndarray[Any, Any] | None, classes: Sequence[str]) -> float | None:
    """Macro mean over the classes of each against the rest; None without scores, or when a class is missing."""
    if scores is None or scores.shape[1] != len(classes) or not np.isfinite(scores).all():
        return None
    if len(set(truth)) < len(classes):
        return None
    wanted = range(1, 2) if len(classes) == 2 else range(len(classes))
    areas = [sk.roc_auc_score(truth == classes[index], scores[:, index]) for index in wanted]
    return float(np.mean(areas))


def check_names(names: Sequence[str], task: Task) -> None:
    """Raises BadInput for a metric that neither we nor scikit-learn have for this task."""
    known = BY_TASK[task]
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=3)
            is_other = name in sk.get_scorer_names() or any(name in other for other in BY_TASK.values())
            raise BadInput(
                f"The metric {name} is not for {task}" if is_other else f"There is no metric {printable(name)!r}",
                cause=f"Close to it: {', '.join(close)}" if close else f"Known are: {', '.join(known)}",
                advice="Use a name of a scikit-learn scorer",
            )


def check_fit(
    names: Sequence[str], estimator: Any, truth: np.ndarray[Any, Any], task: Task, classes: Sequence[str]
) -> None:
    """Raises BadInput for a metric that cannot be computed of this target, or of what this estimator tells.

    It is asked of a model that is always right.
    """
    rows = np.arange(len(truth)).reshape(-1, 1)
    for name in names:
        if name in OWN[task]:
            continue
        try:
            with gathered():
                _score(name, _Oracle(estimator, truth, classes), rows, truth, task, classes)
        except (ValueError, TypeError, AttributeError) as error:
            raise BadInput(
                f"The metric {name} cannot be computed",
                cause=printable(str(error).splitlines()[0][:200]),
                advice="Leave it out of metrics, or choose another estimator or target",
            ) from error


def extra_metrics(
    model: Any, frame: Any, truth: np.ndarray[Any, Any], names: Sequence[str], task: Task, classes: Sequence[str]
) -> tuple[dict[str, float], list[str]]:
    """The scorers a spec adds to the task's own, and a sentence for each that cannot be computed here."""
    found: dict[str, float] = {}
    troubles = []
    for name in names:
        if name in OWN[task]:
            continue
        try:
            with gathered():
                value = _score(name, model, frame, truth, task, classes)
        except (ValueError, TypeError, AttributeError) as error:
            troubles.append(f"The metric {name} cannot be computed: {str(error).splitlines()[0]}")
            continue
        if math.isfinite(value):
            found[name] = value
        else:
            troubles.append(f"The metric {name} is not defined on these rows")
    return found, troubles


def headline(names: Sequence[str], task: Task, metrics: Mapping[str, float]) -> str:
    """The metric that counts: the spec's first, or the task's own; of the folds when nothing was held out."""
    for name in (*names, *OWN[task]):
        for candidate in (name, f"cv_{name}_mean"):
            if candidate in metrics:
                return candidate
    return ""


def summary(metrics: Mapping[str, float], names: Sequence[str]) -> str:
    """A few of them in a line: `accuracy 0.956, f1 0.941`."""
    return ", ".join(f"{name} {metrics[name]:.4g}" for name in names if name in metrics)


def _score(name: str, model: Any, frame: Any, truth: np.ndarray[Any, Any], task: Task, classes: Sequence[str]) -> float:
    scorer = sk.get_scorer(name)
    if task == "regression":
        return float(scorer(model, frame, truth))
    return float(scorer(_Coded(model, classes), frame, _codes(truth, classes)))


def _codes(values: Any, classes: Sequence[str]) -> np.ndarray[Any, Any]:
    places = {name: place for place, name in enumerate(classes)}
    return np.array([places[value] for value in values], int)


class _Coded:
    """A classifier as scorers want it: its classes are 0, 1 … in our order, and 1 is the positive of two."""

    def __init__(self, model: Any, classes: Sequence[str]) -> None:
        self._model, self._classes = model, classes
        self.classes_ = _codes(model.classes_, classes)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def predict(self, frame: Any) -> np.ndarray[Any, Any]:
        return _codes(self._model.predict(frame), self._classes)


class _Oracle:
    """A model that has not been fitted and is always right, but tells no more than the estimator can."""

    def __init__(self, estimator: Any, truth: np.ndarray[Any, Any], classes: Sequence[str]) -> None:
        self._estimator, self._truth = estimator, truth
        self.classes_ = np.array(classes, object)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._estimator, name)  # an AttributeError for what it cannot tell
        return {"predict_proba": self._certain, "decision_function": self._decided}.get(name, found)

    def predict(self, _frame: Any) -> np.ndarray[Any, Any]:
        return self._truth

    def _certain(self, _frame: Any) -> np.ndarray[Any, Any]:
        return np.asarray(self._truth[:, None] == self.classes_, float)

    def _decided(self, frame: Any) -> np.ndarray[Any, Any]:
        scores = self._certain(frame)
        return scores[:, 1] - 0.5 if len(self.classes_) == 2 else scores
