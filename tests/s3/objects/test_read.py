"""Facts, tags and bytes of one version."""

import select
import socket
from dataclasses import replace

import pytest

from s3ml_tui.domain.errors import Cancelled, Conflict, NotFound, StrangeAnswer, Unreachable
from s3ml_tui.domain.preview.content import Text
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.settings import TransferSettings
from s3ml_tui.s3.store import S3Store
from s3ml_tui.services.preview.service import Previews
from tests.s3.conftest import OpenStore
from tests.s3.faults import Asked, Fault, FaultyServer, method
from tests.servers import S3Server

BODY = bytes(range(256)) * 4000


def test_facts_tell_what_is_kept_with_an_object(server: S3Server, store: S3Store, bucket: str) -> None:
    made = server.client().put_object(
        Bucket=bucket,
        Key="k",
        Body=b"abc",
        ContentType="text/csv",
        CacheControl="no-cache",
        ContentDisposition="attachment",
        Metadata={"Rows": "3"},
        Tagging="a=1&b=2",
    )
    facts = store.facts(ObjectKey(bucket, "k"))
    assert (facts.version_id, facts.size, facts.content_type) == (made["VersionId"], 3, "text/csv")
    assert facts.etag == made["ETag"].strip('"')
    assert facts.metadata == {"rows": "3"}
    assert facts.headers == {"CacheControl": "no-cache", "ContentDisposition": "attachment"}
    assert facts.storage_class == "STANDARD"
    assert facts.modified.tzinfo is not None
    assert store.tags(ObjectKey(bucket, "k"), made["VersionId"]) == {"a": "1", "b": "2"}


def test_an_unversioned_object_has_no_version_id(server: S3Server, store: S3Store) -> None:
    bucket = server.bucket(versioned=False)
    server.client().put_object(Bucket=bucket, Key="k", Body=b"abc")
    assert store.facts(ObjectKey(bucket, "k")).version_id is None


def test_a_deleted_object_a_marker_and_a_wrong_id_are_not_found(server: S3Server, store: S3Store, bucket: str) -> None:
    key = ObjectKey(bucket, "k")
    server.client().put_object(Bucket=bucket, Key="k", Body=b"abc")
    marker = server.client().delete_object(Bucket=bucket, Key="k")["VersionId"]
    for version_id in (None, marker, "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(NotFound):
            store.facts(key, version_id)
    with pytest.raises(NotFound):
        store.read(key)


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [(0, None, BODY), (10, 5, BODY[10:15]), (len(BODY) - 3, 100, BODY[-3:]), (len(BODY), 5, b""), (0, 0, b"")],
)
def test_any_stretch_can_be_read(
    server: S3Server, store: S3Store, bucket: str, start: int, length: int | None, expected: bytes
) -> None:
    server.client().put_object(Bucket=bucket, Key="k", Body=BODY)
    assert store.read(ObjectKey(bucket, "k"), start=start, length=length) == expected


def test_an_old_version_is_read_by_its_id(server: S3Server, store: S3Store, bucket: str) -> None:
    old = server.client().put_object(Bucket=bucket, Key="k", Body=b"old")["VersionId"]
    server.client().put_object(Bucket=bucket, Key="k", Body=b"new")
    assert store.read(ObjectKey(bucket, "k"), old) == b"old"
    assert store.read(ObjectKey(bucket, "k")) == b"new"


def test_reading_what_was_replaced_is_a_conflict(server: S3Server, store: S3Store, bucket: str) -> None:
    old = server.client().put_object(Bucket=bucket, Key="k", Body=b"old")["ETag"].strip('"')
    assert store.read(ObjectKey(bucket, "k"), if_match=old) == b"old"
    server.client().put_object(Bucket=bucket, Key="k", Body=b"new")
    with pytest.raises(Conflict):
        store.read(ObjectKey(bucket, "k"), if_match=old)


