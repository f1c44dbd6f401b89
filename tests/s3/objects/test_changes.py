"""Tags of a version, archived versions, and buckets changed as a whole, on both servers."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Conflict, NotFound, NotSupported
from s3ml_tui.domain.plans.plan import CopyForward, DeleteObject
from s3ml_tui.domain.storage.capabilities import PublicAccessBlock, Versioning
from s3ml_tui.domain.storage.store import VERSIONING_LASTS_BEFORE_CHANGES_S, VERSIONING_LASTS_S, Tier
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.connection.versioning_cache import Versionings
from s3ml_tui.s3.store import S3Store
from s3ml_tui.services.transfers.single_file import Objects
from s3ml_tui.services.undo.still_versioned import ensure_versioned_as_then
from s3ml_tui.services.versions.restore import Versions
from tests.s3.conftest import OpenStore
from tests.s3.faults import Fault, FaultyServer, anything, method, query
from tests.s3.seeing import versions_of
from tests.servers import S3Server

FaultyOf = Callable[[S3Server], FaultyServer]


@pytest.fixture
def faulty_of() -> Iterator[FaultyOf]:
    """A server in between."""
    with ExitStack() as stack:
        yield lambda server: stack.enter_context(FaultyServer(server.endpoint))


def test_tags_are_written_to_one_version_and_no_new_one_is_made(store: S3Store, bucket: str) -> None:
    key = ObjectKey(bucket, "k")
    old = store.write(key, b"1").version_id
    store.write(key, b"2")
    store.write_tags(key, {"team": "a b", "x": "+=._:/@-"}, old)
    assert store.tags(key, old) == {"team": "a b", "x": "+=._:/@-"}
    assert store.tags(key) == {}
    store.write_tags(key, {"now": "1"})
    assert store.tags(key) == {"now": "1"}
    store.write_tags(key, {}, old)
    assert store.tags(key, old) == {}
    assert len(versions_of(store, key)) == 2


def test_an_archived_version_is_made_readable(moto: S3Server, open_store: OpenStore) -> None:
    key, store = ObjectKey(moto.bucket(), "cold"), open_store(moto)
    moto.client().put_object(Bucket=key.bucket, Key=key.key, Body=b"cold", StorageClass="GLACIER")
    store.restore_from_archive(key, None, days=2, tier=Tier.BULK)
    assert "ongoing-request" in store.facts(key).states["Restore"]


def test_what_is_not_archived_cannot_be(server: S3Server, open_store: OpenStore) -> None:
    key, store = ObjectKey(server.bucket(), "warm"), open_store(server)
    store.write(key, b"warm")
    with pytest.raises(NotSupported):
        store.restore_from_archive(key, None, days=2, tier=Tier.STANDARD)


def test_versioning_is_suspended_and_switched_on_again(store: S3Store, bucket: str) -> None:
    store.suspend_versioning(bucket)
    assert store.bucket_facts(bucket).versioning is Versioning.SUSPENDED
    store.enable_versioning(bucket)
    assert store.bucket_facts(bucket).versioning is Versioning.ON


def test_the_block_of_public_access_is_taken_away(moto: S3Server, open_store: OpenStore) -> None:
    bucket, store = moto.bucket(), open_store(moto)
    store.block_public_access(bucket)
    assert store.bucket_facts(bucket).block is PublicAccessBlock.ON
    store.allow_public_access(bucket)
    assert store.bucket_facts(bucket).block is PublicAccessBlock.OFF


def test_a_server_without_the_block_says_so(seaweed: S3Server, open_store: OpenStore) -> None:
    with pytest.raises(NotSupported):
        open_store(seaweed).allow_public_access(seaweed.bucket())


def test_an_empty_bucket_is_deleted(store: S3Store, bucket: str) -> None:
    store.delete_bucket(bucket)
    assert not store.bucket_exists(bucket)


def test_a_bucket_with_an_old_version_is_not(moto: S3Server, open_store: OpenStore) -> None:
    bucket, store = moto.bucket(), open_store(moto)
    store.write(ObjectKey(bucket, "k"), b"1")
    store.delete(ObjectKey(bucket, "k"))
    with pytest.raises(Conflict, match="not empty"):
        store.delete_bucket(bucket)


def test_open_uploads_are_seen_and_thrown_away(server: S3Server, store: S3Store, bucket: str) -> None:
    begun = server.client().create_multipart_upload(Bucket=bucket, Key="d/big")["UploadId"]
    server.client().create_multipart_upload(Bucket=bucket, Key="other")
    [one] = store.open_uploads(Place(bucket, "d/"))
    assert (one.key, one.upload_id) == ("d/big", begun)
    store.abort_upload(ObjectKey(bucket, one.key), one.upload_id)
    store.abort_upload(ObjectKey(bucket, one.key), one.upload_id)
    assert store.open_uploads(Place(bucket, "d/")) == []
    assert len(store.open_uploads(Place(bucket))) == 1


def test_keys_that_stay_never_end(store: S3Store) -> None:
    assert store.credentials_end() is None


# whether a bucket keeps versions, remembered ------------------------------------------------------------------------


class Watch:
    """Tells the seconds that a test sets."""

    def __init__(self) -> None:
        self.at_s = 1000.0

    def __call__(self) -> float:
        return self.at_s


def watched(store: S3Store) -> Watch:
    """The clock of what a store remembers of buckets."""
    watch = Watch()
    store.habits.versionings = Versionings(watch)
    return watch


def test_versioning_is_one_signed_request_and_remembered_for_a_minute(
    server: S3Server, faulty_of: FaultyOf, open_store: OpenStore
) -> None:
    faulty, bucket = faulty_of(server), server.bucket()
    store = open_store(server, endpoint=faulty.endpoint)
    watch = watched(store)
    assert store.versioning(bucket) is Versioning.ON
    watch.at_s += VERSIONING_LASTS_S
    assert store.versioning(bucket) is Versioning.ON
    assert len(faulty.asked) == 1
    assert "authorization" in faulty.asked[0].headers
    watch.at_s += 1
    store.versioning(bucket)
    assert len(faulty.asked) == 2


def test_before_a_change_versioning_is_read_anew_after_ten_seconds(server: S3Server, open_store: OpenStore) -> None:
    bucket, store = server.bucket(), open_store(server)
    watch = watched(store)
    objects = Objects(store, Context(), lambda: datetime.now(UTC))
    key = ObjectKey(bucket, "k")
    store.write(key, b"old")
    assert store.versioning(bucket) is Versioning.ON
    open_store(server).suspend_versioning(bucket)
    watch.at_s += VERSIONING_LASTS_BEFORE_CHANGES_S
    early = objects.plan_delete(key)
    assert isinstance(early, DeleteObject)
    assert early.versioning is Versioning.ON  # as it was seen within the last seconds
    watch.at_s += 1
    late = objects.plan_delete(key)
    assert isinstance(late, DeleteObject)
    assert late.versioning is Versioning.SUSPENDED
    with pytest.raises(Conflict, match="keeps no versions any more"):
        ensure_versioned_as_then(store, early)
    assert store.read(key) == b"old"


def test_what_this_session_switches_is_seen_at_once(store: S3Store, bucket: str) -> None:
    assert store.versioning(bucket) is Versioning.ON
    store.suspend_versioning(bucket)
    assert store.versioning(bucket) is Versioning.SUSPENDED
    store.enable_versioning(bucket)
    assert store.versioning(bucket) is Versioning.ON


def test_of_many_that_want_to_know_at_once_one_asks(moto: S3Server, faulty_of: FaultyOf, open_store: OpenStore) -> None:
    faulty, bucket = faulty_of(moto), moto.bucket()
    store = open_store(moto, endpoint=faulty.endpoint)
    together = threading.Barrier(8)

    def ask(_: int) -> Versioning:
        together.wait(30)
        return store.versioning(bucket)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {Versioning.ON}
    assert len(faulty.asked) == 1


def test_who_may_not_see_versioning_is_told_that_it_is_unknown(
    moto: S3Server, faulty_of: FaultyOf, open_store: OpenStore
) -> None:
    faulty, bucket = faulty_of(moto), moto.bucket()
    body = b"<Error><Code>AccessDenied</Code></Error>"
    faulty.add(Fault(query("versioning"), times=1, status=403, body=body))
    store = open_store(moto, endpoint=faulty.endpoint)
    assert store.versioning(bucket) is Versioning.UNKNOWN
    with pytest.raises(NotFound, match="There is no bucket"):
        store.versioning("nobody-has-this")


def test_a_failure_to_see_versioning_is_told_to_all_that_wait_and_not_remembered(
    moto: S3Server, faulty_of: FaultyOf, open_store: OpenStore
) -> None:
    faulty, bucket = faulty_of(moto), moto.bucket()
    store = open_store(moto, endpoint=faulty.endpoint)
    body = b"<Error><Code>NoSuchBucket</Code></Error>"
    faulty.add(Fault(query("versioning"), times=1, status=404, body=body))
    with pytest.raises(NotFound):
        store.versioning(bucket)
    assert store.versioning(bucket) is Versioning.ON


# a delete of what was just seen -------------------------------------------------------------------------------------


def test_a_lost_answer_makes_no_second_marker_where_the_key_was_just_seen(
    server: S3Server, faulty_of: FaultyOf, open_store: OpenStore
) -> None:
    faulty, key = faulty_of(server), ObjectKey(server.bucket(), "k")
    store = open_store(server, endpoint=faulty.endpoint)
    seen = store.write(key, b"1").version_id
    faulty.add(Fault(method("DELETE"), is_answer_lost=True))
    marker = store.delete(key, expected=seen, was_just_seen=True)
    versions = versions_of(store, key)
    assert marker in {version.version_id for version in versions if version.is_delete_marker}
    assert len(versions) == 2
    assert faulty.count(method("DELETE")) == 1


def test_a_write_tells_when_the_server_answered(store: S3Store, bucket: str) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    made = store.write(ObjectKey(bucket, "k"), b"1")
    assert made.at is not None
    assert before <= made.at <= datetime.now(UTC) + timedelta(seconds=2)
    copied = store.copy(ObjectKey(bucket, "k"), made.version_id, ObjectKey(bucket, "copy"), over=None)
    assert copied.at is not None


def test_before_a_server_that_ignores_conditions_each_change_is_preceded_by_a_look(
    moto: S3Server, faulty_of: FaultyOf, open_store: OpenStore, tmp_path: Path
) -> None:
    faulty, key, client = faulty_of(moto), ObjectKey(moto.bucket(), "k"), moto.client()
    faulty.add(Fault(anything, times=1000, drops=frozenset({"if-match", "if-none-match"})))
    store = open_store(moto, endpoint=faulty.endpoint)
    objects = Objects(store, Context(), lambda: datetime.now(UTC))
    versions = Versions(store, Context(), lambda: datetime.now(UTC))
    file = tmp_path / "k"
    file.write_bytes(b"ours")
    for body in (b"1", b"2"):
        store.write(key, body)
    history = versions.whole_history(key)
    upload, delete = objects.plan_upload(file, key), objects.plan_delete(key)
    back = versions.plan_bring_back(history, history.versions[1])
    assert isinstance(delete, DeleteObject)
    assert isinstance(back, CopyForward)
    client.put_object(Bucket=key.bucket, Key=key.key, Body=b"somebody's")
    before = faulty.count(method("PUT", "DELETE"))
    with pytest.raises(Conflict):
        objects.upload(upload)
    with pytest.raises(Conflict):
        objects.delete(delete)
    with pytest.raises(Conflict):
        versions.perform(back)
    assert faulty.count(method("PUT", "DELETE")) == before
    assert store.read(key) == b"somebody's"
