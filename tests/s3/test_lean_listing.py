"""Pages after the first need no boto3 and are what it would have said; what goes wrong with them: test_fast_listing."""

from typing import Any

import pytest

from benchmarks.listing_server import ListingServer
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.uri import Place
from s3ml_tui.s3 import lean_listing
from s3ml_tui.s3.connection import connect
from s3ml_tui.s3.range_pages import Answer
from s3ml_tui.s3.store import S3Store
from s3ml_tui.s3.tuning import TransferSettings
from tests.servers import S3Server

SMALL = TransferSettings(page_size=3, backoff_s=0.01)
NAMES = ["a&b", "a'b", "a+b", "a b", "a/b", "a/c<d>", "a/ü", "b%20c", "ünter/x", "z", "zz/\U0001f600", "zz/~"]


def store_at(endpoint: str, keys: tuple[str, str] = ("key", "secret")) -> S3Store:
    return connect(Context(endpoint_url=endpoint), keys, settings=SMALL)


def sent_by_boto(store: S3Store) -> list[str]:
    """The operations boto3 sends from now on."""
    sent: list[str] = []

    def note(event_name: str, **_event: Any) -> None:
        sent.append(event_name.rpartition(".")[2])

    store._clients.looking.meta.events.register("before-send.s3", note)
    return sent


def pages(store: S3Store, place: Place, *, is_recursive: bool, with_deleted: bool) -> list[Any]:
    found, token = [], None
    while True:
        page = store.list_page(place, token=token, is_recursive=is_recursive, with_deleted=with_deleted)
        found.append(page)
        token = page.next
        if token is None:
            return found


@pytest.mark.parametrize("with_deleted", [False, True])
@pytest.mark.parametrize("is_recursive", [False, True])
def test_pages_are_those_of_boto3(
    server: S3Server, monkeypatch: pytest.MonkeyPatch, *, is_recursive: bool, with_deleted: bool
) -> None:
    bucket = server.bucket()
    for name in NAMES:
        server.client().put_object(Bucket=bucket, Key=f"p/{name}", Body=b"1")
    server.client().delete_object(Bucket=bucket, Key="p/z")
    place = Place(bucket, "p/")
    store = store_at(server.endpoint, (server.access_key, server.secret_key))
    sent = sent_by_boto(store)
    ours = pages(store, place, is_recursive=is_recursive, with_deleted=with_deleted)
    asked = [one.operation for one in store.requests.newest_first() if one.operation.startswith("ListObject")]
    assert len(asked) > sum(name.startswith("ListObject") for name in sent)
    monkeypatch.setattr(lean_listing, "ask_on", lambda *_: Answer(lean_listing.NONE))
    assert ours == pages(store, place, is_recursive=is_recursive, with_deleted=with_deleted)
    store.close()


def test_only_the_first_page_is_asked_for_by_boto3_and_all_are_told() -> None:
    with ListingServer([f"k{number:03}" for number in range(30)]) as server:
        store = store_at(server.endpoint)
        sent = sent_by_boto(store)
        first = store.list_page(Place("bench"))
        following = store.list_page(Place("bench"), token=first.next)
        assert list(following.keys) == ["k003", "k004", "k005"]
        assert sent == ["ListObjectsV2"]
        last, before = store.requests.newest_first()[:2]
        assert (last.operation, last.status) == (before.operation, before.status) == ("ListObjectsV2", 200)
        assert dict(last.parameters)["ContinuationToken"]
        store.close()
