"""Who wrote a version, and its tags, on moto and on the embedded server."""

from collections.abc import Iterator

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.storage.provenance import RUN, Background, How, Origin
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connect import connect
from s3ml_tui.s3.store import S3Store
from s3ml_tui.services.versions.provenance import Backgrounds
from tests.s3.seeing import versions_of
from tests.servers import S3Server


@pytest.fixture(params=["moto", "seaweed"])
def server(request: pytest.FixtureRequest) -> S3Server:
    server = request.getfixturevalue(request.param)
    assert isinstance(server, S3Server)
    return server


@pytest.fixture
def store(server: S3Server) -> Iterator[S3Store]:
    store = connect(Context(endpoint_url=server.endpoint), (server.access_key, server.secret_key))
    yield store
    store.close()


def backgrounds_of(store: S3Store, versions: list[Version]) -> list[Background]:
    found = {version.version_id: background for version, background in Backgrounds(store).of(versions)}
    return [found[version.version_id] for version in versions]


def test_the_history_of_a_key_says_who_wrote_each_version(server: S3Server, store: S3Store) -> None:
    bucket = server.bucket()
    key = ObjectKey(bucket, "dataset/a b.csv")
    client = server.client()
    first = client.put_object(Bucket=bucket, Key=key.key, Body=b"1", Tagging="stage=gold&team=ml")["VersionId"]
    run = store.write(key, b"2", metadata={RUN: "r1"})
    back = store.copy_version(key, first, expected=run.version_id)
    elsewhere = backgrounds_of(store, versions_of(store, key))
    assert [one.origin and one.origin.how for one in elsewhere] == [How.BROUGHT_BACK, How.RUN, None]
    assert [one.origin and one.origin.source for one in elsewhere] == [first, "r1", None]
    assert [one.tags for one in elsewhere] == [{"stage": "gold", "team": "ml"}, None, {"stage": "gold", "team": "ml"}]
    assert back.version_id == versions_of(store, key)[0].version_id


def test_a_bucket_that_keeps_no_versions_tells_of_the_only_one(server: S3Server, store: S3Store) -> None:
    key = ObjectKey(server.bucket(versioned=False), "a.csv")
    store.write(key, b"1", metadata={RUN: "r1"}, operation="op1")
    assert backgrounds_of(store, versions_of(store, key)) == [Background(Origin(How.RUN, "r1", "op1"))]
