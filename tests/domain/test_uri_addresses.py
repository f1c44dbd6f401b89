"""Addresses as people type and paste them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.uri import is_level, understood, wrong_address


@pytest.mark.parametrize(
    ("typed", "uri"),
    [
        ("s3://acme/raw/", "s3://acme/raw/"),
        ("acme", "s3://acme"),
        ("acme/raw/x.csv", "s3://acme/raw/x.csv"),
        ("  s3://acme/raw/\n", "s3://acme/raw/"),
        ("s3://s3://acme/raw/", "s3://acme/raw/"),
        ("s3:/acme/raw", "s3://acme/raw"),
        ("s3:acme/raw", "s3://acme/raw"),
        ("S3://acme/Raw", "s3://acme/Raw"),
        ("s3a://acme/raw", "s3://acme/raw"),
        ("s3n://acme/raw", "s3://acme/raw"),
        ("arn:aws:s3:::acme/raw/x", "s3://acme/raw/x"),
        ("arn:aws-cn:s3:::acme", "s3://acme"),
        ('"s3://acme/raw x/"', "s3://acme/raw x/"),
        ("'acme/raw'", "s3://acme/raw"),
        ("<s3://acme/raw>", "s3://acme/raw"),
        ("acme/it's", "s3://acme/it's"),
        ("acme/a//b", "s3://acme/a//b"),
        ("acme/s3://odd", "s3://acme/s3://odd"),
    ],
)
def test_what_is_meant_is_understood(typed: str, uri: str) -> None:
    assert understood(typed) == uri
    assert wrong_address(typed) == ""


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "No address was given"),
        ("s3://", "No address was given"),
        ("s3://s3://", "No address was given"),
        ("/raw/x", "names no bucket"),
        ("s3:///raw", "names no bucket"),
        ("my bucket/x", "names no bucket"),
        ("https://acme.s3.amazonaws.com/x", "https:// is no S3 address"),
        ("acme/" + "k" * 1025, "The key is too long"),
    ],
)
def test_what_is_none_is_said(typed: str, why: str) -> None:
    assert why in wrong_address(typed)


@given(st.text(max_size=60))
def test_no_text_breaks_it_and_none_is_doubled(text: str) -> None:
    try:
        uri = understood(text)
    except BadInput:
        return
    assert uri.startswith("s3://")
    assert not uri.startswith("s3://s3://")


@pytest.mark.parametrize(
    ("uri", "expected"), [("s3://a", True), ("s3://a/", True), ("s3://a/b/", True), ("s3://a/b", False)]
)
def test_a_level_is_told_by_its_end(uri: str, expected: bool) -> None:
    assert is_level(uri) is expected
