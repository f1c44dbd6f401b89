"""Names are looked through as one text exactly as they would be one after the other, whatever they are made of."""

import fnmatch
import re
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s3ml_tui.domain.text import printable
from s3ml_tui.ui.object_table import names as object_table_names
from s3ml_tui.ui.object_table.filter import Filter, filter_of
from s3ml_tui.ui.object_table.names import Names

letters = st.one_of(
    st.sampled_from("aAb9-._/ "), st.sampled_from("\nIiSsKe"), st.sampled_from("\x1b\\"), st.characters(codec="utf-8")
)
names = st.lists(st.one_of(st.text(letters, max_size=8), st.from_regex(r"part-[0-9]{3}\.csv/?", fullmatch=True)))
EXPRESSIONS = (
    r"9{3} 9{2 a+b ^a a$ ^part.*v$ \d+- \bcsv\b [0-9]{2} [^a]b \s a|^b a* (a) \W p.r \.csv (?i)PART (?=a) ^$ [\n]"
    r" [a-z]+-[0-9]+ A \u000a ..."
)
expressions = st.sampled_from(EXPRESSIONS.split())


def passes(wanted: Filter, name: str) -> bool:
    """What the filter says of one name, the plain way."""
    text = wanted.text
    if wanted.is_regex:
        return re.search(text[1:].removesuffix("/"), name) is not None
    if "\\" in text:
        shown = printable(name).removesuffix("/" if wanted.is_glob else "")
        glob = fnmatch.translate("".join(f"[{one}]" if one == "[" else one for one in text))
        if wanted.is_glob:
            return re.match(glob, shown, re.IGNORECASE) is not None
        return re.search(re.escape(text), shown, re.IGNORECASE) is not None
    bare = name.lower().removesuffix("/")
    if not wanted.is_glob:
        return text.lower() in name.lower()
    glob = "".join(f"[{one}]" if one == "[" else one for one in text.lower())
    return fnmatch.fnmatchcase(bare, glob) or (text.startswith("*") and passes_end(text, name))


def passes_end(text: str, name: str) -> bool:
    """`*x/` may also be said of a folder with its slash."""
    return not set(text[1:]) & set("*?") and name.lower().endswith(text[1:].lower())


def found(wanted: Filter, column: Names, rows: range) -> list[int]:
    """What is found step by step; the second time in texts that were kept."""
    twice = [[at for step in column.steps(rows) for at in wanted.search().among(step)] for _ in range(2)]
    assert twice[0] == twice[1]
    return twice[0]


@settings(max_examples=400, deadline=None)
@given(
    names,
    st.one_of(
        st.text(letters, min_size=1, max_size=3),
        st.text(letters, min_size=1, max_size=3).map(lambda text: "*" + text),
        st.text(st.sampled_from("aAb9-. "), min_size=1, max_size=3).map(lambda text: text + "*"),
        st.text(st.sampled_from("aA*?9.c"), min_size=1, max_size=5),
        st.sampled_from(("\\x1b", "\\X1B", "\\n", "\\", "a\\n", "*\\x1b*", "?\\x1b", "\\n*", "*\\x1b")),
        expressions.map(lambda text: "/" + text),
    ),
)
def test_one_text_gives_what_one_name_after_the_other_gives(names: list[str], text: str) -> None:
    wanted = filter_of(text)
    if not wanted.is_on:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(object_table_names, "STEP_ROWS", 3)
        column = Names([f"raw/{name}" for name in names], 4)
        expected = [at for at, name in enumerate(names) if passes(wanted, name)]
        assert found(wanted, column, range(len(names))) == expected
        backwards = array("I", range(len(names) - 1, -1, -1))
        gathered = [at for step in column.steps(backwards) for at in wanted.search().among(step)]
        assert gathered == expected[::-1]


def test_texts_of_full_steps_are_kept_until_they_are_let_go() -> None:
    keys = [f"{number:06}" for number in range(2 * object_table_names.STEP_ROWS + 5)]
    column = Names(keys, 0)
    first = [step.text for step in column.steps(range(len(keys)))]
    keys.append("more")
    again = [step.text for step in column.steps(range(len(keys)))]
    assert [one is other for one, other in zip(first, again, strict=True)] == [True, True, False]
    assert again[-1].names[-1] == "more"
    column.forget()
    assert next(column.steps(range(len(keys)))).text is not first[0]


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
    names = ["evil\x1b[31m", "evil\\x1b literally", "two\nlines", "turned\u202e/", "plain"]
    assert found(filter_of(text), Names(names, 0), range(len(names))) == passing


def test_the_hit_is_marked_where_it_is_shown() -> None:
    wanted = filter_of("\\x1b[3")
    shown = wanted.seen("a\x1b[31m")
    assert [shown[start:end] for start, end in wanted.spans(shown)] == ["\\x1b[3"]
    assert filter_of("a").seen("a\x1b") == "a\x1b"


def test_a_filter_of_what_is_shown_never_narrows_one_that_is_not() -> None:
    assert filter_of("\\x1b").narrows(filter_of("\\x"))
    assert not filter_of("\\x1b[").narrows(filter_of("b["))
