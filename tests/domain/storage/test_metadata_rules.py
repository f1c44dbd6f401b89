"""Tags, metadata and headers as S3 takes them."""

import pytest

from s3ml_tui.domain.storage.metadata_rules import described, difference, fields_of, wrong_fields, wrong_tags
from s3ml_tui.domain.storage.store import Description


@pytest.mark.parametrize(
    "tags", [{}, {"team": "a b"}, {"Größe": "ä"}, {"a+-=._:/@": "+-=._:/@"}, {"k" * 128: "v" * 256}, {"empty": ""}]
)
def test_what_s3_takes_as_tags(tags: dict[str, str]) -> None:
    assert wrong_tags(tags) == ""


@pytest.mark.parametrize(
    ("tags", "why"),
    [
        ({str(number): "" for number in range(11)}, "11 tags; 10 are the most"),
        ({"": "x"}, "has a name"),
        ({"k" * 129: ""}, "129 characters"),
        ({"k": "v" * 257}, "257 characters"),
        ({"aws:x": "1"}, "AWS's own"),
        ({"a": "x;y"}, "';' in a is not allowed"),
        ({"a\x1b": ""}, "is not allowed"),
        ({"a": "[/]"}, "'[' in a is not allowed"),
    ],
)
def test_what_s3_refuses_as_tags_is_said(tags: dict[str, str], why: str) -> None:
    assert why in wrong_tags(tags)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"content-type": "text/csv; charset=utf-8", "rows": "3"},
        {"Expires": "Wed, 21 Oct 2026 07:28:00 GMT"},
        {"x_y.z-1": "~ [bold] }"},
        {"k": "v" * 2047},
    ],
)
def test_what_s3_takes_as_metadata(fields: dict[str, str]) -> None:
    assert wrong_fields(fields) == ""


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"": "x"}, "has a name"),
        ({"two words": "x"}, "cannot be a name"),
        ({"s3ml-op": "x"}, "s3ml's own"),
        ({"k": ""}, "no value"),
        ({"k": "größer"}, "only ASCII"),
        ({"k": "a\nb"}, "only ASCII"),
        ({"k": " a"}, "begins or ends with a blank"),
        ({"expires": "tomorrow"}, "is a date"),
        ({"Rows": "1", "rows": "2"}, "there twice"),
        ({"k": "v" * 2048}, "2,049 bytes; 2,048 are the most"),
    ],
)
def test_what_is_refused_as_metadata_is_said(fields: dict[str, str], why: str) -> None:
    assert why in wrong_fields(fields)


def test_fields_are_headers_and_metadata_without_our_marks_and_come_back_with_them() -> None:
    before = Description(
        "text/csv", {"CacheControl": "no-cache", "Strange": "kept"}, {"rows": "3", "s3ml-op": "1", "s3ml-sha256": "2"}
    )
    assert fields_of(before) == {"content-type": "text/csv", "cache-control": "no-cache", "rows": "3"}
    after = described({"Content-Type": "text/plain", "content-language": "de", "Cols": "4"}, before)
    assert after == Description(
        "text/plain",
        {"Strange": "kept", "ContentLanguage": "de"},
        {"cols": "4", "s3ml-op": "1", "s3ml-sha256": "2"},
    )
    assert described(fields_of(before), before) == before


def test_a_difference_in_words() -> None:
    assert difference({"a": "1", "b": "2", "c": ""}, {"a": "1", "b": "3", "d": "", "e": "5"}) == (
        "b: 2 → 3",
        "c is removed (it was empty)",
        "d (without a value)",
        "e = 5",
    )
