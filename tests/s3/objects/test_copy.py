"""Bringing versions forward, deleting, purging: only to what was seen, and never twice."""

import os
from collections.abc import Iterator

import pytest

from s3ml_tui.domain.errors import Cancelled, Conflict, NotFound
from s3ml_tui.domain.storage.capabilities import Capabilities
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.storage.provenance import BROUGHT_FROM
from s3ml_tui.domain.storage.store import OPERATION
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.store import S3Store
from tests.s3.conftest import OpenStore
from tests.s3.faults import Asked, Fault, FaultyServer, method, query
from tests.s3.seeing import open_uploads, versions_of
from tests.s3.transfers.test_upload import LARGE, Counted
from tests.servers import S3Server

SIZES = [1000, LARGE]


def is_copy(asked: Asked) -> bool:
    return "x-amz-copy-source" in asked.headers


@pytest.mark.parametrize("size", SIZES)
def test_a_version_is_brought_back_with_all_that_belongs_to_it(
    server: S3Server, store: S3Store, bucket: str, size: int
) -> None:
    client, key, body, counted = server.client(), ObjectKey(bucket, "d/k.csv"), os.urandom(size), Counted()
    old = client.put_object(
        Bucket=bucket,
        Key=key.key,
        Body=body,
        ContentType="text/csv",
        CacheControl="no-cache",
        ContentDisposition="attachment",
        ContentLanguage="de",
        Metadata={"rows": "3", OPERATION: "old"},
        Tagging="team=a%20b&x=%2B",
    )["VersionId"]
    newer = client.put_object(Bucket=bucket, Key=key.key, Body=b"newer")["VersionId"]
    made = store.copy_version(key, old, expected=newer, progress=counted)
    head = client.head_object(Bucket=bucket, Key=key.key)
    assert client.get_object(Bucket=bucket, Key=key.key)["Body"].read() == body
    assert (made.version_id, made.size) == (head["VersionId"], size)
    assert (head["ContentType"], head["CacheControl"]) == ("text/csv", "no-cache")
    assert (head["ContentDisposition"], head["ContentLanguage"]) == ("attachment", "de")
    assert head["Metadata"]["rows"] == "3"
    assert head["Metadata"][OPERATION] not in {"", "old"}
    assert head["Metadata"][BROUGHT_FROM] == old
    assert store.tags(key) == {"team": "a b", "x": "+"}
    assert len(versions_of(store, key)) == 3
    assert counted.total == size
    assert open_uploads(server, bucket) == 0


@pytest.mark.parametrize("size", SIZES)
def test_a_deleted_object_comes_back_on_top_of_its_marker(
    server: S3Server, store: S3Store, bucket: str, size: int
) -> None:
    key, body = ObjectKey(bucket, "k"), os.urandom(size)
    old = server.client().put_object(Bucket=bucket, Key="k", Body=body)["VersionId"]
    marker = store.delete(key)
    assert marker is not None
    store.copy_version(key, old, expected=marker)
    assert [version.is_delete_marker for version in versions_of(store, key)].count(True) == 1
    assert store.read(key) == body


def _deleted(server: S3Server, store: S3Store, body: bytes = b"mine") -> tuple[Version, str]:
    """An object with all that belongs to it, deleted: its version, and the marker on top."""
    key = ObjectKey(server.bucket(), "d/k.csv")
    server.client().put_object(
        Bucket=key.bucket,
        Key=key.key,
        Body=body,
        ContentType="text/csv",
        CacheControl="no-cache",
        Metadata={"rows": "3"},
        Tagging="team=a",
        StorageClass="STANDARD_IA",
    )
    marker = store.delete(key)
    assert marker is not None
    return versions_of(store, key)[1], marker


@pytest.fixture
def before_seaweed(seaweed: S3Server) -> Iterator[FaultyServer]:
    """A proxy that counts, and fails when it is told to."""
    with FaultyServer(seaweed.endpoint) as proxy:
        yield proxy


