"""Which names go, and which folders need be looked into for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3ml_tui.domain.include_exclude import is_folder_wanted, is_wanted


@pytest.mark.parametrize(
    ("folder", "filters", "wanted"),
    [
        ("a/", [], True),
        ("a/", [(False, "*")], False),
        ("a/", [(False, "a/*")], False),
        ("a/", [(False, "a*")], False),
        ("a/b/", [(False, "a/*")], False),
        ("b/", [(False, "a/*")], True),
        ("a/", [(False, "*.log")], True),
        ("a/", [(False, "a")], True),
        ("a/", [(False, "*"), (True, "*.csv")], True),
        ("a/", [(False, "*"), (True, "b/*.csv")], False),
        ("a/", [(False, "*"), (True, "a/b/*.csv")], True),
        ("a/b/c/", [(False, "*"), (True, "a/*.csv")], True),
        ("a/", [(True, "*.csv"), (False, "*")], False),
        ("a/", [(False, "*"), (True, "[ab]/x")], True),
    ],
)
def test_a_folder_is_looked_into_where_a_name_below_it_may_go(
    folder: str, filters: list[tuple[bool, str]], *, wanted: bool
) -> None:
    assert is_folder_wanted(folder, filters) is wanted


@given(
    st.text("ab/", min_size=1, max_size=4),
    st.text("ab/", max_size=4),
    st.lists(st.tuples(st.booleans(), st.text("ab/*?", min_size=1, max_size=4)), max_size=3),
)
def test_no_name_that_goes_lies_in_a_folder_that_is_not_looked_into(
    folder: str, rest: str, filters: list[tuple[bool, str]]
) -> None:
    if is_wanted(f"{folder}/{rest}", filters):
        assert is_folder_wanted(f"{folder}/", filters)
