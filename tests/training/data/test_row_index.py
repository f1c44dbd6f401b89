"""A row index that a writer put beside the columns is no feature; what predicts perfectly by itself is warned of."""

import io
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

from s3ml_tui.domain.ml.events import Level
from s3ml_tui.services.runs.records import RunRecords
from s3ml_tui.training.data.samples import SAMPLES
from tests.exhaustive import rows
from tests.training.bench import QUICK, ROOT, Bench, csv_of, now


def shuffled() -> pd.DataFrame:
    """Two columns of noise in the order of the target, then shuffled with its index, as `sample(frac=1)` does."""
    noise = np.random.default_rng(0).normal(size=(120, 2))
    frame = pd.DataFrame({"a": noise[:, 0], "b": noise[:, 1], "y": np.repeat(["p", "q", "r"], 40)})
    return frame.sample(frac=1, random_state=1)


def parquet(frame: pd.DataFrame) -> bytes:
    body = io.BytesIO()
    frame.to_parquet(body)
    return body.getvalue()


def named(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.rename_axis("patient")


def two_levels(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.set_index(pd.MultiIndex.from_arrays([frame.index, frame.index % 7]))


def read_and_written(frame: pd.DataFrame) -> pd.DataFrame:
    """What `read_csv` makes of a table that was written with its index."""
    return pd.read_csv(io.StringIO(frame.to_csv()))


def without_metadata(frame: pd.DataFrame) -> bytes:
    """As polars writes again what pandas wrote."""
    import pyarrow as pa
    from pyarrow import parquet as pq

    body = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(frame).replace_schema_metadata(None), body)
    return body.getvalue()


WRITERS: dict[str, Callable[[], bytes]] = {
    "Parquet, an index without a name": lambda: parquet(shuffled()),
    "Parquet, a named index": lambda: parquet(named(shuffled())),
    "Parquet, two levels": lambda: parquet(two_levels(shuffled())),
    "Parquet without metadata": lambda: without_metadata(shuffled()),
    "CSV, a first column without a name": lambda: shuffled().to_csv().encode(),
    "CSV read and written again": lambda: csv_of(read_and_written(shuffled())),
    "CSV, some of its rows": lambda: shuffled().head(100).to_csv().encode(),
}


@pytest.mark.parametrize(
    "write", rows(WRITERS, ["Parquet, an index without a name", "CSV, a first column without a name"])
)
def test_the_row_index_of_the_writer_is_no_feature(bench: Bench, write: Callable[[], bytes]) -> None:
    data = bench.put("data", write())
    result = bench.train(data, target="y", **QUICK)
    assert result.features == ["a", "b"]
    assert "index" in bench.said(Level.WARNING)
    assert result.perfect_features == []
    kept = bench.train(data, target="y", **QUICK, features={"index": "keep"})
    assert {"a", "b"} < set(kept.features)


def test_without_the_index_the_score_is_scikit_learns_on_the_same_split(bench: Bench) -> None:
    frame = shuffled()
    result = bench.train(bench.put("data", parquet(frame)), target="y", **QUICK)
    train, test = train_test_split(np.arange(120), test_size=24, random_state=0, stratify=frame["y"])
    tree = DecisionTreeClassifier(random_state=0).fit(frame[["a", "b"]].iloc[train], frame["y"].iloc[train])
    assert result.metrics["accuracy"] == tree.score(frame[["a", "b"]].iloc[test], frame["y"].iloc[test])


def test_an_index_that_is_asked_for_is_learned_from(bench: Bench) -> None:
    data = bench.put("data", parquet(named(shuffled())))
    assert bench.train(data, target="y", **QUICK, features={"include": ["a", "patient"]}).features == ["a", "patient"]
    assert bench.train(data, target="patient", estimator={"family": "ols"}).features == ["a", "b", "y"]


def test_a_named_index_in_a_csv_is_warned_of(bench: Bench) -> None:
    """Its header says nothing of an index; its numbers count the rows, in the order of before."""
    result = bench.train(bench.put("data", shuffled().to_csv(index_label="id").encode()), target="y", **QUICK)
    assert result.features == ["id", "a", "b"]
    assert "Column id only counts the rows; features.exclude leaves it out" in result.warnings
    assert result.perfect_features == ["id"]


def test_an_old_run_runs_again_with_the_index_it_learned_from(bench: Bench) -> None:
    result = bench.train(bench.put("data", parquet(shuffled())), target="y", **QUICK, rules=1)
    assert result.features == ["a", "b", "__index_level_0__"]


LEAKS: dict[str, pd.Series] = {
    "where the rows stood": pd.Series(np.arange(120)),
    "another name for the class": pd.Series(np.repeat(["x1", "x2", "x3"], 40)),
    "a date after which all is different": pd.Series(pd.date_range("2026-01-01", periods=120)),
}


@pytest.mark.parametrize("leak", rows(LEAKS, ["where the rows stood", "another name for the class"]))
def test_a_column_that_alone_gives_a_perfect_score_is_warned_of(bench: Bench, leak: pd.Series) -> None:
    frame = shuffled().sort_index().assign(leak=leak).sample(frac=1, random_state=2)
    result = bench.train(bench.put("data", csv_of(frame)), target="y", **QUICK)
    assert result.metrics["accuracy"] == 1.0
    assert result.perfect_features == ["leak"]
    said = "Column leak alone gives a perfect score"
    assert said in bench.said(Level.WARNING)
    for report in ("report.md", "report.html"):
        body = bench.store.read(bench.layout.report("run1").key(report)).decode()
        assert said in body
    (summary,) = RunRecords(bench.store, now).summaries(ROOT)
    assert summary.doubt == "! leak alone: perfect score"


def test_numbers_that_are_another_measure_of_the_target_are_warned_of(bench: Bench) -> None:
    numbers = np.random.default_rng(0).normal(size=(100, 3))
    frame = pd.DataFrame({"a": numbers[:, 0], "b": numbers[:, 1], "y": numbers[:, 2]})
    frame["fahrenheit"] = frame["y"] * 1.8 + 32
    result = bench.train(bench.put("data", csv_of(frame)), target="y", **QUICK)
    assert result.perfect_features == ["fahrenheit"]


@pytest.mark.parametrize("sample", ["iris", "diabetes", "breast_cancer"])
def test_good_features_are_no_leaks(bench: Bench, sample: str) -> None:
    frame = SAMPLES[sample]()
    data = bench.put("data", csv_of(frame))
    assert bench.train(data, target=str(frame.columns[-1]), **QUICK).perfect_features == []
