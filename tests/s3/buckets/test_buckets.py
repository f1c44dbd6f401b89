"""Buckets, what is known of them, what a server was seen to do, and links."""

import urllib.error
import urllib.request

import pytest

from s3ml_tui.domain.errors import BadInput, Conflict, Denied, NotFound, NotSupported, ServerFault
from s3ml_tui.domain.storage.capabilities import (
    Capabilities,
    LifecycleRule,
    PublicAccess,
    PublicAccessBlock,
    Versioning,
)
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.buckets.lifecycle import lifecycle_rule
from s3ml_tui.s3.settings import TransferSettings
from s3ml_tui.s3.store import S3Store
from tests.s3.conftest import OpenStore
from tests.s3.faults import Fault, FaultyServer, query
from tests.servers import S3Server


def test_all_buckets_are_listed_by_name(server: S3Server, store: S3Store) -> None:
    names = {server.bucket(), server.bucket(versioned=False)}
    found = store.buckets()
    assert names <= {bucket.name for bucket in found}
    assert [bucket.name for bucket in found] == sorted(bucket.name for bucket in found)
    assert all(bucket.created is not None and bucket.created.tzinfo is not None for bucket in found)


def test_a_bucket_is_made_once(store: S3Store) -> None:
    name = "made-by-a-test"
    assert not store.bucket_exists(name)
    store.create_bucket(name)
    assert store.bucket_exists(name)
    with pytest.raises(Conflict, match="already have"):
        store.create_bucket(name)


def test_a_name_that_cannot_be_is_told(store: S3Store) -> None:
    with pytest.raises(BadInput):
        store.create_bucket("No Bucket/Name")


def test_a_bucket_of_somebody_else_is_denied(moto: S3Server, faulty: FaultyServer, open_store: OpenStore) -> None:
    faulty.add(Fault(query("list-type=2"), status=403, times=9))
    with pytest.raises(Denied):
        open_store(moto, endpoint=faulty.endpoint).bucket_exists("theirs")


def test_listing_all_buckets_may_be_denied(moto: S3Server, faulty: FaultyServer, open_store: OpenStore) -> None:
    faulty.add(Fault(lambda asked: asked.method == "GET", status=403, body=b"<Error><Code>AccessDenied</Code></Error>"))
    with pytest.raises(Denied) as raised:
        open_store(moto, endpoint=faulty.endpoint).buckets()
    assert raised.value.action == "s3:ListAllMyBuckets"


def test_facts_of_a_bucket_on_the_embedded_server(seaweed: S3Server, open_store: OpenStore) -> None:
    store, name = open_store(seaweed), seaweed.bucket(versioned=False)
    facts = store.bucket_facts(name)
    assert (facts.versioning, facts.public_access) == (Versioning.OFF, PublicAccess.REFUSED)
    assert (facts.block, facts.lifecycle) == (PublicAccessBlock.UNSUPPORTED, ())
    store.enable_versioning(name)
    assert store.bucket_facts(name).versioning is Versioning.ON
    with pytest.raises(NotSupported):
        store.block_public_access(name)


def test_facts_of_a_bucket_with_a_block_and_rules(moto: S3Server, open_store: OpenStore) -> None:
    store, name = open_store(moto), moto.bucket()
    assert store.bucket_facts(name).block is PublicAccessBlock.OFF
    store.block_public_access(name)
    rule = {"ID": "r", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 7}}
    moto.client().put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [rule]})
    facts = store.bucket_facts(name)
    assert facts.block is PublicAccessBlock.ON
    assert facts.lifecycle == (LifecycleRule("r", "logs/", is_enabled=True, expire_days=7),)
    assert facts.public_access is PublicAccess.ALLOWED  # moto asks nobody for a signature


def test_what_may_not_be_looked_at_is_unknown(moto: S3Server, faulty: FaultyServer, open_store: OpenStore) -> None:
    name = moto.bucket()
    faulty.add(Fault(lambda asked: asked.method == "GET", status=403, times=99))
    facts = open_store(moto, endpoint=faulty.endpoint).bucket_facts(name)
    assert (facts.versioning, facts.block, facts.lifecycle) == (Versioning.UNKNOWN, PublicAccessBlock.UNKNOWN, None)
    assert facts.public_access is PublicAccess.REFUSED
    assert facts.denied == {"s3:GetBucketVersioning", "s3:GetBucketPublicAccessBlock", "s3:GetLifecycleConfiguration"}


