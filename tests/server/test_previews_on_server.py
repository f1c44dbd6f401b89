"""Looking inside objects, on moto and on the embedded server."""

import gzip
import uuid
from collections.abc import Callable, Iterator

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import NotFound, NotSupported
from s3ml_tui.domain.preview.content import Empty, Parquet, Table, Text
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connect import connect
from s3ml_tui.services.preview.service import Previews
from tests.readers.files import numbers, parquet
from tests.s3.faults import Fault, FaultyServer, query
from tests.servers import S3Server

HOSTILE = "dataset/report[v2] [bold]\x1b[31m.csv"


class Reader:
    """Somebody with one bucket who only looks."""

    def __init__(self, server: S3Server) -> None:
        self.client = server.client()
        self.bucket = server.bucket()
        context = Context(endpoint_url=server.endpoint, region="us-east-1")
        self.store = connect(context, (server.access_key, server.secret_key))
        self.previews = Previews(self.store)

    def put(self, key: str, body: bytes, **more: object) -> ObjectKey:
        self.client.put_object(Bucket=self.bucket, Key=key, Body=body, **more)
        return ObjectKey(self.bucket, key)


@pytest.fixture(params=["moto", "seaweed"])
def reader(request: pytest.FixtureRequest) -> Iterator[Reader]:
    server = request.getfixturevalue(request.param)
    assert isinstance(server, S3Server)
    there = Reader(server)
    yield there
    there.previews.close()
    there.store.close()


def test_every_version_shows_its_own_content(reader: Reader) -> None:
    reader.put("a.csv", b"a,b\n1,2\n")
    key = reader.put("a.csv", gzip.compress(b"x\n" * 10))
    newest, oldest = next(iter(reader.store.history(key))).versions
    old, new = (reader.previews.preview(key, version.version_id) for version in (oldest, newest))
    assert isinstance(old.content, Table)
    assert old.content.rows == (("1", "2"),)
    assert old.version_id == oldest.version_id
    assert new.packed == ("gzip",)
    reader.client.delete_object(Bucket=reader.bucket, Key="a.csv")
    with pytest.raises(NotFound):
        reader.previews.preview(key)
    assert isinstance(reader.previews.preview(key, oldest.version_id).content, Table)


def test_a_large_parquet_is_read_by_ranges(reader: Reader) -> None:
    key = reader.put("a.parquet", parquet(numbers(500_000), row_group_size=50_000))
    found = reader.previews.preview(key)
    assert isinstance(found.content, Parquet)
    assert found.content.rows == 500_000
    assert found.content.head.rows[49] == ("49", "n49")
    assert found.read_bytes < found.size


def test_empty_objects_and_hostile_names(reader: Reader) -> None:
    assert isinstance(reader.previews.preview(reader.put("empty.csv", b"")).content, Empty)
    found = reader.previews.preview(reader.put(HOSTILE, b"a,b\n1,2\n"))
    assert isinstance(found.content, Table)
    assert isinstance(reader.previews.preview(reader.put("Größe/ä", b"text")).content, Text)


def test_details_say_what_was_put_with_it(reader: Reader) -> None:
    key = reader.put(
        "a.csv",
        b"a,b\n",
        ContentType="text/csv",
        Metadata={"owner": "ann"},
        Tagging="team=ml&cost=low",
        CacheControl="no-store",
        ChecksumAlgorithm="SHA256",
    )
    details = reader.previews.details(key)
    said = dict(details.rows())
    assert said["content type"] == "text/csv"
    assert said["metadata owner"] == "ann"
    assert said["cache control"] == "no-store"
    assert (said["tag cost"], said["tag team"]) == ("low", "ml")
    assert said["version"] == details.version_id
    assert details.missing == {}
    assert dict(reader.previews.details(key, details.version_id).rows()) == said


@pytest.fixture(params=["moto", "seaweed"])
def locked(request: pytest.FixtureRequest) -> tuple[S3Server, str]:
    """A server, and a bucket of it that keeps locks."""
    server = request.getfixturevalue(request.param)
    assert isinstance(server, S3Server)
    name = f"locked-{uuid.uuid4().hex[:12]}"
    server.client().create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return server, name


@pytest.fixture
def looking() -> Iterator[Callable[..., Previews]]:
    """Services on a server, or on one in between; closed after the test."""
    stores = []

    def look(server: S3Server, endpoint: str = "") -> Previews:
        context = Context(endpoint_url=endpoint or server.endpoint, region="us-east-1")
        stores.append(connect(context, (server.access_key, server.secret_key)))
        return Previews(stores[-1])

    yield look
    for store in stores:
        store.close()


Look = Callable[..., Previews]
UNTIL = "2099-01-01T00:00:00Z"


