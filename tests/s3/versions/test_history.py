"""All versions and delete markers of exactly one key."""

import pytest

from s3ml_tui.domain.errors import Cancelled, StrangeAnswer
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.parsing.fast_listing_xml import RawVersion
from s3ml_tui.s3.parsing.listing_scope import is_same
from s3ml_tui.s3.settings import TransferSettings
from s3ml_tui.s3.store import S3Store
from s3ml_tui.s3.versions.history import newest_first
from tests.s3.conftest import OpenStore
from tests.s3.faults import Fault, FaultyServer, query
from tests.s3.seeing import versions_of
from tests.servers import S3Server

ESCAPE = "report[v2] [bold]\x1b[31m.csv"


def test_a_txt_never_shows_a_txt_bak(server: S3Server, store: S3Store, bucket: str) -> None:
    client = server.client()
    ids = []
    for name in ("a.txt", "a.txt.bak", "a.txt", "a.tx", "a.txt/inner"):
        made = client.put_object(Bucket=bucket, Key=name, Body=name.encode())
        if name == "a.txt":
            ids.append(made["VersionId"])
    found = versions_of(store, ObjectKey(bucket, "a.txt"))
    assert [version.version_id for version in found] == ids[::-1]
    assert [version.is_latest for version in found] == [True, False]
    assert {version.key.key for version in found} == {"a.txt"}


def test_markers_stand_among_the_versions_newest_first(seaweed: S3Server, open_store: OpenStore) -> None:
    bucket = seaweed.bucket()
    client, key = seaweed.client(), ObjectKey(bucket, "k")
    expected = []
    for step in ("put", "delete", "put", "delete", "put"):
        if step == "put":
            expected.append((client.put_object(Bucket=bucket, Key="k", Body=b"x")["VersionId"], False))
        else:
            expected.append((client.delete_object(Bucket=bucket, Key="k")["VersionId"], True))
    found = versions_of(open_store(seaweed), key)
    assert [(version.version_id, version.is_delete_marker) for version in found] == expected[::-1]


def test_a_deleted_key_has_its_marker_on_top(server: S3Server, store: S3Store, bucket: str) -> None:
    client = server.client()
    client.put_object(Bucket=bucket, Key="k", Body=b"x")
    marker = client.delete_object(Bucket=bucket, Key="k")["VersionId"]
    found = versions_of(store, ObjectKey(bucket, "k"))
    assert [version.is_delete_marker for version in found] == [True, False]
    assert found[0].version_id == marker
    assert (found[0].size, found[0].etag) == (0, "")


def test_a_key_that_never_was_has_an_empty_history(store: S3Store, bucket: str) -> None:
    assert versions_of(store, ObjectKey(bucket, "never")) == []


def test_an_unversioned_bucket_gives_the_one_version_null(server: S3Server, store: S3Store) -> None:
    bucket = server.bucket(versioned=False)
    server.client().put_object(Bucket=bucket, Key="k", Body=b"abc")
    (only,) = versions_of(store, ObjectKey(bucket, "k"))
    assert (only.version_id, only.size, only.is_latest) == ("null", 3, True)


def test_all_pages_of_a_long_history_are_read(server: S3Server, open_store: OpenStore, bucket: str) -> None:
    client = server.client()
    ids = [client.put_object(Bucket=bucket, Key="k", Body=b"%d" % number)["VersionId"] for number in range(23)]
    client.put_object(Bucket=bucket, Key="k2", Body=b"x")
    store = open_store(server, settings=TransferSettings(page_size=4))
    pages = list(store.history(ObjectKey(bucket, "k")))
    assert len(pages) >= 6
    assert [page.is_last for page in pages] == [False] * (len(pages) - 1) + [True]
    assert [version.version_id for page in pages for version in page.versions] == ids[::-1]


