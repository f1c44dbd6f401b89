"""Addresses are completed and looked for on the embedded server and on moto alike."""

from collections.abc import Iterator

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import NotFound
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.connect import connect
from s3ml_tui.services.browse.address_completion import Completing, Destination
from tests.servers import REGION, S3Server

NAMES = ("dataset/raw/a.csv", "dataset/raw/b.csv", "datasheet.md", "run-1", "run/x", "odd [/]/ö.csv")


@pytest.fixture(params=["seaweed", "moto"])
def server(request: pytest.FixtureRequest) -> S3Server:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, S3Server)
    return found


@pytest.fixture
def bucket(server: S3Server) -> str:
    name = server.bucket()
    for key in NAMES:
        server.client().put_object(Bucket=name, Key=key, Body=b"x")
    return name


@pytest.fixture
def completing(server: S3Server) -> Iterator[Completing]:
    context = Context(endpoint_url=server.endpoint, region=REGION)
    store = connect(context, (server.access_key, server.secret_key))
    yield Completing(store)
    store.close()


def test_buckets_and_levels_complete_an_address(completing: Completing, bucket: str) -> None:
    assert f"s3://{bucket}/" in completing.candidates(bucket[:12]).uris
    assert completing.candidates(f"{bucket}/data").uris == (f"s3://{bucket}/dataset/", f"s3://{bucket}/datasheet.md")
    assert completing.candidates(f"{bucket}/dataset/raw/b").uris == (f"s3://{bucket}/dataset/raw/b.csv",)
    assert completing.candidates(f"{bucket}/odd").uris == (f"s3://{bucket}/odd [/",)
    assert completing.candidates(f"{bucket}/odd [/]/").uris == (f"s3://{bucket}/odd [/]/ö.csv",)
    assert completing.candidates(f"{bucket}/nothing").uris == ()


@pytest.mark.parametrize(
    ("text", "prefix", "key"),
    [
        ("", "", None),
        ("/dataset/raw/", "dataset/raw/", None),
        ("/dataset/raw", "dataset/raw/", None),
        ("/dataset/raw/a.csv", "dataset/raw/", "dataset/raw/a.csv"),
        ("/run", "run/", None),
        ("/run-1", "", "run-1"),
    ],
)
def test_an_address_leads_where_it_says(
    completing: Completing, bucket: str, text: str, prefix: str, key: str | None
) -> None:
    wanted = Destination(Place(bucket, prefix), ObjectKey(bucket, key) if key else None)
    assert completing.destination(f"s3://{bucket}{text}") == wanted


def test_what_is_not_there_is_told(completing: Completing, bucket: str) -> None:
    assert not completing.destination(f"s3://{bucket}/datas").is_there
    assert not completing.destination(f"s3://{bucket}/none/").is_there
    with pytest.raises(NotFound):
        completing.destination(f"s3://{bucket}-of-nobody/x")
