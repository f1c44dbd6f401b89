"""Servers that lack a part of S3 or answer in a way of their own, played by a proxy before moto."""

import base64
import hashlib
from urllib.parse import urlsplit

import pytest

from s3ml_tui.domain.errors import Conflict, Denied, NotSupported
from s3ml_tui.domain.storage.capabilities import PublicAccessBlock, Versioning
from s3ml_tui.domain.storage.history import NULL_VERSION
from s3ml_tui.domain.storage.store import Doomed
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.store import S3Store
from tests.exhaustive import rows
from tests.s3.conftest import OpenStore
from tests.s3.faults import Asked, Fault, FaultyServer, method, query
from tests.s3.seeing import versions_of
from tests.servers import S3Server

ALWAYS = 1_000_000
PLAIN_LISTING = (
    b'<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
    b"<Name>b</Name><Prefix></Prefix><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated></ListBucketResult>"
)
NO_VERSION_LISTING = {
    "501": Fault(query("versions"), ALWAYS, 501, b"<Error><Code>NotImplemented</Code></Error>"),
    "405": Fault(query("versions"), ALWAYS, 405, b"<Error><Code>MethodNotAllowed</Code></Error>"),
    "a plain listing": Fault(query("versions"), ALWAYS, 200, PLAIN_LISTING),
}


def of_copies(asked: Asked) -> bool:
    return "x-amz-copy-source" in asked.headers


def of_folders(asked: Asked) -> bool:
    """Requests for one object whose key ends with a slash."""
    path, _, asks = asked.target.partition("?")
    return path.count("/") > 1 and path.endswith("/") and not asks


@pytest.fixture
def plain(moto: S3Server) -> str:
    """A bucket that keeps no versions."""
    return moto.bucket(versioned=False)


@pytest.fixture
def store(moto: S3Server, faulty: FaultyServer, open_store: OpenStore) -> S3Store:
    """A store behind the proxy."""
    return open_store(moto, endpoint=faulty.endpoint)


# no listing of versions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", rows(NO_VERSION_LISTING, ["a plain listing"]))
def test_where_no_versions_are_listed_the_current_one_is_the_history(
    fault: Fault, store: S3Store, faulty: FaultyServer, plain: str
) -> None:
    key = ObjectKey(plain, "d/a.txt")
    store.write(key, b"1")
    faulty.add(fault)
    [page] = list(store.history(key))
    [only] = page.versions
    assert (only.version_id, only.size, only.is_latest) == (NULL_VERSION, 1, True)
    assert page.missing == "this server lists no versions"
    assert versions_of(store, ObjectKey(plain, "never")) == []
    assert [[version.key.key for version in below] for below in store.versions_below(Place(plain))] == [["d/a.txt"]]
    assert faulty.count(query("versions")) == 1, "it is asked once, and remembered"
    with pytest.raises(NotSupported):
        store.list_page(Place(plain), with_deleted=True)


def test_where_no_versions_are_listed_only_what_was_seen_is_deleted(
    store: S3Store, faulty: FaultyServer, plain: str
) -> None:
    key = ObjectKey(plain, "a.txt")
    store.write(key, b"1")
    faulty.add(NO_VERSION_LISTING["501"])
    with pytest.raises(Conflict):
        store.delete(key, expected="another")
    assert store.delete(key, expected=NULL_VERSION) is None
    assert versions_of(store, key) == []


def test_what_a_probe_wrote_is_gone_where_no_versions_are_listed(
    store: S3Store, faulty: FaultyServer, moto: S3Server, plain: str
) -> None:
    faulty.add(NO_VERSION_LISTING["501"])
    store.probe(Place(plain))
    assert "Contents" not in moto.client().list_objects_v2(Bucket=plain)


# deleting many -----------------------------------------------------------------------------------------------------


def test_what_deletes_many_has_the_checksum_that_older_servers_ask_for(
    store: S3Store, faulty: FaultyServer, plain: str
) -> None:
    bodies: list[bytes] = []

    def kept(body: bytes) -> bytes:
        bodies.append(body)
        return body

    faulty.add(Fault(query("delete"), change_sent=kept))
    store.delete_many(plain, [Doomed("a"), Doomed("b")])
    [asked] = [asked for asked in faulty.asked if asked.method == "POST"]
    digest = hashlib.md5(bodies[0], usedforsecurity=False).digest()
    assert asked.headers["content-md5"] == base64.b64encode(digest).decode()


