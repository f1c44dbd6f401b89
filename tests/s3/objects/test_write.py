"""Writes from memory: conditions, and lost answers that make no second version."""

import pytest

from s3ml_tui.domain.errors import BadInput, Conflict, Corrupted, Denied, ServerFault, Throttled
from s3ml_tui.domain.storage.store import OPERATION
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.settings import TransferSettings
from s3ml_tui.s3.store import S3Store
from tests.s3.conftest import OpenStore
from tests.s3.faults import Fault, FaultyServer, method
from tests.s3.seeing import versions_of
from tests.servers import S3Server


def test_a_write_tells_what_it_made(server: S3Server, store: S3Store, bucket: str) -> None:
    key = ObjectKey(bucket, "a/k.json")
    made = store.write(key, b"{}", content_type="application/json", metadata={"who": "me"}, operation="op1")
    head = server.client().head_object(Bucket=bucket, Key="a/k.json")
    assert (made.version_id, made.size) == (head["VersionId"], 2)
    assert made.etag == head["ETag"].strip('"')
    assert made.sha256 == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert head["Metadata"] == {"who": "me", OPERATION: "op1"}
    assert head["ContentType"] == "application/json"


def test_a_second_create_is_a_conflict(store: S3Store, bucket: str) -> None:
    key = ObjectKey(bucket, "claim")
    store.write(key, b"mine", if_absent=True)
    with pytest.raises(Conflict):
        store.write(key, b"yours", if_absent=True)
    assert store.read(key) == b"mine"


def test_a_replacement_must_meet_the_etag_it_expects(store: S3Store, bucket: str) -> None:
    key = ObjectKey(bucket, "k")
    first = store.write(key, b"1")
    store.write(key, b"2", if_match=first.etag)
    with pytest.raises(Conflict):
        store.write(key, b"3", if_match=first.etag)
    assert store.read(key) == b"2"


def test_a_create_that_meets_its_own_operation_is_success(store: S3Store, bucket: str) -> None:
    key = ObjectKey(bucket, "claim")
    first = store.write(key, b"mine", if_absent=True, operation="op7")
    assert store.write(key, b"mine", if_absent=True, operation="op7") == first
    assert len(versions_of(store, key)) == 1


@pytest.mark.parametrize("conditions", [{}, {"if_absent": True}])
def test_a_lost_answer_makes_no_second_version(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, conditions: dict[str, bool]
) -> None:
    key = ObjectKey(moto.bucket(), "k")
    faulty.add(Fault(method("PUT"), is_answer_lost=True))
    store = open_store(moto, endpoint=faulty.endpoint)
    made = store.write(key, b"once", **conditions)  # type: ignore[arg-type]  # the values are the two flags' own
    (only,) = versions_of(store, key)
    assert only.version_id == made.version_id
    assert faulty.count(method("PUT")) == 1


def test_a_lost_answer_is_recognised_under_what_others_wrote_on_top(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    key = ObjectKey(moto.bucket(), "k")

    def buried(_body: bytes) -> bytes:
        moto.client().put_object(Bucket=key.bucket, Key="k", Body=b"theirs")
        moto.client().delete_object(Bucket=key.bucket, Key="k")
        return b""

    faulty.add(Fault(method("PUT"), change=buried, is_answer_lost=True))
    store = open_store(moto, endpoint=faulty.endpoint)
    made = store.write(key, b"ours")
    assert made.version_id is not None
    assert store.read(key, made.version_id) == b"ours"
    assert len(versions_of(store, key)) == 3


def test_a_request_that_never_arrived_is_sent_again(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    key = ObjectKey(moto.bucket(), "k")
    faulty.add(Fault(method("PUT"), status=500, times=2))
    store = open_store(moto, endpoint=faulty.endpoint)
    store.write(key, b"once")
    assert len(versions_of(store, key)) == 1
    assert faulty.count(method("PUT")) == 3


def test_a_throttled_write_is_repeated_and_then_told(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    key = ObjectKey(moto.bucket(), "k")
    slow = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
    faulty.add(Fault(method("PUT"), status=503, body=slow, times=2))
    store = open_store(moto, endpoint=faulty.endpoint, settings=TransferSettings(attempts=3, backoff_s=0.01))
    store.write(key, b"1")
    assert faulty.count(method("HEAD")) == 0
    faulty.add(Fault(method("PUT"), status=503, body=slow, times=9))
    with pytest.raises(Throttled, match="slow down"):
        store.write(key, b"2")
    assert len(versions_of(store, key)) == 1


def test_a_failing_server_is_told_after_all_attempts(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    faulty.add(Fault(method("PUT"), status=500, times=99))
    store = open_store(moto, endpoint=faulty.endpoint, settings=TransferSettings(attempts=3, backoff_s=0.01))
    with pytest.raises(ServerFault):
        store.write(ObjectKey(moto.bucket(), "k"), b"1")
    assert faulty.count(method("PUT")) == 3


def test_a_refused_write_names_its_action_and_is_not_repeated(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    faulty.add(Fault(method("PUT"), status=403, times=9))
    with pytest.raises(Denied) as raised:
        open_store(moto, endpoint=faulty.endpoint).write(ObjectKey("b", "k"), b"1")
    assert raised.value.action == "s3:PutObject"
    assert faulty.count(method("PUT")) == 1


@pytest.mark.parametrize("status", [400, 411, 501])
def test_a_server_that_refuses_the_default_checksum_is_sent_none_from_then_on(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, status: int
) -> None:
    bucket = moto.bucket()
    with_checksum = lambda asked: asked.method == "PUT" and "x-amz-checksum-crc32" in asked.headers  # noqa: E731 - used once, below
    faulty.add(Fault(with_checksum, status=status, times=99))
    store = open_store(moto, endpoint=faulty.endpoint)
    for number in range(3):
        store.write(ObjectKey(bucket, "k"), b"%d" % number)
    assert faulty.count(with_checksum) == 1
    assert faulty.count(method("PUT")) == 4
    assert store.read(ObjectKey(bucket, "k")) == b"2"


def test_bytes_that_were_stored_otherwise_are_found_out(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    etag = {"ETag": '"0123456789abcdef0123456789abcdef"'}
    faulty.add(Fault(method("PUT"), status=200, headers=etag))
    with pytest.raises(Corrupted):
        open_store(moto, endpoint=faulty.endpoint).write(ObjectKey("b", "k"), b"1")


def test_the_etag_of_an_object_encrypted_with_kms_is_no_checksum(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    headers = {"ETag": '"0123456789abcdef0123456789abcdef"', "x-amz-server-side-encryption": "aws:kms"}
    faulty.add(Fault(method("PUT"), status=200, headers=headers))
    made = open_store(moto, endpoint=faulty.endpoint).write(ObjectKey("b", "k"), b"1")
    assert made.etag == "0123456789abcdef0123456789abcdef"


def test_metadata_that_s3_cannot_hold_is_bad_input(store: S3Store, bucket: str) -> None:
    with pytest.raises(BadInput):
        store.write(ObjectKey(bucket, "k"), b"1", metadata={"who": "Zoë"})


def test_a_key_with_an_escape_in_it_is_written_and_read(seaweed: S3Server, open_store: OpenStore) -> None:
    key, store = ObjectKey(seaweed.bucket(), "d/[/bold]\x1b[31m.csv"), open_store(seaweed)
    made = store.write(key, b"x")
    assert store.read(key, made.version_id) == b"x"