def test_neighbours_are_not_paged_through(seaweed: S3Server, faulty: FaultyServer, open_store: OpenStore) -> None:
    bucket = seaweed.bucket()
    for number in range(30):
        seaweed.client().put_object(Bucket=bucket, Key=f"k{number:02}", Body=b"x")
    seaweed.client().put_object(Bucket=bucket, Key="k", Body=b"x")
    with FaultyServer(seaweed.endpoint) as between:
        store = open_store(seaweed, endpoint=between.endpoint, settings=TransferSettings(page_size=5))
        assert len(versions_of(store, ObjectKey(bucket, "k"))) == 1
        assert between.count(query("versions")) == 1


def test_neighbours_that_a_tree_puts_first_hide_no_version(
    server: S3Server, open_store: OpenStore, bucket: str
) -> None:
    client = server.client()
    ids = [client.put_object(Bucket=bucket, Key="k", Body=b"x")["VersionId"] for _ in range(5)]
    for number in range(7):
        client.put_object(Bucket=bucket, Key=f"k-{number}", Body=b"x")
    store = open_store(server, settings=TransferSettings(page_size=6))
    assert [version.version_id for version in versions_of(store, ObjectKey(bucket, "k"))] == ids[::-1]


def test_the_history_of_a_name_with_an_escape_in_it_is_exact(seaweed: S3Server, open_store: OpenStore) -> None:
    bucket, client = seaweed.bucket(), seaweed.client()
    ids = [client.put_object(Bucket=bucket, Key=ESCAPE, Body=b"%d" % number)["VersionId"] for number in range(7)]
    client.put_object(Bucket=bucket, Key=ESCAPE.replace("\x1b", "\x07"), Body=b"other")
    client.put_object(Bucket=bucket, Key=ESCAPE + "\x1b", Body=b"other")
    for page_size in (3, 1000):
        store = open_store(seaweed, settings=TransferSettings(page_size=page_size))
        found = versions_of(store, ObjectKey(bucket, ESCAPE))
        assert [version.version_id for version in found] == ids[::-1]
        assert {version.key.key for version in found} == {ESCAPE}
    assert store.read(ObjectKey(bucket, ESCAPE), ids[2]) == b"2"


def test_a_cancelled_history_stops(store: S3Store, bucket: str) -> None:
    with pytest.raises(Cancelled):
        list(store.history(ObjectKey(bucket, "k"), cancelled=lambda: True))


def test_a_history_that_is_no_listing_is_an_error(moto: S3Server, faulty: FaultyServer, open_store: OpenStore) -> None:
    faulty.add(Fault(query("versions"), status=200, body=b""))
    with pytest.raises(StrangeAnswer):
        versions_of(open_store(moto, endpoint=faulty.endpoint), ObjectKey("b", "k"))


def raw(version_id: str, modified: float, *, latest: bool = False, marker: bool = False) -> RawVersion:
    return RawVersion("k", version_id, latest, marker, modified, 0, "", "")


def test_the_servers_order_stands_even_against_the_times() -> None:
    multipart_begun_early = [raw("3", 1, latest=True), raw("2", 5), raw("1", 3, marker=True)]
    assert newest_first(multipart_begun_early) == multipart_begun_early


def test_versions_listed_before_all_markers_are_merged_by_time() -> None:
    entries = [raw("4", 4), raw("2", 2), raw("5", 5, latest=True, marker=True), raw("3", 3, marker=True)]
    assert [entry.version_id for entry in newest_first(entries)] == ["5", "4", "3", "2"]


@pytest.mark.parametrize(
    ("echo", "asked", "same"),
    [
        ("a", "a", True),
        ("a\ufffdb", "a\x1bb", True),
        ("a\ufffdb", "a\ufffdb", True),
        ("a\ufffdb", "a-b", False),
        ("a\ufffdb", "a\x1bbc", False),
        ("a\ufffdc", "a\x1bb", False),
        ("ab", "a\x1b", False),
    ],
)
def test_only_control_characters_may_be_lost(echo: str, asked: str, *, same: bool) -> None:
    assert is_same(echo, asked) is same
