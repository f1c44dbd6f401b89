"""Cross-validation over the training rows: each fold reported as it ends, in this process or in several.

The folds are what scikit-learn's `cv=int` means: in order, not shuffled, stratified for classification.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from joblib.externals.loky.process_executor import TerminatedWorkerError
from sklearn.base import clone
from sklearn.model_selection import KFold, StratifiedKFold

from s3ml_tui.domain.errors import BadInput, LocalTrouble
from s3ml_tui.domain.text import count_text, printable
from s3ml_tui.runner.cancellation import Stop
from s3ml_tui.runner.events import Journal
from s3ml_tui.training.model.estimators import Task
from s3ml_tui.training.model.metrics import Predicted, extra_metrics, own_metrics, predict
from s3ml_tui.training.model.warnings import gathered


@dataclass(frozen=True, slots=True)
class Question:
    """What every fold is asked."""

    pipeline: Any
    """Unfitted."""
    frame: Any
    truth: np.ndarray[Any, Any]
    task: Task
    classes: tuple[str, ...]
    metrics: tuple[str, ...]
    """Scorers beside the task's own."""


@dataclass(frozen=True, slots=True)
class Fold:
    """One fold's answer."""

    number: int
    """From 1."""
    rows: np.ndarray[Any, Any]
    """Positions it was tested on."""
    scores: dict[str, float]
    said: Predicted
    elapsed_s: float
    sentences: tuple[str, ...]
    """Warnings."""


@dataclass(frozen=True, slots=True)
class CrossValidated:
    """All folds."""

    scores: dict[str, list[float]]
    """By metric, a score a fold; only metrics that every fold has."""
    said: Predicted
    """Of every row, by the model that had not seen it."""

    def figures(self) -> dict[str, float]:
        """`cv_<metric>_mean` and `cv_<metric>_std` (of the population, as scikit-learn's examples print it)."""
        found = {}
        for name, scores in self.scores.items():
            found[f"cv_{name}_mean"] = float(np.mean(scores))
            found[f"cv_{name}_std"] = float(np.std(scores))
        return found


def check_folds(truth: np.ndarray[Any, Any], folds: int, task: Task) -> None:
    """Raises BadInput when there are fewer rows than folds, or fewer of each class than folds."""
    if len(truth) < folds:
        raise BadInput(
            f"{folds} folds need {folds} rows",
            cause=f"There {'is' if len(truth) == 1 else 'are'} {count_text(len(truth), 'training row')}",
            advice="Lower cv, or add rows",
        )
    if task == "classification":
        names, counts = np.unique(truth.astype(str), return_counts=True)
        if counts.min() < folds:
            raise BadInput(
                f"The class {printable(str(names[counts.argmin()]))!r} has fewer rows than there are folds",
                cause=f"{count_text(int(counts.min()), 'training row')}, {folds} folds",
                advice="Lower cv, or add rows of that class",
            )


def cross_validate(
    question: Question, folds: int, n_jobs: int, journal: Journal, stop: Stop, folder: Path | None = None
) -> CrossValidated:
    """Fit and score `folds` models; `folder` takes what processes share.

    Raises Cancelled, LocalTrouble (a process died), ValueError from scikit-learn.
    """
    splitter = StratifiedKFold(folds) if question.task == "classification" else KFold(folds)
    parts = list(splitter.split(question.frame, question.truth))
    done: list[Fold] = []
    try:
        for fold in _answers(question, parts, n_jobs, folder):
            stop.check()
            done.append(fold)
            name, score = next(iter(fold.scores.items()))
            journal.progress(f"Fold {fold.number} of {folds}: {name} {score:.4g}", len(done), folds)
    except TerminatedWorkerError as error:
        stop.check()
        raise LocalTrouble(
            "A process of the cross-validation was killed",
            cause="Most likely this machine ran out of memory",
            advice="Lower n_jobs",
        ) from error
    for sentence in dict.fromkeys(sentence for fold in done for sentence in fold.sentences):
        journal.caution(sentence)
    return _joined(sorted(done, key=lambda fold: fold.number), question)


def _answers(question: Question, parts: Sequence[tuple[Any, Any]], n_jobs: int, folder: Path | None) -> Iterator[Fold]:
    if n_jobs == 1:
        return (_fold(question, number, train, test) for number, (train, test) in enumerate(parts, start=1))
    tasks = (delayed(_fold)(question, number, train, test) for number, (train, test) in enumerate(parts, start=1))
    workers = Parallel(n_jobs=n_jobs, backend="loky", return_as="generator_unordered", temp_folder=folder)
    found: Iterator[Fold] = workers(tasks)
    return found


def _fold(question: Question, number: int, train: Any, test: Any) -> Fold:
    started = time.monotonic()
    with gathered() as sentences:
        model = clone(question.pipeline).fit(question.frame.iloc[train], question.truth[train])
        said = predict(model, question.frame.iloc[test], question.task)
        truth = question.truth[test]
        scores = own_metrics(truth, said, question.task, question.classes)
        extra, troubles = extra_metrics(
            model, question.frame.iloc[test], truth, question.metrics, question.task, question.classes
        )
    elapsed_s = time.monotonic() - started
    return Fold(number, np.asarray(test), scores | extra, said, elapsed_s, (*sentences, *troubles))


def _joined(folds: Sequence[Fold], question: Question) -> CrossValidated:
    names = [name for name in folds[0].scores if all(name in fold.scores for fold in folds)]
    values = np.empty(len(question.truth), question.truth.dtype)
    has_scores = all(fold.said.scores is not None for fold in folds)
    scores = np.zeros((len(values), len(question.classes))) if has_scores and question.classes else None
    for fold in folds:
        values[fold.rows] = fold.said.values
        if scores is not None:
            scores[fold.rows] = fold.said.scores
    return CrossValidated({name: [fold.scores[name] for fold in folds] for name in names}, Predicted(values, scores))
