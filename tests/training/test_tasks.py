"""Which task a target means, what its classes are called, and what is measured."""

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import roc_auc_score

from s3ml_tui.training.data.column_types import kind_of, values_as
from s3ml_tui.training.model.estimators import Task
from s3ml_tui.training.model.metrics import Predicted, own_metrics, roc_auc
from s3ml_tui.training.model.target import target_of
from tests.training.bench import QUICK, Bench


def column(values: list[object]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values)])


@pytest.mark.parametrize(
    ("values", "family", "task", "classes"),
    [
        (["b", "a", "b"], None, "classification", ("a", "b")),
        ([True, False, None], None, "classification", ("false", "true")),
        ([0, 1] * 5, None, "classification", ("0", "1")),
        ([0.0, 1.0, None] * 5, None, "classification", ("0", "1")),
        (list(range(21)) * 5, None, "regression", ()),
        (list(range(20)) * 5, None, "classification", tuple(sorted(map(str, range(20))))),
        ([3, 4, 5, 5], None, "regression", ()),
        ([0.5, 1.0] * 9, None, "regression", ()),
        ([0, 1] * 5, "regression", "regression", ()),
        (list(range(40)), "classification", "classification", tuple(sorted(map(str, range(40))))),
    ],
)
def test_the_task_follows_from_the_target(
    values: list[object], family: Task | None, task: Task, classes: tuple[str, ...]
) -> None:
    target = target_of(column(values), "y", "auto", family)
    assert (target.task, target.classes) == (task, classes)
    assert len(target.values) == target.present.sum()


def test_dates_are_days_and_booleans_are_numbers() -> None:
    dates = pa.chunked_array([pa.array(["1970-01-03", None]).cast(pa.date32())])
    assert kind_of(dates) == "date"
    assert values_as(dates, "d", "date").tolist()[0] == 2.0
    moments = pa.chunked_array([pa.array(["1970-01-02T12:00:00Z"]).cast(pa.timestamp("ns", tz="UTC"))])
    assert values_as(moments, "d", "date").tolist() == [1.5]
    assert values_as(column([True, False]), "b", "boolean").tolist() == [1.0, 0.0]
    assert kind_of(column([[1, 2]])) is None


def test_the_area_under_the_curve_is_scikit_learns() -> None:
    numbers = np.random.default_rng(1)
    truth = np.array(["a", "b", "c"] * 20, object)
    scores = numbers.dirichlet((1, 1, 1), len(truth))
    expected = roc_auc_score(truth.astype(str), scores, multi_class="ovr", average="macro")
    assert roc_auc(truth, scores, ("a", "b", "c")) == pytest.approx(expected)
    assert roc_auc(truth[:1], scores[:1], ("a", "b", "c")) is None


def test_the_last_class_is_the_positive_one() -> None:
    truth = np.array(["no", "yes", "yes", "no"], object)
    said = Predicted(np.array(["no", "yes", "no", "no"], object))
    found = own_metrics(truth, said, "classification", ("no", "yes"))
    assert found == {"accuracy": 0.75, "balanced_accuracy": 0.75, "f1": pytest.approx(2 / 3)}


def test_a_metric_that_cannot_be_computed_is_a_warning_and_no_headline(bench: Bench) -> None:
    body = ("x,y\n" + "".join(f"{n},{'abc'[n % 3]}\n" for n in range(60))).encode()
    result = bench.train(bench.put("d", body), target="y", **QUICK, metrics=["average_precision", "f1_micro"])
    assert result.headline in {"average_precision", "f1_micro"}
    assert "f1_micro" in result.metrics


def test_a_metric_of_the_spec_is_the_headline(bench: Bench) -> None:
    body = ("x,y\n" + "".join(f"{n},{'ab'[n % 2]}\n" for n in range(60))).encode()
    result = bench.train(bench.put("d", body), target="y", cv=3, **QUICK, metrics=["precision", "roc_auc"])
    assert result.headline == "precision"
    assert {"precision", "cv_precision_mean", "cv_precision_std", "cv_roc_auc_mean"} <= result.metrics.keys()
