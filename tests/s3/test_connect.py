"""How a connection is found and set up, without a request."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, NoCredentials
from s3ml_tui.domain.storage.store import Store, never
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connect import connect
from s3ml_tui.s3.connection.profiles import configured, profiles_found
from tests.s3.conftest import OpenStore
from tests.servers import S3Server


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An AWS configuration of the test's own."""
    path = tmp_path / "config"
    path.write_text("")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    return path


def test_a_store_is_what_the_port_says(moto: S3Server, open_store: OpenStore) -> None:
    store: Store = open_store(moto)
    assert store.endpoint == moto.endpoint
    assert next(store.history(ObjectKey(moto.bucket(), "k"), cancelled=never)).is_last


def test_without_credentials_the_three_ways_are_named_at_once(config: Path) -> None:
    began = time.monotonic()
    with pytest.raises(NoCredentials) as raised:
        connect(Context(endpoint_url="http://127.0.0.1:9"))
    assert time.monotonic() - began < 5
    for way in ("--profile", "AWS_ACCESS_KEY_ID", "s3ml local start"):
        assert way in raised.value.advice
    assert not configured()


def test_a_profile_that_is_not_there_is_told(config: Path) -> None:
    with pytest.raises(NoCredentials, match=r"no such profile.*prod"):
        connect(Context(profile="prod"))


def test_an_address_that_is_none_is_told(moto: S3Server) -> None:
    with pytest.raises(BadInput, match="not valid"):
        connect(Context(endpoint_url="not an address"), ("a", "b"))


def test_everything_may_come_from_a_profile(moto: S3Server, config: Path) -> None:
    config.write_text(
        "[profile plain]\naws_access_key_id = a\naws_secret_access_key = b\nregion = eu-west-1\n"
        f"endpoint_url = {moto.endpoint}\n"
        "[profile served]\naws_access_key_id = a\naws_secret_access_key = b\nservices = here\n"
        f"[services here]\ns3 =\n    endpoint_url = {moto.endpoint}\n"
    )
    assert profiles_found() == ("plain", "served")
    bucket = moto.bucket()
    for name in ("plain", "served"):
        store = connect(Context(profile=name))
        assert store.endpoint == moto.endpoint
        store.write(ObjectKey(bucket, "k"), b"1")
        assert "/k?" in store.link(ObjectKey(bucket, "k"))
        assert f"/{bucket}/k" in store.link(ObjectKey(bucket, "k"))  # path style
        store.close()


def test_the_environment_is_enough(moto: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in moto.environment().items():
        monkeypatch.setenv(name, value)
    store = connect(Context())
    assert store.endpoint == moto.endpoint
    assert [*store.buckets()] == []
    assert configured()
    store.close()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", False),
        ("[default]\nregion = eu-west-1\n", False),
        ("[default]\naws_access_key_id = a\naws_secret_access_key = b\n", True),
        ("[default]\nsso_session = corp\n", True),
        ("[default]\ncredential_process = /bin/true\n", True),
        ("[default]\nendpoint_url = http://127.0.0.1:9\n", True),
        ("[default]\nthis is not a configuration", False),
    ],
)
def test_whether_anything_is_configured_is_seen_without_the_network(config: Path, text: str, *, found: bool) -> None:
    config.write_text(text)
    assert configured() is found


def test_without_an_endpoint_aws_is_asked_with_its_own_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    store = connect(Context(region="eu-central-1"))
    assert store.endpoint == "https://s3.eu-central-1.amazonaws.com"
    assert store.link(ObjectKey("acme", "k")).startswith("https://acme.s3.eu-central-1.amazonaws.com/k?")
    assert store.link(ObjectKey("acme.with.dots", "k")).startswith(
        "https://s3.eu-central-1.amazonaws.com/acme.with.dots/k?"
    )
    assert connect(Context()).link(ObjectKey("acme", "k")).startswith("https://acme.s3.amazonaws.com/k?")


def test_the_times_and_attempts_are_ours(moto: S3Server) -> None:
    store = connect(Context(endpoint_url=moto.endpoint), ("a", "b"))
    looking, changing = store.looking.meta.config, store.changing.meta.config
    for config in (looking, changing):
        assert (config.connect_timeout, config.read_timeout) == (3, 15)
        assert config.signature_version == "s3v4"
        assert config.s3["addressing_style"] == "path"
    assert (looking.retries["mode"], looking.retries["total_max_attempts"]) == ("standard", 5)
    assert changing.retries["total_max_attempts"] == 1
    store.close()


def test_secrets_of_the_embedded_server_are_not_shown() -> None:
    store = connect(Context(endpoint_url="http://user:hidden@127.0.0.1:9"), ("key", "topsecret"))
    assert store.endpoint == "http://127.0.0.1:9"
    assert "topsecret" not in repr(store)


def test_asking_for_profiles_loads_no_client() -> None:
    imports = "import sys; from s3ml_tui.s3.connection.profiles import configured"
    code = f"{imports}; configured(); print('boto3' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "False"


def test_a_store_is_closed_twice_without_harm(moto: S3Server) -> None:
    store = connect(Context(endpoint_url=moto.endpoint), ("a", "b"))
    store.close()
    store.close()


def test_a_role_that_wants_an_mfa_code_is_told_and_never_asks_on_the_terminal(moto: S3Server, config: Path) -> None:
    config.write_text(
        "[profile base]\naws_access_key_id = a\naws_secret_access_key = b\n"
        "[profile guarded]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = base\n"
        "mfa_serial = arn:aws:iam::123456789012:mfa/me\n"
    )
    store = connect(Context(profile="guarded", endpoint_url=moto.endpoint))
    with pytest.raises(NoCredentials, match="MFA"):
        store.buckets()
    store.close()
