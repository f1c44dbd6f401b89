"""Stage 4: how good the model is on rows it has not seen."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import confusion_matrix

from s3ml_tui.domain.ml.events import Kind, Stage
from s3ml_tui.domain.text import count_text
from s3ml_tui.runner.run import TrainingRun
from s3ml_tui.training.model import plots
from s3ml_tui.training.model.estimators import Task
from s3ml_tui.training.model.metrics import OWN, Predicted, extra_metrics, headline, own_metrics, predict, summary
from s3ml_tui.training.model.warnings import gathered
from s3ml_tui.training.stages.prepare import Prepared
from s3ml_tui.training.stages.split import Parts
from s3ml_tui.training.stages.train import Trained


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Plots by name, as SVG; all else is in the draft."""

    plots: dict[str, str]


def evaluate(run: TrainingRun, prepared: Prepared, parts: Parts, trained: Trained) -> Evaluated:
    """Score the held-out rows; where none are held out, each row is judged by the fold that had not seen it."""
    spec, target, draft = run.job.spec, prepared.target, run.draft
    with run.journal.stage(Stage.EVALUATE) as notes:
        truth, said = _unseen(run, prepared, parts, trained)
        if len(parts.test):
            draft.metrics |= own_metrics(truth, said, target.task, target.classes)
            extra, troubles = extra_metrics(
                trained.pipeline, prepared.frame.iloc[parts.test], truth, spec.metrics, target.task, target.classes
            )
            draft.metrics |= extra
            for trouble in troubles:
                run.journal.caution(trouble)
        draft.headline = headline(spec.metrics, target.task, draft.metrics)
        if target.task == "classification":
            draft.confusion = confusion_matrix(truth, said.values, labels=list(target.classes)).tolist()
        draft.predictions_sha256 = predictions_sha256(said, target.task)
        names = [*spec.metrics, *OWN[target.task]]
        shown = names if len(parts.test) else [f"cv_{name}_mean" for name in names]
        figures = summary(draft.metrics, list(dict.fromkeys(shown)))
        run.journal.emit(figures, kind=Kind.METRICS, data=dict(draft.metrics))
        notes.summary = _judged(parts)
        with gathered():
            drawn = plots.draw(truth, said, target, trained.pipeline)
    return Evaluated(drawn)


def _judged(parts: Parts) -> str:
    """On which rows."""
    if len(parts.test):
        return f"judged on {count_text(len(parts.test), 'row')} held out"
    return f"each of {count_text(len(parts.train), 'row')} judged by the fold that had not seen it"


def predictions_sha256(said: Predicted, task: Task) -> str:
    """Canonical: a line a row, classes as UTF-8, numbers as `%.10g`; the same on any machine."""
    form = str if task == "classification" else "{:.10g}".format
    return hashlib.sha256("".join(f"{form(value)}\n" for value in said.values).encode()).hexdigest()


def _unseen(
    run: TrainingRun, prepared: Prepared, parts: Parts, trained: Trained
) -> tuple[np.ndarray[Any, Any], Predicted]:
    target = prepared.target
    if len(parts.test) == 0 and trained.folds is not None:
        return target.values[parts.train], trained.folds.said
    with gathered() as sentences:
        said = predict(trained.pipeline, prepared.frame.iloc[parts.test], target.task)
    for sentence in sentences:
        run.journal.caution(sentence)
    return target.values[parts.test], said
