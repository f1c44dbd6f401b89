"""What a filter lets through, one name after the other and by pyarrow, and where it hit."""

import fnmatch
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s3ml_tui.domain.text import printable
from s3ml_tui.ui.object_table import arrow_columns
from s3ml_tui.ui.object_table.arrow_columns import Arrow, NotWanted, WrongExpression, hits
from s3ml_tui.ui.object_table.filter import Filter
from s3ml_tui.ui.object_table.level import Names
from s3ml_tui.ui.object_table.view import Plain

letters = st.one_of(
    st.sampled_from("aAb9-._ "), st.sampled_from("\nIiSsKe"), st.sampled_from("\x1b\\"), st.characters(codec="utf-8")
).filter(lambda letter: letter != "/")
names = st.lists(
    st.one_of(
        st.text(letters, max_size=8),
        st.text(letters, max_size=8).map(lambda name: name + "/"),
        st.from_regex(r"part-[0-9]{3}\.csv/?", fullmatch=True),
    )
)
"""Of one level: a slash is at the end of a folder's."""
EXPRESSIONS = r"9{3} 9{2 a+b ^a a$ ^part.*v$ [0-9]+- \bcsv\b [0-9]{2} [^a]b a|^b a* (a) p.r \.csv (?i)PART ^$ [\n] ..."


def passes(wanted: Filter, name: str) -> bool:
    """What the filter says of one name, the plain way."""
    text = wanted.text
    if wanted.is_regex:
        return re.search(text[1:].removesuffix("/").replace("$", r"\Z"), name, re.ASCII) is not None
    seen, text = (printable(name) if wanted.is_of_shown else name).lower(), text.lower()
    if not wanted.is_glob:
        return text in seen
    return fnmatch.fnmatchcase(seen if "/" in text else seen.removesuffix("/"), text.replace("[", "[[]"))


def found(wanted: Filter, names: list[str]) -> list[int]:
    """What pyarrow finds; the second time in columns that were kept, the third among more names."""
    column = Names([f"raw/{name}" for name in names], 4)
    first = list(Arrow().passing(column, len(names), wanted))
    assert list(Arrow().passing(column, len(names), wanted)) == first
    column.texts.extend(column.texts)
    again = [at + len(names) for at in first]
    assert list(Arrow().passing(column, 2 * len(names), wanted)) == [*first, *again]
    return first


@settings(max_examples=400, deadline=None)
@given(
    names,
    st.one_of(
        st.text(letters, min_size=1, max_size=3),
        st.text(letters, min_size=1, max_size=3).map(lambda text: "*" + text),
        st.text(letters, min_size=1, max_size=3).map(lambda text: text + "*"),
        st.text(st.sampled_from("aA*?9.c"), min_size=1, max_size=5),
        st.sampled_from(
            ("\\x1b", "\\X1B", "\\n", "\\", "a\\n", "*\\x1b*", "?\\x1b", "\\n*", "*\\x1b", "*/", "a*/", "b/")
        ),
        st.sampled_from(EXPRESSIONS.split(" ")).map(lambda text: "/" + text),
    ),
)
def test_a_filter_lets_through_what_looking_at_each_name_does(names: list[str], text: str) -> None:
    wanted = Filter(text)
    if not wanted.is_on:
        return
    expected = [at for at, name in enumerate(names) if passes(wanted, name)]
    if not wanted.is_regex:
        column = Names([f"raw/{name}" for name in names], 4)
        assert list(Plain().passing(column, len(names), wanted)) == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrow_columns, "STEP_ROWS", 3)
        assert found(wanted, names) == expected


@pytest.mark.parametrize(
    ("text", "passing"),
    [
        ("\\x1b", [0, 1]),
        ("\\x1B[31", [0]),
        ("evil\\x1b", [0, 1]),
        ("*\\x1b*", [0, 1]),
        ("\\n", [2]),
        ("\\u202e", [3]),
        ("*\\u202e", [3]),
        ("/\\x1b", [0]),
        ("evil\x1b", [0]),
    ],
)
def test_what_is_hidden_in_a_name_is_found_as_it_is_shown(text: str, passing: list[int]) -> None:
    assert (
        found(Filter(text), ["evil\x1b[31m", "evil\\x1b literally", "two\nlines", "turned\u202e/", "plain"]) == passing
    )


def test_the_hit_is_marked_where_it_is_shown() -> None:
    wanted = Filter("\\x1b[3")
    shown = wanted.seen("a\x1b[31m")
    assert [shown[start:end] for start, end in wanted.spans(shown)] == ["\\x1b[3"]
    assert Filter("a").seen("a\x1b") == "a\x1b"


@pytest.mark.parametrize(
    ("text", "name", "hit"),
    [
        ("AR", "part-bar", ["ar", "ar"]),
        ("*.csv", "a.csv", [".csv"]),
        ("p*9?.csv", "part-99x.CSV", ["p", "9", ".CSV"]),
        ("*a*c*c?v*", "banana.csv.csv", ["a", "c", "c", "v"]),
        ("*a*", "a/", ["a"]),
        ("[/]", "a[/]b", ["[/]"]),
    ],
)
def test_hits_are_marked_where_they_are(text: str, name: str, hit: list[str]) -> None:
    assert [name[start:end] for start, end in Filter(text).spans(name)] == hit


@pytest.mark.parametrize(
    ("expression", "name", "hit"),
    [
        ("[0-9]+", "a12b3", ["12", "3"]),
        ("x*", "aaa", []),
        ("é(.)", "caféöé", ["éö"]),
        ("a|(b+)", "abb\x02", []),
        ("^.|.$", "été", ["é", "é"]),
    ],
)
def test_hits_of_a_regular_expression_are_marked_where_they_are(expression: str, name: str, hit: list[str]) -> None:
    assert [name[start:end] for start, end in hits(expression, name)] == hit


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("/[", "no regular expression: missing ]: ["),
        ("/a**", "no regular expression: bad repetition operator: **"),
        ("/(?=a)", "regular expressions here have no look-around: (?="),
        ("/(?<!a)b", "regular expressions here have no look-around: (?<!"),
        (r"/(a)\1", r"regular expressions here have no back references: \1"),
        ("/(?P<one>a)(?P=one)", "regular expressions here have no back references: (?P"),
    ],
)
def test_an_expression_that_is_not_known_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(WrongExpression) as refused:
        found(Filter(text), ["a"])
    assert str(refused.value) == sentence


LONG = "a" * 1000


@pytest.mark.parametrize("text", ["/(a+)+$", "/(a|a)*$", "/(.*)*=", "/(a*)*(a*)*(a*)*b", "/(x+x+)+y"])
def test_no_regular_expression_takes_long(text: str) -> None:
    assert found(Filter(text), [LONG + "!"] * 10) == ([*range(10)] if text == "/(a|a)*$" else [])
    hits(text[1:], LONG + "!")


@pytest.mark.parametrize("text", ["*a" * 40 + "*b", "*" + "a?" * 40 + "*!*b"])
def test_no_glob_takes_long(text: str) -> None:
    wanted = Filter(text)
    assert found(wanted, [LONG]) == []
    assert list(Plain().passing(Names([LONG], 0), 1, wanted)) == []
    assert wanted.spans(LONG) == ()


def test_an_answer_nobody_waits_for_stops_in_the_middle() -> None:
    with pytest.raises(NotWanted):
        Arrow(lambda: False).passing(Names(["a"], 0), 1, Filter("a"))
