"""The plain way to S3, learnt from a listing: the same bytes and marks as by boto3, and boto3 for whatever else."""

import hashlib
import os
from pathlib import Path

import pytest

from s3ml_tui.domain.errors import Conflict, Corrupted, NotFound
from s3ml_tui.domain.storage.provenance import SHA256
from s3ml_tui.domain.storage.resume_point import Listed, Storing
from s3ml_tui.domain.storage.store import OPERATION
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.direct_http.sigv4 import NO_BODY, Signer, quoted_path
from s3ml_tui.s3.settings import MIB
from s3ml_tui.s3.store import S3Store
from tests.s3.conftest import OpenStore
from tests.s3.faults import Asked, Fault, FaultyServer, method
from tests.s3.seeing import open_uploads, versions_of
from tests.s3.transfers.test_upload import LARGE, Counted, file_of, is_part
from tests.servers import S3Server

OURS = "s3ml"
ODD = "a b/ü+~&?#%41 '(x)*.csv"


def learnt(store: S3Store, bucket: str) -> S3Store:
    """The store, after a listing from which it knows the way."""
    list(store.list_all(Place(bucket)))
    assert store.direct.routes.to(bucket) is not None
    return store


def listed(store: S3Store, key: ObjectKey) -> Listed:
    facts = store.facts(key)
    return Listed(facts.size, facts.etag)


@pytest.mark.parametrize("size", [0, 1, 300_000, LARGE])
@pytest.mark.parametrize("name", ["k", ODD])
def test_what_goes_up_the_plain_way_is_what_boto3_would_have_put(
    server: S3Server, store: S3Store, bucket: str, tmp_path: Path, size: int, name: str
) -> None:
    path, key, counted = file_of(tmp_path, size), ObjectKey(bucket, name), Counted()
    sent = sum(one.operation in {"PutObject", "UploadPart"} for one in store.requests.newest_first())
    made = learnt(store, bucket).upload(path, key, metadata={"who": "me"}, if_absent=True, progress=counted)
    answer = server.client().get_object(Bucket=bucket, Key=name)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert answer["Body"].read() == path.read_bytes()
    assert answer["ContentType"] == "text/csv; charset=utf-8"
    assert (answer["Metadata"]["who"], answer["Metadata"][SHA256]) == ("me", sha256)
    assert len(answer["Metadata"][OPERATION]) == 16
    assert (made.etag, made.version_id, made.sha256) == (answer["ETag"].strip('"'), answer["VersionId"], sha256)
    assert (counted.total, counted.most) == (size, size)
    parts = 3 if size == LARGE else 1
    noted = sum(one.operation in {"PutObject", "UploadPart"} for one in store.requests.newest_first())
    assert noted - sent == parts  # each is shown among the requests, and none was sent twice


@pytest.mark.parametrize("size", [0, 1, 300_000, LARGE])
def test_what_was_listed_comes_down_the_plain_way_and_is_checked(
    store: S3Store, bucket: str, tmp_path: Path, size: int
) -> None:
    path, key, counted = file_of(tmp_path, size), ObjectKey(bucket, ODD), Counted()
    made = learnt(store, bucket).upload(path, key)
    got = store.download(key, tmp_path / "down", listed=listed(store, key), progress=counted)
    assert (tmp_path / "down").read_bytes() == path.read_bytes()
    assert (got.version_id, got.etag, got.sha256, got.is_verified) == (made.version_id, made.etag, made.sha256, True)
    assert counted.total == size
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["data.csv", "down"]


def test_conditions_hold_on_the_plain_way(store: S3Store, bucket: str, tmp_path: Path) -> None:
    path, key = file_of(tmp_path, 10), ObjectKey(bucket, "k")
    made = learnt(store, bucket).upload(path, key, if_absent=True)
    with pytest.raises(Conflict):
        store.upload(path, key, if_absent=True)
    with pytest.raises(Conflict):
        store.upload(path, key, if_match="00000000000000000000000000000000")
    store.upload(path, key, if_match=made.etag)
    assert len(versions_of(store, key)) == 2


def test_an_object_that_was_replaced_since_it_was_listed_is_not_taken(
    store: S3Store, bucket: str, tmp_path: Path
) -> None:
    key = ObjectKey(bucket, "k")
    store.write(key, b"old")
    before = listed(learnt(store, bucket), key)
    store.write(key, b"new")
    with pytest.raises(Conflict):
        store.download(key, tmp_path / "f", listed=before)
    with pytest.raises(NotFound):
        store.download(ObjectKey(bucket, "none"), tmp_path / "f", listed=before)
    assert list(tmp_path.iterdir()) == []


def test_how_it_is_to_be_kept_is_said_with_the_upload(moto: S3Server, open_store: OpenStore, tmp_path: Path) -> None:
    bucket, storing = moto.bucket(), Storing("STANDARD_IA", "alias/ours", owner_has_full_control=True)
    store = open_store(moto)
    for size, name in ((10, "by boto3"), (10, "plain"), (LARGE, "in parts")):
        store.upload(file_of(tmp_path, size), ObjectKey(bucket, name), storing=storing)
        answer = moto.client().head_object(Bucket=bucket, Key=name)
        assert answer["StorageClass"] == "STANDARD_IA"
        assert answer["ServerSideEncryption"] == "aws:kms"
        assert answer["SSEKMSKeyId"].endswith("alias/ours")
        learnt(store, bucket)


