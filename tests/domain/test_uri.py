"""Addresses: there and back again, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.uri import MAX_KEY_BYTES, ObjectKey, Place, is_uri, parse_object, parse_place

BUCKETS = st.from_regex(r"[a-z0-9][a-z0-9.-]{1,40}[a-z0-9]", fullmatch=True)
KEYS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=200).filter(
    lambda key: len(key.encode()) <= MAX_KEY_BYTES
)
SEGMENTS = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=9), max_size=5)


@given(BUCKETS, KEYS)
def test_an_object_is_the_same_after_its_address_was_written_and_read(bucket: str, key: str) -> None:
    there = ObjectKey(bucket, key)
    assert parse_object(there.uri) == there


@given(BUCKETS, SEGMENTS)
def test_a_place_is_the_same_after_its_address_was_written_and_read(bucket: str, segments: list[str]) -> None:
    place = Place(bucket, "".join(f"{segment}/" for segment in segments))
    assert parse_place(place.uri) == place


@given(BUCKETS, SEGMENTS.filter(bool))
def test_going_down_and_up_again_ends_where_it_began(bucket: str, segments: list[str]) -> None:
    place = Place(bucket)
    for segment in segments:
        below = place.under(segment)
        assert below.parent == place
        assert below.name == segment
        place = below


@given(BUCKETS, KEYS)
def test_an_object_lies_in_the_place_it_is_listed_in(bucket: str, key: str) -> None:
    there = ObjectKey(bucket, key)
    assert there.place.contains(there)


@pytest.mark.parametrize(
    ("key", "name"), [("a.txt", "a.txt"), ("b/a.txt", "a.txt"), ("b/c/", "c"), ("a/..", ".."), ("/", "/"), ("//", "//")]
)
def test_the_name_of_an_object(key: str, name: str) -> None:
    assert ObjectKey("acme", key).name == name


def test_the_level_of_a_folder_object_is_the_one_above() -> None:
    assert ObjectKey("acme", "b/c/").place == Place("acme", "b/")
    assert ObjectKey("acme", "a").place == Place("acme")


def test_a_missing_last_slash_is_added_to_a_place() -> None:
    assert parse_place("s3://acme/team") == Place("acme", "team/")
    assert parse_place("s3://acme") == Place("acme")
    assert Place("acme").parent is None


@pytest.mark.parametrize("text", ["acme/a", "s3://", "s3:///a", "s3://a b/c", "S3://acme/a", "http://acme/a", ""])
def test_what_is_no_address_is_refused_with_advice(text: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse_object(text)
    assert "s3://bucket/key" in refusal.value.advice


@pytest.mark.parametrize("text", ["s3://acme", "s3://acme/"])
def test_a_bucket_is_no_object(text: str) -> None:
    with pytest.raises(BadInput, match="is a bucket"):
        parse_object(text)


def test_a_key_may_have_1024_bytes_and_not_one_more() -> None:
    assert parse_object("s3://acme/" + "é" * 512).key == "é" * 512
    with pytest.raises(BadInput, match="too long"):
        parse_object("s3://acme/" + "é" * 512 + "x")


def test_only_s3_addresses_are_taken_for_one() -> None:
    assert is_uri("s3://acme/a")
    assert not is_uri("./s3/a")


def test_places_do_not_contain_their_neighbours() -> None:
    assert not Place("acme", "data/").contains(ObjectKey("acme", "data2/a"))
    assert not Place("acme").contains(ObjectKey("other", "a"))
