"""Applying a model version: only the bytes its manifest names, only columns it knows."""

import io
from dataclasses import replace
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest

from s3ml_tui.domain.ml.events import Level
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.domain.storage.provenance import How, Origin, origin_of
from s3ml_tui.domain.uri import ObjectKey, parse_object
from s3ml_tui.records.workspace import BatchManifest
from tests.exhaustive import rows
from tests.training.bench import QUICK, ROOT, Bench, csv_of, when


@pytest.fixture
def shop(bench: Bench) -> Pin:
    """Numbers, a category, a boolean and a date; the target follows from them."""
    numbers = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "price": numbers.normal(size=80).round(3),
            "size": ["1", "2", "XL", "2"] * 20,
            "is_new": [True, False] * 40,
            "since": pd.date_range("2026-01-01", periods=80).astype(str),
        }
    )
    frame["bought"] = np.where(frame["price"] > 0, "yes", "no")
    return bench.put("shop.csv", csv_of(frame))


def predictions(bench: Bench, batch_id: str = "batch1") -> pd.DataFrame:
    body = bench.store.read(bench.layout.predictions(batch_id).key("predictions.csv"))
    return pd.read_csv(io.BytesIO(body))


def manifest(bench: Bench) -> BatchManifest:
    key = bench.layout.predictions("batch1").key("MANIFEST.json")
    return BatchManifest.from_bytes(bench.store.read(key), key.uri)


def test_a_model_is_applied_to_the_data_it_was_trained_on(bench: Bench, shop: Pin) -> None:
    trained = bench.train(shop, target="bought", estimator={"family": "random_forest"})
    assert bench.predict(shop).state is RunState.SUCCEEDED
    found = predictions(bench)
    assert list(found.columns) == ["row", "prediction", "probability_no", "probability_yes"]
    assert len(found) == 80
    document = manifest(bench)
    assert document.model_sha256 == trained.outputs["model"].sha256
    assert (document.rows, document.data.sha256) == (80, trained.inputs["data"].sha256)
    assert document.outputs.keys() == {"predictions.csv", "predictions.parquet", "log"}
    for pin in document.outputs.values():
        assert bench.store.facts(parse_object(pin.uri), pin.version_id).size == pin.size


def test_all_that_a_run_and_a_batch_write_says_so(bench: Bench, shop: Pin) -> None:
    before = set(bench.store.keys(ROOT))
    bench.train(shop, target="bought", **QUICK)
    trained = set(bench.store.keys(ROOT)) - before
    bench.predict(shop)
    predicted = set(bench.store.keys(ROOT)) - before - trained
    assert len(trained) > 10
    assert len(predicted) == 4
    assert {_by(bench, key) for key in trained} == {Origin(How.RUN, "run1")}
    assert {_by(bench, key) for key in predicted} == {Origin(How.BATCH, "batch1")}


def _by(bench: Bench, key: str) -> Origin:
    origin = origin_of(bench.store.facts(ObjectKey(ROOT.bucket, key)).metadata)
    assert origin is not None
    assert origin.operation
    return replace(origin, operation="")


def test_categories_that_look_like_numbers_and_unseen_ones_are_taken(bench: Bench, shop: Pin) -> None:
    bench.train(shop, target="bought", **QUICK)
    body = b"since,is_new,size,price,more\n2026-05-01,true,1,0.5,x\n2026-05-02,false,7,,x\n"
    assert bench.predict(bench.put("new.csv", body)).state is RunState.SUCCEEDED
    assert len(predictions(bench)) == 2
    assert "Column size has values training has not seen: 7" in bench.said(Level.WARNING)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"is_new,size,price,sinc\ntrue,1,1,1\n", "no column 'since'. Close to it: sinc"),
        (b"a,b\n1,2\n", "The data lacks 4 columns of the model. Missing: price, size, is_new, since"),
        (b"since,is_new,size,price\n2026-05-01,true,1,1\n2026-05-01,true,1,dear\n", "Row 2 says 'dear'"),
        (b"since,is_new,size,price\n1.5.2026,true,1,1\n", "The column since should hold dates"),
        (b"since,is_new,size,price\n20200108,true,1,1\n", "should hold dates. Row 1 says '20200108'"),
        (b"since,is_new,size,price\n2026-05-01,true,1,1\n2026-5-1,true,1,1\n", "Row 2 says '2026-5-1'"),
        (b"since,is_new,size,price\n2026-05-01,2,1,1\n", "is_new should hold true or false. Row 1 says '2'"),
        (b"since,is_new,size,price\n2026-05-01,true,1,2026-01-01\n", "hold numbers. Row 1 says '2026-01-01'"),
        (b"since,is_new,size,price\n2026-05-01,true,1,true\n", "price should hold numbers. Row 1 says 'true'"),
    ],
)
def test_other_data_is_refused_in_a_sentence(bench: Bench, shop: Pin, body: bytes, sentence: str) -> None:
    bench.train(shop, target="bought", **QUICK)
    last_word = bench.predict(bench.put("new.csv", body))
    assert (last_word.state, last_word.exit_code) == (RunState.FAILED, 1)
    assert sentence in last_word.reason
    assert not bench.exists(bench.layout.predictions("batch1").key("MANIFEST.json"))
    assert bench.exists(bench.layout.inference_log("batch1"))


