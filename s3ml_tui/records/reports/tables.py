"""What every document of a run says, as rows of text: metrics, data, parameters; and the metrics as JSON."""

from collections.abc import Sequence

from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.serialization import json_text
from s3ml_tui.domain.text import elapsed_text, printable, size_text
from s3ml_tui.records.run_record import RunResult
from s3ml_tui.records.spec_text import categories_text, folds_text, numbers_text, split_text

Rows = list[tuple[str, ...]]
SHOWN_FEATURES = 40
HASH_CHARACTERS = 16


def number(value: float) -> str:
    """Four significant digits, thousands not grouped."""
    return f"{value:.4g}" if abs(value) < 10_000 else f"{value:.1f}"


def held_out_rows(result: RunResult) -> Rows:
    """Metric and value on the held-out rows, the headline first."""
    names = [name for name in result.metrics if not name.startswith("cv_")]
    names.sort(key=lambda name: name != result.headline)
    return [(name, number(result.metrics[name])) for name in names]


def baseline_text(result: RunResult) -> str:
    """What the metrics of a classifier are to be held against, from its confusion matrix; "" for a regression."""
    counts = [sum(line) for line in result.confusion]
    if not sum(counts):
        return ""
    most = max(range(len(counts)), key=counts.__getitem__)
    said = (
        f"Always saying {printable(result.classes[most])!r} would have accuracy {number(counts[most] / sum(counts))}."
    )
    positive = f" f1 and roc_auc are those of {printable(result.classes[1])!r}." if len(counts) == 2 else ""
    return said + positive


def fold_rows(result: RunResult) -> Rows:
    """Metric, mean ± deviation, every fold."""
    return [
        (
            name,
            _spread(result, name),
            ", ".join(number(score) for score in scores),
        )
        for name, scores in result.cv_scores.items()
    ]


def _spread(result: RunResult, name: str) -> str:
    mean, deviation = (result.metrics.get(f"cv_{name}_{part}", 0.0) for part in ("mean", "std"))
    return f"{number(mean)} ± {number(deviation)}"


def fact_rows(result: RunResult) -> Rows:
    """What was run, on what, with which settings, where, how long."""
    elapsed_s = (result.ended - result.started).total_seconds()
    rows: Rows = [
        ("run", result.run_id),
        ("pipeline", printable(result.name)),
        ("model", result.model or "none"),
        ("task", result.task),
        ("estimator", result.estimator),
        ("target", printable(result.spec.target)),
        ("rows", ", ".join(f"{part} {count:,}" for part, count in result.rows.items())),
        ("split", split_text(result.spec, result.task)),
        ("validation", folds_text(result.spec)),
        ("numbers", numbers_text(result.spec)),
        ("categories", categories_text(result.spec, result.target_encoded)),
        ("seed", str(result.seed)),
        ("started", f"{result.started:%Y-%m-%d %H:%M:%S} UTC"),
        ("took", elapsed_text(elapsed_s)),
        ("on", printable(result.host)),
    ]
    return rows


def input_rows(result: RunResult) -> Rows:
    """Each input: role, address, version, size, sha256."""
    return [pin_row(role, pin) for role, pin in result.inputs.items()]


def output_rows(result: RunResult) -> Rows:
    """The same for each output."""
    return [pin_row(role, pin) for role, pin in result.outputs.items()]


def pin_row(role: str, pin: Pin) -> tuple[str, ...]:
    """A pin in five columns."""
    version = printable(pin.version_id) if pin.version_id else "none (the bucket keeps no versions)"
    return role, printable(pin.uri), version, size_text(pin.size), pin.sha256[:HASH_CHARACTERS]


def parameter_rows(result: RunResult) -> Rows:
    """Every parameter of the estimator; those the spec set are marked."""
    chosen = result.spec.estimator.params
    return [
        (name, printable(json_text(value)), "set in the spec" if name in chosen else "")
        for name, value in result.params.items()
    ]


def feature_text(names: Sequence[str]) -> str:
    """The features in a line, cut when there are many."""
    shown = ", ".join(printable(name) for name in names[:SHOWN_FEATURES])
    left = len(names) - SHOWN_FEATURES
    return f"{shown} … and {left} more" if left > 0 else shown


def package_text(result: RunResult) -> str:
    """Python and package versions in a line."""
    if result.environment is None:
        return ""
    packages = (f"{name} {version}" for name, version in result.environment.packages.items())
    return ", ".join((f"Python {result.environment.python}", *packages))


def metrics_document(result: RunResult) -> bytes:
    """metrics.json: for programs."""
    document = {
        "format": result.format,
        "run_id": result.run_id,
        "model": result.model,
        "task": result.task,
        "headline": result.headline,
        "metrics": result.metrics,
        "cv_scores": result.cv_scores,
        "classes": result.classes,
        "confusion": result.confusion,
        "predictions_sha256": result.predictions_sha256,
    }
    return (json_text(document, indent=2) + "\n").encode()
