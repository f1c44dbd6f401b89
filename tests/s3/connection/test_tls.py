"""Over TLS boto3 sends its checksum behind the body: bytes arrive whole, counted once, and refusals are survived."""

import datetime as dt
import ipaddress
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from s3ml_tui.domain.errors import Cancelled, Unreachable
from s3ml_tui.domain.uri import ObjectKey, Place
from tests.s3.conftest import OpenStore
from tests.s3.faults import Asked, Fault, FaultyServer
from tests.s3.seeing import open_uploads, versions_of
from tests.s3.transfers.test_upload import LARGE, Counted, file_of
from tests.servers import S3Server


def write_certificate(path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "s3ml tests")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))


@pytest.fixture
def trusted(moto: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyServer]:
    """Moto behind TLS, with a certificate that boto3 is told to trust."""
    certificate = tmp_path / "server.pem"
    write_certificate(certificate)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    with FaultyServer(moto.endpoint, certificate) as server:
        yield server


def has_trailer(asked: Asked) -> bool:
    return "x-amz-trailer" in asked.headers


@pytest.mark.parametrize("size", [0, 300_000, LARGE])
def test_bytes_arrive_whole_and_are_counted_once(
    moto: S3Server, trusted: FaultyServer, open_store: OpenStore, tmp_path: Path, size: int
) -> None:
    path, key, counted = file_of(tmp_path, size), ObjectKey(moto.bucket(), "k"), Counted()
    store = open_store(moto, endpoint=trusted.endpoint)
    store.upload(path, key, progress=counted)
    assert trusted.count(has_trailer) > 0
    assert store.read(key) == path.read_bytes()
    assert (counted.total, counted.most) == (size, size)
    store.write(key, b"small")
    assert store.read(key) == b"small"


@pytest.mark.parametrize("size", [300_000, LARGE])
def test_a_server_that_refuses_trailers_gets_none(
    moto: S3Server, trusted: FaultyServer, open_store: OpenStore, tmp_path: Path, size: int
) -> None:
    path, key, counted = file_of(tmp_path, size), ObjectKey(moto.bucket(), "k"), Counted()
    trusted.add(Fault(has_trailer, status=411, times=99))
    store = open_store(moto, endpoint=trusted.endpoint)
    store.upload(path, key, progress=counted)
    assert store.read(key) == path.read_bytes()
    assert counted.total == size
    refused = trusted.count(has_trailer)
    store.write(key, b"small")
    assert trusted.count(has_trailer) == refused


def test_cancelling_in_the_middle_leaves_nothing(
    moto: S3Server, trusted: FaultyServer, open_store: OpenStore, tmp_path: Path
) -> None:
    path, key, counted = file_of(tmp_path, LARGE), ObjectKey(moto.bucket(), "k"), Counted()
    store = open_store(moto, endpoint=trusted.endpoint)
    with pytest.raises(Cancelled):
        store.upload(path, key, progress=counted, cancelled=lambda: counted.most > 1_500_000)
    assert versions_of(store, key) == []
    assert open_uploads(moto, key.bucket) == 0


def test_a_certificate_nobody_trusts_is_told(moto: S3Server, open_store: OpenStore, tmp_path: Path) -> None:
    certificate = tmp_path / "server.pem"
    write_certificate(certificate)
    assert "AWS_CA_BUNDLE" not in os.environ
    with FaultyServer(moto.endpoint, certificate) as server:
        store = open_store(moto, endpoint=server.endpoint)
        with pytest.raises(Unreachable, match="AWS_CA_BUNDLE"):
            store.list_page(Place("b"))