def test_what_was_just_seen_comes_back_by_one_request(
    seaweed: S3Server, before_seaweed: FaultyServer, open_store: OpenStore
) -> None:
    faulty = before_seaweed
    store = open_store(seaweed, endpoint=faulty.endpoint)
    old, marker = _deleted(seaweed, store)
    before = len(faulty.asked)
    made = store.copy_version(old.key, old.version_id, expected=marker, just_seen=old)
    assert len(faulty.asked) - before == 1
    facts = store.facts(old.key)
    assert (facts.version_id, made.etag, made.size) == (made.version_id, old.etag, old.size)
    assert (facts.content_type, facts.headers["CacheControl"], facts.metadata["rows"]) == ("text/csv", "no-cache", "3")
    assert facts.storage_class == "STANDARD_IA"
    assert store.tags(old.key) == {"team": "a"}
    assert len(versions_of(store, old.key)) == 3


@pytest.mark.parametrize("fault", ["lost answer", "refused", "other etag"])
def test_what_was_just_seen_comes_back_once_whatever_happens_to_that_request(
    seaweed: S3Server, before_seaweed: FaultyServer, open_store: OpenStore, fault: str
) -> None:
    faulty = before_seaweed
    store = open_store(seaweed, endpoint=faulty.endpoint)
    old, marker = _deleted(seaweed, store)
    faulty.add(
        {
            "lost answer": Fault(is_copy, is_answer_lost=True),
            "refused": Fault(is_copy, status=501, body=b"<Error><Code>NotImplemented</Code></Error>"),
            "other etag": Fault(is_copy, change=lambda answer: answer.replace(old.etag.encode(), b"0" * 32)),
        }[fault]
    )
    made = store.copy_version(old.key, old.version_id, expected=marker, just_seen=old)
    versions = versions_of(store, old.key)
    assert [version.is_delete_marker for version in versions] == [False, True, False]
    assert (versions[0].version_id, versions[0].etag) == (made.version_id, old.etag)


def test_what_was_just_seen_is_not_put_over_what_somebody_wrote(
    seaweed: S3Server, before_seaweed: FaultyServer, open_store: OpenStore
) -> None:
    store = open_store(seaweed, endpoint=before_seaweed.endpoint)
    old, marker = _deleted(seaweed, store)
    seaweed.client().put_object(Bucket=old.key.bucket, Key=old.key.key, Body=b"newer")
    with pytest.raises(Conflict):
        store.copy_version(old.key, old.version_id, expected=marker, just_seen=old)
    assert store.read(old.key) == b"newer"
    assert len(versions_of(store, old.key)) == 3


def test_the_storage_class_is_kept(moto: S3Server, open_store: OpenStore) -> None:
    key = ObjectKey(moto.bucket(), "k")
    old = moto.client().put_object(Bucket=key.bucket, Key="k", Body=b"1", StorageClass="STANDARD_IA")["VersionId"]
    moto.client().put_object(Bucket=key.bucket, Key="k", Body=b"2")
    store = open_store(moto)
    store.copy_version(key, old, expected=None)
    assert store.facts(key).storage_class == "STANDARD_IA"


@pytest.mark.parametrize("honours", [True, False])
def test_what_somebody_else_changed_meanwhile_is_not_overwritten(store: S3Store, bucket: str, *, honours: bool) -> None:
    store.capabilities[bucket] = Capabilities(True, honours, True)
    key = ObjectKey(bucket, "k")
    old = store.write(key, b"1").version_id or ""
    seen = store.write(key, b"2").version_id
    store.write(key, b"3")
    with pytest.raises(Conflict, match="changed by somebody else"):
        store.copy_version(key, old, expected=seen)
    with pytest.raises(Conflict):
        store.delete(key, expected=seen)
    assert store.read(key) == b"3"
    assert len(versions_of(store, key)) == 3


