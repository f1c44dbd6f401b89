"""Everything of a place at once, over HTTP: as one sequence gives it, also through trouble."""

import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.listing_server import Asked, Keys, ListingServer, body_of
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import NotFound, StrangeAnswer, Throttled, Unreachable
from s3ml_tui.domain.uri import Place
from s3ml_tui.s3.connect import connect
from s3ml_tui.s3.listing.range_scheduler import MOST_AT_ONCE
from s3ml_tui.s3.settings import TransferSettings
from s3ml_tui.s3.store import S3Store
from tests.s3.conftest import OpenStore
from tests.s3.connection.test_tls import write_certificate
from tests.s3.faults import Fault, FaultyServer, query
from tests.s3.listing.test_ranges import names
from tests.s3.seeing import pages_of
from tests.servers import S3Server

QUICK = TransferSettings(page_size=10, backoff_s=0.01)
PLACE = Place("bench")
FLAT = [f"d/part-{number:05}.csv" for number in range(600)]
SLOW_DOWN = b"<Error><Code>SlowDown</Code><Message>Slow down</Message></Error>"


def store_at(server: ListingServer, settings: TransferSettings = QUICK) -> S3Store:
    return connect(Context(endpoint_url=server.endpoint), ("key", "secret"), settings=settings)


def everything(store: S3Store, place: Place = PLACE, *, is_recursive: bool = True) -> list[str]:
    pages = store.list_all(place, is_recursive=is_recursive)
    return [name for page in pages for name in sorted([*page.keys, *page.prefixes])]


def test_many_requests_are_under_way_at_once_and_the_first_page_comes_first() -> None:
    with ListingServer(FLAT, latency_s=0.03) as server:
        store = store_at(server)
        pages = store.list_all(PLACE)
        assert list(next(pages).keys) == FLAT[:10]
        rest = [key for page in pages for key in page.keys]
        assert rest == FLAT[10:]
        assert 4 <= server.most_at_once <= MOST_AT_ONCE
        assert not store.habits.in_one_sequence
        store.close()


def test_a_server_that_answers_at_once_is_asked_one_by_one() -> None:
    with ListingServer(FLAT) as server:
        store = store_at(server)
        assert everything(store) == FLAT
        assert len(server.asked) <= 75
        store.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(names, max_size=60), st.booleans())
def test_any_keys_come_over_http_as_they_are(keys: list[str], is_recursive: bool) -> None:
    with ListingServer(keys, latency_s=0.012) as server:
        store = store_at(server, TransferSettings(page_size=4))
        pages = pages_of(store, PLACE, is_recursive=is_recursive)
        rows = sorted(name for page in pages for name in [*page.keys, *page.prefixes])
        assert everything(store, is_recursive=is_recursive) == rows
        store.close()


def test_a_level_of_many_prefixes_is_listed_by_ranges_too() -> None:
    keys = [f"folder-{number:04}/{inner}" for number in range(300) for inner in "ab"]
    with ListingServer(keys, latency_s=0.03) as server:
        store = store_at(server)
        assert everything(store, is_recursive=False) == [f"folder-{number:04}/" for number in range(300)]
        assert server.most_at_once >= 4
        store.close()


def test_503_is_asked_again_and_makes_it_gentler() -> None:
    lock, left = threading.Lock(), [4]
    with ListingServer(FLAT, latency_s=0.03) as server:

        def answer(asked: Asked) -> tuple[int, bytes]:
            with lock:
                if asked.start_after and left[0]:
                    left[0] -= 1
                    return 503, SLOW_DOWN
            return server.usual(asked)

        server.answer = answer
        store = store_at(server)
        assert everything(store) == FLAT
        assert left == [0]
        store.close()


def test_a_server_that_only_throttles_is_told() -> None:
    with ListingServer(FLAT) as server:
        server.answer = lambda _: (503, SLOW_DOWN)
        store = store_at(server, TransferSettings(attempts=2))
        with pytest.raises(Throttled):
            everything(store)
        store.close()


def test_a_torn_page_in_the_middle_is_asked_again() -> None:
    with ListingServer(FLAT, latency_s=0.03) as server:
        torn: set[str] = set()

        def answer(asked: Asked) -> tuple[int, bytes]:
            status, body = server.usual(asked)
            where = asked.token or asked.start_after
            if where and where not in torn and len(torn) < 3:
                torn.add(where)
                return status, body[:-30]
            return status, body

        server.answer = answer
        store = store_at(server)
        assert everything(store) == FLAT
        assert torn
        store.close()


