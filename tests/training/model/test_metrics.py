"""Every metric that scikit-learn lists for a task gives scikit-learn's figure, or is refused before the fit."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import get_scorer, get_scorer_names
from sklearn.model_selection import train_test_split

from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.records.scorers import CLASSES, NUMBERS
from s3ml_tui.training.data.samples import SAMPLES
from s3ml_tui.training.model.metrics import extra_metrics
from tests.exhaustive import EXHAUSTIVE
from tests.training.bench import QUICK, Bench, csv_of

LOGISTIC = {"features": {"scale": False}, "estimator": {"family": "logistic_regression", "params": {"max_iter": 5000}}}


def test_all_of_scikit_learns_are_known_but_those_of_several_labels() -> None:
    several = {name for name in get_scorer_names() if name.endswith("_samples")}
    assert {*CLASSES, *NUMBERS} - {"mae", "mse", "rmse"} == set(get_scorer_names()) - several


def test_the_brier_score_of_the_sample_is_scikit_learns(bench: Bench, cancer: Pin) -> None:
    names = ["neg_brier_score", "average_precision", "positive_likelihood_ratio", "precision"]
    result = bench.train(cancer, target="diagnosis", metrics=names, **LOGISTIC)
    frame = SAMPLES["breast_cancer"]()
    inputs, truth = frame.drop(columns="diagnosis"), (frame["diagnosis"] == "malignant").astype(int)
    train, test = train_test_split(np.arange(len(frame)), test_size=114, random_state=0, stratify=truth)
    model = LogisticRegression(max_iter=5000, random_state=0).fit(inputs.iloc[train], truth.iloc[train])
    for name in names:
        expected = get_scorer(name)(model, inputs.iloc[test], truth.iloc[test])
        assert result.metrics[name] == pytest.approx(expected, rel=1e-3), name


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("count", [2, 3])
def test_every_scorer_of_classes_is_that_of_classes_that_are_numbers(count: int) -> None:
    numbers = np.random.default_rng(0)
    frame = pd.DataFrame(numbers.normal(size=(200, 3)), columns=["a", "b", "c"])
    codes = (frame["a"] + numbers.normal(size=200) > 0).astype(int).to_numpy()
    codes = codes + (frame["b"].to_numpy() > 1) * (count - 2) * (2 - codes)
    classes = ("no", "yes", "zero")[:count]
    named = np.array(classes, object)[codes]
    model, coded = LogisticRegression().fit(frame, named), LogisticRegression().fit(frame, codes)
    for name in CLASSES:
        try:
            expected = float(get_scorer(name)(coded, frame, codes))
        except ValueError:
            continue
        found, troubles = extra_metrics(model, frame, named, [name], "classification", classes)
        if name not in ("accuracy", "balanced_accuracy", "f1", "roc_auc"):
            assert found.get(name, float("nan")) == pytest.approx(expected, nan_ok=True), (name, troubles)


@pytest.mark.parametrize(
    ("names", "spec", "sentence"),
    [
        (["precision"], {"target": "species"}, "The metric precision cannot be computed. Target is multiclass"),
        (["f1_samples"], {"target": "species"}, "The metric f1_samples is not for classification"),
        (["r2"], {"target": "species"}, "The metric r2 is not for classification"),
        (["accuracy"], {"target": "petal width (cm)"}, "The metric accuracy is not for regression"),
        (["neg_log_loss"], {"target": "species", "estimator": {"family": "linear_svc"}}, "predict_proba"),
    ],
)
def test_what_cannot_be_computed_is_refused_before_the_fit(
    bench: Bench, iris: Pin, names: list[str], spec: dict[str, Any], sentence: str
) -> None:
    result = bench.train(iris, metrics=names, **({**QUICK} | spec))
    assert (result.state, "train" in result.timings_s) == (RunState.FAILED, False)
    assert sentence in result.reason


def test_a_target_with_negative_numbers_has_no_logarithms(bench: Bench) -> None:
    frame = pd.DataFrame({"x": np.arange(40.0), "y": np.arange(40.0) - 20})
    result = bench.train(bench.put("d", csv_of(frame)), target="y", metrics=["neg_mean_squared_log_error"], **QUICK)
    assert "The metric neg_mean_squared_log_error cannot be computed" in result.reason


@EXHAUSTIVE
def test_every_scorer_of_numbers_is_scikit_learns(bench: Bench) -> None:
    numbers = np.random.default_rng(0)
    frame = pd.DataFrame(numbers.uniform(1, 2, size=(120, 2)), columns=["a", "b"])
    frame["y"] = 3 + frame["a"] + numbers.normal(size=120) / 10
    wanted = [name for name in NUMBERS if name not in ("mae", "mse", "rmse")]
    result = bench.train(bench.put("d", csv_of(frame)), target="y", metrics=wanted, estimator={"family": "ols"})
    train, test = train_test_split(np.arange(120), test_size=24, random_state=0)
    model = LinearRegression().fit(frame[["a", "b"]].iloc[train], frame["y"].iloc[train])
    for name in wanted:
        expected = get_scorer(name)(model, frame[["a", "b"]].iloc[test], frame["y"].iloc[test])
        assert result.metrics[name] == pytest.approx(expected), name
