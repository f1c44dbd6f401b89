"""Data that cannot be used ends in a failed run, whose record and log say why in a sentence."""

import io
from typing import Any

import numpy as np
import pandas as pd
import pytest

from s3ml_tui.domain.ml.events import Kind, Level
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.training.data.csv import has_comma
from tests.training.bench import Bench, csv_of

ROWS = "x,y\n" + "".join(f"{n},{n * 2}.5\n" for n in range(40))
CLASSES = "x,y\n" + "".join(f"{n},{'ab'[n % 2]}\n" for n in range(40))


def parquet() -> bytes:
    buffer = io.BytesIO()
    pd.DataFrame({"x": range(50), "y": range(50)}).to_parquet(buffer)
    return buffer.getvalue()


BAD: dict[str, tuple[bytes, dict[str, Any], str]] = {
    "no such target": (ROWS.encode(), {"target": "wanted"}, "no column 'wanted'. It has: x, y"),
    "a name close by": (b"churned,x\n1,2\n", {"target": "churn"}, "no column 'churn'. Close to it: churned"),
    "no such feature": (ROWS.encode(), {"features": {"include": ["z"]}}, "no column 'z'"),
    "no such column to leave out": (ROWS.encode(), {"features": {"exclude": ["z"]}}, "no column 'z'"),
    "nothing left": (ROWS.encode(), {"features": {"exclude": ["x"]}}, "No column is left to learn from"),
    "empty": (b"", {}, "The CSV is empty"),
    "only a header": (b"x,y\n", {}, "no rows"),
    "one class": (CLASSES.replace("b", "a").encode(), {}, "one class. All 40 rows say 'a'"),
    "no target in any row": (b"x,y\n1,\n2,\n", {}, "has no value in any row"),
    "text in a numeric target": (
        ROWS.replace("30.5", "abc").encode(),
        {},
        "The target y should hold numbers. Row 16 says 'abc'",
    ),
    "text for a regressor": (
        CLASSES.encode(),
        {"task": "regression"},
        "The target y should hold numbers. Row 1 says 'a', and 39 others",
    ),
    "decimals with a comma": (
        ROWS.replace(",", ";").replace(".", ",").encode(),
        {},
        "The target y holds numbers written with a comma. Row 1 says '0,5'. Write decimals with a point",
    ),
    "decimals with a comma for a regressor": (
        ROWS.replace(",", ";").replace(".", ",").encode(),
        {"task": "regression"},
        "The target y holds numbers written with a comma",
    ),
    "one decimal with a comma": (
        ROWS.replace(",30.5", ',"30,5"').encode(),
        {},
        "The target y holds numbers written with a comma. Row 16 says '30,5'",
    ),
    "a column of decimals with a comma": (
        b"x;y\n" + b"".join(b"%d,25;%d.5\n" % (n, n) for n in range(40)),
        {},
        "The column x holds numbers written with a comma. Row 1 says '0,25'. Write decimals with a point, as 1.5, and "
        "thousands without a sign, or leave it out: features.exclude",
    ),
    "thousands with a comma": (
        b"x,y\n" + b"".join(b'"1,%03d",%d.5\n' % (n, n) for n in range(40)),
        {},
        "The column x holds numbers written with a comma. Row 1 says '1,000'",
    ),
    "a row too long": (b"x,y\n1,2\n3,4,5\n", {}, "Line 3 of the CSV has 3 fields, the header 2. It reads '3,4,5'"),
    "a row too short": (b"x,y\n1,2\n3\n", {}, "Line 3 of the CSV has 1 fields, the header 2"),
    "two columns of a name": (b"x,x,y\n1,2,3\n", {}, "Two columns are called 'x'"),
    "an image": (b"\x89PNG\r\n\x1a\n\0\0", {}, "The file is no CSV"),
    "a torn Parquet": (parquet()[:-40], {}, "The Parquet file is damaged"),
    "a class of one": ((CLASSES + "40,c\n").encode(), {}, "The class 'c' has a single row"),
    "fewer rows than folds": (
        ROWS.encode(),
        {"cv": 50, "split": {"test_size": 0}},
        "50 folds need 50 rows. There are 40 training rows",
    ),
    "fewer of a class than folds": (CLASSES.encode(), {"cv": 30}, "'a' has fewer rows than there are folds"),
    "all rows held out": (ROWS.encode(), {"split": {"test_size": 40}}, "40 rows cannot be held out"),
    "strata without classes": (ROWS.encode(), {"split": {"method": "stratified"}}, "A stratified split needs classes"),
    "missing values for an estimator that takes none": (
        ROWS.replace("3,6.5", ",6.5").encode(),
        {"features": {"impute": "none"}, "estimator": {"family": "ridge"}},
        "Ridge takes no missing values. Values are missing in x (1)",
    ),
    "no such family": (ROWS.encode(), {"estimator": {"family": "random_florest"}}, "Did you mean random_forest"),
    "a family of the other task": (
        CLASSES.encode(),
        {"task": "classification", "estimator": {"family": "ols"}},
        "ols is not for classification",
    ),
    "no such parameter": (
        ROWS.encode(),
        {"estimator": {"family": "ridge", "params": {"alhpa": 1}}},
        "Ridge has no parameter 'alhpa'. It has: alpha",
    ),
    "a parameter out of range": (
        ROWS.encode(),
        {"estimator": {"family": "ridge", "params": {"alpha": -1}}},
        "sklearn.linear_model.Ridge refuses the data or a parameter. The 'alpha' parameter",
    ),
    "no such metric": (ROWS.encode(), {"metrics": ["r_2"]}, "There is no metric 'r_2'. Close to it: r2"),
    "a target of dates": (b"x,y\n1,2026-01-01\n2,2026-01-02\n", {}, "The target y cannot be predicted"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_data_ends_in_a_failed_run_that_says_why(bench: Bench, case: str) -> None:
    body, spec, sentence = BAD[case]
    data = bench.put("bad", body)
    result = bench.train(data, **({"target": "y"} | spec))
    assert result.state is RunState.FAILED
    assert sentence in result.reason
    assert result.reason in bench.said(Level.ERROR)
    assert result.model is None
    assert bench.events[-1].kind is Kind.RUN_FINISHED
    assert bench.events[-1].data == {"state": "failed", "model": None, "reason": result.reason}
    assert bench.log("run1") == bench.events
    assert not bench.exists(bench.layout.model_claim(1))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("1,5", True),
        (",5", True),
        ("-1,5e3", True),
        ("1.234,56", True),
        ("1 234,5", True),
        ("1,234,567.8", True),
        (" 1,5 ", True),
        ("1.5", False),
        ("1,", False),
        ("1,5,7", False),
        ("a,5", False),
        ("1,5 kg", False),
    ],
)
def test_a_number_with_a_comma_is_told_from_other_text(text: str, *, is_one: bool) -> None:
    assert has_comma(text) == is_one