@pytest.mark.parametrize("body", [b"", b"<html>Please log in</html>"])
def test_a_page_in_the_middle_that_is_no_listing_is_never_the_end(body: bytes) -> None:
    with ListingServer(FLAT, latency_s=0.03) as server:
        server.answer = lambda asked: server.usual(asked) if asked == Asked(most=10, is_url=True) else (200, body)
        store = store_at(server)
        with pytest.raises(StrangeAnswer):
            everything(store)
        store.close()


def test_where_start_after_skips_folders_nothing_is_lost() -> None:
    keys = [f"{number:03}/{inner}" for number in range(100) for inner in "abcd"]
    with ListingServer(keys, latency_s=0.03) as server:
        honest = server.usual

        def answer(asked: Asked) -> tuple[int, bytes]:
            after = asked.start_after and asked.start_after + "/\U0010ffff"
            return honest(Asked(asked.prefix, after, asked.token, asked.delimiter, asked.most, asked.is_url))

        server.answer = answer
        store = store_at(server)
        for _ in range(2):
            assert everything(store) == Keys(keys).keys
        store.close()


def test_both_real_servers_give_what_one_sequence_gives(server: S3Server, open_store: OpenStore, bucket: str) -> None:
    for key in [f"d/{number:02}/{inner}" for number in range(15) for inner in "ab"] + ["d/x", "e"]:
        server.client().put_object(Bucket=bucket, Key=key, Body=b"x")
    between_all = Place(bucket, "d/")
    with FaultyServer(server.endpoint) as between:
        store = open_store(server, endpoint=between.endpoint, settings=TransferSettings(page_size=4))
        for is_recursive in (True, False):
            expected = [
                name
                for page in pages_of(store, between_all, is_recursive=is_recursive)
                for name in [*page.keys, *page.prefixes]
            ]
            assert sorted(everything(store, between_all, is_recursive=is_recursive)) == sorted(expected)
            assert len(expected) == (31 if is_recursive else 16)


def test_deleted_objects_come_with_the_rest(server: S3Server, open_store: OpenStore, bucket: str) -> None:
    for number in range(12):
        server.client().put_object(Bucket=bucket, Key=f"{number:02}", Body=b"x")
    server.client().delete_object(Bucket=bucket, Key="05")
    store = open_store(server, settings=TransferSettings(page_size=4))
    pages = list(store.list_all(Place(bucket), with_deleted=True))
    assert [key for page in pages for key in page.deleted.keys] == ["05"]
    assert sum(len(page.keys) for page in pages) == 11
    assert all(page.next is None for page in pages)


def test_names_lost_where_the_embedded_server_cuts_pages_are_not_lost(seaweed: S3Server, open_store: OpenStore) -> None:
    bucket = seaweed.bucket()
    odd = ["a", "a b", "a!", "a-b", "a/x", "k", "k-1", "k/y"]
    for key in [*odd, *[f"k/{number:04}" for number in range(1005)]]:
        seaweed.client().put_object(Bucket=bucket, Key=key, Body=b"")
    store = open_store(seaweed, settings=TransferSettings())
    (page,) = pages_of(store, Place(bucket), is_recursive=True)
    assert set(odd) <= set(page.keys)
    assert len(page.keys) == 1013
    assert set(odd) <= set(everything(store, Place(bucket)))


def test_a_missing_bucket_is_told(store: S3Store) -> None:
    with pytest.raises(NotFound):
        list(store.list_all(Place("nobody-has-this")))


def test_over_tls_only_with_the_certificate_that_is_trusted(
    moto: S3Server, open_store: OpenStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = moto.bucket()
    moto.client().put_object(Bucket=bucket, Key="a", Body=b"x")
    certificate = tmp_path / "server.pem"
    write_certificate(certificate)
    with FaultyServer(moto.endpoint, certificate) as server:
        with pytest.raises(Unreachable, match="AWS_CA_BUNDLE"):
            everything(open_store(moto, endpoint=server.endpoint), Place(bucket))
        monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
        assert everything(open_store(moto, endpoint=server.endpoint), Place(bucket)) == ["a"]


def test_a_proxy_of_the_environment_is_used(
    moto: S3Server, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = body_of(Keys(["a"]), Asked(is_url=True))
    with FaultyServer(moto.endpoint) as proxy:
        proxy.add(Fault(query("list-type=2"), status=200, body=listing))
        monkeypatch.setenv("HTTP_PROXY", proxy.endpoint)
        monkeypatch.setenv("http_proxy", proxy.endpoint)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.setenv(name, "")
        assert everything(open_store(moto, endpoint="http://s3.example.invalid")) == ["a"]
        assert proxy.asked[-1].target.startswith("http://s3.example.invalid/")
