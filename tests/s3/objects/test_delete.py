"""Deleting under the ETag that was seen: on both servers, and on one that takes no such condition."""

import pytest

from s3ml_tui.domain.errors import Conflict
from s3ml_tui.domain.storage.store import Doomed
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.store import S3Store
from tests.s3.conftest import OpenStore
from tests.s3.faults import Asked, Fault, FaultyServer, method
from tests.s3.seeing import versions_of
from tests.servers import S3Server

REFUSED = b'<?xml version="1.0"?><Error><Code>%s</Code><Message>no</Message></Error>'


def is_conditional(asked: Asked) -> bool:
    return asked.method == "DELETE" and "if-match" in asked.headers


def test_another_version_on_top_is_not_deleted(server: S3Server, store: S3Store, bucket: str) -> None:
    key = ObjectKey(bucket, "k")
    old = store.write(key, b"old")
    store.write(key, b"newer")
    with pytest.raises(Conflict):
        store.delete(key, expected=old.version_id, etag=old.etag, was_just_seen=True)
    assert store.read(key) == b"newer"


def test_bytes_that_somebody_wrote_where_no_versions_are_kept_are_not_destroyed(
    server: S3Server, open_store: OpenStore
) -> None:
    key, store = ObjectKey(server.bucket(versioned=False), "k"), open_store(server)
    store.write(key, b"old")
    seen = versions_of(store, key)[0]
    store.write(key, b"newer")
    with pytest.raises(Conflict):
        store.delete(key, expected=seen.version_id, etag=seen.etag, was_just_seen=True)
    assert store.read(key) == b"newer"


def test_of_several_bytes_that_somebody_wrote_where_no_versions_are_kept_are_not_destroyed(
    seaweed: S3Server, open_store: OpenStore
) -> None:
    bucket, store = seaweed.bucket(versioned=False), open_store(seaweed)
    seen = []
    for name in "abc":
        store.write(ObjectKey(bucket, name), b"old")
        seen.append(versions_of(store, ObjectKey(bucket, name))[0])
    store.write(ObjectKey(bucket, "b"), b"newer")
    removed = store.delete_many(bucket, [Doomed(one.key.key, expected=one.version_id, etag=one.etag) for one in seen])
    assert sorted(one.key for one, _ in removed.done) == ["a", "c"]
    [(refused, error)] = removed.failed
    assert (refused.key, type(error)) == ("b", Conflict)
    assert store.read(ObjectKey(bucket, "b")) == b"newer"


def test_a_marker_that_somebody_else_put_is_not_taken_for_ours(store: S3Store, bucket: str) -> None:
    key = ObjectKey(bucket, "k")
    old = store.write(key, b"old")
    store.delete(key)
    with pytest.raises(Conflict):
        store.delete(key, expected=old.version_id, etag=old.etag, was_just_seen=True)
    assert len(versions_of(store, key)) == 2


@pytest.mark.parametrize(("status", "code"), [(412, b"PreconditionFailed"), (501, b"NotImplemented")])
def test_where_the_condition_itself_is_refused_the_last_look_decides(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, status: int, code: bytes
) -> None:
    key, store = ObjectKey(moto.bucket(), "k"), open_store(moto, endpoint=faulty.endpoint)
    made = store.write(key, b"1")
    faulty.add(Fault(is_conditional, times=100, status=status, body=REFUSED % code))
    marker = store.delete(key, expected=made.version_id, etag=made.etag)
    assert [version.version_id for version in versions_of(store, key)] == [marker, made.version_id]
    again = store.write(key, b"2")
    moto.client().put_object(Bucket=key.bucket, Key=key.key, Body=b"somebody's")
    with pytest.raises(Conflict):
        store.delete(key, expected=again.version_id, etag=again.etag, was_just_seen=True)
    assert store.read(key) == b"somebody's"


def test_a_lost_answer_to_a_conditional_delete_makes_no_second_marker(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    key, store = ObjectKey(moto.bucket(), "k"), open_store(moto, endpoint=faulty.endpoint)
    made = store.write(key, b"1")
    faulty.add(Fault(method("DELETE"), is_answer_lost=True))
    marker = store.delete(key, expected=made.version_id, etag=made.etag)
    assert [version.version_id for version in versions_of(store, key)] == [marker, made.version_id]


def test_of_several_those_with_another_version_on_top_are_not_deleted(seaweed: S3Server, open_store: OpenStore) -> None:
    bucket, store = seaweed.bucket(), open_store(seaweed)
    made = [store.write(ObjectKey(bucket, name), b"old") for name in "abc"]
    store.write(ObjectKey(bucket, "b"), b"newer")
    doomed = [Doomed(one.key.key, expected=one.version_id, etag=one.etag) for one in made]
    removed = store.delete_many(bucket, doomed)
    assert sorted(one.key for one, _ in removed.done) == ["a", "c"]
    [(refused, error)] = removed.failed
    assert (refused.key, type(error)) == ("b", Conflict)
    assert store.read(ObjectKey(bucket, "b")) == b"newer"


@pytest.mark.parametrize("code", [b"MalformedXML", b"NotImplemented"])
def test_a_server_that_takes_no_etags_of_several_is_asked_one_by_one(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, code: bytes
) -> None:
    bucket, store = moto.bucket(), open_store(moto, endpoint=faulty.endpoint)
    made = [store.write(ObjectKey(bucket, name), b"old") for name in "abc"]
    faulty.add(Fault(lambda asked: asked.method == "POST", times=100, status=400, body=REFUSED % code))
    doomed = [Doomed(one.key.key, expected=one.version_id, etag=one.etag) for one in made]
    assert len(store.delete_many(bucket, doomed).done) == 3
    assert all(versions_of(store, one.key)[0].is_delete_marker for one in made)


def test_an_object_restored_over_a_marker_is_not_put_over_what_somebody_wrote(
    seaweed: S3Server, open_store: OpenStore
) -> None:
    key, store = ObjectKey(seaweed.bucket(), "k"), open_store(seaweed)
    old = store.write(key, b"old").version_id or ""
    marker = store.delete(key)
    with FaultyServer(seaweed.endpoint) as proxy:
        puts = [b"newer"]

        def matches(asked: Asked) -> bool:
            if puts and asked.method == "PUT":
                seaweed.client().put_object(Bucket=key.bucket, Key="k", Body=puts.pop())
            return False

        proxy.add(Fault(matches))
        with pytest.raises(Conflict):
            open_store(seaweed, endpoint=proxy.endpoint).copy_version(key, old, expected=marker)
    assert store.read(key) == b"newer"