def test_what_an_answer_does_not_name_is_looked_at(
    store: S3Store, faulty: FaultyServer, moto: S3Server, plain: str
) -> None:
    for name in "ab":
        store.write(ObjectKey(plain, name), b"1")
    versioned = moto.bucket()
    ids = [str(store.write(ObjectKey(versioned, "k"), b"1").version_id) for _ in range(2)]
    nameless = b"<DeleteResult><Deleted></Deleted><Deleted></Deleted></DeleteResult>"
    faulty.add(Fault(query("delete"), ALWAYS, change=lambda _body: nameless))
    removed = store.delete_many(plain, [Doomed("a"), Doomed("b")])
    assert ([one.key for one, _ in removed.done], removed.failed) == (["a", "b"], [])
    assert len(store.delete_many(versioned, [Doomed("k", one) for one in ids]).done) == 2
    assert versions_of(store, ObjectKey(versioned, "k")) == []


# parts of objects --------------------------------------------------------------------------------------------------


def test_a_200_with_the_right_content_range_is_a_range(store: S3Store, faulty: FaultyServer, plain: str) -> None:
    key = ObjectKey(plain, "a.txt")
    store.write(key, b"0123456789")
    of_whole = {"x-amz-checksum-crc32": "AAAAAA=="}
    faulty.add(Fault(method("GET"), ALWAYS, as_status=200, headers=of_whole))
    assert store.read(key, start=2, length=3) == b"234"
    assert store.read(key, length=100) == b"0123456789"


def test_another_range_than_was_asked_for_is_refused(store: S3Store, faulty: FaultyServer, plain: str) -> None:
    key = ObjectKey(plain, "a.txt")
    store.write(key, b"0123456789")
    for status in (200, 206):
        shifted = {"Content-Range": "bytes 0-2/10"}
        faulty.add(Fault(method("GET"), as_status=status, sheds=frozenset({"content-range"}), headers=shifted))
        with pytest.raises(Exception, match="whole object where a part was asked for"):
            store.read(key, start=2, length=3)


# folders -----------------------------------------------------------------------------------------------------------


def test_an_empty_key_that_ends_with_a_slash_is_made_anew_not_copied(
    store: S3Store, faulty: FaultyServer, moto: S3Server, plain: str
) -> None:
    old, new = ObjectKey(plain, "old/"), ObjectKey(plain, "new/")
    moto.client().put_object(Bucket=plain, Key="old/", Metadata={"owner": "a"}, ContentType="x/y", Tagging="team=ml")
    faulty.add(Fault(of_copies, ALWAYS, 400, b"<Error><Code>InvalidArgument</Code></Error>"))
    store.copy(old, None, new, over=None)
    found = store.facts(new)
    assert (found.size, found.content_type, found.metadata["owner"]) == (0, "x/y", "a")
    assert store.tags(new) == {"team": "ml"}
    with pytest.raises(Conflict):
        store.copy(old, None, new, over=None)


def test_a_folder_without_an_etag_is_written_and_looked_at(store: S3Store, faulty: FaultyServer, plain: str) -> None:
    folder = ObjectKey(plain, "d/")
    faulty.add(Fault(of_folders, ALWAYS, sheds=frozenset({"etag"}), headers={"x-amz-request-id": "1"}))
    assert store.write(folder, b"").etag == ""
    assert store.facts(folder).size == 0


# what a server passes over ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"one\n", b'<?xml version="1.0"?><page/>', b"<Tagging><TagSet/></Tagging>"])
def test_the_object_itself_is_no_answer_about_its_tags(
    body: bytes, store: S3Store, faulty: FaultyServer, plain: str
) -> None:
    key = ObjectKey(plain, "a.xml")
    etag = store.write(key, body).etag
    faulty.add(Fault(query("tagging"), ALWAYS, 200, body, {"ETag": f'"{etag}"', "x-amz-request-id": "1"}))
    with pytest.raises(NotSupported, match="keeps no tags"):
        store.tags(key)


