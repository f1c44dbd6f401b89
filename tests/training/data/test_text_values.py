"""What the text of a CSV means: numbers, codes, missing words, and what is refused; as pandas reads it, or said."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import KFold, train_test_split
from sklearn.preprocessing import TargetEncoder

from s3ml_tui.domain.ml.events import Level
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.domain.uri import parse_object
from s3ml_tui.records.model_manifest import ModelSchema
from s3ml_tui.records.spec import MISSING, Reading
from s3ml_tui.training.data.csv import read_csv
from s3ml_tui.training.data.text_values import typed
from tests.exhaustive import rows
from tests.training.bench import QUICK, Bench, csv_of

BEYOND = 2**63 + 1


def column(*texts: str | None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(texts, pa.string())])


TEXTS: dict[str, tuple[list[str], dict[str, Any], list[Any]]] = {
    "whole numbers": (["1", "-2", " 3"], {}, [1, -2, 3]),
    "decimals": (["1.50", ".5", "2e3"], {}, [1.5, 0.5, 2000.0]),
    "leading zeros": (["01", "02", "10"], {}, ["01", "02", "10"]),
    "a decimal with a leading zero": (["01.5", "2.5"], {}, ["01.5", "2.5"]),
    "zero and a half": (["0", "0.5", "-0.5"], {}, [0.0, 0.5, -0.5]),
    "hexadecimals": (["0x1F", "0x20"], {}, ["0x1F", "0x20"]),
    "underscores": (["1_0", "2_0"], {}, ["1_0", "2_0"]),
    "digits of another script": (["\u0661", "\u0662"], {}, ["\u0661", "\u0662"]),
    "beyond 63 bits": ([str(BEYOND), "1"], {}, [BEYOND, 1]),
    "beyond 64 bits": ([str(2**64 + 1), "-1"], {}, [2**64 + 1, -1]),
    "beyond 128 bits": ([str(2**130 + 1), "-1"], {}, [2**130 + 1, -1]),
    "beyond all": (["1" * 80, "2"], {}, ["1" * 80, "2"]),
    "a word for missing": (["1", "NA", "null"], {}, [1, None, None]),
    "such a word in text": (["a", "NA", "None"], {}, ["a", "NA", "None"]),
    "such a word in text, by choice": (["a", "NA"], {"missing_in_text": True}, ["a", None]),
    "one's own word": (["1", "unknown"], {"missing": ["unknown"]}, [1, None]),
    "no words": (["1", "NA"], {"missing": []}, ["1", "NA"]),
    "decimals with a comma": (["1,5", "2"], {"decimal": ","}, [1.5, 2.0]),
    "thousands": (["1,234", "12"], {"thousands": ","}, [1234, 12]),
    "thousands in the wrong place": (["1,23", "12"], {"thousands": ","}, ["1,23", "12"]),
    "thousands and decimals": (["1.234,5", "2"], {"decimal": ",", "thousands": "."}, [1234.5, 2.0]),
    "thousands by narrow spaces": (["1\u202f234", "12"], {"thousands": " "}, [1234, 12]),
    "booleans": (["True", "false", "NA"], {}, [True, False, None]),
}


@pytest.mark.parametrize("case", rows(TEXTS, TEXTS))
def test_a_column_is_what_all_of_its_values_are(case: tuple[list[str], dict[str, Any], list[Any]]) -> None:
    texts, reading, values = case
    assert typed(column(*texts), Reading(**reading)).values.to_pylist() == values


def test_codes_as_a_target_stay_the_codes_they_are(bench: Bench) -> None:
    body = "x,y\n" + "".join(f"{n % 7},{('01', '02')[n % 2]}\n" for n in range(60))
    result = bench.train(bench.put("d", body.encode()), target="y", **QUICK)
    assert (result.task, result.classes) == ("classification", ["01", "02"])
    assert "Column y: it stays text, since row 1 says '01': a code, no number" in result.warnings


def test_codes_as_a_feature_are_categories(bench: Bench) -> None:
    body = "zip,y\n" + "".join(f"{('01234', '1234', '90210')[n % 3]},{n % 3}.5\n" for n in range(60))
    data = bench.put("d", body.encode())
    assert bench.train(data, target="y", **QUICK).metrics["r2"] == 1.0
    assert schema(bench).columns[0].categories == ["01234", "1234", "90210"]
    assert bench.predict(data).state is RunState.SUCCEEDED
    assert "not seen" not in bench.said(Level.WARNING)


def test_classes_that_are_long_numbers_stay_apart(bench: Bench) -> None:
    body = "x,y\n" + "".join(f"{n % 2},{BEYOND + n % 2}\n" for n in range(60))
    result = bench.train(bench.put("d", body.encode()), target="y", task="classification", **QUICK)
    assert result.classes == [str(BEYOND), str(BEYOND + 1)]


def test_an_old_run_reads_codes_as_it_did(bench: Bench) -> None:
    body = "x,y\n" + "".join(f"{n % 7},{('01', '02')[n % 2]}\n" for n in range(60))
    assert bench.train(bench.put("d", body.encode()), target="y", **QUICK, rules=1).classes == ["1", "2"]


def ages(odd: str, count: int = 1) -> bytes:
    """A target that follows from ages, of which some are a word."""
    numbers = np.random.default_rng(0).integers(18, 90, 80)
    texts = [odd if n < count else str(age) for n, age in enumerate(numbers)]
    return csv_of(pd.DataFrame({"age": texts, "y": numbers * 2.0}))


@pytest.mark.parametrize("count", [1, 20])
def test_a_word_among_numbers_is_refused_with_its_row(bench: Bench, count: int) -> None:
    result = bench.train(bench.put("d", ages("unknown", count)), target="y")
    others = {1: "", 20: ", and 19 other rows are like it"}[count]
    assert f"The column age holds numbers and text. Row 1 says 'unknown'{others}" in result.reason
    for way_out in ("reading.missing", "features.categories", "features.exclude"):
        assert way_out in result.reason


def test_given_as_missing_it_is_what_scikit_learn_makes_of_it(bench: Bench) -> None:
    body = ages("unknown")
    reading = {"missing": ["unknown"]}
    result = bench.train(
        bench.put("d", body), target="y", reading=reading, features={"impute": "median"}, estimator={"family": "ols"}
    )
    frame = pd.read_csv(io.BytesIO(body), na_values=["unknown"])
    train, test = train_test_split(np.arange(80), test_size=16, random_state=0)
    inputs = frame[["age"]].fillna(frame["age"].iloc[train].median())
    line = LinearRegression().fit(inputs.iloc[train], frame["y"].iloc[train])
    assert result.metrics["r2"] == pytest.approx(line.score(inputs.iloc[test], frame["y"].iloc[test]), rel=1e-12)


def test_given_as_a_category_it_is_one(bench: Bench) -> None:
    result = bench.train(bench.put("d", ages("unknown")), target="y", **QUICK, features={"categories": ["age"]})
    assert result.state is RunState.SUCCEEDED
    assert schema(bench).columns[0].kind == "category"


def test_sizes_are_names_with_a_warning(bench: Bench) -> None:
    body = "size,y\n" + "".join(f"{('1', '2', 'XL', '2')[n % 4]},{n % 4}.5\n" for n in range(80))
    result = bench.train(bench.put("d", body.encode()), target="y", **QUICK)
    assert result.features == ["size"]
    assert any(text.startswith("Column size holds numbers and text (row 3 says 'XL')") for text in result.warnings)


def test_an_excluded_column_may_hold_anything(bench: Bench) -> None:
    body = ages("unknown").replace(b"age,y", b"age,z").replace(b"\n", b",1\n").replace(b"age,z,1", b"age,z,x")
    result = bench.train(bench.put("d", body), target="z", features={"exclude": ["age"]}, **QUICK)
    assert result.state is RunState.SUCCEEDED, result.reason


def test_a_class_called_none_keeps_its_rows(bench: Bench) -> None:
    body = "x,y\n" + "".join(f"{n % 3},{('None', 'low', 'high')[n % 3]}\n" for n in range(60))
    result = bench.train(bench.put("d", body.encode()), target="y", **QUICK)
    assert result.classes == ["None", "high", "low"]
    assert result.rows["train"] + result.rows["test"] == 60
    assert "Column y: 20 'None' kept as text" in bench.said(Level.WARNING)
    chosen = bench.train(bench.put("d", body.encode()), target="y", **QUICK, reading={"missing_in_text": True})
    assert chosen.classes == ["high", "low"]
    assert "20 rows without y left out" in bench.said(Level.WARNING)


def test_words_for_missing_are_counted_by_column(bench: Bench) -> None:
    body = "a,b,y\n" + "".join(f"{n if n % 4 else 'NA'},{('NA', 'null', '1')[n % 3]},{n}.5\n" for n in range(48))
    bench.train(bench.put("d", body.encode()), target="y", **QUICK)
    said = bench.said(Level.INFO)
    assert "Column a: 12 'NA' taken as missing" in said
    assert "Column b: 16 'NA', 16 'null' taken as missing" in said


def test_a_regression_on_a_target_with_words_drops_their_rows(bench: Bench) -> None:
    body = "x,y\n" + "".join(f"{n},{n if n % 5 else 'NA'}\n" for n in range(1, 61))
    result = bench.train(bench.put("d", body.encode()), target="y", task="regression", **QUICK)
    assert result.rows["train"] + result.rows["test"] == 48


def test_the_same_words_are_missing_when_it_predicts(bench: Bench) -> None:
    bench.train(bench.put("d", ages("?")), target="y", **QUICK)
    assert schema(bench).reading == Reading()
    assert bench.predict(bench.put("new", b"age\n?\n30\nNA\n")).state is RunState.SUCCEEDED
    assert "Row 2 says 'young'" in bench.predict(bench.put("new", b"age\n30\nyoung\n")).reason


def test_numbers_are_written_the_same_way_when_it_predicts(bench: Bench) -> None:
    body = "x;y\n" + "".join(f"1.{n:03},5;{n},25\n" for n in range(60))
    reading = {"decimal": ",", "thousands": "."}
    result = bench.train(bench.put("d", body.encode()), target="y", reading=reading, estimator={"family": "ols"})
    assert result.metrics["r2"] == pytest.approx(1.0)
    assert bench.predict(bench.put("new", b"x\n1.010,5\n")).state is RunState.SUCCEEDED
    key = bench.layout.predictions("batch1").key("predictions.csv")
    assert pd.read_csv(io.BytesIO(bench.store.read(key)))["prediction"].tolist() == [pytest.approx(10.25)]


def test_what_counts_as_missing_is_said_in_the_docs_and_in_the_record(bench: Bench) -> None:
    docs = (Path(__file__).parents[3] / "docs" / "spec.md").read_text()
    for word in MISSING:
        assert f'"{word}"' in docs
    result = bench.train(bench.put("d", ages("NA")), target="y", **QUICK)
    assert result.spec.reading.missing == list(MISSING)


def schema(bench: Bench) -> ModelSchema:
    body = bench.store.read(parse_object(bench.manifest(1).files["schema.json"].uri))
    return ModelSchema.from_bytes(body, "schema.json")


# Headers and delimiters -----------------------------------------------------------------------------------------------

HEADS: dict[str, tuple[str, str]] = {
    "a line break in a name, by semicolons": ('"Größe\n(cm)";farbe;y\n1;rot;2\n2;blau;3\n', ";"),
    "a comma in a name, by semicolons": ("price, EUR;size;y\n1;2;3\n4;5;6\n", ";"),
    "as many commas in a name as semicolons": ("price, EUR;y\n1;2\n4;5\n", ";"),
    "a delimiter in a quoted name": ('"a;b;c;d",e\n1,2\n3,4\n', ","),
    "tabs": ("a\tb, c\n1\t2\n3\t4\n", "\t"),
    "bars": ("a|b\n1|2\n3|4\n", "|"),
    "one column": ("a\n1\n2\n", ","),
    "one column of decimals with a comma": ("a\n1,5\n2,5\n", ";"),
    "semicolons and commas alike": ("a;b,c\n1;2,3\n4;5,6\n", ","),
    "decimals with a comma by semicolons": ("a;b\n1,5;2,5\n3,5;4,5\n", ";"),
    "a quoted line break in a value": ('a,b\n"x\ny",1\nz,2\n', ","),
}
"""Text, and the delimiter that pandas needs for it: where pandas' sniffer sees two, the one that fits the rows."""


