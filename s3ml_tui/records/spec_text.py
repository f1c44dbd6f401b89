"""What a spec asks for, in words: for the plan of a run, and for the reports of what it made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3ml_tui.domain.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from s3ml_tui.records.spec import Spec


_HOW = {"auto": "stratified for classes, else at random", "random": "at random", "stratified": "stratified"}
_ENCODED = {
    "auto": "a column each (one-hot)",
    "onehot": "a column each (one-hot)",
    "ordinal": "numbered in order",
    "target": "the mean of the target (target-encoded)",
}
_BY_TASK = {"classification": "stratified", "regression": "random"}


def split_text(spec: Spec, task: str = "auto") -> str:
    """Which rows are held out; once the task is known, `auto` is told as what it is."""
    size, method = spec.split.test_size, spec.split.method
    if size == 0:
        return "No rows are held out"
    share = f"{size * 100:g} % of the rows are" if size < 1 else f"{size:,.0f} rows are"
    if method == "tail":
        return f"{share} held out, the last ones"
    how = _HOW[_BY_TASK.get(task, method) if method == "auto" else method]
    return f"{share} held out, {how}, seed {spec.split.seed}"


def folds_text(spec: Spec) -> str:
    """How it is cross-validated."""
    return f"{spec.cv}-fold cross-validation" if spec.cv else "no cross-validation"


def jobs_text(spec: Spec) -> str:
    """In how many processes."""
    if spec.n_jobs == -1:
        return "one process a core"
    return "one process" if spec.n_jobs == 1 else f"{spec.n_jobs} processes"


def numbers_text(spec: Spec) -> str:
    """What is done to numbers before the estimator sees them."""
    filled = {"auto": "median", "most_frequent": "most frequent"}.get(spec.features.impute, spec.features.impute)
    scaled = "scaled to mean 0 and variance 1" if spec.features.scale else "not scaled"
    return f"{_filled(spec, filled)}, {scaled}"


def categories_text(spec: Spec, by_target: Sequence[str] = ()) -> str:
    """What is done to categories; `by_target` are those that were target-encoded for their many values."""
    encoded = f"{_filled(spec, 'most frequent')}, {_ENCODED[spec.features.encode]}"
    if not by_target or spec.features.encode == "target":
        return encoded
    return f"{encoded}; target-encoded: {', '.join(map(printable, by_target))}"


def _filled(spec: Spec, stand_in: str) -> str:
    return "missing ones stay missing" if spec.features.impute == "none" else f"missing ones become the {stand_in}"
