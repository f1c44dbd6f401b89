"""One level page by page, exactly what is there."""

import pytest

from s3ml_tui.domain.errors import Denied, NotFound, ServerFault, StrangeAnswer
from s3ml_tui.domain.uri import Place
from s3ml_tui.s3.settings import TransferSettings
from s3ml_tui.s3.store import S3Store
from tests.exhaustive import rows
from tests.s3.conftest import OpenStore
from tests.s3.faults import Fault, FaultyServer, query
from tests.s3.seeing import pages_of
from tests.servers import S3Server

FIVE_A_PAGE = TransferSettings(page_size=5, backoff_s=0.01)
HOSTILE = ["report[v2] [bold]\x1b[31m.csv", "[/bold]", "a b+c%20&<é>'\".txt", "\ttab", "bell\x07"]


def put(server: S3Server, bucket: str, *keys: str) -> None:
    for key in keys:
        server.client().put_object(Bucket=bucket, Key=key, Body=key.encode())


def test_a_level_shows_its_folders_and_objects_and_nothing_below(server: S3Server, store: S3Store, bucket: str) -> None:
    put(server, bucket, "data/a.csv", "data/raw/b.csv", "data/raw/c.csv", "data/z.csv", "other.txt")
    page = store.list_page(Place(bucket, "data/"))
    assert list(page.prefixes) == ["data/raw/"]
    assert list(page.keys) == ["data/a.csv", "data/z.csv"]
    assert list(page.sizes) == [len("data/a.csv"), len("data/z.csv")]
    assert page.storage_classes == ["STANDARD", "STANDARD"]
    assert all(len(etag) == 32 for etag in page.etags)
    head = server.client().head_object(Bucket=bucket, Key="data/a.csv")
    assert int(page.modified[0]) == int(head["LastModified"].timestamp())
    assert page.next is None


def test_a_recursive_listing_shows_everything_below(server: S3Server, store: S3Store, bucket: str) -> None:
    put(server, bucket, "data/a.csv", "data/raw/b.csv", "other.txt")
    (page,) = pages_of(store, Place(bucket, "data/"), is_recursive=True)
    assert list(page.keys) == ["data/a.csv", "data/raw/b.csv"]
    assert list(page.prefixes) == []


@pytest.mark.parametrize("with_deleted", [False, True])
def test_pages_join_to_the_whole_level(
    server: S3Server, open_store: OpenStore, bucket: str, *, with_deleted: bool
) -> None:
    names = [f"d/{number:03}.txt" for number in range(23)]
    put(server, bucket, *names, "d/sub/x", "e")
    pages = pages_of(open_store(server, settings=FIVE_A_PAGE), Place(bucket, "d/"), with_deleted=with_deleted)
    assert len(pages) >= 4
    assert [key for page in pages for key in page.keys] == names
    assert [prefix for page in pages for prefix in page.prefixes] == ["d/sub/"]


def test_the_deleted_are_listed_on_request_also_below_a_folder_that_has_nothing_else(
    server: S3Server, open_store: OpenStore, bucket: str
) -> None:
    put(server, bucket, "d/kept", "d/gone", "d/back", "d/sub/gone", *[f"d/x{number}" for number in range(7)])
    client = server.client()
    markers = {
        key: client.delete_object(Bucket=bucket, Key=key)["VersionId"] for key in ("d/gone", "d/back", "d/sub/gone")
    }
    put(server, bucket, "d/back")
    store = open_store(server, settings=FIVE_A_PAGE)
    pages = pages_of(store, Place(bucket, "d/"), with_deleted=True)
    assert [key for page in pages for key in page.deleted.keys] == ["d/gone"]
    assert [one for page in pages for one in page.deleted.version_ids] == [markers["d/gone"]]
    assert [key for page in pages for key in page.keys] == [
        "d/back",
        "d/kept",
        *[f"d/x{number}" for number in range(7)],
    ]
    assert [prefix for page in pages for prefix in page.prefixes] == ["d/sub/"]
    plain = pages_of(store, Place(bucket, "d/"))
    assert not [key for page in plain for key in page.deleted.keys]


def test_hostile_names_are_listed_as_they_are(server: S3Server, store: S3Store, bucket: str) -> None:
    put(server, bucket, *[f"d/{name}" for name in HOSTILE])
    page = store.list_page(Place(bucket, "d/"), is_recursive=True)
    assert sorted(page.keys) == sorted(f"d/{name}" for name in HOSTILE)


def test_control_characters_lost_by_the_server_are_found_again_in_names_of_deleted_objects(
    seaweed: S3Server, open_store: OpenStore
) -> None:
    bucket = seaweed.bucket()
    names = ["a\x1bb", "a\x07b", "\x1b[31m\x01.csv", "x\ufffdy", "f\x1b/inner"]
    put(seaweed, bucket, *[f"d/{name}" for name in names], *[f"d/{letter}" for letter in "pqrst"])
    for name in (*names[:3], *names[4:]):
        seaweed.client().delete_object(Bucket=bucket, Key=f"d/{name}")
    settings = TransferSettings(page_size=2)
    pages = pages_of(open_store(seaweed, settings=settings), Place(bucket, "d/"), with_deleted=True)
    assert sorted(key for page in pages for key in page.deleted.keys) == sorted(f"d/{name}" for name in names[:3])
    assert sorted(key for page in pages for key in page.keys) == ["d/p", "d/q", "d/r", "d/s", "d/t", "d/x\ufffdy"]
    assert [prefix for page in pages for prefix in page.prefixes] == ["d/f\x1b/"]


