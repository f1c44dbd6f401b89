"""How fast and how much longer, from what moved lately."""

import pytest

from s3ml_tui.domain.units import WINDOW_S, Pace


def test_nothing_is_said_before_something_was_seen_for_a_while() -> None:
    pace = Pace()
    assert pace.rate is None
    pace.note(0, 100.0)
    pace.note(1000, 100.1)
    assert pace.rate is None
    assert pace.left_s(5) is None


def test_an_even_pace_is_told_as_it_is() -> None:
    pace = Pace()
    for tenth in range(100):
        pace.note(tenth * 50, tenth / 10)
    assert pace.rate == pytest.approx(500)
    assert pace.left_s(5000) == pytest.approx(10)
    assert pace.left_s(-1) == 0


def test_what_was_long_ago_is_forgotten() -> None:
    pace = Pace()
    for second in range(100):
        pace.note(second * 1_000_000, float(second))
    for second in range(100, 100 + int(WINDOW_S) * 2):
        pace.note(99_000_000 + (second - 99), float(second))
    assert pace.rate == pytest.approx(1)


def test_what_stands_still_falls_to_nothing_and_has_no_end() -> None:
    pace = Pace()
    for second in range(10):
        pace.note(second, float(second))
    rates = []
    for second in range(10, 30):
        pace.note(9, float(second))
        rates.append(pace.rate or 0.0)
    assert rates == sorted(rates, reverse=True)
    assert pace.rate == 0
    assert pace.left_s(100) is None


def test_a_burst_between_two_looks_does_not_make_it_jump() -> None:
    pace = Pace()
    for tenth in range(80):
        pace.note(tenth * 10, tenth / 10)
    before = pace.rate
    assert before is not None
    pace.note(80 * 10 + 100, 8.0)
    assert pace.rate == pytest.approx(before, rel=0.2)


def test_what_is_sent_again_begins_anew() -> None:
    pace = Pace()
    for second in range(10):
        pace.note(second * 100, float(second))
    pace.note(500, 10.0)
    assert pace.rate is None
    pace.note(600, 11.0)
    assert pace.rate == pytest.approx(100)


def test_it_can_be_told_to_forget() -> None:
    pace = Pace()
    pace.note(0, 0.0)
    pace.note(100, 1.0)
    pace.forget()
    assert pace.rate is None
