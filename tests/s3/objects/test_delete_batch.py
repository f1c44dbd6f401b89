"""Deleting many at once, and seeing all that is below a place, on both servers and under faults."""

import pytest

from s3ml_tui.domain.errors import Denied
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.storage.store import Doomed
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.store import S3Store
from tests.s3.conftest import OpenStore
from tests.s3.faults import Fault, FaultyServer, query
from tests.s3.seeing import versions_of
from tests.servers import S3Server

NAMES = ("a", "d/b", "d/ä ö+&<>", "d/two  blanks", "e")


def below(store: S3Store, place: Place) -> list[Version]:
    return [version for page in store.versions_below(place) for version in page]


def test_keys_get_markers_and_versions_are_gone_for_good(store: S3Store, bucket: str) -> None:
    keys = [ObjectKey(bucket, name) for name in NAMES]
    made = [store.write(key, b"x").version_id for key in keys]
    removed = store.delete_many(bucket, [Doomed(key.key) for key in keys])
    assert not removed.failed
    markers = {doomed.key: marker for doomed, marker in removed.done}
    for key in keys:
        top, *rest = versions_of(store, key)
        assert top.is_delete_marker
        assert top.version_id == markers[key.key]
        assert [version.is_delete_marker for version in rest] == [False]
    doomed = [Doomed(key.key, version) for key, version in zip(keys, made, strict=True)]
    assert [one for one, _ in store.delete_many(bucket, doomed).done] == doomed
    assert all(len(versions_of(store, key)) == 1 for key in keys)
    tops = [Doomed(key.key, versions_of(store, key)[0].version_id) for key in keys]
    removed = store.delete_many(bucket, tops)
    assert [one for one, _ in removed.done] == tops
    assert all(versions_of(store, key) == [] for key in keys)


def test_everything_below_a_place_is_seen_with_its_versions_and_markers(store: S3Store, bucket: str) -> None:
    for name in NAMES:
        store.write(ObjectKey(bucket, name), b"1")
    store.write(ObjectKey(bucket, "d/b"), b"22")
    store.delete(ObjectKey(bucket, "e"))
    found = below(store, Place(bucket, "d/"))
    assert sorted({version.key.key for version in found}) == sorted(name for name in NAMES if name.startswith("d/"))
    assert [version.size for version in found if version.key.key == "d/b" and version.is_latest] == [2]
    whole = below(store, Place(bucket))
    assert len(whole) == len(NAMES) + 2
    assert [version.is_delete_marker for version in whole if version.key.key == "e" and version.is_latest] == [True]
    assert below(store, Place(bucket, "none/")) == []


def test_keys_that_xml_cannot_hold_are_deleted_one_by_one(seaweed: S3Server, open_store: OpenStore) -> None:
    bucket, store = seaweed.bucket(), open_store(seaweed)
    keys = [ObjectKey(bucket, "escape\x1b["), ObjectKey(bucket, "plain")]
    for key in keys:
        store.write(key, b"x")
    removed = store.delete_many(bucket, [Doomed(key.key) for key in keys])
    assert {one.key for one, _ in removed.done} == {key.key for key in keys}
    assert all(versions_of(store, key)[0].is_delete_marker for key in keys)


def test_a_locked_version_is_refused_by_name_and_the_others_go(seaweed: S3Server, open_store: OpenStore) -> None:
    bucket, client = f"{seaweed.bucket()}-lock", seaweed.client()
    client.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    store = open_store(seaweed)
    held, free = ObjectKey(bucket, "held"), ObjectKey(bucket, "free")
    made = {key: store.write(key, b"x").version_id for key in (held, free)}
    client.put_object_legal_hold(
        Bucket=bucket, Key="held", VersionId=made[held], LegalHold={"Status": "ON"}, ChecksumAlgorithm="SHA256"
    )
    removed = store.delete_many(bucket, [Doomed(key.key, version) for key, version in made.items()])
    assert [one.key for one, _ in removed.done] == ["free"]
    [(refused, error)] = removed.failed
    assert refused.key == "held"
    assert isinstance(error, Denied)
    assert error.action == "s3:DeleteObjectVersion"


def test_a_lost_answer_makes_no_second_marker(moto: S3Server, faulty: FaultyServer, open_store: OpenStore) -> None:
    bucket = moto.bucket()
    keys = [ObjectKey(bucket, name) for name in NAMES]
    direct, store = open_store(moto), open_store(moto, endpoint=faulty.endpoint)
    for key in keys:
        direct.write(key, b"x")
    faulty.add(Fault(query("delete"), is_answer_lost=True))
    removed = store.delete_many(bucket, [Doomed(key.key) for key in keys])
    assert len(removed.done) == len(keys)
    assert all(len(versions_of(direct, key)) == 2 for key in keys)
    assert {marker for _, marker in removed.done} == {versions_of(direct, key)[0].version_id for key in keys}


def test_a_server_without_it_is_asked_one_by_one(moto: S3Server, faulty: FaultyServer, open_store: OpenStore) -> None:
    bucket = moto.bucket()
    store = open_store(moto, endpoint=faulty.endpoint)
    keys = [ObjectKey(bucket, name) for name in "ab"]
    for key in keys:
        store.write(key, b"x")
    faulty.add(Fault(query("delete"), 10, 501))
    assert len(store.delete_many(bucket, [Doomed(key.key) for key in keys]).done) == 2
    assert all(versions_of(store, key)[0].is_delete_marker for key in keys)


def test_a_refusal_of_all_is_raised(moto: S3Server, faulty: FaultyServer, open_store: OpenStore) -> None:
    bucket = moto.bucket()
    store = open_store(moto, endpoint=faulty.endpoint)
    faulty.add(Fault(query("delete"), 10, 403, b"<Error><Code>AccessDenied</Code></Error>"))
    with pytest.raises(Denied):
        store.delete_many(bucket, [Doomed("a"), Doomed("b")])
