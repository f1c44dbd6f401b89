"""Copying to another key, and onto its own with another description, on both servers and under faults."""

import os

import pytest

from s3ml_tui.domain.errors import Conflict, NotFound
from s3ml_tui.domain.storage.provenance import COPIED_FROM
from s3ml_tui.domain.storage.store import OPERATION, Description
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.settings import MIB
from s3ml_tui.s3.store import S3Store
from tests.s3.conftest import OpenStore
from tests.s3.faults import Fault, FaultyServer, method
from tests.s3.seeing import open_uploads, versions_of
from tests.servers import S3Server

SIZES = [12, 11 * MIB]
"""Bytes, below and above the threshold from which a copy is made in parts."""


def described(server: S3Server, key: ObjectKey, body: bytes) -> str:
    """Put an object with everything that can be kept with it; its version id."""
    made: str = server.client().put_object(
        Bucket=key.bucket,
        Key=key.key,
        Body=body,
        ContentType="text/csv",
        CacheControl="no-cache",
        Metadata={"rows": "3"},
        Tagging="team=a%20b",
    )["VersionId"]
    return made


@pytest.mark.parametrize("size", SIZES)
def test_a_version_is_copied_to_another_bucket_with_all_that_belongs_to_it(
    server: S3Server, store: S3Store, bucket: str, size: int
) -> None:
    source, target, body = ObjectKey(bucket, "d/k.csv"), ObjectKey(server.bucket(), "e/f.csv"), os.urandom(size)
    old = described(server, source, body)
    server.client().put_object(Bucket=bucket, Key=source.key, Body=b"newer")
    moved: list[int] = []
    made = store.copy(source, old, target, over=None, progress=moved.append)
    facts = store.facts(target)
    assert store.read(target) == body
    assert (made.key, made.version_id, made.size) == (target, facts.version_id, size)
    assert (facts.content_type, facts.headers["CacheControl"]) == ("text/csv", "no-cache")
    assert facts.metadata["rows"] == "3"
    assert old in facts.metadata[COPIED_FROM]
    assert facts.metadata[OPERATION]
    assert store.tags(target) == {"team": "a b"}
    assert sum(moved) == size
    assert open_uploads(server, target.bucket) == 0
    assert len(versions_of(store, source)) == 2


@pytest.mark.parametrize("size", SIZES)
def test_a_target_that_is_not_as_it_was_seen_is_left_alone(
    server: S3Server, store: S3Store, bucket: str, size: int
) -> None:
    source, target = ObjectKey(bucket, "a"), ObjectKey(bucket, "b")
    described(server, source, os.urandom(size))
    store.write(target, b"there")
    [seen] = versions_of(store, target)
    with pytest.raises(Conflict, match="changed by somebody else"):
        store.copy(source, None, target, over=None)
    store.write(target, b"meanwhile")
    with pytest.raises(Conflict):
        store.copy(source, None, target, over=seen)
    assert store.read(target) == b"meanwhile"
    assert len(versions_of(store, target)) == 2
    assert open_uploads(server, bucket) == 0


def test_what_is_there_as_it_was_seen_becomes_an_older_version(store: S3Store, bucket: str) -> None:
    source, target = ObjectKey(bucket, "a"), ObjectKey(bucket, "b")
    store.write(source, b"new")
    store.write(target, b"old")
    [seen] = versions_of(store, target)
    store.copy(source, None, target, over=seen)
    assert [version.size for version in versions_of(store, target)] == [3, 3]
    assert store.read(target) == b"new"
    store.delete(target)
    store.copy(source, None, target, over=versions_of(store, target)[0])
    assert store.read(target) == b"new"
    assert len(versions_of(store, target)) == 4


def test_a_source_that_is_not_as_it_was_seen_is_not_copied(store: S3Store, bucket: str) -> None:
    source, target = ObjectKey(bucket, "a"), ObjectKey(bucket, "b")
    seen = store.write(source, b"seen")
    store.write(source, b"other")
    with pytest.raises(Conflict, match=r"/a was changed"):
        store.copy(source, None, target, over=None, etag=seen.etag)
    with pytest.raises(NotFound):
        store.copy(ObjectKey(bucket, "none"), None, target, over=None)
    assert versions_of(store, target) == []


@pytest.mark.parametrize("size", SIZES)
def test_another_description_is_a_new_version_with_the_same_bytes_and_tags(
    server: S3Server, store: S3Store, bucket: str, size: int
) -> None:
    key, body = ObjectKey(bucket, "k"), os.urandom(size)
    old = described(server, key, body)
    [seen] = versions_of(store, key)
    new = Description("text/plain", {"ContentLanguage": "de"}, {"rows": "4"})
    store.copy(key, old, key, over=seen, described=new)
    facts = store.facts(key)
    assert store.read(key) == body
    assert (facts.content_type, dict(facts.headers)) == ("text/plain", {"ContentLanguage": "de"})
    assert {name: value for name, value in facts.metadata.items() if not name.startswith("s3ml-")} == {"rows": "4"}
    assert COPIED_FROM not in facts.metadata
    assert store.tags(key) == {"team": "a b"}
    assert len(versions_of(store, key)) == 2


def test_on_a_bucket_without_versions_the_current_bytes_are_copied(server: S3Server, open_store: OpenStore) -> None:
    bucket, store = server.bucket(versioned=False), open_store(server)
    source, target = ObjectKey(bucket, "a"), ObjectKey(bucket, "b")
    store.write(source, b"bytes")
    made = store.copy(source, None, target, over=None)
    assert made.version_id is None
    assert store.read(target) == b"bytes"


def test_a_lost_answer_makes_no_second_version(moto: S3Server, faulty: FaultyServer, open_store: OpenStore) -> None:
    bucket = moto.bucket()
    source, target = ObjectKey(bucket, "a"), ObjectKey(bucket, "b")
    direct, store = open_store(moto), open_store(moto, endpoint=faulty.endpoint)
    direct.write(source, b"bytes")
    faulty.add(Fault(method("PUT"), is_answer_lost=True))
    made = store.copy(source, None, target, over=None)
    [only] = versions_of(direct, target)
    assert made.version_id == only.version_id


@pytest.mark.parametrize("status", [412, 501])
def test_a_server_that_refuses_a_condition_that_holds_is_asked_without_it(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, status: int
) -> None:
    bucket = moto.bucket()
    source, target = ObjectKey(bucket, "a"), ObjectKey(bucket, "b")
    store = open_store(moto, endpoint=faulty.endpoint)
    store.write(source, b"bytes")
    faulty.add(Fault(lambda asked: "if-none-match" in asked.headers, 10, status))
    store.copy(source, None, target, over=None)
    assert store.read(target) == b"bytes"
    assert len(versions_of(store, target)) == 1


def test_other_bytes_are_put_in_place_with_all_that_was_kept(server: S3Server, store: S3Store, bucket: str) -> None:
    key = ObjectKey(bucket, "k.csv")
    described(server, key, b"old bytes")
    like, [seen] = store.facts(key), versions_of(store, key)
    made = store.rewrite(like, b"new", tags=store.tags(key), over=seen)
    facts = store.facts(key)
    assert store.read(key) == b"new"
    assert (facts.version_id, facts.content_type) == (made.version_id, "text/csv")
    assert (facts.metadata["rows"], facts.headers["CacheControl"]) == ("3", "no-cache")
    assert store.tags(key) == {"team": "a b"}
    with pytest.raises(Conflict):
        store.rewrite(like, b"late", tags={}, over=seen)
    assert store.read(key) == b"new"
