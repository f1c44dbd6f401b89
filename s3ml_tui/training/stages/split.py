"""Stage 2: which rows are trained on, and which are held out."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.model_selection import train_test_split

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.ml.events import Stage
from s3ml_tui.domain.text import count_text, printable
from s3ml_tui.records.spec import Split
from s3ml_tui.runner.run import TrainingRun
from s3ml_tui.training.data.parquet import publish_table
from s3ml_tui.training.model.cross_validation import check_folds
from s3ml_tui.training.model.perfect_features import perfect_features
from s3ml_tui.training.model.target import Target
from s3ml_tui.training.stages.prepare import Prepared

Rows = np.ndarray[Any, np.dtype[np.intp]]


@dataclass(frozen=True, slots=True)
class Parts:
    """Positions in the prepared rows."""

    train: Rows
    test: Rows
    """Empty when nothing is held out."""


def split(run: TrainingRun, prepared: Prepared) -> Parts:
    """Hold rows out and write both parts. Raises BadInput when there are too few rows."""
    spec = run.job.spec
    with run.journal.stage(Stage.SPLIT) as notes:
        method = _method(spec.split, prepared.target)
        parts = divide(prepared.target, spec.split, method)
        if spec.cv is not None:
            check_folds(prepared.target.values[parts.train], spec.cv, prepared.target.task)
        run.draft.rows |= {"train": len(parts.train), "test": len(parts.test)}
        _doubt(run, prepared, parts)
        publish_table(run, "train", prepared.table.take(parts.train))
        if len(parts.test):
            publish_table(run, "test", prepared.table.take(parts.test))
            notes.summary = f"{len(parts.train):,} / {len(parts.test):,} rows, {method}"
        else:
            notes.summary = f"{count_text(len(parts.train), 'row')}, none held out"
    return parts


def _doubt(run: TrainingRun, prepared: Prepared, parts: Parts) -> None:
    """Warn of columns that need no others."""
    found = perfect_features(prepared.frame, prepared.features, prepared.target, parts.train, parts.test)
    run.draft.perfect_features = found
    for name in found:
        run.journal.caution(
            f"Column {printable(name)} alone gives a perfect score: make sure that it is known before "
            f"{printable(prepared.target.name)} is, or leave it out with features.exclude"
        )


def divide(target: Target, wanted: Split, method: str) -> Parts:
    """The rule: how many rows, then which. Random parts are those of scikit-learn's train_test_split, in its order."""
    rows = np.arange(len(target.values))
    if wanted.test_size == 0:
        return Parts(rows, rows[:0])
    held_out = _held_out(len(rows), wanted.test_size)
    if method == "tail":
        return Parts(rows[:-held_out], rows[-held_out:])
    strata = None
    if method == "stratified":
        _check_strata(target, len(rows), held_out)
        strata = target.values
    train, test = train_test_split(rows, test_size=held_out, random_state=wanted.seed, stratify=strata)
    return Parts(train, test)


def _method(wanted: Split, target: Target) -> str:
    if wanted.method != "auto":
        return wanted.method
    return "stratified" if target.task == "classification" else "random"


def _held_out(rows: int, size: float) -> int:
    held_out = math.ceil(size * rows) if size < 1 else int(size)
    if held_out >= rows:
        raise BadInput(
            f"{count_text(held_out, 'row')} cannot be held out",
            cause=f"The data has {count_text(rows, 'row')} with a target",
            advice="Lower split.test_size, or add rows",
        )
    return held_out


def _check_strata(target: Target, rows: int, held_out: int) -> None:
    if target.task == "regression":
        raise BadInput(
            "A stratified split needs classes",
            cause=f"{printable(target.name)} holds numbers to be regressed on",
            advice='Set split.method to "random" or "tail"',
        )
    names, counts = np.unique(target.values.astype(str), return_counts=True)
    if counts.min() < 2:
        raise BadInput(
            f"The class {printable(str(names[counts.argmin()]))!r} has a single row",
            cause="A stratified split needs two of each class, one for each part",
            advice='Add rows of it, leave it out, or set split.method = "random"',
        )
    if min(held_out, rows - held_out) < len(names):
        raise BadInput(
            f"{held_out:,} of {rows:,} rows held out are too few for a stratified split",
            cause=f"There are {len(names)} classes, and each needs a row in both parts",
            advice="Change split.test_size, or add rows",
        )