@pytest.mark.parametrize("is_probed", [True, False])
def test_a_change_in_the_last_moment_is_refused_where_the_server_can(
    seaweed: S3Server, open_store: OpenStore, *, is_probed: bool
) -> None:
    key = ObjectKey(seaweed.bucket(), "k")
    with FaultyServer(seaweed.endpoint) as between:
        store = open_store(seaweed, endpoint=between.endpoint)
        if is_probed:
            assert store.probe(Place(key.bucket)).conditional_replace
        old = store.write(key, b"1").version_id or ""
        seen = store.write(key, b"2").version_id

        def overtaken(body: bytes) -> bytes:
            seaweed.client().put_object(Bucket=key.bucket, Key="k", Body=b"3")
            return body

        between.add(Fault(query("versions"), change=overtaken))
        with pytest.raises(Conflict):
            store.copy_version(key, old, expected=seen)
        assert store.read(key) == b"3"


@pytest.mark.parametrize("status", [412, 501])
def test_a_server_that_refuses_a_condition_that_holds_is_asked_without_it(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, status: int
) -> None:
    key = ObjectKey(moto.bucket(), "k")
    old = moto.client().put_object(Bucket=key.bucket, Key="k", Body=b"1")["VersionId"]
    seen = moto.client().put_object(Bucket=key.bucket, Key="k", Body=b"2")["VersionId"]
    faulty.add(Fault(lambda asked: is_copy(asked) and "if-match" in asked.headers, status=status))
    store = open_store(moto, endpoint=faulty.endpoint)
    store.copy_version(key, old, expected=seen)
    assert store.read(key) == b"1"
    assert len(versions_of(store, key)) == 3
    assert faulty.count(is_copy) == 2