@pytest.mark.parametrize(
    "body", [b"", b"<html><body>Please log in</body></html>", b"<OtherResult/>", b'{"objects": []}', b"\x1b[2Jnot xml"]
)
@pytest.mark.parametrize("with_deleted", [False, True])
def test_an_answer_that_is_no_listing_is_never_an_empty_level(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, body: bytes, *, with_deleted: bool
) -> None:
    faulty.add(Fault(query("prefix="), status=200, body=body, times=9))
    with pytest.raises(StrangeAnswer) as raised:
        open_store(moto, endpoint=faulty.endpoint).list_page(Place("anything"), with_deleted=with_deleted)
    assert "no listing" in raised.value.sentence
    assert "\x1b" not in raised.value.sentence


OTHERS: dict[str, tuple[bytes, bytes]] = {
    "of another bucket": (b"<Name>", b"<Name>not-"),
    "of another prefix, and empty": (b"<Prefix>e</Prefix>", b"<Prefix>f</Prefix>"),
    "of all prefixes": (b"<Prefix>e</Prefix>", b"<Prefix/>"),
}


@pytest.mark.parametrize("with_deleted", [False, True])
@pytest.mark.parametrize("change", rows(OTHERS, OTHERS))
def test_a_listing_of_another_place_is_never_taken_for_what_was_asked(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, change: tuple[bytes, bytes], *, with_deleted: bool
) -> None:
    bucket = moto.bucket()
    store = open_store(moto, endpoint=faulty.endpoint)
    assert store.list_page(Place(bucket, "e"), with_deleted=with_deleted).keys == []
    faulty.add(Fault(query("prefix=e"), change=lambda body: body.replace(*change), times=9))
    with pytest.raises(StrangeAnswer, match="is of another"):
        store.list_page(Place(bucket, "e"), with_deleted=with_deleted)


@pytest.mark.parametrize("with_deleted", [False, True])
def test_names_that_lie_elsewhere_are_never_taken_for_what_was_asked(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, *, with_deleted: bool
) -> None:
    """The server does not say what it listed; what lies beside the prefix tells on it."""
    bucket = moto.bucket()
    put(moto, bucket, "d/a", "d/b", "e/a")

    def without_prefix(body: bytes) -> bytes:
        return body.replace(b"<Prefix>d/</Prefix>", b"").replace(b"d/b", b"e/b")

    faulty.add(Fault(query("prefix=d"), change=without_prefix, times=9))
    with pytest.raises(StrangeAnswer, match="is of another prefix"):
        open_store(moto, endpoint=faulty.endpoint).list_page(Place(bucket, "d/"), with_deleted=with_deleted)


def test_an_answer_that_is_no_listing_is_never_an_account_without_buckets(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    faulty.add(Fault(lambda asked: asked.target.startswith("/?") or asked.target == "/", status=200, body=b"<html/>"))
    store = open_store(moto, endpoint=faulty.endpoint)
    with pytest.raises(StrangeAnswer):
        store.buckets()
    moto.bucket()
    assert len(store.buckets()) == 1


def test_a_listing_that_was_cut_short_is_asked_for_again(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    bucket = moto.bucket()
    put(moto, bucket, "a", "b")
    faulty.add(Fault(query("list-type=2"), change=lambda body: body[:-40]))
    page = open_store(moto, endpoint=faulty.endpoint).list_page(Place(bucket))
    assert list(page.keys) == ["a", "b"]


def test_a_listing_that_is_always_cut_short_is_an_error(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    bucket = moto.bucket()
    put(moto, bucket, "a", "b")
    faulty.add(Fault(query("list-type=2"), change=lambda body: body[:-40], times=99))
    settings = TransferSettings(attempts=2)
    with pytest.raises(ServerFault):
        open_store(moto, endpoint=faulty.endpoint, settings=settings).list_page(Place(bucket))


def test_control_characters_that_xml_forbids_are_read_all_the_same(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    bucket = moto.bucket()
    put(moto, bucket, "a-b", "c-d")
    forbidden = {b"a-b": b"a&#x1b;b", b"c-d": b"c\x07d&#27;"}

    def change(body: bytes) -> bytes:
        for plain, control in forbidden.items():
            body = body.replace(plain, control)
        return body

    faulty.add(Fault(query("list-type=2"), change=change))
    assert list(open_store(moto, endpoint=faulty.endpoint).list_page(Place(bucket)).keys) == ["a\x1bb", "c\x07d\x1b"]


def test_a_bucket_that_is_not_there_is_told(store: S3Store) -> None:
    with pytest.raises(NotFound, match="no bucket nobody-has-this"):
        store.list_page(Place("nobody-has-this"))


def test_a_refusal_names_the_action_that_is_missing(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    faulty.add(Fault(query("list-type=2"), status=403))
    faulty.add(Fault(query("versions"), status=403, body=b"<Error><Code>AccessDenied</Code></Error>"))
    store = open_store(moto, endpoint=faulty.endpoint)
    with pytest.raises(Denied) as plain:
        store.list_page(Place("theirs"))
    assert plain.value.action == "s3:ListBucket"
    with pytest.raises(Denied) as versions:
        store.list_page(Place("theirs"), with_deleted=True)
    assert versions.value.action == "s3:ListBucketVersions"
    assert "s3:ListBucketVersions" in versions.value.sentence


def test_a_server_that_gives_the_same_page_for_ever_is_stopped(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    more = b"<IsTruncated>true</IsTruncated><NextContinuationToken>x</NextContinuationToken>"
    body = b"<ListBucketResult>" + more + b"</ListBucketResult>"
    faulty.add(Fault(query("list-type=2"), status=200, body=body, times=99))
    store = open_store(moto, endpoint=faulty.endpoint)
    with pytest.raises(StrangeAnswer, match="does not go on"):
        pages_of(store, Place("b"))
