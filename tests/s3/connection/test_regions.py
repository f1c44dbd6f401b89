"""A bucket in another region than the connection's: found by itself, once, also by the fast ways of listing."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.listing.page import ask_objects
from s3ml_tui.s3.store import S3Store
from tests.exhaustive import first
from tests.s3.conftest import SMALL, OpenStore
from tests.s3.faults import Asked, Fault, FaultyServer
from tests.servers import REGION, S3Server

ELSEWHERE = "eu-west-1"
_SCOPE = re.compile(r"Credential=[^/]+/\d+/([^/]+)/s3/")


def signed_for(asked: Asked) -> str:
    """The region of a request's signature, in its header or its link; "" when it has none."""
    text = asked.headers.get("authorization", "") + asked.target.replace("%2F", "/").replace("X-Amz-", "")
    found = _SCOPE.search(text)
    return found[1] if found else ""


def is_astray(asked: Asked) -> bool:
    return signed_for(asked) not in {"", ELSEWHERE} and asked.target.partition("?")[0] != "/"


def error(code: str, more: str = "") -> bytes:
    return f"<Error><Code>{code}</Code><Message>It is elsewhere.</Message>{more}</Error>".encode()


WAYS = {
    "by its own words": Fault(
        is_astray, 9999, 400, error("AuthorizationHeaderMalformed", f"<Region>{ELSEWHERE}</Region>")
    ),
    "by a header": Fault(is_astray, 9999, 301, error("PermanentRedirect"), {"x-amz-bucket-region": ELSEWHERE}),
    "by both": Fault(
        is_astray,
        9999,
        400,
        error("AuthorizationHeaderMalformed", f"<Region>{ELSEWHERE}</Region>"),
        {"x-amz-bucket-region": ELSEWHERE},
    ),
}


@pytest.fixture(params=list(WAYS.values()), ids=list(WAYS))
def abroad(faulty: FaultyServer, request: pytest.FixtureRequest) -> FaultyServer:
    """A server that tells in one way or another that the bucket is elsewhere; to HEAD it has nothing but headers."""
    way: Fault = request.param
    headers = {"x-amz-bucket-region": ELSEWHERE}
    faulty.add(Fault(lambda asked: asked.method == "HEAD" and is_astray(asked), 9999, way.status, b"", headers))
    faulty.add(Fault(is_astray, 9999, way.status, way.body, way.headers))
    return faulty


@pytest.fixture
def bucket(moto: S3Server) -> str:
    name = moto.bucket()
    for number in range(30):
        moto.client().put_object(Bucket=name, Key=f"k{number:02}", Body=b"%d" % number)
    return name


def list_one(store: S3Store, bucket: str, _folder: Path) -> None:
    assert len(store.list_page(Place(bucket)).keys) == 10


def list_everything(store: S3Store, bucket: str, _folder: Path) -> None:
    keys = [key for page in store.list_all(Place(bucket)) for key in page.keys]
    assert keys == [f"k{number:02}" for number in range(30)]


def list_versions(store: S3Store, bucket: str, _folder: Path) -> None:
    assert len(next(iter(store.history(ObjectKey(bucket, "k01")))).versions) == 1
    assert store.list_page(Place(bucket), with_deleted=True).keys


def look(store: S3Store, bucket: str, _folder: Path) -> None:
    assert store.facts(ObjectKey(bucket, "k01")).size == 1
    assert store.read(ObjectKey(bucket, "k01")) == b"1"
    assert store.tags(ObjectKey(bucket, "k01")) == {}
    assert store.bucket_facts(bucket).versioning == "versioned"


def change(store: S3Store, bucket: str, folder: Path) -> None:
    key = ObjectKey(bucket, "new")
    (folder / "new").write_bytes(b"new" * 3 * 1024 * 1024)
    store.upload(folder / "new", key)
    store.write(key, b"newer")
    store.delete(key)


def share(store: S3Store, bucket: str, _folder: Path) -> None:
    store.facts(ObjectKey(bucket, "k01"))
    assert f"%2F{ELSEWHERE}%2F" in store.link(ObjectKey(bucket, "k01"))


@pytest.mark.parametrize(
    "act", first(3, [list_one, change, share, list_everything, list_versions, look]), ids=lambda act: act.__name__
)
def test_a_bucket_elsewhere_is_found_by_itself(
    moto: S3Server,
    abroad: FaultyServer,
    open_store: OpenStore,
    bucket: str,
    tmp_path: Path,
    act: Callable[[Store, str, Path], None],
) -> None:
    store = open_store(moto, endpoint=abroad.endpoint, settings=replace(SMALL, page_size=10))
    act(store, bucket, tmp_path)
    strays = abroad.count(is_astray)
    assert strays
    act(store, bucket, tmp_path)
    assert abroad.count(is_astray) == strays, "what was learnt is remembered"


def test_being_sent_elsewhere_is_not_taken_for_being_throttled(
    moto: S3Server, abroad: FaultyServer, open_store: OpenStore, bucket: str
) -> None:
    clients = open_store(moto, endpoint=abroad.endpoint)
    assert not ask_objects(clients, Place(bucket), {}, {}).was_throttled
    abroad.add(Fault(lambda asked: not is_astray(asked), 1, 503, error("SlowDown")))
    assert ask_objects(clients, Place(bucket), {}, {}).was_throttled


def test_where_it_is_cannot_be_found_it_is_said(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, bucket: str
) -> None:
    faulty.add(Fault(is_astray, 9999, 301, error("PermanentRedirect")))
    with pytest.raises(BadInput) as raised:
        open_store(moto, endpoint=faulty.endpoint).list_page(Place(bucket))
    assert raised.value.title == f"{bucket} is in another region"
    assert "--region" in raised.value.advice
    assert signed_for(faulty.asked[0]) == REGION