def test_lock_and_retention_are_told(locked: tuple[S3Server, str], looking: Look) -> None:
    server, bucket = locked
    put = server.client().put_object
    held = put(
        Bucket=bucket, Key="a", Body=b"x", ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=UNTIL,
        ObjectLockLegalHoldStatus="ON",
    )["VersionId"]  # fmt: skip
    put(Bucket=bucket, Key="a", Body=b"y", ObjectLockLegalHoldStatus="ON")
    previews = looking(server)
    said = dict(previews.details(ObjectKey(bucket, "a"), held).rows())
    assert said["lock"] == "GOVERNANCE"
    assert said["retained until"].startswith("2099-01-01")
    assert said["legal hold"] == "ON"
    current = dict(previews.details(ObjectKey(bucket, "a")).rows())
    assert (current.get("lock"), current["legal hold"]) == (None, "ON")


def test_a_lock_that_head_hides_is_asked_for(seaweed: S3Server) -> None:
    """On the embedded server alone: moto 5.2.5 answers GetObjectRetention with a 500."""
    client, bucket = seaweed.client(), f"locked-{uuid.uuid4().hex[:12]}"
    client.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    where = {"Bucket": bucket, "Key": "a", "ChecksumAlgorithm": "SHA256"}
    client.put_object(**where, Body=b"x")
    client.put_object_retention(**where, Retention={"Mode": "GOVERNANCE", "RetainUntilDate": UNTIL})
    client.put_object_legal_hold(**where, LegalHold={"Status": "ON"})
    context = Context(endpoint_url=seaweed.endpoint, region="us-east-1")
    store = connect(context, (seaweed.access_key, seaweed.secret_key))
    lock_states = store.lock(ObjectKey(bucket, "a"))
    store.close()
    assert (lock_states["ObjectLockMode"], lock_states["ObjectLockLegalHoldStatus"]) == ("GOVERNANCE", "ON")
    assert lock_states["ObjectLockRetainUntilDate"].startswith("2099-01-01")


def test_a_bucket_without_locks_says_none(reader: Reader) -> None:
    key = reader.put("a.csv", b"id\n")
    with pytest.raises(NotSupported):
        reader.store.lock(key)
    details = reader.previews.details(key)
    assert (details.lock, details.missing) == ({}, {})
    assert dict(details.rows())["lock"] == "none"


def test_an_archived_object_and_one_that_was_restored_are_told_apart(moto: S3Server, looking: Look) -> None:
    client, bucket = moto.client(), moto.bucket()
    for name in ("a", "b"):
        client.put_object(Bucket=bucket, Key=name, Body=b"x", StorageClass="GLACIER")
    client.restore_object(Bucket=bucket, Key="b", RestoreRequest={"Days": 1})
    previews = looking(moto)
    assert dict(previews.details(ObjectKey(bucket, "a")).rows())["archive"].startswith("archived")
    assert dict(previews.details(ObjectKey(bucket, "b")).rows())["archive"].startswith("restored, can be read until")
    with pytest.raises(NotSupported, match="is archived"):
        previews.preview(ObjectKey(bucket, "a"))
    previews.close()


@pytest.mark.parametrize(
    ("asked", "part", "needs"),
    [
        ("tagging", "tags", "1; needs s3:GetObjectTagging"),
        ("object-lock", "", ""),
        ("retention", "lock and retention", "needs s3:GetObjectRetention"),
        ("legal-hold", "lock and retention", "needs s3:GetObjectLegalHold"),
    ],
)
def test_each_piece_that_is_denied_names_its_action_and_the_others_show(
    moto: S3Server, looking: Look, asked: str, part: str, needs: str
) -> None:
    client, bucket = moto.client(), f"locked-{uuid.uuid4().hex[:12]}"
    client.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    client.put_object(Bucket=bucket, Key="a", Body=b"x", Tagging="team=ml", Metadata={"owner": "ml"})
    with FaultyServer(moto.endpoint) as between:
        between.add(Fault(query(asked), times=9, status=403, body=REFUSED))
        for nothing_set in ("retention", "legal-hold"):  # moto fails where none was ever set
            between.add(Fault(query(nothing_set), times=9, status=404, body=NONE_SET))
        said = dict(looking(moto, between.endpoint).details(ObjectKey(bucket, "a")).rows())
    assert said["metadata owner"] == "ml"
    assert said.get(part, "") == needs
    assert ("lock" in said) == (part != "lock and retention")
    assert ("tag team" in said) == (asked != "tagging")


def test_who_may_not_decrypt_still_sees_the_rest(moto: S3Server, looking: Look) -> None:
    client, bucket = moto.client(), moto.bucket()
    client.put_object(Bucket=bucket, Key="a", Body=b"x", Metadata={"owner": "ml"}, ChecksumAlgorithm="SHA256")
    with FaultyServer(moto.endpoint) as between:
        between.add(Fault(lambda one: "x-amz-checksum-mode" in one.headers, times=9, status=403))
        said = dict(looking(moto, between.endpoint).details(ObjectKey(bucket, "a")).rows())
    assert (said["checksums"], said["metadata owner"]) == ("needs kms:Decrypt", "ml")
    assert "checksum SHA256" not in said


NONE_SET = b"<Error><Code>NoSuchObjectLockConfiguration</Code><Message>None</Message></Error>"
REFUSED = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
