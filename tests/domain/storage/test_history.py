"""What a history says of a key."""

from hypothesis import given
from hypothesis import strategies as st

from tests.domain.things import history, marker, version

KINDS = st.lists(st.booleans(), max_size=8)


@given(KINDS)
def test_the_newest_entry_is_current_and_a_marker_on_top_means_deleted(kinds: list[bool]) -> None:
    there = history([version(f"v{n}", is_marker=is_marker) for n, is_marker in enumerate(kinds)])
    assert there.is_deleted == (kinds[:1] == [True])
    assert there.current == (there.versions[0] if kinds else None)


@given(KINDS)
def test_the_last_content_is_the_newest_that_has_bytes(kinds: list[bool]) -> None:
    there = history([version(f"v{n}", is_marker=is_marker) for n, is_marker in enumerate(kinds)])
    found = there.last_content
    assert (found is None) == all(kinds)
    assert found is None or found.version_id == f"v{kinds.index(False)}"


def test_an_entry_is_found_by_its_id_only() -> None:
    there = history([marker("m1"), version("v1")])
    assert there.find("m1") == marker("m1")
    assert there.find("v2") is None