@pytest.mark.parametrize("size", [1000, LARGE])
def test_an_answer_lost_on_the_plain_way_makes_no_second_version(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, tmp_path: Path, size: int
) -> None:
    path, key = file_of(tmp_path, size), ObjectKey(moto.bucket(), "k")
    store = learnt(open_store(moto, endpoint=faulty.endpoint), key.bucket)
    faulty.add(Fault(is_part if size == LARGE else method("PUT"), is_answer_lost=True))
    made = store.upload(path, key)
    (only,) = versions_of(store, key)
    assert only.version_id == made.version_id
    assert store.read(key) == path.read_bytes()
    assert open_uploads(moto, key.bucket) == 0


@pytest.mark.parametrize("status", [403, 500, 503])
def test_what_the_server_refuses_on_the_plain_way_goes_by_boto3(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, tmp_path: Path, status: int
) -> None:
    path, key = file_of(tmp_path, 1000), ObjectKey(moto.bucket(), "k")
    store = learnt(open_store(moto, endpoint=faulty.endpoint), key.bucket)
    faulty.add(Fault(method("PUT", "GET"), status=status))
    store.upload(path, key)
    faulty.add(Fault(method("PUT", "GET"), status=status))
    store.download(key, tmp_path / "f", listed=listed(store, key))
    assert (tmp_path / "f").read_bytes() == path.read_bytes()
    assert len(versions_of(store, key)) == 1


def test_a_way_that_never_goes_is_not_tried_for_ever(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, tmp_path: Path
) -> None:
    path, bucket = file_of(tmp_path, 1000), moto.bucket()
    store = learnt(open_store(moto, endpoint=faulty.endpoint), bucket)

    def is_plain(asked: Asked) -> bool:
        return asked.method == "PUT" and "amz-sdk-invocation-id" not in asked.headers

    faulty.add(Fault(is_plain, status=400, times=99))
    for number in range(6):
        store.upload(path, ObjectKey(bucket, f"k{number}"))
    assert faulty.count(is_plain) == 3
    assert store.direct.routes.to(bucket) is None


def test_a_byte_flipped_on_the_plain_way_is_found_out(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, tmp_path: Path
) -> None:
    key = ObjectKey(moto.bucket(), "k")
    store = learnt(open_store(moto, endpoint=faulty.endpoint), key.bucket)
    store.write(key, os.urandom(1000))
    from_listing = listed(store, key)
    faulty.add(Fault(method("GET"), change=lambda body: body[:-1] + bytes([body[-1] ^ 1]), times=99))
    with pytest.raises(Corrupted):
        store.download(key, tmp_path / "f", listed=from_listing)
    assert list(tmp_path.iterdir()) == []


def test_torn_ranges_are_taken_up_by_boto3_where_they_broke_off(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, tmp_path: Path
) -> None:
    path, key, counted = file_of(tmp_path, LARGE), ObjectKey(moto.bucket(), "k"), Counted()
    store = learnt(open_store(moto, endpoint=faulty.endpoint), key.bucket)
    store.upload(path, key)
    faulty.add(Fault(lambda asked: "range" in asked.headers, cut_after=MIB, times=3))
    got = store.download(key, tmp_path / "f", progress=counted)
    assert got.is_verified
    assert (tmp_path / "f").read_bytes() == path.read_bytes()
    assert counted.total == LARGE


def test_signatures_are_those_of_the_manual() -> None:
    """S3 API reference, "Examples: Signature Calculations", GET Object with a Range, at its own time."""
    signer = Signer("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", None, "us-east-1", "s3")
    head = signer.head(
        "GET",
        "examplebucket.s3.amazonaws.com",
        "/test.txt",
        {},
        {"range": "bytes=0-9"},
        NO_BODY,
        moment="20130524T000000Z",
    ).decode()
    assert "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41\r\n" in head
    assert head.startswith("GET /test.txt HTTP/1.1\r\n")


def test_keys_are_quoted_as_s3_wants_them() -> None:
    assert quoted_path("a b/ü~*'()+&.csv") == "a%20b/%C3%BC~%2A%27%28%29%2B%26.csv"


def test_the_way_is_learnt_from_a_look_and_from_a_history_too(
    server: S3Server, open_store: OpenStore, tmp_path: Path
) -> None:
    bucket, body = server.bucket(), os.urandom(LARGE)
    server.client().put_object(Bucket=bucket, Key=ODD, Body=body)
    store = open_store(server)
    assert store.direct.routes.to(bucket) is None
    store.download(ObjectKey(bucket, ODD), tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == body
    assert store.direct.routes.to(bucket) is not None
    assert any(one.operation == "GetObject" for one in store.requests.newest_first())
    other = open_store(server)
    versions_of(other, ObjectKey(bucket, ODD))
    assert other.direct.routes.to(bucket) is not None
