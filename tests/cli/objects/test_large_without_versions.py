"""Objects in parts where no versions are kept: their listing shows another ETag than they have."""

from collections.abc import Iterator

import pytest

from tests.cli.line import CommandLine, line_to
from tests.exhaustive import EXHAUSTIVE
from tests.s3.faults import Asked, Fault, FaultyServer
from tests.servers import S3Server

MIB = 1024 * 1024
LARGE = b"x" * (9 * MIB)


@pytest.fixture(params=["off", pytest.param("suspended", marks=EXHAUSTIVE)])
def bucket(seaweed: S3Server, request: pytest.FixtureRequest) -> str:
    """With an object that the server keeps in pieces, and one that a client put in parts."""
    client, bucket = seaweed.client(), seaweed.bucket(versioned=request.param == "suspended")
    if request.param == "suspended":
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    client.put_object(Bucket=bucket, Key="whole", Body=LARGE)
    upload = client.create_multipart_upload(Bucket=bucket, Key="parts")["UploadId"]
    parts = []
    for number in (1, 2):
        part = client.upload_part(
            Bucket=bucket, Key="parts", UploadId=upload, PartNumber=number, Body=b"x" * (number * 5 * MIB)
        )
        parts.append({"PartNumber": number, "ETag": part["ETag"]})
    client.complete_multipart_upload(Bucket=bucket, Key="parts", UploadId=upload, MultipartUpload={"Parts": parts})
    return bucket


@pytest.fixture
def proxy(seaweed: S3Server) -> Iterator[FaultyServer]:
    with FaultyServer(seaweed.endpoint) as between:
        yield between


def body(server: S3Server, bucket: str, key: str) -> bytes:
    found: bytes = server.client().get_object(Bucket=bucket, Key=key)["Body"].read()
    return found


@pytest.mark.parametrize("key", ["whole", "parts"])
def test_it_is_copied_described_moved_put_over_and_deleted(
    seaweed: S3Server, bucket: str, key: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    said, uri, before = line_to(seaweed), f"s3://{bucket}", body(seaweed, bucket, key)
    said("-y", "meta", f"{uri}/{key}", "team=a")
    said("-y", "undo")
    said("-y", "meta", f"{uri}/{key}", "team=b")
    said("-y", "cp", f"{uri}/{key}", f"{uri}/copy")
    assert body(seaweed, bucket, "copy") == before
    said("-y", "undo")
    said("stat", f"{uri}/copy", code=3)
    said("-y", "mv", f"{uri}/{key}", f"{uri}/moved")
    assert body(seaweed, bucket, "moved") == before
    said("stat", f"{uri}/{key}", code=3)
    assert seaweed.client().head_object(Bucket=bucket, Key="moved")["Metadata"]["team"] == "b"
    file = tmp_path_factory.mktemp("files") / "new"
    file.write_bytes(b"y" * len(before))
    said("-y", "put", file, f"{uri}/moved")
    assert body(seaweed, bucket, "moved")[:1] == b"y"
    said("-y", "cp", f"{uri}/moved", f"{uri}/again")
    said("-y", "cp", f"{uri}/moved", f"{uri}/again", "--on-conflict", "overwrite")
    said("-y", "rm", f"{uri}/moved")
    said("stat", f"{uri}/moved", code=3)


def changed_before(server: S3Server, bucket: str, key: str, method: str) -> Fault:
    """Somebody puts other bytes of the same size when the first request with this method has arrived."""
    bodies = [b"z" * len(LARGE)]

    def matches(asked: Asked) -> bool:
        if bodies and asked.method == method:
            server.client().put_object(Bucket=bucket, Key=key, Body=bodies.pop())
        return False

    return Fault(matches)


@pytest.mark.parametrize("words", [["cp", "whole", "copy"], ["meta", "whole", "team=a"]])
def test_what_somebody_writes_meanwhile_is_still_seen(
    seaweed: S3Server, proxy: FaultyServer, bucket: str, words: list[str]
) -> None:
    said: CommandLine = line_to(S3Server(proxy.endpoint, seaweed.access_key, seaweed.secret_key))
    proxy.add(changed_before(seaweed, bucket, "whole", "PUT"))
    verb, *rest = words
    told = said("-y", verb, *(part if "=" in part else f"s3://{bucket}/{part}" for part in rest), code=1)
    assert "changed by somebody else meanwhile" in told.err or "no longer as it was" in told.err
    assert body(seaweed, bucket, "whole")[:1] == b"z"


def test_what_somebody_deletes_meanwhile_is_no_address_that_is_wrong(
    seaweed: S3Server, proxy: FaultyServer, bucket: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    said: CommandLine = line_to(S3Server(proxy.endpoint, seaweed.access_key, seaweed.secret_key))
    waiting = ["parts"]

    def matches(asked: Asked) -> bool:
        if waiting and asked.method == "HEAD":
            seaweed.client().delete_object(Bucket=bucket, Key=waiting.pop())
        return False

    proxy.add(Fault(matches))
    file = tmp_path_factory.mktemp("files") / "new"
    file.write_bytes(b"y")
    told = said("-y", "put", file, f"s3://{bucket}/parts", code=1)
    assert "parts is no longer as it was when this was planned" in told.err
    said("stat", f"s3://{bucket}/parts", code=3)