OTHER_KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "a number for a date": ({"since": [20200108, 20200109]}, "since should hold dates. Row 1 says '20200108'"),
    "seconds for a date": ({"since": [1.6e9, None]}, "since should hold dates. Row 1 says '1600000000'"),
    "a boolean for a date": ({"since": [True, False]}, "since should hold dates. Row 1 says 'true'"),
    "a date for a number": (
        {"price": pd.to_datetime(["2026-01-01", "2026-01-02"])},
        "price should hold numbers. Row 1 says '2026-01-01 00:00:00'",
    ),
    "a boolean for a number": ({"price": [True, False]}, "price should hold numbers. Row 1 says 'true'"),
    "text for a number": ({"price": ["1", "dear"]}, "price should hold numbers. Row 2 says 'dear'"),
    "a number for a boolean": ({"is_new": [1, 2]}, "is_new should hold true or false. Row 2 says '2'"),
    "a date for a boolean": (
        {"is_new": pd.to_datetime(["2026-01-01", "2026-01-02"])},
        "is_new should hold true or false. Row 1 says '2026-01-01 00:00:00'",
    ),
}


@pytest.mark.parametrize("case", rows(OTHER_KINDS, ["a number for a date", "a boolean for a number"]))
def test_a_value_of_another_kind_is_refused_with_its_row(
    bench: Bench, shop: Pin, case: tuple[dict[str, Any], str]
) -> None:
    columns, sentence = case
    bench.train(shop, target="bought", **QUICK)
    good = {"price": [0.5, 1.0], "size": ["1", "2"], "is_new": [True, False], "since": ["2026-01-01", "2026-01-02"]}
    body = io.BytesIO()
    pd.DataFrame(good | columns).to_parquet(body)
    assert sentence in bench.predict(bench.put("new", body.getvalue())).reason


def test_what_converts_exactly_is_taken(bench: Bench, shop: Pin) -> None:
    bench.train(shop, target="bought", **QUICK)
    body = io.BytesIO()
    frame = pd.DataFrame({"price": ["0.5", "1"], "size": [1, 2], "is_new": [1, 0], "since": ["2026-01-01", None]})
    frame.to_parquet(body)
    assert bench.predict(bench.put("new", body.getvalue())).state is RunState.SUCCEEDED
    assert bench.said(Level.WARNING) == ""


def test_a_model_whose_bytes_are_others_is_never_loaded(
    bench: Bench, shop: Pin, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.train(shop, target="bought", **QUICK)
    pin = bench.manifest(1).files["model.joblib"]
    stored = bench.store.history(parse_object(pin.uri))
    (page,) = stored
    key = bench.layout.model_manifest(1)
    forged = bench.store.write(parse_object(pin.uri), b"cos\nsystem\n(S'true'\ntR.").version_id
    body = bench.store.read(key).replace((pin.version_id or "").encode(), (forged or "").encode())
    bench.store.write(key, body)

    def loaded(_path: object) -> object:
        raise AssertionError("joblib.load was called")

    monkeypatch.setattr("s3ml_tui.training.predict.joblib.load", loaded)
    last_word = bench.predict(shop)
    assert last_word.state is RunState.FAILED
    assert "model.joblib of models/v1 is not the file its manifest names" in last_word.reason
    assert page.versions[0].version_id == pin.version_id


def made_with(bench: Bench, version: str) -> None:
    """The model's manifest says this version of scikit-learn."""
    key = bench.layout.model_manifest(1)
    found = bench.manifest(1)
    bench.store.write(key, found.model_copy(update={"packages": {"scikit-learn": version}}).to_bytes())


def test_a_model_of_another_scikit_learn_is_warned_of_before_it_is_loaded(
    bench: Bench, shop: Pin, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.train(shop, target="bought", **QUICK)
    made_with(bench, "1.2.3")
    load = joblib.load
    said: list[str] = []

    def loaded(path: object) -> object:
        said.append(bench.said(Level.WARNING))
        return load(path)

    monkeypatch.setattr("s3ml_tui.training.predict.joblib.load", loaded)
    assert bench.predict(shop).state is RunState.SUCCEEDED
    assert "models/v1 was made with scikit-learn 1.2.3, but" in said[0]
    assert any("1.2.3" in warning for warning in manifest(bench).warnings)


def test_a_model_that_cannot_be_loaded_names_the_version(
    bench: Bench, shop: Pin, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.train(shop, target="bought", **QUICK)
    made_with(bench, "1.2.3")

    def loaded(_path: object) -> object:
        raise AttributeError("Can't get attribute '_RemainderColsList'")

    monkeypatch.setattr("s3ml_tui.training.predict.joblib.load", loaded)
    reason = bench.predict(shop).reason
    assert "models/v1 cannot be loaded. AttributeError: Can't get attribute" in reason
    assert "scikit-learn 1.2.3" in reason


def test_a_model_that_was_replaced_later_is_read_at_the_version_of_its_run(bench: Bench, shop: Pin) -> None:
    bench.train(shop, target="bought", **QUICK)
    bench.store.write(parse_object(bench.manifest(1).files["model.joblib"].uri), b"something else")
    assert bench.predict(shop).state is RunState.SUCCEEDED


def test_a_model_that_was_never_finished_is_not_used(bench: Bench, shop: Pin) -> None:
    assert "There is no model version models/v9" in bench.predict(shop, "models/v9").reason


def test_a_stop_leaves_no_manifest(bench: Bench, shop: Pin) -> None:
    bench.train(shop, target="bought", **QUICK)
    bench.store.before = when("upload", "predictions.csv", bench.stop.ask)
    assert bench.predict(shop).exit_code == 143
    assert not bench.exists(bench.layout.predictions("batch1").key("MANIFEST.json"))


def test_numbers_are_predicted_as_they_are(bench: Bench, diabetes: Pin) -> None:
    bench.train(diabetes, target="progression", estimator={"family": "ols"})
    bench.predict(diabetes)
    assert list(predictions(bench).columns) == ["row", "prediction"]