@pytest.mark.parametrize("subresource", ["versioning", "publicAccessBlock"])
def test_a_bucket_that_is_there_already_means_that_a_subresource_is_not_known(
    subresource: str, store: S3Store, faulty: FaultyServer, plain: str
) -> None:
    taken = b"<Error><Code>BucketAlreadyExists</Code></Error>"
    faulty.add(Fault(lambda asked: asked.method == "PUT" and query(subresource)(asked), ALWAYS, 409, taken))
    switch = store.enable_versioning if subresource == "versioning" else store.block_public_access
    with pytest.raises(NotSupported):
        switch(plain)


def test_a_listing_is_no_answer_about_the_block(store: S3Store, faulty: FaultyServer, plain: str) -> None:
    faulty.add(Fault(query("publicAccessBlock"), ALWAYS, 200, PLAIN_LISTING))
    assert store.bucket_facts(plain).block is PublicAccessBlock.UNSUPPORTED


def test_who_does_not_know_versioning_keeps_no_versions(store: S3Store, faulty: FaultyServer, plain: str) -> None:
    faulty.add(Fault(query("versioning"), ALWAYS, 501, b"<Error><Code>NotImplemented</Code></Error>"))
    assert store.versioning(plain, at_most_s=0) is Versioning.OFF
    assert store.bucket_facts(plain).versioning is Versioning.OFF


def test_no_upload_is_no_trouble(store: S3Store, faulty: FaultyServer, plain: str) -> None:
    faulty.add(Fault(query("uploads"), ALWAYS, 404, b"<Error><Code>NoSuchUpload</Code></Error>"))
    assert list(store.open_uploads(Place(plain))) == []


def test_the_block_is_never_taken_away_by_a_delete_that_may_be_taken_for_the_buckets(
    store: S3Store, faulty: FaultyServer, plain: str
) -> None:
    store.block_public_access(plain)
    store.allow_public_access(plain)
    assert store.bucket_facts(plain).block is PublicAccessBlock.OFF
    assert not [asked for asked in faulty.asked if asked.method == "DELETE" and urlsplit(asked.target).query]


def test_nothing_is_tried_where_it_could_not_be_removed_again(moto: S3Server, store: S3Store) -> None:
    bucket, client = f"{moto.bucket()}-lock", moto.client()
    client.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    assert not store.retains(bucket)
    client.put_object_lock_configuration(
        Bucket=bucket,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
        },
    )
    assert store.retains(bucket)
    with pytest.raises(NotSupported, match="could not be removed again"):
        store.probe(Place(bucket))
    assert "Versions" not in client.list_object_versions(Bucket=bucket)


# what these credentials may not see -------------------------------------------------------------------------------

DENIED = b"<Error><Code>AccessDenied</Code></Error>"


def test_a_closed_history_is_asked_for_by_three_names_of_a_folder_and_what_is_current_is_deleted(
    store: S3Store, faulty: FaultyServer, plain: str
) -> None:
    keys = [ObjectKey(plain, f"d/{name}") for name in "abcdef"]
    for key in keys:
        store.write(key, b"1")
    faulty.add(Fault(query("versions"), ALWAYS, 403, DENIED))
    for key in keys:
        with pytest.raises(Denied) as refusal:
            versions_of(store, key)
        assert refusal.value.action == "s3:ListBucketVersions"
    assert faulty.count(query("versions")) == 3
    with pytest.raises(Denied):
        versions_of(store, keys[0])
    assert faulty.count(query("versions")) == 4, "who tries one again is asked"
    with pytest.raises(Denied):
        versions_of(store, ObjectKey(plain, "elsewhere/a"))
    assert faulty.count(query("versions")) == 5
    with pytest.raises(Conflict):
        store.delete(keys[0], expected="another")
    assert store.delete(keys[0], expected=NULL_VERSION) is None


def test_versioning_that_may_not_be_seen_is_asked_for_once(store: S3Store, faulty: FaultyServer, plain: str) -> None:
    faulty.add(Fault(query("versioning"), ALWAYS, 403, DENIED))
    assert {store.versioning(plain, at_most_s=0.000001) for _ in range(3)} == {Versioning.UNKNOWN}
    assert faulty.count(query("versioning")) == 1
    assert store.versioning(plain, at_most_s=0) is Versioning.UNKNOWN
    assert faulty.count(query("versioning")) == 2