def test_a_torn_body_is_taken_up_where_it_broke_off(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    bucket = moto.bucket()
    etag = moto.client().put_object(Bucket=bucket, Key="k", Body=BODY)["ETag"]
    faulty.add(Fault(method("GET"), cut_after=300_000, times=2))
    store = open_store(moto, endpoint=faulty.endpoint)
    assert store.read(ObjectKey(bucket, "k")) == BODY
    gets = [asked for asked in faulty.asked if asked.method == "GET"]
    assert len(gets) == 3
    assert gets[1].headers["if-match"] == etag
    assert gets[1].headers["range"].startswith("bytes=300000-")


def test_an_object_replaced_while_it_is_read_is_never_mixed(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    bucket = moto.bucket(versioned=False)
    moto.client().put_object(Bucket=bucket, Key="k", Body=BODY)

    def replaced(body: bytes) -> bytes:
        moto.client().put_object(Bucket=bucket, Key="k", Body=BODY[::-1])
        return body

    faulty.add(Fault(method("GET"), cut_after=300_000, change=replaced))
    with pytest.raises(Conflict, match="replaced while it was read"):
        open_store(moto, endpoint=faulty.endpoint).read(ObjectKey(bucket, "k"))


def test_a_body_that_breaks_off_again_and_again_is_given_up(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    bucket = moto.bucket()
    moto.client().put_object(Bucket=bucket, Key="k", Body=BODY)
    faulty.add(Fault(method("GET"), cut_after=0, times=99))
    settings = TransferSettings(attempts=3, backoff_s=0.01)
    with pytest.raises(Unreachable):
        open_store(moto, endpoint=faulty.endpoint, settings=settings).read(ObjectKey(bucket, "k"))
    assert faulty.count(method("GET")) == 3


def test_a_server_that_ignores_ranges_is_found_out(moto: S3Server, faulty: FaultyServer, open_store: OpenStore) -> None:
    faulty.add(Fault(method("GET"), status=200, body=b"everything"))
    with pytest.raises(StrangeAnswer):
        open_store(moto, endpoint=faulty.endpoint).read(ObjectKey("b", "k"), start=4, length=2)


def is_ranged(asked: Asked) -> bool:
    return asked.method == "GET" and "range" in asked.headers


SILENCES = pytest.mark.parametrize(
    "silent", [Fault(is_ranged, hangs=True), Fault(is_ranged, silent_after=1000)], ids=["before", "in the middle"]
)


@SILENCES
def test_a_read_that_is_cancelled_while_the_server_is_silent_ends_and_hangs_up(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, silent: Fault
) -> None:
    bucket, key = moto.bucket(), "k"
    moto.client().put_object(Bucket=bucket, Key=key, Body=BODY)
    store = open_store(moto, endpoint=faulty.endpoint)
    facts = store.facts(ObjectKey(bucket, key))
    faulty.add(replace(silent))
    with pytest.raises(Cancelled):
        store.read(facts.key, length=facts.size, if_match=facts.etag, cancelled=lambda: faulty.hung > 0)
    assert store.requests.newest_first()[0].error == "cancelled"
    ended, _, _ = select.select(list(faulty.connections), [], [], 10)
    assert [connection.recv(1, socket.MSG_PEEK) for connection in ended] == [b""]
    read = store.read(facts.key, length=facts.size, if_match=facts.etag, cancelled=lambda: False)
    assert read == BODY


def test_a_read_that_may_be_cancelled_is_as_any_other(server: S3Server, store: S3Store, bucket: str) -> None:
    old = server.client().put_object(Bucket=bucket, Key="k", Body=BODY)["ETag"].strip('"')
    facts = store.facts(ObjectKey(bucket, "k"))
    for start, length in [(0, len(BODY)), (10, 5), (len(BODY) - 3, 100), (len(BODY), 5), (0, 0)]:
        read = store.read(facts.key, start=start, length=length, if_match=old, cancelled=lambda: False)
        assert read == BODY[start : start + length]
    server.client().put_object(Bucket=bucket, Key="k", Body=b"new")
    with pytest.raises(Conflict):
        store.read(facts.key, length=3, if_match=old, cancelled=lambda: False)
    assert store.read(facts.key, facts.version_id, length=3, if_match=old, cancelled=lambda: False) == BODY[:3]


def test_a_preview_begins_while_the_one_before_still_waits_for_its_range(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    bucket = moto.bucket()
    for name in ("old.txt", "new.txt"):
        moto.client().put_object(Bucket=bucket, Key=name, Body=name.encode())
    previews = Previews(open_store(moto, endpoint=faulty.endpoint))
    faulty.add(Fault(lambda asked: is_ranged(asked) and "old" in asked.target, times=9, hangs=True))
    with pytest.raises(Cancelled):
        previews.preview(ObjectKey(bucket, "old.txt"), cancelled=lambda: faulty.hung > 0)
    found = previews.preview(ObjectKey(bucket, "new.txt"), cancelled=lambda: False)
    assert isinstance(found.content, Text)
    assert found.content.lines == ("new.txt",)
    previews.close()
