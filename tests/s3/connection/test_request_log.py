"""Every request boto3 sends is in the log once, with what came of it, and with nothing that must not be told."""

import time
from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import NotFound, S3mlError, Unreachable
from s3ml_tui.domain.storage.request_log import Request, aws_command
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.connect import connect
from s3ml_tui.s3.settings import TransferSettings
from s3ml_tui.s3.store import S3Store
from tests.s3.conftest import OpenStore
from tests.s3.faults import Fault, FaultyServer, query
from tests.servers import S3Server


def sent(store: S3Store, operation: str) -> list[Request]:
    return [one for one in store.requests.newest_first() if one.operation == operation]


def test_a_write_a_look_and_a_listing(store: S3Store, bucket: str, server: S3Server) -> None:
    began = time.time()
    key = ObjectKey(bucket, "a b.csv")
    store.write(key, b"id\n1\n")
    store.facts(key)
    store.list_page(Place(bucket))
    with pytest.raises(NotFound):
        store.facts(ObjectKey(bucket, "none"))
    [put] = sent(store, "PutObject")
    assert (put.status, put.size, put.error, put.retries) == (200, 5, "", 0)
    assert began - 1 <= put.at <= time.time()
    assert put.elapsed_s is not None
    assert 0 < put.elapsed_s < 60
    missing, found = sent(store, "HeadObject")
    assert (found.status, found.size) == (200, 5)
    assert missing.status == 404
    assert missing.error == "404"
    [listing] = sent(store, "ListObjectsV2")
    assert listing.status == 200
    assert (listing.size or 0) > 100
    command = aws_command(put, store.requests.flags)
    assert command.startswith(f"aws s3api put-object --bucket {bucket} --key 'a b.csv' --body FILE ")
    assert command.endswith(f" --endpoint-url {server.endpoint} --region us-east-1")
    assert "id\n1" not in command


def test_no_key_no_signature_and_no_link_is_in_the_log(store: S3Store, bucket: str, server: S3Server) -> None:
    key = ObjectKey(bucket, "a.csv")
    store.write(key, b"the bytes")
    link = store.link(key)
    store.read(key)
    shown = repr([(one, aws_command(one, store.requests.flags)) for one in store.requests.newest_first()])
    signature = link.partition("Signature=")[2].partition("&")[0]
    for secret in (server.access_key, server.secret_key, signature, "the bytes", "X-Amz", "AWS4-HMAC"):
        assert secret not in shown


def test_who_asks_without_a_signature_is_told_apart(store: S3Store, bucket: str) -> None:
    assert store.diagnosis.contact(bucket).elapsed_s > 0
    assert not sent(store, "ListObjectsV2")[0].is_signed


def test_repetitions_are_counted(faulty: FaultyServer, moto: S3Server, open_store: OpenStore) -> None:
    store = open_store(moto, endpoint=faulty.endpoint)
    bucket = moto.bucket()
    faulty.add(Fault(query("list-type"), status=503, body=b""))
    store.list_page(Place(bucket))
    [listing] = sent(store, "ListObjectsV2")
    assert (listing.status, listing.retries) == (200, 1)


def test_a_request_without_an_answer_says_why(tmp_path: Path) -> None:
    settings = TransferSettings(attempts=1, connect_timeout_s=5)
    store = connect(Context(endpoint_url="http://127.0.0.1:9"), ("key", "secret"), settings=settings)
    with pytest.raises(Unreachable):
        store.list_page(Place("acme"))
    [listing] = sent(store, "ListObjectsV2")
    assert (listing.status, listing.error) == (None, "EndpointConnectionError")
    store.close()


def test_the_flags_name_the_profile_and_no_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "aws"
    folder.mkdir()
    (folder / "credentials").write_text("[lab]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = hush\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "credentials"))
    store = connect(Context(profile="lab", endpoint_url="https://me:hush@s3.lab.example", region="eu-central-1"))
    assert store.requests.flags == (
        "--endpoint-url", "https://s3.lab.example", "--profile", "lab", "--region", "eu-central-1",
    )  # fmt: skip
    store.close()


def test_nothing_of_a_refused_parameter_stays_open(store: S3Store) -> None:
    with pytest.raises(S3mlError):
        store.facts(ObjectKey("no bucket name!", "a"))
    assert all(one.elapsed_s is not None for one in store.requests.newest_first())
