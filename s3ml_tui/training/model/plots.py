"""Plots as SVG texts: the same figures give the same bytes; names from the data are never read as markup."""

import io
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from sklearn.metrics import auc, confusion_matrix, roc_curve

from s3ml_tui.domain.text import printable
from s3ml_tui.training.model.metrics import Predicted
from s3ml_tui.training.model.target import Target

MAX_POINTS = 2000
"""Points in a scatter plot; every n-th row is drawn beyond that."""
MAX_CLASSES = 12
MAX_FEATURES = 20
MAX_LABEL = 24
INK, FILL, FAINT = "#1f4e79", "#4c8dc9", "#9aa5b1"

Draw = Callable[[Any], None]


def draw(truth: np.ndarray[Any, Any], said: Predicted, target: Target, pipeline: Any) -> dict[str, str]:
    """Every plot that suits the task, by name."""
    drawn: dict[str, str] = {}
    if target.task == "classification":
        if len(target.classes) <= MAX_CLASSES:
            drawn["confusion_matrix"] = _svg("confusion_matrix", lambda axes: _confusion(axes, truth, said, target))
        if said.scores is not None and len(set(truth)) == len(target.classes) <= MAX_CLASSES:
            drawn["roc_curve"] = _svg("roc_curve", lambda axes: _roc(axes, truth, said, target))
    else:
        drawn["predicted_against_true"] = _svg("predicted_against_true", lambda axes: _predicted(axes, truth, said))
        drawn["residuals"] = _svg("residuals", lambda axes: _residuals(axes, truth, said))
    weights = importances(pipeline)
    if weights:
        drawn["feature_importance"] = _svg("feature_importance", lambda axes: _importance(axes, weights))
    return drawn


def importances(pipeline: Any) -> list[tuple[str, float]]:
    """What the estimator says counts, greatest first: importances of trees, sizes of coefficients; else empty."""
    estimator = pipeline[-1]
    weights = getattr(estimator, "feature_importances_", None)
    if weights is None:
        weights = getattr(estimator, "coef_", None) if not _has_kernel(estimator) else None
        weights = None if weights is None else np.abs(np.atleast_2d(np.asarray(weights))).mean(axis=0)
    if weights is None:
        return []
    names = [str(name) for name in pipeline[:-1].get_feature_names_out()]
    if len(names) != len(weights):
        return []
    order = np.argsort(-np.asarray(weights), kind="stable")[:MAX_FEATURES]
    return [(names[index], float(weights[index])) for index in order]


def _has_kernel(estimator: Any) -> bool:
    return hasattr(estimator, "kernel") and estimator.kernel != "linear"


def _svg(name: str, paint: Draw) -> str:
    settings: Any = {"svg.hashsalt": name, "svg.fonttype": "none", "text.parse_math": False, "font.size": 10.0}
    with mpl.rc_context(settings):
        figure = Figure(figsize=(5.6, 4.2), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        paint(axes)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]


def _label(text: str) -> str:
    shown = printable(text)
    return shown if len(shown) <= MAX_LABEL else shown[: MAX_LABEL - 1] + "…"


def _confusion(axes: Any, truth: np.ndarray[Any, Any], said: Predicted, target: Target) -> None:
    counts = confusion_matrix(truth, said.values, labels=list(target.classes))
    axes.pcolormesh(np.arange(len(counts) + 1) - 0.5, np.arange(len(counts) + 1) - 0.5, counts, cmap="Blues")
    axes.invert_yaxis()
    axes.set_aspect("equal")
    ticks, labels = range(len(target.classes)), [_label(name) for name in target.classes]
    axes.set_xticks(ticks, labels, rotation=45 if len(labels) > 3 else 0, ha="right" if len(labels) > 3 else "center")
    axes.set_yticks(ticks, labels)
    middle = counts.max() / 2
    for row, line in enumerate(counts):
        for column, count in enumerate(line):
            colour = "white" if count > middle else "black"
            axes.text(column, row, f"{count:,}", ha="center", va="center", color=colour)
    axes.set(xlabel="predicted", ylabel="true", title="Confusion matrix")


def _roc(axes: Any, truth: np.ndarray[Any, Any], said: Predicted, target: Target) -> None:
    scores = said.scores if said.scores is not None else np.zeros((len(truth), len(target.classes)))
    shown = [1] if len(target.classes) == 2 else list(range(len(target.classes)))
    for index in shown:
        false_rate, true_rate, _ = roc_curve(truth == target.classes[index], scores[:, index])
        label = f"{_label(target.classes[index])} ({auc(false_rate, true_rate):.3f})"
        axes.plot(false_rate, true_rate, label=label, color=INK if len(shown) == 1 else None)
    axes.plot([0, 1], [0, 1], linestyle=":", color=FAINT)
    axes.set(xlabel="false positive rate", ylabel="true positive rate", title="ROC curve")
    axes.legend(loc="lower right", fontsize="small", frameon=False)


def _thinned(rows: int) -> slice:
    return slice(None, None, max(1, -(-rows // MAX_POINTS)))


def _predicted(axes: Any, truth: np.ndarray[Any, Any], said: Predicted) -> None:
    some = _thinned(len(truth))
    axes.scatter(truth[some], said.values[some], s=12, color=FILL, alpha=0.7, linewidths=0)
    ends = [min(truth.min(), said.values.min()), max(truth.max(), said.values.max())]
    axes.plot(ends, ends, linestyle=":", color=FAINT)
    axes.set(xlabel="true", ylabel="predicted", title="Predicted against true")


def _residuals(axes: Any, truth: np.ndarray[Any, Any], said: Predicted) -> None:
    some = _thinned(len(truth))
    axes.scatter(said.values[some], (truth - said.values)[some], s=12, color=FILL, alpha=0.7, linewidths=0)
    axes.axhline(0, linestyle=":", color=FAINT)
    axes.set(xlabel="predicted", ylabel="true - predicted", title="Residuals")


def _importance(axes: Any, weights: list[tuple[str, float]]) -> None:
    names = [_label(name) for name, _ in reversed(weights)]
    axes.barh(range(len(names)), [weight for _, weight in reversed(weights)], color=FILL)
    axes.set_yticks(range(len(names)), names, fontsize="small")
    axes.set(title="What the estimator says counts")
