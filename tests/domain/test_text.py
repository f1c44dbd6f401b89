"""The gate that text from outside passes, and sizes, ages and counts in words."""

import string
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3ml_tui.domain.text import (
    age_text,
    are_on_one_line,
    count_text,
    elapsed_text,
    moment_text,
    on_one_line,
    printable,
    size_text,
)

NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@given(st.text())
def test_nothing_that_steers_a_terminal_or_hides_passes(text: str) -> None:
    shown = printable(text)
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]


@given(st.text(alphabet=st.characters(codec=None, categories=["Cc", "Cf", "Cs", "Zl", "Zp"])))
def test_every_control_format_and_surrogate_character_is_written_out_in_ascii(text: str) -> None:
    shown = printable(text)
    assert shown.isascii()
    assert shown.isprintable()


@given(st.text(alphabet=string.printable[:95]))
def test_plain_ascii_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


@given(st.text())
def test_what_was_made_printable_stays_as_it_is(text: str) -> None:
    assert printable(printable(text)) == printable(text)


@pytest.mark.parametrize("character", [*BIDI, "\x1b", "\x07", "\x9b", "\u200b", "\ufeff", "\u2028", "\xad", "\ud800"])
def test_a_dangerous_character_is_shown_as_its_escape(character: str) -> None:
    shown = printable(f"a{character}b")
    assert shown.startswith("a\\")
    assert character not in shown


@pytest.mark.parametrize(
    "text", ["report[v2] [bold]x[/bold].csv", "a\\nb", "Grüße.csv", "数据.parquet", "naïve 🙂", "שלום"]
)
def test_names_that_only_look_strange_stay_as_they_are(text: str) -> None:
    assert printable(text) == text


@given(st.lists(st.text()))
def test_what_is_on_one_line_at_a_glance_stays_as_it_is(texts: list[str]) -> None:
    if are_on_one_line(texts):
        assert [on_one_line(text) for text in texts] == texts
    shown = "".join(map(on_one_line, texts))
    assert len(shown.splitlines()) < 2
    assert not [character for character in shown if unicodedata.category(character) in {"Cc", "Zl", "Zp"}]


def test_most_names_are_seen_to_be_harmless_at_a_glance() -> None:
    assert are_on_one_line(["report[v2].csv", "Größe 数据 🦜.csv", ""])
    assert not are_on_one_line(["two\nlines"])
    name = "\U0001f9d1\u200d\U0001f52c a\u202eb"
    assert on_one_line(name) == name, "for a program a name is a name"


def test_an_escape_sequence_is_readable_text() -> None:
    assert printable("x\x1b[31m\n") == "x\\x1b[31m\\n"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (None, ""),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_950, "1.0 MB"),
        (12_400_000, "12.4 MB"),
        (10**18, "1000.0 PB"),
    ],
)
def test_sizes_are_decimal(size: int | None, text: str) -> None:
    assert size_text(size) == text


@given(st.integers(min_value=0, max_value=10**15))
def test_a_size_has_at_most_four_digits_before_its_unit(size: int) -> None:
    assert len(size_text(size).split()[0].partition(".")[0]) <= 4


def test_counts_agree_with_their_noun() -> None:
    assert [count_text(1, "entry", "entries"), count_text(12000, "object")] == ["1 entry", "12,000 objects"]


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=2), "just now"),
        (timedelta(seconds=30), "30 s ago"),
        (timedelta(minutes=2), "2 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(days=2), "2 d ago"),
        (timedelta(days=30), "24 Oct 2026"),
        (timedelta(hours=-1), "23 Nov 2026 13:00"),
    ],
)
def test_ages_in_words(ago: timedelta, text: str) -> None:
    assert age_text(NOON - ago, NOON) == text


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(hours=1), "11:00:00 today"),
        (timedelta(days=1), "12:00 yesterday"),
        (timedelta(days=3), "20 Nov 12:00"),
        (timedelta(days=400), "19 Oct 2025"),
    ],
)
def test_moments_in_words(ago: timedelta, text: str) -> None:
    assert moment_text(NOON - ago, NOON) == text


@pytest.mark.parametrize(("elapsed_s", "text"), [(0.84, "0.8 s"), (31, "0:31"), (3723, "1:02:03")])
def test_elapsed_times(elapsed_s: float, text: str) -> None:
    assert elapsed_text(elapsed_s) == text
