"""Events as lines of JSON, and lines that are none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3ml_tui.domain.ml.events import Event, Kind, Level, Stage, parse_line

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
EVENTS = st.builds(
    Event,
    at=st.integers(0, 2**42).map(lambda ms: ms / 1000),
    message=st.text(),
    level=st.sampled_from(Level),
    stage=st.none() | st.sampled_from(Stage),
    kind=st.sampled_from(Kind),
    data=st.dictionaries(st.text(), VALUES, max_size=4),
)


@given(EVENTS)
def test_an_event_is_the_same_after_it_was_written_and_read(event: Event) -> None:
    assert parse_line(event.line()) == event


@given(EVENTS)
def test_a_line_is_one_line_of_printable_ascii(event: Event) -> None:
    assert event.line().isascii()
    assert event.line().isprintable()


def test_figures_that_are_no_numbers_make_a_valid_line_all_the_same() -> None:
    line = Event(1.0, "m", kind=Kind.METRICS, data={"a": float("nan"), "b": [float("-inf")]}).line()
    assert json.loads(line, parse_constant=pytest.fail)["data"] == {"a": "NaN", "b": ["-Infinity"]}


@given(st.text())
def test_any_text_is_at_least_a_message(text: str) -> None:
    assert isinstance(parse_line(text).message, str)


@given(VALUES)
def test_any_json_is_at_least_a_message(value: object) -> None:
    assert isinstance(parse_line(json.dumps(value)).message, str)


@pytest.mark.parametrize(
    "line", ["plain text", "{", "[1]", '{"level": "info"}', '{"message": 3}', "[" * 100_000, '"x"', "NaN"]
)
def test_a_line_that_is_none_of_ours_is_shown_as_it_is(line: str) -> None:
    assert parse_line(line) == Event(0.0, line)


def test_unknown_words_in_a_line_of_ours_fall_back() -> None:
    line = '{"message": "m", "at": true, "level": "loud", "stage": "dream", "kind": 7, "data": [1]}'
    assert parse_line(line) == Event(0.0, "m")


def test_levels_are_ranked() -> None:
    assert [level.rank for level in Level] == [0, 1, 2, 3]
