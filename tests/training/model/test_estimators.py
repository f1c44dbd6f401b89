"""Every family can be trained with, is known by the same name elsewhere, and is seeded."""

import pytest

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.records import estimators
from s3ml_tui.records.spec import Spec
from s3ml_tui.training.model.estimators import FAMILIES, build, class_path, family_of
from s3ml_tui.training.model.metrics import check_names
from tests.exhaustive import EXHAUSTIVE
from tests.training.bench import Bench

SMALLEST = {"name": "a", "data": "d", "target": "t"}
SMALL: dict[str, dict[str, object]] = {
    "ada_boost": {"n_estimators": 5},
    "bagging": {"n_estimators": 3},
    "extra_trees": {"n_estimators": 5},
    "gradient_boosting": {"n_estimators": 5},
    "hist_gradient_boosting": {"max_iter": 5},
    "mlp": {"hidden_layer_sizes": [8], "max_iter": 5},
    "random_forest": {"n_estimators": 5},
}

USUAL = frozenset(
    {"hist_gradient_boosting", "random_forest", "mlp", "logistic_regression", "svc", "linear_regression", "svr"}
)
"""One of each way to be built; `make test-all` trains all."""


@pytest.mark.parametrize(
    "name", [pytest.param(name, id=name, marks=() if name in USUAL else (EXHAUSTIVE,)) for name in FAMILIES]
)
def test_every_family_trains(bench: Bench, iris: Pin, diabetes: Pin, name: str) -> None:
    spec = {"features": {"scale": True}, "estimator": {"family": name, "params": SMALL.get(name, {})}}
    for task, data, target in (("classification", iris, "species"), ("regression", diabetes, "progression")):
        if FAMILIES[name].only_task not in (None, task):
            continue
        result = bench.train(data, target=target, **spec)
        assert (result.state, result.reason) == (RunState.SUCCEEDED, "")
        assert result.estimator.startswith("sklearn.")
        assert "._" not in result.estimator
        assert result.params


def test_the_names_to_choose_from_are_those_that_train() -> None:
    tasks = {None: estimators.BOTH, "classification": estimators.CLASSES, "regression": estimators.NUMBERS}
    assert dict(estimators.FAMILIES) == {name: tasks[family.only_task] for name, family in FAMILIES.items()}


def spec(**estimator: object) -> Spec:
    document = {"name": "n", "data": "d", "target": "y", "estimator": estimator, "split": {"seed": 5}, "n_jobs": 2}
    return Spec.model_validate(document)


def test_the_seed_and_the_jobs_are_passed_where_they_are_taken() -> None:
    forest = build(spec(family="random_forest"), "classification")
    assert (forest.random_state, forest.n_jobs) == (5, 2)
    assert build(spec(family="random_forest", params={"random_state": 9}), "regression").random_state == 9
    assert "n_jobs" not in build(spec(family="svc"), "classification").get_params()


def test_a_path_is_no_family() -> None:
    with pytest.raises(BadInput, match="There is no estimator family"):
        family_of(spec(family="os.system").estimator)


def test_the_class_is_named_by_its_public_module() -> None:
    assert class_path(build(spec(family="k_neighbors"), "classification")) == "sklearn.neighbors.KNeighborsClassifier"
    assert class_path(build(spec(family="kernel_ridge"), "regression")) == "sklearn.kernel_ridge.KernelRidge"


def test_a_text_none_is_none_and_infinity_stays() -> None:
    params = {"max_features": "None", "min_samples_leaf": 3}
    made = build(
        Spec.model_validate({**SMALLEST, "estimator": {"family": "random_forest", "params": params}}), "regression"
    )
    assert (made.max_features, made.min_samples_leaf) == (None, 3)


def test_a_metric_is_offered_once() -> None:
    with pytest.raises(BadInput) as raised:
        check_names(["zzz"], "classification")
    offered = raised.value.cause.removeprefix("Known are: ").split(", ")
    assert len(offered) == len(set(offered))