@pytest.mark.parametrize("case", rows(HEADS, HEADS))
def test_a_file_is_taken_apart_as_pandas_does(tmp_path: Path, case: tuple[str, str]) -> None:
    text, separator = case
    (tmp_path / "data").write_text(text)
    table = read_csv(tmp_path / "data", print, Reading())
    assert table.to_pydict() == pd.read_csv(io.StringIO(text), sep=separator, dtype=str).to_dict("list")


def test_a_delimiter_that_is_given_is_not_guessed(bench: Bench) -> None:
    body = "a~b,y~c\n" + "".join(f"{n % 5}~k{n % 3},{n}~{n}.5\n" for n in range(40))
    result = bench.train(bench.put("d", body.encode()), target="c", reading={"delimiter": "~"}, **QUICK)
    assert (result.state, result.features) == (RunState.SUCCEEDED, ["a"])
    assert "Column b,y is left out: it names the rows" in " ".join(result.warnings)


def test_an_encoding_that_is_given_is_not_guessed(bench: Bench) -> None:
    body = ("größe,y\n" + "".join(f"{'žluť' if n % 2 else 'bílá'},{n % 2}.5\n" for n in range(40))).encode("cp1250")
    result = bench.train(bench.put("d", body), target="y", reading={"encoding": "cp1250"}, **QUICK)
    assert result.features == ["größe"]
    assert schema(bench).columns[0].categories == ["bílá", "žluť"]