def test_texts_of_which_some_look_like_numbers_with_a_comma_are_categories(bench: Bench) -> None:
    body = "x,y\n" + "".join(f'"{("1,5", "other")[n % 2]}",{n}.5\n' for n in range(40))
    assert bench.train(bench.put("d", body.encode()), target="y").features == ["x"]


def test_classes_may_be_written_with_a_comma_when_the_spec_says_so(bench: Bench) -> None:
    body = "x,y\n" + "".join(f'{n},"{n % 2},5"\n' for n in range(40))
    result = bench.train(bench.put("d", body.encode()), target="y", task="classification")
    assert result.classes == ["0,5", "1,5"]


def test_an_unexpected_error_is_never_lost(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def burst(_path: object, _target: object) -> None:
        raise ZeroDivisionError("nobody thought of it")

    monkeypatch.setattr("s3ml_tui.training.stages.prepare.target_of", lambda *_: burst(1, 2))
    result = bench.train(bench.put("d", ROWS.encode()), target="y")
    assert (result.state, result.reason) == (
        RunState.FAILED,
        "Unexpected ZeroDivisionError: nobody thought of it",
    )
    assert "Traceback" in capsys.readouterr().err
    assert "ZeroDivisionError" in bench.said(Level.DEBUG)


def test_rows_without_a_target_are_left_out_with_a_warning(bench: Bench) -> None:
    result = bench.train(bench.put("d", (ROWS + "50,\n51,NA\n").encode()), target="y")
    assert result.state is RunState.SUCCEEDED
    assert result.rows == {"data": 42, "train": 32, "test": 8}
    assert "2 rows without y left out" in bench.said(Level.WARNING)


def test_columns_that_only_name_rows_are_left_out_with_a_warning(bench: Bench) -> None:
    frame = pd.DataFrame(
        {
            "": range(60),
            "id": [f"customer-{n}" for n in range(60)],
            "void": [None] * 60,
            "colour": ["red", "blue", "green"] * 20,
            "since": pd.date_range("2026-01-01", periods=60).astype(str),
            "flag": [True, False, None] * 20,
            "y": np.arange(60) * 1.5,
        }
    )
    result = bench.train(bench.put("d", csv_of(frame)), target="y")
    assert result.state is RunState.SUCCEEDED, result.reason
    assert result.features == ["colour", "since", "flag"]
    warnings = bench.said(Level.WARNING)
    assert "Column id is left out: it names the rows" in warnings
    assert "Column void is left out: all of its values are missing" in warnings
    assert "(no name) is left out: the first column has no name, as the row index" in warnings


def test_a_named_column_that_only_counts_the_rows_is_kept_with_a_warning(bench: Bench) -> None:
    frame = pd.DataFrame({"id": range(40), "x": [1, 2] * 20, "y": np.arange(40) * 1.5})
    assert bench.train(bench.put("d", csv_of(frame)), target="y").features == ["id", "x"]
    assert "Column id only counts the rows; features.exclude leaves it out" in bench.said(Level.WARNING)


def test_a_column_that_is_asked_for_is_kept(bench: Bench) -> None:
    frame = pd.DataFrame({"id": [f"c{n}" for n in range(40)], "y": np.arange(40) * 1.5})
    result = bench.train(bench.put("d", csv_of(frame)), target="y", features={"include": ["id"]})
    assert result.features == ["id"]


def test_latin_1_and_semicolons_are_read(bench: Bench) -> None:
    body = ("größe;farbe;y\n" + "".join(f"{n};{'grün' if n % 2 else 'rot'};{n}.5\n" for n in range(40))).encode(
        "latin-1"
    )
    result = bench.train(bench.put("d", body), target="y")
    assert result.features == ["größe", "farbe"]
    assert "not UTF-8" in bench.said(Level.WARNING)


def test_a_read_only_context_trains_nothing(bench: Bench) -> None:
    from s3ml_tui.domain.context import Context
    from s3ml_tui.domain.errors import ReadOnly
    from s3ml_tui.records.job import TrainingJob
    from s3ml_tui.records.spec import Spec
    from s3ml_tui.training.run import run_training
    from tests.training.bench import ROOT, now

    data = bench.put("d", ROWS.encode())
    asked = len(bench.store.requests)
    job = TrainingJob(
        context=Context(read_only=True),
        workspace=ROOT.uri,
        data=data,
        run_id="r",
        spec=Spec(name="n", data=data.uri, target="y"),
    )
    with pytest.raises(ReadOnly):
        run_training(job, bench.store, bench.journal(), bench.stop, now)
    assert len(bench.store.requests) == asked
