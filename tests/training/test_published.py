"""Figures others have published, reached through a spec and the whole process; and what a run leaves behind."""

import hashlib

import pytest

from s3ml_tui.domain.ml.events import Kind, Level, Stage
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.domain.uri import parse_object
from s3ml_tui.records.model_manifest import ModelSchema
from s3ml_tui.training.data.samples import SAMPLES
from tests.doubles import MemoryStore
from tests.exhaustive import EXHAUSTIVE
from tests.training.bench import QUICK, ROOT, Bench, csv_of

OLS_ON_BMI = {
    "target": "progression",
    "features": {"include": ["bmi"]},
    "split": {"method": "tail", "test_size": 20},
    "estimator": {"family": "linear_regression"},
}


def test_diabetes_with_ols_on_bmi(bench: Bench, diabetes: Pin) -> None:
    """Scikit-learn's example "Ordinary Least Squares": MSE 2548.07, R² 0.47."""
    result = bench.train(diabetes, **OLS_ON_BMI)
    assert result.state is RunState.SUCCEEDED
    assert result.metrics["mse"] == pytest.approx(2548.07, abs=0.005)
    assert result.metrics["r2"] == pytest.approx(0.47, abs=0.005)
    assert result.metrics["rmse"] == pytest.approx(2548.07**0.5, abs=0.01)
    assert (result.headline, result.rows) == ("r2", {"data": 442, "train": 422, "test": 20})


def test_iris_with_a_linear_svc_over_five_folds(bench: Bench, iris: Pin) -> None:
    """Scikit-learn's user guide, "Cross-validation": 0.98 accuracy with a deviation of 0.02."""
    result = bench.train(
        iris,
        target="species",
        split={"test_size": 0},
        cv=5,
        estimator={"family": "svc", "params": {"kernel": "linear", "C": 1.0}},
    )
    assert result.metrics["cv_accuracy_mean"] == pytest.approx(0.98)
    assert result.metrics["cv_accuracy_std"] == pytest.approx(0.02, abs=0.005)
    assert result.headline == "cv_accuracy_mean"
    assert len(result.cv_scores["accuracy"]) == 5
    assert result.rows == {"data": 150, "train": 150, "test": 0}
    assert "test" not in result.outputs
    assert [sum(row) for row in result.confusion] == [50, 50, 50]
    assert [event.data["done"] for event in bench.events if event.kind is Kind.PROGRESS] == [1, 2, 3, 4, 5]


def test_breast_cancer_with_the_smallest_spec(bench: Bench, cancer: Pin) -> None:
    result = bench.train(cancer, target="diagnosis")
    assert result.state is RunState.SUCCEEDED
    assert result.task == "classification"
    assert result.estimator == "sklearn.ensemble.HistGradientBoostingClassifier"
    assert result.metrics.keys() == {"accuracy", "balanced_accuracy", "f1", "roc_auc"}
    assert min(result.metrics.values()) > 0.93
    assert result.classes == ["benign", "malignant"]
    assert sum(map(sum, result.confusion)) == result.rows["test"] == 114
    assert result.model == "models/v1"


@EXHAUSTIVE
def test_diabetes_with_the_smallest_spec(bench: Bench, diabetes: Pin) -> None:
    result = bench.train(diabetes, target="progression")
    assert result.task == "regression"
    assert result.metrics.keys() == {"r2", "rmse", "mae", "mse"}
    assert 0.1 < result.metrics["r2"] < 0.6


def test_every_output_is_there_as_it_was_pinned(bench: Bench, cancer: Pin) -> None:
    result = bench.train(cancer, target="diagnosis", **QUICK)
    wanted = {"processed", "train", "test", "model", "schema", "model_card", "manifest", "metrics", "report_md"}
    assert (
        wanted | {"report_html", "log", "plot_confusion_matrix", "plot_roc_curve", "plot_feature_importance"}
        == result.outputs.keys()
    )
    for pin in (*result.outputs.values(), *result.inputs.values()):
        body = bench.store.read(parse_object(pin.uri), pin.version_id)
        assert (hashlib.sha256(body).hexdigest(), len(body)) == (pin.sha256, pin.size)
    assert result.inputs["data"].version_id == cancer.version_id


def test_the_manifest_tells_what_the_run_tells(bench: Bench, cancer: Pin) -> None:
    result = bench.train(cancer, target="diagnosis", **QUICK)
    manifest = bench.manifest(1)
    assert manifest.metrics == result.metrics
    assert manifest.predictions_sha256 == result.predictions_sha256
    assert {name: pin.sha256 for name, pin in manifest.files.items()} == {
        "model.joblib": result.outputs["model"].sha256,
        "schema.json": result.outputs["schema"].sha256,
        "MODEL_CARD.md": result.outputs["model_card"].sha256,
    }
    schema = ModelSchema.from_bytes(bench.store.read(ROOT.key("models/v1/schema.json")), "schema")
    assert len(schema.columns) == 30
    assert schema.classes == ["benign", "malignant"]