def test_a_large_copy_looks_again_before_it_is_completed(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    key = ObjectKey(moto.bucket(), "k")
    old = moto.client().put_object(Bucket=key.bucket, Key="k", Body=os.urandom(LARGE))["VersionId"]
    seen = moto.client().put_object(Bucket=key.bucket, Key="k", Body=b"2")["VersionId"]

    def overtaken(body: bytes) -> bytes:
        moto.client().put_object(Bucket=key.bucket, Key="k", Body=b"3")
        return body

    faulty.add(Fault(query("partNumber=1"), change=overtaken))
    with pytest.raises(Conflict):
        open_store(moto, endpoint=faulty.endpoint).copy_version(key, old, expected=seen)
    assert open_uploads(moto, key.bucket) == 0


def test_a_version_that_is_gone_or_a_marker_cannot_come_back(store: S3Store, bucket: str) -> None:
    key = ObjectKey(bucket, "k")
    old = store.write(key, b"1").version_id or ""
    store.write(key, b"2")
    store.delete_version(key, old)
    with pytest.raises(NotFound):
        store.copy_version(key, old, expected=None)
    marker = store.delete(key) or ""
    with pytest.raises(NotFound):
        store.copy_version(key, marker, expected=None)


@pytest.mark.parametrize("size", SIZES)
def test_a_lost_answer_makes_no_second_copy(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, size: int
) -> None:
    key = ObjectKey(moto.bucket(), "k")
    old = moto.client().put_object(Bucket=key.bucket, Key="k", Body=os.urandom(size))["VersionId"]
    seen = moto.client().put_object(Bucket=key.bucket, Key="k", Body=b"2")["VersionId"]
    last = is_copy if size == 1000 else lambda asked: asked.method == "POST" and "uploadId" in asked.target
    faulty.add(Fault(last, is_answer_lost=True))
    store = open_store(moto, endpoint=faulty.endpoint)
    made = store.copy_version(key, old, expected=seen)
    found = versions_of(store, key)
    assert len(found) == 3
    assert made.version_id in {version.version_id for version in found} - {old, seen}


def test_a_server_that_does_not_tell_the_new_version_is_asked(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    key = ObjectKey(moto.bucket(), "k")
    old = moto.client().put_object(Bucket=key.bucket, Key="k", Body=b"1")["VersionId"]
    store = open_store(moto, endpoint=faulty.endpoint)
    result = b"<CopyObjectResult><ETag>&quot;c4ca4238a0b923820dcc509a6f75849b&quot;</ETag></CopyObjectResult>"
    faulty.add(Fault(is_copy, status=200, body=result))
    assert store.copy_version(key, old, expected=None).version_id is None
    assert store.copy_version(key, old, expected=None).version_id is not None


@pytest.mark.parametrize("size", SIZES)
def test_a_cancelled_copy_leaves_nothing(server: S3Server, store: S3Store, bucket: str, size: int) -> None:
    key, counted = ObjectKey(bucket, "k"), Counted()
    old = server.client().put_object(Bucket=bucket, Key="k", Body=os.urandom(size))["VersionId"]
    with pytest.raises(Cancelled):
        store.copy_version(
            key, old, expected=old, progress=counted, cancelled=lambda: size == 1000 or counted.calls > 0
        )
    assert len(versions_of(store, key)) == 1
    assert open_uploads(server, bucket) == 0


def test_a_name_with_an_escape_in_it_is_brought_back(seaweed: S3Server, open_store: OpenStore) -> None:
    key, store = ObjectKey(seaweed.bucket(), "report[v2] [bold]\x1b[31m.csv"), open_store(seaweed)
    old = store.write(key, b"1").version_id or ""
    seen = store.write(key, b"2").version_id
    store.copy_version(key, old, expected=seen)
    assert store.read(key) == b"1"
    marker = store.delete(key, expected=versions_of(store, key)[0].version_id)
    store.copy_version(key, old, expected=marker)
    assert store.read(key) == b"1"
    assert len(versions_of(store, key)) == 5


def test_an_unversioned_object_is_copied_onto_itself_and_deleted_for_good(server: S3Server, store: S3Store) -> None:
    key = ObjectKey(server.bucket(versioned=False), "k")
    store.write(key, b"1")
    assert store.delete(key, expected="null") is None
    with pytest.raises(NotFound):
        store.facts(key)


def test_deleting_puts_a_marker_on_top_and_removing_it_brings_the_object_back(store: S3Store, bucket: str) -> None:
    key = ObjectKey(bucket, "k")
    seen = store.write(key, b"1").version_id
    marker = store.delete(key, expected=seen)
    assert [version.version_id for version in versions_of(store, key)] == [marker, seen]
    store.delete_version(key, marker or "")
    assert store.read(key) == b"1"


def test_a_lost_answer_makes_no_second_marker(moto: S3Server, faulty: FaultyServer, open_store: OpenStore) -> None:
    key = ObjectKey(moto.bucket(), "k")
    seen = moto.client().put_object(Bucket=key.bucket, Key="k", Body=b"1")["VersionId"]
    faulty.add(Fault(method("DELETE"), is_answer_lost=True))
    store = open_store(moto, endpoint=faulty.endpoint)
    marker = store.delete(key, expected=seen)
    assert [version.version_id for version in versions_of(store, key)] == [marker, seen]
    assert faulty.count(method("DELETE")) == 1


def test_what_had_the_same_bytes_before_is_not_taken_for_a_copy_that_was_never_made(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    """Without versions, and of an object whose metadata only the server can copy, so that it has no mark of ours."""
    bucket, client = moto.bucket(), moto.client()
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    client.put_object(Bucket=bucket, Key="k", Body=b"1", Metadata={"title": "=?UTF-8?Q?x?="})
    client.put_object(Bucket=bucket, Key="t", Body=b"1")
    store = open_store(moto, endpoint=faulty.endpoint)
    (over,) = versions_of(store, ObjectKey(bucket, "t"))
    faulty.add(Fault(is_copy, is_reset=True, times=2))
    store.copy(ObjectKey(bucket, "k"), None, ObjectKey(bucket, "t"), over=over)
    assert faulty.count(is_copy) >= 3
    assert client.head_object(Bucket=bucket, Key="t")["Metadata"]["title"] == "=?UTF-8?Q?x?="
