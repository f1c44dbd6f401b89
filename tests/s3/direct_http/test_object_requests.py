"""Copies, looks and tags the plain way: what boto3 would have made, never twice, and boto3 for whatever else."""

import pytest

from s3ml_tui.domain.errors import Conflict, Denied, NotFound
from s3ml_tui.domain.storage.provenance import COPIED_FROM
from s3ml_tui.domain.storage.store import OPERATION, Written
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connection.versioning_cache import PlainBuckets
from s3ml_tui.s3.direct_http.requests import Miss
from s3ml_tui.s3.store import S3Store
from tests.s3.conftest import OpenStore
from tests.s3.direct_http.test_requests import ODD, learnt
from tests.s3.faults import Asked, Fault, FaultyServer, query
from tests.s3.seeing import versions_of
from tests.servers import S3Server

TAGS = {"team": "a+b = c/d", "x:y": "1", "empty": ""}


def is_copy(asked: Asked) -> bool:
    return "x-amz-copy-source" in asked.headers


def is_plain(asked: Asked) -> bool:
    return "amz-sdk-invocation-id" not in asked.headers


def put(server: S3Server, key: ObjectKey, body: bytes = b"bytes") -> str:
    """An object with everything that can be kept with it; its version id."""
    made: str = server.client().put_object(
        Bucket=key.bucket,
        Key=key.key,
        Body=body,
        ContentType="text/csv; charset=utf-8",
        CacheControl="no-cache",
        ContentDisposition='attachment; filename="a b.csv"',
        ContentLanguage="de",
        Metadata={"rows": "3", "who": "a=b; c"},
        Tagging="team=a%20b",
    )["VersionId"]
    return made


@pytest.mark.parametrize("name", ["k", ODD])
def test_what_is_looked_at_plainly_is_what_boto3_sees(server: S3Server, store: S3Store, bucket: str, name: str) -> None:
    key = ObjectKey(bucket, name)
    old = put(server, key)
    put(server, key, b"newer")
    for version_id in (None, old):
        plain = learnt(store, bucket).direct.look(key, version_id)
        slow = store.facts(key, version_id)
        assert not isinstance(plain, Miss)
        for part in ("key", "version_id", "size", "etag", "content_type", "metadata", "headers", "storage_class"):
            assert getattr(plain, part) == getattr(slow, part), part
        assert plain.encryption == slow.encryption


@pytest.mark.parametrize("name", ["k", ODD])
def test_a_plain_copy_brings_all_that_belongs_to_it_and_carries_its_mark(
    server: S3Server, store: S3Store, bucket: str, name: str
) -> None:
    source, target = ObjectKey(bucket, name), ObjectKey(bucket, f"to/{name}")
    old, sent = put(server, source), list[str]()
    put(server, source, b"newer")
    learnt(store, bucket)
    before = store.requests.last_number
    made = store.copy(source, old, target, over=None)
    newest = store.requests.newest_first()
    sent = [one.operation for one in newest if one.number > before]
    assert sent.count("CopyObject") == 1
    head = server.client().head_object(Bucket=bucket, Key=target.key)
    assert store.read(target) == b"bytes"
    assert made.version_id == head["VersionId"]
    assert (head["ContentType"], head["CacheControl"]) == ("text/csv; charset=utf-8", "no-cache")
    assert (head["ContentDisposition"], head["ContentLanguage"]) == ('attachment; filename="a b.csv"', "de")
    assert (head["Metadata"]["rows"], head["Metadata"]["who"]) == ("3", "a=b; c")
    assert old in head["Metadata"][COPIED_FROM]
    assert len(head["Metadata"][OPERATION]) == 16
    assert store.tags(target) == {"team": "a b"}


def test_a_copy_is_shown_among_the_requests_with_its_source(server: S3Server, store: S3Store, bucket: str) -> None:
    source = ObjectKey(bucket, ODD)
    version_id = put(server, source)
    learnt(store, bucket).copy(source, None, ObjectKey(bucket, "to"), over=None)
    shown = next(one for one in store.requests.newest_first() if one.operation == "CopyObject")
    named = f"{bucket}/a%20b/%C3%BC%2B~%26%3F%23%2541%20%27%28x%29%2A.csv?versionId={version_id}"
    assert dict(shown.parameters)["CopySource"] == named
    assert dict(shown.parameters)["IfNoneMatch"] == "*"


def test_conditions_hold_on_the_plain_way(server: S3Server, store: S3Store, bucket: str) -> None:
    source, target = ObjectKey(bucket, "a"), ObjectKey(bucket, "b")
    put(server, source)
    learnt(store, bucket).write(target, b"there")
    [seen] = versions_of(store, target)
    with pytest.raises(Conflict):
        store.copy(source, None, target, over=None)
    with pytest.raises(Conflict, match=r"/a was changed"):
        store.copy(source, None, target, over=seen, etag="00000000000000000000000000000000")
    with pytest.raises(NotFound):
        store.copy(ObjectKey(bucket, "none"), None, target, over=seen)
    assert store.read(target) == b"there"
    store.copy(source, None, target, over=seen)
    assert [version.size for version in versions_of(store, target)] == [5, 5]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(is_copy, is_answer_lost=True),
        Fault(is_copy, change=lambda _: b'<?xml version="1.0"?>\n<Error><Code>InternalError</Code></Error>'),
        Fault(is_copy, change=lambda _: b""),
    ],
    ids=["lost", "an error after 200", "an empty 200"],
)
def test_an_answer_lost_on_the_plain_way_makes_no_second_version(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, fault: Fault
) -> None:
    bucket = moto.bucket()
    source, target = ObjectKey(bucket, "a"), ObjectKey(bucket, "b")
    put(moto, source)
    store = learnt(open_store(moto, endpoint=faulty.endpoint), bucket)
    fault.times = 1
    faulty.add(fault)
    made = store.copy(source, None, target, over=None)
    (only,) = versions_of(store, target)
    assert only.version_id == made.version_id
    assert faulty.count(is_copy) == 1


