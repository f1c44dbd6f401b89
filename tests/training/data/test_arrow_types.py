"""Every Arrow type that a common writer makes is read as what it is, or left out in words."""

import io
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow import parquet
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier

from s3ml_tui.domain.ml.events import Level
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.training.data.arrow_types import plain
from s3ml_tui.training.data.column_types import kind_of, values_as
from tests.exhaustive import rows
from tests.training.bench import QUICK, Bench

TEXTS = ["a", "b", None]


def dictionary(values: list[Any], kind: pa.DataType | None = None) -> pa.Array:
    return pa.array(values, kind).dictionary_encode()


READ: dict[str, tuple[Callable[[], pa.Array], str, list[Any]]] = {
    "a pandas category": (lambda: dictionary(TEXTS), "category", ["a", "b", None]),
    "a dictionary of numbers": (lambda: dictionary([1, 2, None]), "number", [1.0, 2.0, None]),
    "a dictionary with nothing for one value": (
        lambda: pa.DictionaryArray.from_arrays([0, 1, 0], pa.array(["a", None])),
        "category",
        ["a", None, "a"],
    ),
    "a dictionary of views": (
        lambda: pa.DictionaryArray.from_arrays([0, 1, None], pa.array(["a", "b"], pa.string_view())),
        "category",
        TEXTS,
    ),
    "a dictionary of large texts": (lambda: dictionary(TEXTS, pa.large_string()), "category", TEXTS),
    "large text": (lambda: pa.array(TEXTS, pa.large_string()), "category", TEXTS),
    "a view of text": (lambda: pa.array(TEXTS, pa.string_view()), "category", TEXTS),
    "run-ends of text": (lambda: pc.run_end_encode(pa.array(["a", "a", None])), "category", ["a", "a", None]),
    "run-ends of numbers": (lambda: pc.run_end_encode(pa.array([1, 1, 2])), "number", [1, 1, 2]),
    "half": (lambda: pa.array(np.array([0.5, 1.5, 2.5], np.float16)), "number", [0.5, 1.5, 2.5]),
    "float": (lambda: pa.array([0.5, 1.5, None], pa.float32()), "number", [0.5, 1.5, None]),
    "small whole numbers": (lambda: pa.array([1, 2, 3], pa.int8()), "number", [1, 2, 3]),
    "unsigned": (lambda: pa.array([1, 2, 2**64 - 1], pa.uint64()), "number", [1, 2, 2**64 - 1]),
    "decimal 32": (lambda: decimals(pa.decimal32(5, 2)), "number", [1.25, 2.5, None]),
    "decimal 64": (lambda: decimals(pa.decimal64(9, 2)), "number", [1.25, 2.5, None]),
    "decimal 128": (lambda: decimals(pa.decimal128(20, 2)), "number", [1.25, 2.5, None]),
    "decimal 256": (lambda: decimals(pa.decimal256(50, 2)), "number", [1.25, 2.5, None]),
    "nothing": (lambda: pa.nulls(3), "number", [None, None, None]),
    "boolean": (lambda: pa.array([True, False, None]), "boolean", [1.0, 0.0, None]),
    "boolean in 8 bits": (
        lambda: pa.ExtensionArray.from_storage(pa.bool8(), pa.array([1, 0, None], pa.int8())),
        "boolean",
        [1.0, 0.0, None],
    ),
    "a date": (lambda: pa.array([date(1970, 1, 2), None], pa.date32()), "date", [1.0, None]),
    "a date in 64 bits": (lambda: pa.array([date(1970, 1, 2), None], pa.date64()), "date", [1.0, None]),
    "a moment": (lambda: pa.array([43_200_000_000_000 * 3], pa.timestamp("ns")), "date", [1.5]),
    "a moment in seconds": (lambda: pa.array([43_200 * 3], pa.timestamp("s")), "date", [1.5]),
    "a moment in a zone": (
        lambda: pa.array([datetime(1970, 1, 2, 12, tzinfo=UTC)], pa.timestamp("us", "Europe/Prague")),
        "date",
        [1.5],
    ),
    "JSON": (lambda: pa.ExtensionArray.from_storage(pa.json_(), pa.array(["{}", None])), "category", ["{}", None]),
}


def decimals(kind: pa.DataType) -> pa.Array:
    return pa.array([Decimal("1.25"), Decimal("2.5"), None], kind)


