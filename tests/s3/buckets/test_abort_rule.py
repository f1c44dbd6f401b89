"""The lifecycle rule against uploads left open: one more, beside all that are there."""

from typing import Any

import pytest

from s3ml_tui.domain.errors import Denied, NotSupported, StrangeAnswer
from s3ml_tui.domain.storage.lifecycle import ABORT_DAYS, ABORT_RULE, has_abort_rule
from s3ml_tui.domain.uri import Place
from s3ml_tui.s3.store import S3Store
from tests.s3.conftest import OpenStore
from tests.s3.faults import Asked, Fault, FaultyServer
from tests.servers import S3Server

ALWAYS = 1000
THEIRS: tuple[dict[str, Any], ...] = (
    {
        "ID": "tidy",
        "Status": "Enabled",
        "Filter": {"And": {"Prefix": "logs/", "Tags": [{"Key": "team", "Value": "a"}]}},
        "Expiration": {"Days": 7},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 30, "NewerNoncurrentVersions": 3},
    },
    {
        "ID": "cold",
        "Status": "Disabled",
        "Filter": {"Prefix": "raw/"},
        "Transitions": [{"Days": 90, "StorageClass": "GLACIER"}],
    },
)
OURS = {
    "ID": ABORT_RULE,
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": ABORT_DAYS},
}


def is_of_rules(asked: Asked) -> bool:
    return "lifecycle" in asked.target


def written(server: S3Server, bucket: str) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = server.client().get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    return rules


def seen_by(store: S3Store, bucket: str) -> bool:
    return has_abort_rule(store.bucket_facts(bucket).lifecycle or (), Place(bucket, "anywhere/"))


def test_where_there_is_no_rule_it_is_the_only_one(moto: S3Server, open_store: OpenStore) -> None:
    store, bucket = open_store(moto), moto.bucket()
    assert not seen_by(store, bucket)
    store.add_abort_rule(bucket)
    assert written(moto, bucket) == [OURS]
    assert seen_by(store, bucket)
    store.add_abort_rule(bucket)
    assert written(moto, bucket) == [OURS], "once, however often it is asked for"


def test_rules_that_are_there_stay_with_all_that_they_say(moto: S3Server, open_store: OpenStore) -> None:
    store, bucket = open_store(moto), moto.bucket()
    rules = {"Rules": list(THEIRS)}
    moto.client().put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=rules)
    before = written(moto, bucket)
    store.add_abort_rule(bucket)
    assert written(moto, bucket) == [*before, OURS]


def test_beside_rules_of_the_old_shape_it_has_the_old_shape(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    """Moto answers in the new one, whatever it was given."""
    store, bucket = open_store(moto, endpoint=faulty.endpoint), moto.bucket()
    old = b"<LifecycleConfiguration><Rule><ID>old</ID><Prefix>logs/</Prefix><Status>Enabled</Status><Expiration><Days>7"
    old += b"</Days></Expiration></Rule></LifecycleConfiguration>"
    faulty.add(Fault(lambda asked: asked.method == "GET" and is_of_rules(asked), status=200, body=old))
    sent = list[bytes]()

    def note(body: bytes) -> bytes:
        sent.append(body)
        return body

    faulty.add(Fault(lambda asked: asked.method == "PUT" and is_of_rules(asked), change_sent=note))
    store.add_abort_rule(bucket)
    assert sent[0].count(b"<Prefix") == 2
    assert b"<Filter>" not in sent[0]


def test_a_lost_answer_adds_no_second_one(moto: S3Server, faulty: FaultyServer, open_store: OpenStore) -> None:
    store, bucket = open_store(moto, endpoint=faulty.endpoint), moto.bucket()
    faulty.add(Fault(lambda asked: asked.method == "PUT" and is_of_rules(asked), is_answer_lost=True))
    store.add_abort_rule(bucket)
    assert written(moto, bucket) == [OURS]


@pytest.mark.parametrize("body", [b"", b"<LifecycleConfiguration></LifecycleConfiguration>"], ids=["nothing", "none"])
def test_rules_that_cannot_be_read_are_not_written_over(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, body: bytes
) -> None:
    store, bucket = open_store(moto, endpoint=faulty.endpoint), moto.bucket()
    rules = {"Rules": list(THEIRS)}
    moto.client().put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=rules)
    before = written(moto, bucket)
    faulty.add(Fault(lambda asked: asked.method == "GET" and is_of_rules(asked), ALWAYS, 200, body))
    with pytest.raises(StrangeAnswer):
        store.add_abort_rule(bucket)
    faulty.clear()
    assert written(moto, bucket) == before


def test_who_may_not_read_the_rules_writes_none(moto: S3Server, faulty: FaultyServer, open_store: OpenStore) -> None:
    store, bucket = open_store(moto, endpoint=faulty.endpoint), moto.bucket()
    refusal = b"<Error><Code>AccessDenied</Code></Error>"
    faulty.add(Fault(lambda asked: asked.method == "GET" and is_of_rules(asked), ALWAYS, 403, refusal))
    with pytest.raises(Denied) as raised:
        store.add_abort_rule(bucket)
    assert raised.value.action == "s3:GetLifecycleConfiguration"
    assert faulty.count(lambda asked: asked.method == "PUT") == 0


def test_a_server_that_knows_no_such_rule_says_so(moto: S3Server, faulty: FaultyServer, open_store: OpenStore) -> None:
    store, bucket = open_store(moto, endpoint=faulty.endpoint), moto.bucket()
    refusal = b"<Error><Code>NotImplemented</Code></Error>"
    faulty.add(Fault(lambda asked: asked.method == "PUT" and is_of_rules(asked), ALWAYS, 501, refusal))
    with pytest.raises(NotSupported):
        store.add_abort_rule(bucket)


def test_a_server_that_agrees_and_keeps_none_is_not_believed(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    store, bucket = open_store(moto, endpoint=faulty.endpoint), moto.bucket()
    faulty.add(Fault(lambda asked: asked.method == "PUT" and is_of_rules(asked), status=200))
    with pytest.raises(NotSupported, match="keeps no rule"):
        store.add_abort_rule(bucket)


def test_the_embedded_server_keeps_it(seaweed: S3Server, open_store: OpenStore) -> None:
    store, bucket = open_store(seaweed), seaweed.bucket()
    store.add_abort_rule(bucket)
    assert seen_by(store, bucket)
