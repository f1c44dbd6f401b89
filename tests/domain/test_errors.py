"""Errors say their sentence in one line."""

import pytest

from s3ml_tui.domain.errors import NotFound


@pytest.mark.parametrize(
    ("advice", "end"),
    [("Look again", "Look again."), ("Look again.", "Look again."), ("Did you mean a?", "Did you mean a?")],
)
def test_a_sentence_ends_once(advice: str, end: str) -> None:
    assert NotFound("There is no b", advice=advice).sentence == f"There is no b. {end}"