def test_a_strange_answer_to_an_unsigned_request_is_no_refusal(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    name = moto.bucket()
    faulty.add(Fault(lambda asked: "authorization" not in asked.headers, status=200, body=b"<html/>", times=99))
    assert open_store(moto, endpoint=faulty.endpoint).bucket_facts(name).public_access is PublicAccess.UNKNOWN


def test_facts_of_no_bucket_are_not_found(store: S3Store) -> None:
    with pytest.raises(NotFound, match="no bucket"):
        store.bucket_facts("nobody-has-this")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            {"ID": "a", "Status": "Disabled", "Prefix": "x/", "NoncurrentVersionExpiration": {"NoncurrentDays": 30}},
            LifecycleRule("a", "x/", is_enabled=False, expire_noncurrent_days=30),
        ),
        (
            {"Status": "Enabled", "Filter": {"And": {"Prefix": "y/", "Tags": [{}]}}, "Expiration": {"Days": 1}},
            LifecycleRule("", "y/", is_enabled=True, expire_days=1, filters_on_tags=True),
        ),
        (
            {"Status": "Enabled", "Filter": {"ObjectSizeGreaterThan": 5}, "Expiration": {"Date": "2026-01-01"}},
            LifecycleRule(
                "",
                "",
                is_enabled=True,
                expire_days=0,
                filters_on_tags=True,
                only=("more than 5 B",),
                expire_date="2026-01-01",
            ),
        ),
        (
            {
                "ID": "all",
                "Status": "Enabled",
                "Filter": {"Tag": {"Key": "team", "Value": "a"}},
                "Expiration": {"ExpiredObjectDeleteMarker": True},
                "NoncurrentVersionExpiration": {"NoncurrentDays": 7, "NewerNoncurrentVersions": 3},
                "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}, {"Date": "2027-01-01", "StorageClass": "X"}],
                "NoncurrentVersionTransitions": [{"NoncurrentDays": 1, "StorageClass": "STANDARD_IA"}],
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2},
            },
            LifecycleRule(
                "all",
                "",
                is_enabled=True,
                expire_noncurrent_days=7,
                filters_on_tags=True,
                only=("the tag team=a",),
                keeps_noncurrent=3,
                moves=(("30 days after they were written", "GLACIER"), ("on 2027-01-01", "X")),
                moves_noncurrent=(("1 day after they were replaced", "STANDARD_IA"),),
                abort_days=2,
                removes_markers=True,
            ),
        ),
    ],
)
def test_rules_are_read_in_all_their_shapes(rule: dict[str, object], expected: LifecycleRule) -> None:
    assert lifecycle_rule(rule) == expected


def test_probing_sees_what_a_server_does_and_leaves_no_trace(server: S3Server, store: S3Store, bucket: str) -> None:
    found = store.probe(Place(bucket, "team/"))
    is_seaweed = found.checksums
    assert found == Capabilities(conditional_create=True, conditional_replace=True, checksums=is_seaweed)
    left = server.client().list_object_versions(Bucket=bucket)
    assert "Versions" not in left
    assert "DeleteMarkers" not in left


def test_probing_an_unversioned_bucket_leaves_no_trace(server: S3Server, store: S3Store) -> None:
    bucket = server.bucket(versioned=False)
    store.probe(Place(bucket))
    assert "Contents" not in server.client().list_objects_v2(Bucket=bucket)


def test_a_server_that_ignores_conditions_is_found_out(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    bucket = moto.bucket()
    store = open_store(moto, endpoint=faulty.endpoint)
    ignored = lambda asked: asked.method == "PUT" and ("if-none-match" in asked.headers or "if-match" in asked.headers)  # noqa: E731 - used once, below
    faulty.add(Fault(ignored, status=200, headers={"ETag": '"1"'}, times=99))
    found = store.probe(Place(bucket))
    assert not found.conditional_create
    assert not found.conditional_replace
    asked = len(faulty.asked)
    assert store.probe(Place(bucket)) is found
    assert len(faulty.asked) == asked


def test_a_server_that_refuses_even_the_right_etag_cannot_replace_on_condition(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    bucket = moto.bucket()
    faulty.add(Fault(lambda asked: "if-match" in asked.headers, status=412, times=99))
    found = open_store(moto, endpoint=faulty.endpoint).probe(Place(bucket))
    assert found.conditional_create
    assert not found.conditional_replace


def test_a_probe_that_fails_leaves_no_trace_either(moto: S3Server, faulty: FaultyServer, open_store: OpenStore) -> None:
    bucket = moto.bucket()
    faulty.add(Fault(lambda asked: "if-match" in asked.headers, status=500, times=99))
    store = open_store(moto, endpoint=faulty.endpoint, settings=TransferSettings(attempts=2, backoff_s=0.01))
    with pytest.raises(ServerFault):
        store.probe(Place(bucket))
    assert "Versions" not in moto.client().list_object_versions(Bucket=bucket)


def test_a_link_gives_one_version_and_the_bucket_stays_closed(seaweed: S3Server, open_store: OpenStore) -> None:
    store, key = open_store(seaweed), ObjectKey(seaweed.bucket(), "d/[x] \x1b.csv")
    old = store.write(key, b"old").version_id
    store.write(key, b"new")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    link = store.link(key, old, expires_s=60)
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in link
    assert "X-Amz-Expires=60" in link
    with opener.open(link, timeout=60) as answer:
        assert answer.read() == b"old"
    with opener.open(store.link(key), timeout=60) as answer:
        assert answer.read() == b"new"
    with pytest.raises(urllib.error.HTTPError, match="403"):
        opener.open(f"{seaweed.endpoint}/{key.bucket}?list-type=2", timeout=60)


def test_a_lost_answer_to_making_a_bucket_is_no_conflict(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore
) -> None:
    faulty.add(Fault(lambda asked: asked.method == "PUT", is_answer_lost=True))
    store = open_store(moto, endpoint=faulty.endpoint)
    store.create_bucket("made-once")
    assert store.bucket_exists("made-once")
    assert not faulty.count(query("versioning"))
