"""The one figure that stands for a run or a model in a list."""

from collections.abc import Mapping


def headline_text(name: str, metrics: Mapping[str, float]) -> str:
    """`roc_auc 0.871`, of the metric called `name`; `name` itself when there is no such metric."""
    if name not in metrics:
        return name
    value = metrics[name]
    return f"{name} {value:.3f}" if abs(value) < 100 else f"{name} {value:,.1f}"
