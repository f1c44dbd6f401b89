"""Estimator families by name: which scikit-learn class each means for which task, checked before anything is fitted.

Only these names resolve; nothing that stands in a bucket is ever imported by path.
"""

import difflib
import inspect
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.text import printable
from s3ml_tui.records.spec import Estimator, Spec

Task = Literal["classification", "regression"]
DEFAULT = "hist_gradient_boosting"


@dataclass(frozen=True, slots=True)
class Family:
    """One family; a class is `module.Class` below sklearn, or None when it cannot do that task."""

    classifier: str | None
    regressor: str | None
    uses_jobs: bool = False
    """Whether more processes make it faster."""

    @property
    def only_task(self) -> Task | None:
        """The one task it knows; None when it knows both."""
        if self.classifier and self.regressor:
            return None
        return "classification" if self.classifier else "regression"

    def path(self, task: Task) -> str | None:
        """The class for a task."""
        return self.classifier if task == "classification" else self.regressor


FAMILIES = {
    "ada_boost": Family("ensemble.AdaBoostClassifier", "ensemble.AdaBoostRegressor"),
    "bagging": Family("ensemble.BaggingClassifier", "ensemble.BaggingRegressor", uses_jobs=True),
    "bayesian_ridge": Family(None, "linear_model.BayesianRidge"),
    "bernoulli_nb": Family("naive_bayes.BernoulliNB", None),
    "decision_tree": Family("tree.DecisionTreeClassifier", "tree.DecisionTreeRegressor"),
    "dummy": Family("dummy.DummyClassifier", "dummy.DummyRegressor"),
    "elastic_net": Family(None, "linear_model.ElasticNet"),
    "extra_trees": Family("ensemble.ExtraTreesClassifier", "ensemble.ExtraTreesRegressor", uses_jobs=True),
    "gaussian_nb": Family("naive_bayes.GaussianNB", None),
    "gaussian_process": Family(
        "gaussian_process.GaussianProcessClassifier", "gaussian_process.GaussianProcessRegressor"
    ),
    "gradient_boosting": Family("ensemble.GradientBoostingClassifier", "ensemble.GradientBoostingRegressor"),
    "hist_gradient_boosting": Family(
        "ensemble.HistGradientBoostingClassifier", "ensemble.HistGradientBoostingRegressor"
    ),
    "huber": Family(None, "linear_model.HuberRegressor"),
    "k_neighbors": Family("neighbors.KNeighborsClassifier", "neighbors.KNeighborsRegressor", uses_jobs=True),
    "kernel_ridge": Family(None, "kernel_ridge.KernelRidge"),
    "lasso": Family(None, "linear_model.Lasso"),
    "lda": Family("discriminant_analysis.LinearDiscriminantAnalysis", None),
    "linear_regression": Family(None, "linear_model.LinearRegression"),
    "linear_svc": Family("svm.LinearSVC", None),
    "linear_svr": Family(None, "svm.LinearSVR"),
    "logistic_regression": Family("linear_model.LogisticRegression", None),
    "mlp": Family("neural_network.MLPClassifier", "neural_network.MLPRegressor"),
    "ols": Family(None, "linear_model.LinearRegression"),
    "qda": Family("discriminant_analysis.QuadraticDiscriminantAnalysis", None),
    "random_forest": Family("ensemble.RandomForestClassifier", "ensemble.RandomForestRegressor", uses_jobs=True),
    "ridge": Family("linear_model.RidgeClassifier", "linear_model.Ridge"),
    "sgd": Family("linear_model.SGDClassifier", "linear_model.SGDRegressor"),
    "svc": Family("svm.SVC", None),
    "svr": Family(None, "svm.SVR"),
}


def family_of(wanted: Estimator) -> Family:
    """The family a spec names. Raises BadInput listing those known."""
    name = DEFAULT if wanted.family == "auto" else wanted.family
    if name not in FAMILIES:
        close = difflib.get_close_matches(name, FAMILIES, n=2)
        raise BadInput(
            f"There is no estimator family {printable(name)!r}",
            cause=f"Known are: {', '.join(FAMILIES)}",
            advice=f"Did you mean {' or '.join(close)}?" if close else "Choose one of them",
        )
    return FAMILIES[name]


def build(spec: Spec, task: Task) -> Any:
    """The unfitted estimator, seeded. Raises BadInput for another task's family and for unknown parameters."""
    family = family_of(spec.estimator)
    path = family.path(task)
    if path is None:
        raise BadInput(
            f"The estimator {spec.estimator.family} is not for {task}",
            cause=f"For {task} there are: {', '.join(name for name, one in FAMILIES.items() if one.path(task))}",
            advice="Choose one of them",
        )
    module, _, name = path.rpartition(".")
    kind = getattr(import_module(f"sklearn.{module}"), name)
    known = [one for one in inspect.signature(kind).parameters if one not in ("self", "args", "kwargs")]
    for parameter in spec.estimator.params:
        if parameter not in known:
            raise _no_such_parameter(name, parameter, known)
    params: dict[str, Any] = {name: None if one == "None" else one for name, one in spec.estimator.params.items()}
    if "random_state" in known:
        params.setdefault("random_state", spec.split.seed)
    if family.uses_jobs and spec.n_jobs != 1:
        params.setdefault("n_jobs", spec.n_jobs)
    return kind(**params)


def class_path(estimator: Any) -> str:
    """As `sklearn.svm.SVC`: the public module, without the private ones."""
    kind = type(estimator)
    module = ".".join(part for part in kind.__module__.split(".") if not part.startswith("_"))
    public = import_module(f"sklearn.{module.split('.')[1]}")
    return f"{public.__name__ if hasattr(public, kind.__name__) else module}.{kind.__name__}"


def json_params(estimator: Any) -> dict[str, Any]:
    """All parameters, defaults included, as JSON values; anything else as its repr."""
    return {name: _json_value(value) for name, value in sorted(estimator.get_params().items())}


def _json_value(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_json_value(one) for one in value]
    return repr(value)


def _no_such_parameter(name: str, parameter: str, known: list[str]) -> BadInput:
    close = difflib.get_close_matches(parameter, known, n=2)
    return BadInput(
        f"{name} has no parameter {printable(parameter)!r}",
        cause=f"It has: {', '.join(known)}",
        advice=f"Did you mean {' or '.join(close)}?" if close else "Choose one of them",
    )
