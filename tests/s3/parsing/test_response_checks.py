"""An answer of 200 that is not S3's own is not taken for success, nor for "nothing there"."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from s3ml_tui.domain.errors import StrangeAnswer
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.store import S3Store
from tests.s3.conftest import OpenStore
from tests.s3.faults import Asked, Fault, FaultyServer, method, query
from tests.s3.seeing import open_uploads, versions_of
from tests.s3.transfers.test_upload import LARGE, file_of
from tests.servers import S3Server

ALWAYS = 99
PAGES = {
    "empty": b"",
    "a login page": b"<!DOCTYPE html><html><body>Sign in</body></html>",
    "XHTML": b'<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>',
}


class Verb(NamedTuple):
    do: Callable[[S3Store, ObjectKey, Path], object]
    asks: Callable[[Asked], bool]


VERBS = {
    "look": Verb(lambda store, key, _: store.facts(key), method("HEAD")),
    "read tags": Verb(lambda store, key, _: store.tags(key), query("tagging")),
    "write tags": Verb(lambda store, key, _: store.write_tags(key, {"a": "b"}), query("tagging")),
    "write": Verb(lambda store, key, _: store.write(key, b"new"), method("PUT")),
    "upload": Verb(lambda store, key, folder: store.upload(file_of(folder, 10), key), method("PUT")),
    "begin": Verb(lambda store, key, folder: store.upload(file_of(folder, LARGE), key), query("uploads")),
    "a part": Verb(lambda store, key, folder: store.upload(file_of(folder, LARGE), key), query("partNumber=2")),
    "copy": Verb(lambda store, key, _: store.copy(key, None, ObjectKey(key.bucket, "to"), over=None), method("PUT")),
    "delete": Verb(lambda store, key, _: store.delete(key), method("DELETE")),
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_it_is_told_and_nothing_was_done(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, tmp_path: Path, verb: Verb, page: bytes
) -> None:
    key, store = ObjectKey(moto.bucket(), "k"), open_store(moto, endpoint=faulty.endpoint)
    moto.client().put_object(Bucket=key.bucket, Key=key.key, Body=b"old")
    before = versions_of(store, key)
    faulty.add(Fault(verb.asks, ALWAYS, 200, page, {"Content-Type": "text/html"}))
    with pytest.raises(StrangeAnswer) as raised:
        verb.do(store, key, tmp_path)
    assert "login page" in raised.value.advice
    faulty.clear()
    assert versions_of(store, key) == before
    assert open_uploads(moto, key.bucket) == 0


def test_what_was_done_though_the_answer_was_replaced_is_found(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    """A proxy that swallows an answer: the deletion is seen in the history."""
    key, store = ObjectKey(moto.bucket(), "k"), open_store(moto, endpoint=faulty.endpoint)
    made = store.write(key, b"x")
    faulty.add(Fault(method("DELETE"), ALWAYS, 200))
    moto.client().delete_object(Bucket=key.bucket, Key=key.key, VersionId=made.version_id)
    store.delete_version(key, made.version_id or "")
    assert versions_of(store, key) == []


@pytest.mark.parametrize("after", [10, 40, 200])
def test_a_listing_that_breaks_off_is_asked_for_again(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, after: int
) -> None:
    key, store = ObjectKey(moto.bucket(), "k"), open_store(moto, endpoint=faulty.endpoint)
    moto.client().put_object(Bucket=key.bucket, Key=key.key, Body=b"x")
    faulty.add(Fault(query("list-type"), cut_after=after))
    assert list(store.list_page(key.place).keys) == ["k"]
    faulty.add(Fault(query("versions"), cut_after=after))
    assert len(versions_of(store, key)) == 1
