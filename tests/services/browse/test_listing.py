"""Buckets and levels: over a store in memory."""

import pytest

from s3ml_tui.domain.errors import BadInput, Denied, NotFound
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.listing import Bucket
from s3ml_tui.domain.uri import Place
from tests.doubles import MemoryStore
from tests.services.memory import KEY, browsing, changes, refusing, store_with


def test_the_buckets_of_the_account() -> None:
    assert [bucket.name for bucket in browsing(MemoryStore("acme", "other")).buckets()] == ["acme", "other"]


def test_a_bucket_given_by_name_where_listing_all_is_denied() -> None:
    store = store_with(b"old")
    store.before = refusing("buckets", Denied("No", action="s3:ListAllMyBuckets"))
    with pytest.raises(Denied):
        browsing(store).buckets()
    assert browsing(store).bucket("acme") == Bucket("acme", None)


def test_a_bucket_that_is_not_there() -> None:
    with pytest.raises(NotFound, match="There is no bucket absent"):
        browsing(MemoryStore()).bucket("absent")


@pytest.mark.parametrize("name", ["", "a/b", "s3://acme", "a b"])
def test_what_is_no_bucket_name_asks_no_server(name: str) -> None:
    store = MemoryStore()
    with pytest.raises(BadInput):
        browsing(store).bucket(name)
    assert store.requests == []


def test_a_level_page_by_page_with_the_deleted_on_request() -> None:
    store = store_with(b"old")
    for name in ("b.csv", "c.csv", "sub/d.csv"):
        store.write(KEY.place.key(name), b"x")
    store.delete(KEY.place.key("b.csv"))
    store.page_size = 2
    service = browsing(store)
    first = service.page(KEY.place)
    assert [*first.keys] == ["dataset/raw/a.csv", "dataset/raw/c.csv"]
    assert first.next is not None
    assert [*service.page(KEY.place, token=first.next).prefixes] == ["dataset/raw/sub/"]
    assert "dataset/raw/b.csv" in service.page(KEY.place, with_deleted=True).deleted.keys


def test_everything_below_a_place() -> None:
    page = browsing(store_with(b"old")).page(Place("acme"), is_recursive=True)
    assert [*page.keys] == [KEY.key]


def test_browsing_changes_nothing() -> None:
    store = store_with(b"old")
    assert browsing(store).facts("acme").versioning is Versioning.ON
    browsing(store).page(KEY.place)
    assert changes(store) == []
