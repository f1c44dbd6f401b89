"""Addresses: there and back again, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.uri import (
    MAX_KEY_BYTES,
    ObjectKey,
    Place,
    bucket_and_key,
    bucket_text,
    is_access_point,
    is_directory_bucket,
    is_uri,
    parse_object,
    parse_place,
)

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


POINTS = (
    "arn:aws:s3:us-east-1:123456789012:accesspoint/mine",
    "arn:aws:s3:us-east-1:123456789012:accesspoint:mine",
    "arn:aws-cn:s3:cn-north-1:123456789012:accesspoint/mine",
    "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap",
    "arn:aws:s3-object-lambda:us-east-1:123456789012:accesspoint/mine",
    "arn:aws:s3-outposts:us-east-1:123456789012:outpost/op-01ac5d28a6a232904/accesspoint/mine",
)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("key", ["", "k", "raw/", "raw/2026/a b.csv", "arn:aws:s3:::other/x"])
def test_an_access_point_stands_for_a_bucket(point: str, key: str) -> None:
    uri = f"s3://{point}/{key}"
    assert bucket_and_key(uri) == (point, key)
    assert bucket_and_key(uri.removeprefix("s3://")) == (point, key)
    assert parse_place(uri).bucket == point
    assert parse_place(parse_place(uri).uri) == parse_place(uri)
    if key:
        assert parse_object(uri) == ObjectKey(point, key)
        assert parse_object(uri).uri == uri
    assert is_access_point(point)
    assert not is_directory_bucket(point)


def test_an_access_point_without_anything_behind_it_is_a_place() -> None:
    place = parse_place(f"s3://{POINTS[0]}")
    assert place == Place(POINTS[0])
    assert place.name == bucket_text(POINTS[0]) == "mine (access point)"
    assert place.parent is None
    assert place.under("raw").parent == place


@pytest.mark.parametrize(
    "text",
    [
        "s3://arn:aws:s3:us-east-1:123456789012:accesspoint",
        "s3://arn:aws:s3:us-east-1:123456789012:accesspoint/",
        "s3://arn:aws:s3:us-east-1:123456789012:job/1/k",
        "s3://arn:aws:iam::123456789012:role/x",
        "s3://arn:aws:s3:us-east-1:123456789012:accesspoint/mi_ne/k",
    ],
)
def test_another_arn_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="names no access point"):
        parse_place(text)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("quick--use1-az4--x-s3", True), ("acme-ml", False), ("--use1-az4--x-s3", False), ("a--x-s3-not", False)],
)
def test_a_directory_bucket_is_known_by_its_name(name: str, *, is_one: bool) -> None:
    assert is_directory_bucket(name) is is_one
    assert bucket_text(name) == name
