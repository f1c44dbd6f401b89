"""What only AWS has, on a server that plays it: regions, access points, directory buckets, requester-pays buckets."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Denied, NotFound, NotSupported
from s3ml_tui.domain.storage.capabilities import PublicAccessBlock, Versioning
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.connect import connect
from s3ml_tui.s3.settings import TransferSettings
from s3ml_tui.s3.store import S3Store
from tests.fake_aws import ACCOUNT, DIRECTORY, FakeAws
from tests.servers import S3Server

POINT = f"arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/mine"
NAMES = ["a", "b", "deep/c"]
QUICK = TransferSettings(attempts=2, backoff_s=0.01, connect_timeout_s=3, read_timeout_s=10)
Opener = Callable[..., S3Store]


@pytest.fixture
def aws(moto: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    """AWS with a bucket of every kind, each with the same objects."""
    for bucket in ("near", "far", "paid", FakeAws.plain(DIRECTORY)):
        moto.client().create_bucket(Bucket=bucket)
        for name in NAMES:
            moto.client().put_object(Bucket=bucket, Key=name, Body=name.encode())
    with FakeAws(
        moto.endpoint,
        tmp_path / "aws.pem",
        regions={"far": "eu-west-1"},
        paid_by_requester={"paid"},
        points={"mine@eu-west-1": "far"},
    ) as aws:
        for name, value in aws.environment.items():
            monkeypatch.setenv(name, value)
        yield aws


@pytest.fixture
def open_one(aws: FakeAws) -> Iterator[Opener]:
    stores: list[S3Store] = []

    def open_one(*, pays: bool = False, page_size: int = 2) -> S3Store:
        settings = replace(QUICK, page_size=page_size)
        stores.append(connect(Context(request_payer=pays), settings=settings))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()


def listed(store: S3Store, bucket: str) -> list[str]:
    return [key for page in store.list_all(Place(bucket)) for key in page.keys]


# regions ---------------------------------------------------------------------------------------------------------


def test_a_bucket_of_another_region_is_redirected_to_once(aws: FakeAws, open_one: Opener) -> None:
    store = open_one()
    assert listed(store, "far") == NAMES
    hosts = [asked.host for asked in aws.asked]
    assert hosts == ["far.s3.amazonaws.com", "far.s3.eu-west-1.amazonaws.com", "far.s3.eu-west-1.amazonaws.com"]
    assert [asked.signed_for[0] for asked in aws.asked[1:]] == ["eu-west-1", "eu-west-1"]
    link = store.link(ObjectKey("far", "a"))
    assert link.startswith("https://far.s3.eu-west-1.amazonaws.com/a?")
    assert "%2Feu-west-1%2Fs3%2F" in link


# access points ---------------------------------------------------------------------------------------------------


def test_an_access_point_stands_for_a_bucket(aws: FakeAws, open_one: Opener) -> None:
    store = open_one()
    assert listed(store, POINT) == NAMES
    assert [key for page in store.list_all(Place(POINT), is_recursive=False) for key in page.keys] == ["a", "b"]
    assert store.read(ObjectKey(POINT, "deep/c")) == b"deep/c"
    written = store.write(ObjectKey(POINT, "new"), b"new")
    assert written.key.uri == f"s3://{POINT}/new"
    [page] = store.history(ObjectKey(POINT, "new"))
    assert len(page.versions) == 1
    assert {asked.host for asked in aws.asked} == {f"mine-{ACCOUNT}.s3-accesspoint.eu-west-1.amazonaws.com"}
    link = store.link(ObjectKey(POINT, "a"))
    assert link.startswith(f"https://mine-{ACCOUNT}.s3-accesspoint.eu-west-1.amazonaws.com/a?")
    assert "%2Feu-west-1%2Fs3%2F" in link


def test_what_an_access_point_does_not_tell_of_its_bucket_is_unknown(aws: FakeAws, open_one: Opener) -> None:
    facts = open_one().bucket_facts(POINT)
    assert (facts.versioning, facts.block) == (Versioning.UNKNOWN, PublicAccessBlock.UNKNOWN)
    assert facts.lifecycle is None


def test_an_access_point_that_is_not_there_is_told(aws: FakeAws, open_one: Opener) -> None:
    with pytest.raises(NotFound):
        listed(open_one(), POINT.replace("mine", "nobody"))


def test_an_access_point_of_many_regions_says_which_library_it_needs(aws: FakeAws, open_one: Opener) -> None:
    with pytest.raises(NotSupported, match=r"botocore\[crt\]"):
        listed(open_one(), f"arn:aws:s3::{ACCOUNT}:accesspoint/mfzwi23gnjvgw.mrap")


# directory buckets -----------------------------------------------------------------------------------------------


def test_a_directory_bucket_is_listed_in_one_sequence_by_session(aws: FakeAws, open_one: Opener) -> None:
    store = open_one()
    assert sorted(listed(store, DIRECTORY)) == NAMES
    listings = [asked for asked in aws.asked if "list-type" in asked.given]
    assert len(listings) == 2
    assert not any("start-after" in asked.given for asked in aws.asked)
    assert {asked.signed_for for asked in listings} == {("us-east-1", "s3express")}


def test_the_names_of_a_page_are_sorted_with_all_that_belongs_to_them(aws: FakeAws, open_one: Opener) -> None:
    whole = open_one(page_size=1000).list_page(Place(DIRECTORY), is_recursive=True)
    assert list(zip(whole.keys, whole.sizes, strict=True)) == [("a", 1), ("b", 1), ("deep/c", 6)]


def test_of_a_directory_bucket_no_version_is_asked(aws: FakeAws, open_one: Opener) -> None:
    store, key = open_one(), ObjectKey(DIRECTORY, "a")
    [page] = store.history(key)
    assert [(version.version_id, version.is_latest, version.size) for version in page.versions] == [("null", True, 1)]
    assert page.missing == "a directory bucket keeps no others"
    assert next(store.history(ObjectKey(DIRECTORY, "nothing"))).versions == ()
    for ask in (
        lambda: store.list_page(Place(DIRECTORY), with_deleted=True),
        lambda: list(store.list_all(Place(DIRECTORY), with_deleted=True)),
        lambda: store.tags(key),
    ):
        with pytest.raises(NotSupported, match="directory bucket keeps no"):
            ask()
    facts = store.bucket_facts(DIRECTORY)
    assert (facts.versioning, facts.block) == (Versioning.OFF, PublicAccessBlock.ON)
    assert not any({"versions", "versioning", "tagging"} & set(asked.given) for asked in aws.asked)


def test_etags_of_a_directory_bucket_are_not_taken_for_digests(aws: FakeAws, open_one: Opener, tmp_path: Path) -> None:
    store, key = open_one(), ObjectKey(DIRECTORY, "up")
    (tmp_path / "file").write_bytes(b"bytes")
    store.upload(tmp_path / "file", key)
    assert store.write(key, b"other bytes").etag == "0123456789abcdef" * 2
    store.download(key, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == b"other bytes"
    assert store.delete(key) is None
    assert "X-Amz-S3session-Token=" in store.link(ObjectKey(DIRECTORY, "a"))


# requester pays --------------------------------------------------------------------------------------------------


def test_who_does_not_pay_is_told_of_the_switch(aws: FakeAws, open_one: Opener) -> None:
    store = open_one()
    for ask in (lambda: listed(store, "paid"), lambda: store.read(ObjectKey("paid", "a"))):
        with pytest.raises(Denied) as raised:
            ask()
        assert raised.value.advice.endswith("; if it is a requester-pays bucket, --request-payer pays for it")
        assert raised.value.may_be_paid
    assert not any("x-amz-request-payer" in asked.headers for asked in aws.asked)


def test_who_pays_says_so_with_every_request_that_can_cost(
    aws: FakeAws, open_one: Opener, tmp_path: Path, moto: S3Server
) -> None:
    store, key = open_one(pays=True), ObjectKey("paid", "up")
    assert listed(store, "paid") == NAMES
    (tmp_path / "file").write_bytes(b"bytes")
    store.upload(tmp_path / "file", key)
    store.download(key, tmp_path / "back")
    store.facts(key)
    store.tags(key)
    list(store.history(key))
    store.delete(key)
    assert all(asked.headers.get("x-amz-request-payer") == "requester" for asked in aws.asked)
    assert listed(store, "near") == NAMES


def test_a_link_to_a_paid_object_carries_it_in_its_address(aws: FakeAws, open_one: Opener) -> None:
    link = open_one(pays=True).link(ObjectKey("paid", "a"))
    assert "x-amz-request-payer=requester" in link
    assert "X-Amz-SignedHeaders=host&" in link
