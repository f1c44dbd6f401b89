"""What a write on top destroys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3ml_tui.domain.plans.plan import lost_by_writing, lost_sentence
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.history import Version
from tests.domain.things import marker, version

ENTRIES = st.lists(st.sampled_from([version("v1"), version("v2"), marker("m1")]), max_size=4)


@given(ENTRIES, st.booleans())
def test_a_versioned_bucket_loses_nothing(entries: list[Version], has_null: bool) -> None:
    there = [*entries, version("null")] if has_null else entries
    assert lost_by_writing(there, Versioning.ON) is None


@given(ENTRIES, ENTRIES, st.sampled_from([Versioning.OFF, Versioning.SUSPENDED, Versioning.UNKNOWN]))
def test_any_other_loses_its_null_version_wherever_it_lies(
    above: list[Version], below: list[Version], versioning: Versioning
) -> None:
    assert lost_by_writing([*above, version("null"), *below], versioning) == version("null")
    assert lost_by_writing([*above, *below], versioning) is None


@pytest.mark.parametrize("versioning", [Versioning.OFF, Versioning.SUSPENDED, Versioning.UNKNOWN])
def test_a_version_whose_id_could_not_be_seen_may_be_the_one_that_is_lost(versioning: Versioning) -> None:
    assert lost_by_writing([version("")], versioning) == version("")
    assert lost_by_writing([version("")], Versioning.ON) is None


def test_a_null_marker_has_no_bytes_to_lose() -> None:
    assert lost_by_writing([marker("null"), version("v1")], Versioning.SUSPENDED) is None


@pytest.mark.parametrize(
    ("versioning", "words"),
    [
        (Versioning.SUSPENDED, "Versioning is suspended: the 12.4 kB written on"),
        (Versioning.OFF, "The bucket keeps no versions: the 12.4 kB written on"),
        (Versioning.UNKNOWN, "could not be seen: take it that the 12.4 kB written on"),
    ],
)
def test_the_loss_is_named_with_its_size_and_its_reason(versioning: Versioning, words: str) -> None:
    said = lost_sentence(version("null"), versioning)
    assert words in said
    assert "destroyed" in said
