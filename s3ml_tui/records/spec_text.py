"""What a spec asks for, in words: for the plan of a run, and for the reports of what it made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from s3ml_tui.records.spec import Spec


_HOW = {"auto": "stratified for classes, else at random", "random": "at random", "stratified": "stratified"}
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


def categories_text(spec: Spec) -> str:
    """What is done to categories."""
    encoded = "a column each (one-hot)" if spec.features.encode == "onehot" else "numbered in order"
    return f"{_filled(spec, 'most frequent')}, {encoded}"


def _filled(spec: Spec, stand_in: str) -> str:
    return "missing ones stay missing" if spec.features.impute == "none" else f"missing ones become the {stand_in}"
