"""Stage 3: cross-validate where asked, then fit the one model that is published."""

import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.ml.events import Stage
from s3ml_tui.domain.text import count_text, printable
from s3ml_tui.runner.events import Journal
from s3ml_tui.runner.run import TrainingRun
from s3ml_tui.training.model.cross_validation import CrossValidated, Question, cross_validate
from s3ml_tui.training.model.estimators import build, class_path, json_params
from s3ml_tui.training.model.features import preprocessing
from s3ml_tui.training.model.warnings import gathered
from s3ml_tui.training.stages.prepare import Prepared
from s3ml_tui.training.stages.split import Parts


@dataclass(frozen=True, slots=True)
class Trained:
    """The fitted pipeline: preprocessing, then the estimator."""

    pipeline: Any
    folds: CrossValidated | None


def train(run: TrainingRun, prepared: Prepared, parts: Parts) -> Trained:
    """Fit. Raises BadInput with scikit-learn's own words when it refuses the data or a parameter."""
    spec, target = run.job.spec, prepared.target
    with run.journal.stage(Stage.TRAIN) as notes:
        estimator = build(spec, target.task)
        run.draft.estimator, run.draft.params = class_path(estimator), json_params(estimator)
        pipeline = Pipeline(
            [("preprocessing", preprocessing(prepared.features, spec, target)), ("estimator", estimator)]
        )
        frame, truth = prepared.frame.iloc[parts.train], target.values[parts.train]
        _check_missing(prepared, estimator, spec.features.impute)
        folds = None
        with refusals(run.journal, run.draft.estimator):
            if spec.cv is not None:
                question = Question(pipeline, frame, truth, target.task, target.classes, tuple(spec.metrics))
                folds = cross_validate(question, spec.cv, spec.n_jobs, run.journal, run.stop, run.folder)
                run.draft.cv_scores = folds.scores
                run.draft.metrics |= folds.figures()
            run.stop.check()
            with gathered() as sentences:
                pipeline.fit(frame, truth)
        for sentence in sentences:
            run.journal.caution(sentence)
        notes.summary = f"{run.draft.estimator.rpartition('.')[2]} on {count_text(len(frame), 'row')}"
        if folds is not None:
            notes.summary += f"; {_spread(folds, spec.metrics)}"
    return Trained(pipeline, folds)


def _spread(folds: CrossValidated, wanted: Sequence[str]) -> str:
    name = next((name for name in (*wanted, *folds.scores) if name in folds.scores), "")
    figures = folds.figures()
    return f"cv {name} {figures[f'cv_{name}_mean']:.4g} ± {figures[f'cv_{name}_std']:.2g}" if name else ""


@contextmanager
def refusals(journal: Journal, estimator: str) -> Iterator[None]:
    """Scikit-learn's ValueErrors and TypeErrors as BadInput; the traceback goes to the log at debug level."""
    try:
        yield
    except (ValueError, TypeError) as error:
        journal.debug(traceback.format_exc())
        words = " ".join(printable(line.strip()) for line in str(error).splitlines()[:3])
        raise BadInput(
            f"{estimator} refuses the data or a parameter", cause=words[:400], advice="Change the spec, or the data"
        ) from error


def _check_missing(prepared: Prepared, estimator: Any, impute: str) -> None:
    if impute != "none" or get_tags(estimator).input_tags.allow_nan:
        return
    numbers = [feature.name for feature in prepared.features if feature.kind != "category"]
    missing = prepared.frame[numbers].isna().sum()
    columns = [f"{printable(str(name))} ({count:,})" for name, count in missing.items() if count]
    if columns:
        raise BadInput(
            f"{type(estimator).__name__} takes no missing values",
            cause=f"Values are missing in {', '.join(columns[:5])}",
            advice='Set features.impute, or choose a family that takes them, such as "hist_gradient_boosting"',
        )
