"""Who wrote a version, read from the marks in its metadata."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3ml_tui.domain.storage.provenance import (
    BATCH,
    BROUGHT_FROM,
    COPIED_FROM,
    RUN,
    SHA256,
    How,
    Origin,
    brought_back,
    copied,
    origin_of,
)
from s3ml_tui.domain.storage.store import OPERATION, ObjectFacts
from s3ml_tui.domain.uri import ObjectKey

NAMES = st.text(min_size=1, max_size=300).filter(lambda text: not text.startswith("/"))


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({RUN: "20261123-0911-p2aa", SHA256: "9f"}, "by run 20261123-0911-p2aa"),
        ({BATCH: "20261123-0930-aaaa"}, "by batch 20261123-0930-aaaa"),
        ({BROUGHT_FROM: "v1", RUN: "r", COPIED_FROM: "b/k"}, "brought back from v1"),
        ({COPIED_FROM: "acme/a%20b.csv?versionId=v1"}, "copied from s3://acme/a b.csv"),
        ({SHA256: "9f"}, "uploaded with s3ml"),
        ({}, "written by s3ml"),
    ],
)
def test_a_mark_of_ours_says_how_a_version_came_about(metadata: dict[str, str], words: str) -> None:
    origin = origin_of({**metadata, OPERATION: "3f9a"})
    assert origin is not None
    assert (origin.words, origin.operation) == (words, "3f9a")


def test_nothing_is_claimed_of_a_version_without_a_mark() -> None:
    assert origin_of({}) is None
    assert origin_of({"owner": "ml", "run": "mine", OPERATION: ""}) is None


def test_the_last_act_counts() -> None:
    written = {RUN: "r1", OPERATION: "1"}
    back = brought_back(written, "v1")
    assert origin_of(back) == Origin(How.BROUGHT_BACK, "v1", "1")
    again = brought_back(back, "v2")
    assert origin_of(again) == Origin(How.BROUGHT_BACK, "v2", "1")
    elsewhere = origin_of(copied(_facts(ObjectKey("acme", "a.csv"), again)))
    assert elsewhere is not None
    assert elsewhere.words == "copied from s3://acme/a.csv"
    assert origin_of(brought_back(copied(_facts(ObjectKey("acme", "a.csv"), again)), "v9")) == Origin(
        How.BROUGHT_BACK, "v9", "1"
    )


@given(NAMES, st.text(min_size=1, max_size=40))
def test_any_key_can_be_the_source_of_a_copy(name: str, version_id: str) -> None:
    key = ObjectKey("acme-ml", name.encode("utf-8", "replace").decode())
    metadata = copied(_facts(key, {}, version_id.encode("utf-8", "replace").decode()))
    assert all(text.isascii() for text in metadata.values())
    origin = origin_of(metadata)
    assert origin is None or origin.source == key.uri
    assert origin is not None or len(name.encode()) > 500


def test_a_mark_never_makes_the_metadata_too_many() -> None:
    full = {"note": "x" * 1980}
    assert brought_back(full, "v" * 32) == full
    assert copied(_facts(ObjectKey("acme", "a.csv"), full)) == full


def _facts(key: ObjectKey, metadata: dict[str, str], version_id: str | None = "v1") -> ObjectFacts:
    return ObjectFacts(key, version_id, 1, "e", datetime(2026, 11, 23, tzinfo=UTC), metadata=metadata)
