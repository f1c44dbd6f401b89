"""What stdout and stderr are given."""

import json
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import pytest

from s3ml_tui.cli.runs.follow import Narrator, log_line
from s3ml_tui.cli.terminal.output import put_json, put_table
from s3ml_tui.domain.ml.events import Event, Kind, Level, Stage
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.uri import ObjectKey


def test_values_of_ours_are_plain_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    pin = Pin("s3://b/k", None, "e", "s", 1)
    put_json({"at": datetime(2026, 1, 2, tzinfo=UTC), "pin": pin, "key": ObjectKey("b", "é"), "path": Path("/x")})
    out = capsys.readouterr().out
    assert out.isascii()
    assert json.loads(out) == {
        "at": "2026-01-02T00:00:00+00:00",
        "pin": {"uri": "s3://b/k", "version_id": None, "etag": "e", "sha256": "s", "size": 1},
        "key": "s3://b/é",
        "path": "/x",
    }


def test_numbers_that_are_none_are_texts_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    put_json(MappingProxyType({"a": float("nan"), "b": [float("inf"), float("-inf")]}))
    assert json.loads(capsys.readouterr().out, parse_constant=pytest.fail) == {
        "a": "NaN",
        "b": ["Infinity", "-Infinity"],
    }


def test_tables_are_aligned_and_may_be_empty(capsys: pytest.CaptureFixture[str]) -> None:
    put_table([])
    assert capsys.readouterr().out == ""
    put_table([("a", "1"), ("long", "")])
    assert capsys.readouterr().out == "a     1\nlong\n"


def test_a_run_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    narrator = Narrator()
    for event in (
        Event(1.0, "", kind=Kind.STAGE_STARTED, stage=Stage.TRAIN),
        Event(1.0, "fold 1", kind=Kind.PROGRESS, stage=Stage.TRAIN, data={"done": 1, "total": 5}),
        Event(1.0, "alive", kind=Kind.HEARTBEAT),
        Event(1.0, "detail", level=Level.DEBUG),
        Event(1.0, "r2 0.47", kind=Kind.METRICS, stage=Stage.TRAIN, data={"r2": 0.47}),
        Event(1.0, "odd \x1b[31m", level=Level.WARNING),
        Event(1.0, "5 rows", kind=Kind.STAGE_FINISHED, stage=Stage.TRAIN, data={"elapsed_s": 31.2}),
    ):
        narrator.line(event.line())
    narrator.line("not ours")
    narrator.end()
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "● train",
        "    r2 0.47",
        "    warning: odd \\x1b[31m",
        "✓ train  0:31  5 rows",
        "    not ours",
    ]


def test_lines_of_a_log_as_text() -> None:
    assert log_line("free text") == "free text"
    line = log_line(Event(1_700_000_000.0, "hello", level=Level.ERROR, stage=Stage.SPLIT).line())
    assert line.endswith("split     error: hello")
    assert line.startswith("2023-11-")
