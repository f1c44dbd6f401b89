"""Tags of a version, archived versions, and buckets changed as a whole, on both servers."""

import pytest

from s3ml_tui.domain.errors import Conflict, NotSupported
from s3ml_tui.domain.storage.capabilities import PublicAccessBlock, Versioning
from s3ml_tui.domain.storage.store import Tier
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.store import S3Store
from tests.s3.conftest import OpenStore
from tests.s3.seeing import versions_of
from tests.servers import S3Server


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
    store.thaw(key, None, days=2, tier=Tier.BULK)
    assert "ongoing-request" in store.facts(key).states["Restore"]


def test_what_is_not_archived_cannot_be(server: S3Server, open_store: OpenStore) -> None:
    key, store = ObjectKey(server.bucket(), "warm"), open_store(server)
    store.write(key, b"warm")
    with pytest.raises(NotSupported):
        store.thaw(key, None, days=2, tier=Tier.STANDARD)


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