# JSON Lines -----------------------------------------------------------------------------------------------------------


def json_lines(frame: pd.DataFrame) -> bytes:
    return str(frame.to_json(orient="records", lines=True)).encode()


def test_json_lines_are_data(bench: Bench) -> None:
    numbers = np.random.default_rng(0)
    frame = pd.DataFrame({"a": numbers.normal(size=80), "code": ["01", "02"] * 40})
    frame["y"] = frame["a"] + (frame["code"] == "01")
    data = bench.put("data.jsonl", json_lines(frame))
    result = bench.train(data, target="y", estimator={"family": "hist_gradient_boosting"})
    assert result.features == ["a", "code"]
    train, test = train_test_split(np.arange(80), test_size=16, random_state=0)
    inputs = pd.get_dummies(frame[["a", "code"]], dtype=float).to_numpy()
    boosted = HistGradientBoostingRegressor(random_state=0).fit(inputs[train], frame["y"].iloc[train])
    assert result.metrics["r2"] == pytest.approx(boosted.score(inputs[test], frame["y"].iloc[test]))
    assert bench.predict(data).state is RunState.SUCCEEDED


JSON: dict[str, tuple[str, str]] = {
    "a line that is no JSON": ('{"a":1,"y":1}\n{"a":\n', "Line 2 is no JSON object"),
    "an array": ('[{"a":1,"y":1}]\n', "Line 1 is no JSON object"),
    "a key that stands twice": ('{"a":1,"a":2,"y":1}\n', "a key stands in it twice"),
    "an odd word": ('{"a":1,"y":1}\n{"a":"unknown","y":1}\n', 'Row 2 says "unknown", the first value is 1'),
    "nothing": ("\n", "The file holds no JSON objects"),
}


