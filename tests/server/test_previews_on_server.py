"""Looking inside objects, on moto and on the embedded server."""

import gzip
from collections.abc import Iterator

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import NotFound
from s3ml_tui.domain.preview import Empty, Parquet, Table, Text
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connection import connect
from s3ml_tui.services.previews import Previews
from tests.readers.files import numbers, parquet
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


def test_lock_and_archive_are_told(moto: S3Server) -> None:
    client = moto.client()
    client.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    client.put_object(
        Bucket="locked",
        Key="a",
        Body=b"x",
        ObjectLockMode="GOVERNANCE",
        ObjectLockRetainUntilDate="2099-01-01T00:00:00Z",
        ObjectLockLegalHoldStatus="ON",
    )
    context = Context(endpoint_url=moto.endpoint, region="us-east-1")
    store = connect(context, (moto.access_key, moto.secret_key))
    said = dict(Previews(store).details(ObjectKey("locked", "a")).rows())
    store.close()
    assert said["lock"] == "GOVERNANCE"
    assert said["retained until"].startswith("2099-01-01")
    assert said["legal hold"] == "ON"