LEFT_OUT: dict[str, Callable[[], pa.Array]] = {
    "lists": lambda: pa.array([[1], [2], None]),
    "lists of views": lambda: pa.array([["a"], ["b"], None], pa.list_(pa.string_view())),
    "lists of a length": lambda: pa.array([[1, 2], [3, 4], None], pa.list_(pa.int64(), 2)),
    "records": lambda: pa.array([{"a": 1}, {"a": 2}, None]),
    "maps": lambda: pa.array([[("a", 1)], [("b", 2)], None], pa.map_(pa.string(), pa.int64())),
    "bytes": lambda: pa.array([b"a", b"b", None]),
    "large bytes": lambda: pa.array([b"a", b"b", None], pa.large_binary()),
    "views of bytes": lambda: pa.array([b"a", b"b", None], pa.binary_view()),
    "bytes of a length": lambda: pa.array([b"ab", b"cd", None], pa.binary(2)),
    "UUIDs": lambda: pa.array([uuid.UUID(int=1).bytes, uuid.UUID(int=2).bytes, None], pa.uuid()),
    "times of day": lambda: pa.array([time(12), time(13), None], pa.time64("us")),
    "durations": lambda: pa.array([1, 2, None], pa.duration("s")),
}


@pytest.mark.parametrize("case", rows(READ, READ))
def test_a_type_is_read_as_what_it_is(case: tuple[Callable[[], pa.Array], str, list[Any]]) -> None:
    make, kind, values = case
    column = plain(pa.chunked_array([make()]))
    assert kind_of(column) == kind
    found = values_as(column, "x", kind_of(column) or "number").tolist()
    assert [None if value != value else value for value in found] == values
    assert column.take([0]).to_pylist() == column.to_pylist()[:1]


STORED = ["a pandas category", "a view of text", "decimal 256", "half", "boolean in 8 bits"]


@pytest.mark.parametrize("name", rows({name: name for name in READ if "run-ends" not in name}, STORED))
def test_a_run_reads_it_from_a_parquet_file(bench: Bench, name: str) -> None:
    make = READ[name][0]
    try:
        body = parquet_of(pa.chunked_array([make()] * 30))
    except pa.ArrowNotImplementedError:
        pytest.skip("this Arrow writes none to Parquet")
    data = bench.put("data", body)
    result = bench.train(data, target="y", **QUICK)
    assert result.state is RunState.SUCCEEDED, result.reason
    assert ("x" in result.features) == (name != "nothing")
    assert bench.predict(data).state is RunState.SUCCEEDED


@pytest.mark.parametrize("make", rows(LEFT_OUT, ["lists of views", "UUIDs", "durations"]))
def test_what_nothing_can_be_learned_from_is_left_out_in_words(bench: Bench, make: Callable[[], pa.Array]) -> None:
    data = bench.put("data", parquet_of(pa.chunked_array([make()] * 30), missing_targets=3))
    result = bench.train(data, target="y", **QUICK)
    assert result.state is RunState.SUCCEEDED, result.reason
    assert result.features == ["z"]
    assert "Column x is left out: nothing can be learned from" in bench.said(Level.WARNING)


def parquet_of(column: pa.ChunkedArray, missing_targets: int = 0) -> bytes:
    """The column as x, a number as z, and classes to learn."""
    count = len(column)
    classes: list[str | None] = [None if n < missing_targets else "pq"[n // 7 % 2] for n in range(count)]
    body = io.BytesIO()
    parquet.write_table(pa.table({"x": column, "z": pa.array(np.arange(count) % 9), "y": pa.array(classes)}), body)
    return body.getvalue()


def test_a_pandas_category_teaches_what_scikit_learn_makes_of_it(bench: Bench) -> None:
    numbers = np.random.default_rng(0)
    colour = pd.Categorical(numbers.choice(["red", "green", "blue"], 90))
    frame = pd.DataFrame({"colour": colour, "y": np.where((colour == "red") ^ (numbers.random(90) < 0.2), "p", "q")})
    body = io.BytesIO()
    frame.to_parquet(body)
    split = {"method": "tail", "test_size": 30}
    result = bench.train(bench.put("data", body.getvalue()), target="y", split=split, **QUICK)
    encoder = OneHotEncoder(sparse_output=False).fit(frame[["colour"]][:60])
    tree = DecisionTreeClassifier(random_state=0).fit(encoder.transform(frame[["colour"]][:60]), frame["y"][:60])
    assert result.metrics["accuracy"] == tree.score(encoder.transform(frame[["colour"]][60:]), frame["y"][60:])