def test_the_manifest_is_the_last_of_the_model_and_the_result_the_last_of_the_run(bench: Bench, iris: Pin) -> None:
    bench.train(iris, target="species", **QUICK)
    written = [address for verb, address in bench.store.requests if verb in ("write", "upload")]
    of_model = [address for address in written if "/models/v1/" in address]
    assert of_model[0].endswith("_claim.json")
    assert of_model[-1].endswith("MANIFEST.json")
    records = [address for address in written if "/dataset/raw/" not in address]
    assert records[0].endswith("run1/spec.json")
    assert [address.rpartition("/")[2] for address in records[-2:]] == ["run1.jsonl", "result.json"]


def test_the_stages_are_told_in_order_with_their_times(bench: Bench, iris: Pin) -> None:
    result = bench.train(iris, target="species", **QUICK)
    assert list(result.timings_s) == [stage.value for stage in Stage]
    finished = [event for event in bench.events if event.kind is Kind.STAGE_FINISHED]
    assert [event.stage for event in finished] == list(Stage)
    assert finished[0].message == "150 rows, 4 columns and the target"
    assert finished[1].message == "120 / 30 rows, stratified"
    assert finished[3].message == "judged on 30 rows held out"
    assert all(event.data["elapsed_s"] >= 0 for event in finished)
    kinds = bench.kinds()
    assert (kinds[0], kinds[-1]) == (Kind.RUN_STARTED, Kind.RUN_FINISHED)
    assert bench.events[-1].data == {"state": "succeeded", "model": "models/v1", "reason": ""}


def test_the_figures_are_told_once(bench: Bench, iris: Pin) -> None:
    result = bench.train(iris, target="species", **QUICK)
    figure = f"accuracy {result.metrics['accuracy']:.4g}"
    assert [event.kind for event in bench.events if figure in event.message] == [Kind.METRICS]


def test_the_whole_log_is_what_was_told_and_no_chunk_is_left(bench: Bench, iris: Pin) -> None:
    bench.train(iris, target="species", **QUICK)
    assert bench.log("run1") == bench.events
    assert not [key for key in bench.store.keys(ROOT) if "logs/training/run1/" in key]
    chunk = bench.layout.training_chunk("run1", 1)
    assert not [version for page in bench.store.history(chunk) for version in page.versions]


def test_the_same_data_spec_and_seed_give_the_same_predictions(bench: Bench, cancer: Pin) -> None:
    spec = {"target": "diagnosis", "estimator": {"family": "random_forest", "params": {"n_estimators": 20}}}
    first = bench.train(cancer, **spec)
    second = bench.train(cancer, n_jobs=2, **spec)
    third = bench.train(cancer, split={"seed": 7}, **spec)
    assert (first.predictions_sha256, first.metrics) == (second.predictions_sha256, second.metrics)
    assert third.predictions_sha256 != first.predictions_sha256
    for role in ("processed", "train", "test", "plot_roc_curve", "plot_feature_importance"):
        assert first.outputs[role].sha256 == second.outputs[role].sha256
    assert [result.model for result in (first, second, third)] == ["models/v1", "models/v2", "models/v3"]


def test_a_pinned_old_version_is_what_is_read(bench: Bench, iris: Pin) -> None:
    bench.put("iris.csv", b"not,the,data\n1,2,3\n")
    result = bench.train(iris, target="species", **QUICK)
    assert result.state is RunState.SUCCEEDED
    assert result.inputs["data"].version_id == iris.version_id


def test_the_environment_is_told(bench: Bench, iris: Pin) -> None:
    result = bench.train(iris, target="species", **QUICK)
    assert result.environment is not None
    assert "scikit-learn" in result.environment.packages
    assert result.host
    assert result.argv


def test_a_bucket_without_versions_is_enough(bench: Bench) -> None:
    bench.store = MemoryStore()
    bench.store.create_bucket("bench")
    data = bench.put("iris.csv", csv_of(SAMPLES["iris"]()))
    result = bench.train(data, target="species", **QUICK)
    assert (result.state, result.model) == (RunState.SUCCEEDED, "models/v1")
    assert {pin.version_id for pin in (*result.outputs.values(), *result.inputs.values())} == {None}
    assert bench.predict(data).state is RunState.SUCCEEDED


def test_a_run_says_where_its_number_may_not_stay_its_own() -> None:
    store = MemoryStore(honours_conditions=False)
    store.create_bucket("bench")
    bench = Bench(store)
    result = bench.train(bench.put("iris.csv", csv_of(SAMPLES["iris"]())), target="species", **QUICK)
    assert (result.state, result.model) == (RunState.SUCCEEDED, "models/v1")
    warned = [event.message for event in bench.events if event.level is Level.WARNING]
    assert any("neither versions nor conditional writes" in one for one in warned), warned


def test_a_replaced_object_without_versions_is_not_taken_for_the_chosen_one(bench: Bench) -> None:
    bench.store = MemoryStore()
    bench.store.create_bucket("bench")
    data = bench.put("iris.csv", csv_of(SAMPLES["iris"]()))
    bench.put("iris.csv", b"other,data\n1,2\n")
    assert "was replaced before it was read" in bench.train(data, target="species").reason