@pytest.mark.parametrize("case", rows(JSON, ["a line that is no JSON", "an odd word"]))
def test_json_lines_that_cannot_be_used_say_which_line(bench: Bench, case: tuple[str, str]) -> None:
    body, sentence = case
    assert sentence in bench.train(bench.put("data.jsonl", body.encode()), target="y").reason


def test_json_lines_keep_what_is_written(bench: Bench) -> None:
    lines = [f'{{"n":{BEYOND + k % 2},"m":{"null" if k % 4 else 5},"l":[1],"y":"{"pq"[k % 2]}"}}' for k in range(40)]
    data = bench.put("data.ndjson", "\n".join(lines).encode())
    result = bench.train(data, target="n", task="classification", **QUICK)
    assert result.classes == [str(BEYOND), str(BEYOND + 1)]
    assert "Column l is left out: nothing can be learned from" in bench.said(Level.WARNING)


# Many different texts -------------------------------------------------------------------------------------------------


def cities(count: int, rows_: int = 400) -> pd.DataFrame:
    numbers = np.random.default_rng(0)
    city = numbers.integers(0, count, rows_)
    return pd.DataFrame({"city": [f"c{one}" for one in city], "a": numbers.normal(size=rows_), "y": city * 1.0})


def test_many_texts_are_target_encoded_with_a_warning_as_scikit_learn_does_it(bench: Bench) -> None:
    frame = cities(80)
    data = bench.put("d", csv_of(frame))
    result = bench.train(data, target="y", estimator={"family": "ols"})
    assert result.target_encoded == ["city"]
    (warning,) = result.warnings
    assert warning.startswith("Column city has 80 different texts in 400 rows")
    train, test = train_test_split(np.arange(400), test_size=80, random_state=0)
    encoder = TargetEncoder(target_type="continuous", cv=KFold(5, shuffle=True, random_state=0))
    inputs = np.column_stack(
        [frame["a"].iloc[train], encoder.fit_transform(frame[["city"]].iloc[train], frame["y"].iloc[train])]
    )
    line = LinearRegression().fit(inputs, frame["y"].iloc[train])
    unseen = np.column_stack([frame["a"].iloc[test], encoder.transform(frame[["city"]].iloc[test])])
    assert result.metrics["r2"] == pytest.approx(line.score(unseen, frame["y"].iloc[test]))
    assert bench.predict(data).state is RunState.SUCCEEDED


@pytest.mark.parametrize("classes", [2, 3])
def test_they_are_for_classes_too(bench: Bench, classes: int) -> None:
    frame = cities(80)
    frame["y"] = "k" + (frame["y"] % classes).astype(int).astype(str)
    result = bench.train(bench.put("d", csv_of(frame)), target="y", cv=3, **QUICK)
    assert (result.state, result.target_encoded) == (RunState.SUCCEEDED, ["city"])


@pytest.mark.parametrize(
    ("count", "encode", "names"), [(5, "auto", []), (80, "onehot", []), (5, "target", ["city"]), (30, "auto", [])]
)
def test_few_texts_and_other_choices_are_not_target_encoded(
    bench: Bench, count: int, encode: str, names: list[str]
) -> None:
    data = bench.put("d", csv_of(cities(count)))
    result = bench.train(data, target="y", features={"encode": encode}, **QUICK)
    assert result.target_encoded == names
    assert ("different texts" in " ".join(result.warnings)) == (count == 80)