@pytest.mark.parametrize("status", [400, 403, 500, 503])
def test_what_is_refused_on_the_plain_way_goes_by_boto3(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, status: int
) -> None:
    bucket = moto.bucket()
    source, target = ObjectKey(bucket, "a"), ObjectKey(bucket, "b")
    put(moto, source)
    store = learnt(open_store(moto, endpoint=faulty.endpoint), bucket)
    faulty.add(Fault(lambda asked: is_plain(asked) and not asked.target.endswith("/a"), status=status))
    store.copy(source, None, target, over=None)
    assert (store.read(target), len(versions_of(store, target))) == (b"bytes", 1)
    faulty.add(Fault(query("tagging"), status=status, times=1))
    assert store.tags(source) == {"team": "a b"}
    faulty.add(Fault(query("tagging"), status=status, times=1))
    store.write_tags(source, {"a": "1"})
    assert store.tags(source) == {"a": "1"}


def test_who_may_not_read_tags_puts_objects_as_fast_as_ever(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    key = ObjectKey(moto.bucket(), "a")
    put(moto, key)
    store = learnt(open_store(moto, endpoint=faulty.endpoint), key.bucket)
    faulty.add(Fault(query("tagging"), status=403, times=99))
    for _ in range(4):
        with pytest.raises(Denied):
            store.tags(key)
    assert faulty.count(lambda asked: "tagging" in asked.target and is_plain(asked)) == 3
    assert store.direct.routes.to(key.bucket) is not None
    store.copy(key, None, ObjectKey(key.bucket, "b"), over=None)
    assert faulty.count(lambda asked: is_copy(asked) and is_plain(asked)) == 1


def test_tags_are_written_and_read_plainly(server: S3Server, store: S3Store, bucket: str) -> None:
    key = ObjectKey(bucket, ODD)
    old = put(server, key)
    put(server, key, b"newer")
    learnt(store, bucket)
    store.write_tags(key, TAGS, old)
    found = server.client().get_object_tagging(Bucket=bucket, Key=key.key, VersionId=old)["TagSet"]
    assert {tag["Key"]: tag["Value"] for tag in found} == TAGS
    assert store.tags(key, old) == TAGS
    assert store.tags(key) == {"team": "a b"}
    store.write_tags(key, {}, old)
    assert store.tags(key, old) == {}
    with pytest.raises(NotFound):
        store.tags(ObjectKey(bucket, "none"))


@pytest.mark.parametrize("versioned", [True, False])
def test_a_copy_to_where_nothing_is_takes_three_requests(
    seaweed: S3Server, open_store: OpenStore, *, versioned: bool
) -> None:
    """The source is looked at for what is kept with it, the target for what may be there, by a HEAD each."""
    store, bucket = open_store(seaweed), seaweed.bucket(versioned=versioned)
    source = ObjectKey(bucket, "a")
    store.write(source, b"bytes")
    learnt(store, bucket).copy(source, None, ObjectKey(bucket, "to/first"), over=None)
    before = store.requests.last_number
    made = store.copy(source, None, ObjectKey(bucket, "to/second"), over=None)
    sent = [one.operation for one in store.requests.newest_first() if one.number > before]
    assert sent == ["CopyObject", "HeadObject", "GetObjectTagging", "HeadObject"]
    assert (made.version_id is not None) == versioned


@pytest.mark.parametrize("versioned", [True, False])
def test_many_copies_are_made_once_each_whatever_the_server_honours(
    server: S3Server, store: S3Store, *, versioned: bool
) -> None:
    bucket = server.bucket(versioned=versioned)
    source = ObjectKey(bucket, "a")
    store.write(source, b"bytes")
    learnt(store, bucket)
    for number in range(12):
        store.copy(source, None, ObjectKey(bucket, f"to/{number:02}"), over=None)
    for number in range(12):
        assert len(versions_of(store, ObjectKey(bucket, f"to/{number:02}"))) == 1
    with pytest.raises(Conflict):
        store.copy(source, None, ObjectKey(bucket, "to/03"), over=None)


def test_something_that_appeared_at_the_target_is_seen_though_the_server_ignores_conditions(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    bucket = moto.bucket()
    source, target = ObjectKey(bucket, "a"), ObjectKey(bucket, "b")
    put(moto, source)
    store = learnt(open_store(moto, endpoint=faulty.endpoint), bucket)
    store.write(target, b"meanwhile")
    with pytest.raises(Conflict, match=r"/b was changed"):
        store.copy(source, None, target, over=None)
    assert faulty.count(is_copy) == 0


def test_a_bucket_that_was_seen_to_keep_no_versions_is_looked_at_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    now, buckets, key = [100.0], PlainBuckets(), ObjectKey("acme", "a")
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    assert not buckets.knows("acme")
    buckets.note(Written(key, None, "e", 1))
    assert buckets.knows("acme")
    buckets.note(Written(key, "v1", "e", 1))
    assert not buckets.knows("acme")
    buckets.note(Written(key, None, "e", 1))
    now[0] += 61
    assert not buckets.knows("acme")
