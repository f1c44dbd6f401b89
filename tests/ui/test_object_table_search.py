"""Names are looked through as one text exactly as they would be one after the other, whatever they are made of."""

import fnmatch
import re
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s3ml_tui.ui.widgets import object_table_names
from s3ml_tui.ui.widgets.object_table_filter import Filter, filter_of
from s3ml_tui.ui.widgets.object_table_names import Names

letters = st.one_of(st.sampled_from("aAb9-._/ "), st.sampled_from("\nIiSsKe"), st.characters(codec="utf-8"))
names = st.lists(st.one_of(st.text(letters, max_size=8), st.from_regex(r"part-[0-9]{3}\.csv/?", fullmatch=True)))
EXPRESSIONS = (
    r"9{3} 9{2 a+b ^a a$ ^part.*v$ \d+- \bcsv\b [0-9]{2} [^a]b \s a|^b a* (a) \W p.r \.csv (?i)PART (?=a) ^$ [\n]"
    r" [a-z]+-[0-9]+ A \u000a ..."
)
expressions = st.sampled_from(EXPRESSIONS.split())


def passes(wanted: Filter, name: str) -> bool:
    """What the filter says of one name, the plain way."""
    text, bare = wanted.text, name.lower().removesuffix("/")
    if wanted.is_regex:
        return re.search(text[1:].removesuffix("/"), name) is not None
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
        expressions.map(lambda text: "/" + text),
    ),
)
def test_one_text_gives_what_one_name_after_the_other_gives(told: list[str], text: str) -> None:
    wanted = filter_of(text)
    if not wanted.is_on:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(object_table_names, "STEP_ROWS", 3)
        column = Names([f"raw/{name}" for name in told], 4)
        expected = [at for at, name in enumerate(told) if passes(wanted, name)]
        assert found(wanted, column, range(len(told))) == expected
        backwards = array("I", range(len(told) - 1, -1, -1))
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
