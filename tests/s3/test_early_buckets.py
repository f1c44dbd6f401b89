"""The buckets are found without botocore where that is plain, as botocore would find them; all else is left to it."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import botocore.session
import pytest

from s3ml_tui import bootstrap
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import WrongCredentials
from s3ml_tui.domain.storage.request_log import RequestLog
from s3ml_tui.s3.early_buckets import Way, ask, buckets_in, look, way_of
from s3ml_tui.services.lazy_services import is_made
from tests.servers import S3Server

KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
SERVER = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9000"}
PROFILES = """
[default]
region = eu-west-1
[profile plain]
aws_access_key_id = of plain
aws_secret_access_key = secret of plain
region = ap-south-1
[profile role]
role_arn = arn:aws:iam::123456789012:role/r
source_profile = plain
[profile tuned]
aws_access_key_id = a
aws_secret_access_key = b
s3 =
    addressing_style = virtual
[profile served]
aws_access_key_id = a
aws_secret_access_key = b
endpoint_url = http://127.0.0.1:1
"""


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str]], None]:
    """Sets the environment; the configuration has PROFILES, the credentials file one more profile."""
    for name, text in (
        ("AWS_CONFIG_FILE", PROFILES),
        ("AWS_SHARED_CREDENTIALS_FILE", "[kept]\naws_access_key_id = k\naws_secret_access_key = s\n"),
    ):
        path = tmp_path / name
        path.write_text(text)
        monkeypatch.setenv(name, str(path))
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)

    def configure(environ: dict[str, str]) -> None:
        for name, value in environ.items():
            monkeypatch.setenv(name, value)

    return configure


@pytest.mark.parametrize(
    ("environ", "context"),
    [
        (KEYS, Context()),
        (KEYS | SERVER, Context()),
        (KEYS | SERVER, Context(region="us-west-2")),
        (KEYS | {"AWS_REGION": "sa-east-1"}, Context()),
        (KEYS | {"AWS_DEFAULT_REGION": "us-east-1"}, Context()),
        (KEYS | {"AWS_DEFAULT_REGION": "ap-northeast-1", "AWS_SESSION_TOKEN": "t"}, Context()),
        (KEYS | SERVER | {"AWS_ENDPOINT_URL_S3": "https://s3.example"}, Context()),
        (KEYS | SERVER, Context(endpoint_url="http://localhost:80")),
        (KEYS | {"AWS_PROFILE": "plain"}, Context()),
        (KEYS, Context(profile="plain")),
        ({}, Context(profile="plain")),
        ({"AWS_PROFILE": "plain"}, Context()),
        ({"AWS_DEFAULT_PROFILE": "kept"}, Context()),
        ({}, Context(profile="kept", region="ca-west-1")),
    ],
)
def test_who_asks_whom_is_what_botocore_makes_of_it(
    configured: Callable[[dict[str, str]], None], environ: dict[str, str], context: Context
) -> None:
    configured(environ)
    way = way_of(context)
    assert way is not None
    session = botocore.session.Session(profile=context.profile)
    region = context.region or session.get_config_variable("region") or "us-east-1"
    client = session.create_client("s3", endpoint_url=context.endpoint_url, region_name=region)
    credentials = session.get_credentials().get_frozen_credentials()
    assert way.endpoint == client.meta.endpoint_url
    assert way.signer.region == client.meta.region_name
    assert (way.signer.access_key, way.signer.secret_key, way.signer.token) == (
        credentials.access_key,
        credentials.secret_key,
        credentials.token,
    )


@pytest.mark.parametrize(
    ("environ", "context"),
    [
        ({}, Context()),
        (KEYS, Context(profile="nobody")),
        (KEYS | {"AWS_PROFILE": "nobody"}, Context()),
        ({}, Context(profile="role")),
        ({}, Context(profile="tuned")),
        ({}, Context(profile="served")),
        (KEYS, Context(region="us-gov-west-1")),
        (KEYS, Context(region="cn-north-1")),
        (KEYS | SERVER, Context(local_dir=Path("/x"))),
        (KEYS | SERVER | {"HTTPS_PROXY": "http://proxy"}, Context()),
        (KEYS | SERVER | {"AWS_CA_BUNDLE": "/x"}, Context()),
        (KEYS | SERVER | {"AWS_USE_FIPS_ENDPOINT": "true"}, Context()),
        (KEYS | SERVER | {"AWS_CREDENTIAL_EXPIRATION": "2030-01-01T00:00:00Z"}, Context()),
        (KEYS | {"AWS_SECRET_ACCESS_KEY": ""}, Context()),
        (KEYS, Context(endpoint_url="http://me:secret@h:1")),
        (KEYS, Context(endpoint_url="http://h:1/path")),
        (KEYS, Context(endpoint_url="http://h:x")),
        (KEYS, Context(endpoint_url="ftp://h")),
        (KEYS, Context(endpoint_url="not an address")),
        (KEYS, Context(endpoint_url="http://[::1]:1")),
    ],
)
def test_what_is_not_plain_is_left_to_the_whole_connection(
    configured: Callable[[dict[str, str]], None], environ: dict[str, str], context: Context
) -> None:
    configured(environ)
    assert way_of(context) is None
    assert look(context) is None


def test_a_torn_configuration_is_left_to_the_whole_connection(
    configured: Callable[[dict[str, str]], None], tmp_path: Path
) -> None:
    (tmp_path / "AWS_CONFIG_FILE").write_text("no section\n")
    configured(KEYS | SERVER)
    assert way_of(Context()) is None


def test_the_buckets_are_those_the_whole_connection_lists(server: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = server.bucket()
    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    way, log = way_of(Context()), RequestLog()
    assert way is not None
    found = ask(way, log)
    assert found is not None
    store = bootstrap.open_store(Context())
    assert [*found] == [*store.buckets()]
    assert bucket in {one.name for one in found}
    (request,) = log.newest_first()
    assert (request.operation, request.status) == ("ListBuckets", 200)
    store.close()


def _way(endpoint: str) -> Way:
    way = way_of(Context(endpoint_url=endpoint), KEYS)
    assert way is not None
    return way


def test_a_refusal_and_a_silent_server_are_left_to_the_whole_connection(seaweed: S3Server) -> None:
    log = RequestLog()
    assert ask(_way(seaweed.endpoint), log) is None
    assert log.newest_first()[0].status == 403
    assert ask(_way("http://127.0.0.1:9"), log) is None
    assert log.newest_first()[0].error


GOOD = (
    "<?xml version='1.0'?><ListAllMyBucketsResult xmlns='x'><Owner><ID>1</ID></Owner><Buckets>"
    "<Bucket><CreationDate>2026-01-02T03:04:05.000Z</CreationDate><Name>b</Name></Bucket>"
    "<Bucket><Name>a</Name><CreationDate>2026-01-02T03:04:05Z</CreationDate></Bucket>"
    "</Buckets></ListAllMyBucketsResult>\n"
)


def test_an_answer_is_read_in_any_order() -> None:
    found = buckets_in(GOOD.encode())
    assert found is not None
    assert [bucket.name for bucket in found] == ["a", "b"]
    assert {str(bucket.created) for bucket in found} == {"2026-01-02 03:04:05+00:00"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>welcome</html>",
        b"\xff",
        b"<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>",
        GOOD[:-40].encode(),
        GOOD.replace("<Name>b</Name>", "").encode(),
        GOOD.replace("<Name>b</Name>", "<Name>b&amp;c</Name>").encode(),
        GOOD.replace("2026-01-02T03:04:05Z", "yesterday").encode(),
        GOOD.replace("</Buckets>", "</Buckets><ContinuationToken>t</ContinuationToken>").encode(),
    ],
)
def test_an_answer_that_is_not_plain_is_left_to_the_whole_connection(body: bytes) -> None:
    assert buckets_in(body) is None


def test_a_session_begun_with_it_shows_the_buckets_and_connects_later(
    seaweed: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = seaweed.bucket()
    for name, value in seaweed.environment().items():
        monkeypatch.setenv(name, value)
    services = bootstrap.opener(bootstrap.look(Context()), by="a test")(Context())
    assert bucket in {one.name for one in services.browsing.buckets()}
    assert not is_made(services.store)
    assert not services.browsing.is_prepared
    services.browsing.prepare()
    assert services.endpoint == services.store.endpoint == seaweed.endpoint
    assert bucket in {one.name for one in services.browsing.buckets()}  # asked anew
    assert [one.operation for one in services.requests.newest_first()].count("ListBuckets") == 2
    assert services.diagnosis is not None
    facts = services.diagnosis.credentials()
    assert facts is not None
    assert "environment" in facts.kind
    services.close()


def test_a_session_that_was_never_connected_is_closed_without_connecting(
    seaweed: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in seaweed.environment().items():
        monkeypatch.setenv(name, value)
    seaweed.bucket()
    services = bootstrap.opener(bootstrap.look(Context()), by="a test")(Context())
    services.close()
    assert not is_made(services.store)


def test_another_context_and_a_failed_look_are_connected_at_once(
    moto: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    moto.bucket()
    for name, value in moto.environment().items():
        monkeypatch.setenv(name, value)
    elsewhere = bootstrap.opener(bootstrap.look(Context(endpoint_url=moto.endpoint)), by="a test")(Context())
    assert is_made(elsewhere.store)
    elsewhere.close()
    silent = bootstrap.look(Context(endpoint_url="http://127.0.0.1:9"))
    services = bootstrap.opener(silent, by="a test")(Context(endpoint_url="http://127.0.0.1:9"))
    assert is_made(services.store)
    services.close()


def test_who_may_not_list_buckets_is_told_as_ever(seaweed: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (seaweed.environment() | {"AWS_SECRET_ACCESS_KEY": "wrong"}).items():
        monkeypatch.setenv(name, value)
    services = bootstrap.opener(bootstrap.look(Context()), by="a test")(Context())
    with pytest.raises(WrongCredentials):
        services.browsing.buckets()
    services.close()


def test_it_needs_no_botocore() -> None:
    heavy = "('boto', 'urllib3', 'textual')"
    code = f"import sys, s3ml_tui.s3.early_buckets\nprint([name for name in sys.modules if name.startswith({heavy})])"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    assert ran.stdout.strip() == "[]"
