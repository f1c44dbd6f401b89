"""S3 servers to test against: the embedded one and moto, each once a session; and nobody's own AWS settings.

A test asks for `seaweed` or `moto` and makes itself a bucket; `embedded` is for tests of the server itself. moto is
emptied before each test that uses it; on the embedded server every test has buckets of its own.
"""

import os
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto.server import ThreadedMotoServer

from s3ml_tui.domain.local_server import LocalCredentials, ServerInfo
from s3ml_tui.local_server.server import LocalServer

REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class S3Server:
    """A running server and the account to use it with."""

    endpoint: str
    access_key: str
    secret_key: str = field(repr=False)

    def client(self) -> Any:
        """A boto3 client, the same for all who ask: to arrange a test and to look at the bucket afterwards."""
        return _client(self)

    def bucket(self, *, versioned: bool = True) -> str:
        """The name of a new empty bucket."""
        name = f"test-{uuid.uuid4().hex[:16]}"
        self.client().create_bucket(Bucket=name)
        if versioned:
            self.client().put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return name

    def environment(self) -> dict[str, str]:
        """What a process needs in its environment to use this server by itself."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
        }


@dataclass(frozen=True, slots=True)
class Embedded:
    """The session's embedded server."""

    info: ServerInfo
    credentials: LocalCredentials

    @property
    def server(self) -> S3Server:
        """The same, as tests of everything else want it."""
        assert self.info.endpoint
        return S3Server(self.info.endpoint, self.credentials.access_key, self.credentials.secret_key)


@cache
def _client(server: S3Server) -> Any:
    return boto3.session.Session().client(
        "s3",
        endpoint_url=server.endpoint,
        aws_access_key_id=server.access_key,
        aws_secret_access_key=server.secret_key,
        region_name=REGION,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=5,
            read_timeout=60,
            retries={"mode": "standard", "total_max_attempts": 3},
        ),
    )


@pytest.fixture(autouse=True)
def no_aws(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nobody's own settings: no AWS or s3ml variables, no configuration files, an empty home; gives that home."""
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.startswith(("AWS_", "S3ML_", "BOTO_")) or name in {"S3_ENDPOINT_URL", "PYTHONUNBUFFERED"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(home / "no-aws-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(home / "no-aws-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(home))
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1,localhost")
    return home


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """The session's embedded server, running."""
    server = LocalServer(tmp_path_factory.mktemp("embedded") / "local")
    info = server.start()
    try:
        yield Embedded(info, server.credentials())
    finally:
        server.stop()


@pytest.fixture
def seaweed(embedded: Embedded) -> S3Server:
    """The embedded server, for tests that need a real one."""
    return embedded.server


@pytest.fixture(scope="session")
def moto_server() -> Iterator[S3Server]:
    """The session's moto server, on a free port of the loopback."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield S3Server(f"http://{host}:{port}", "moto", "moto-secret")
    finally:
        server.stop()


@pytest.fixture
def moto(moto_server: S3Server) -> S3Server:
    """An empty moto server."""
    request = urllib.request.Request(f"{moto_server.endpoint}/moto-api/reset", method="POST")
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
        assert answer.status == 200
    return moto_server
