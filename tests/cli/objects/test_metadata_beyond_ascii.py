"""Metadata beyond ASCII that another client set: copies carry it along unread, and what is deleted comes back."""

import http.client
from urllib.parse import urlsplit

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.cli.line import CommandLine, line_to
from tests.cli.objects.acts import Act, copy, move, undo_of_delete
from tests.exhaustive import rows
from tests.servers import REGION, S3Server

TITLE = "Žluť".encode()
NAME = 'attachment; filename="Žluť.csv"'.encode()


@pytest.fixture
def bucket(seaweed: S3Server) -> str:
    """With one object, a.csv."""
    bucket = seaweed.bucket()
    put(seaweed, bucket, "a.csv", b"old")
    return bucket


def put(server: S3Server, bucket: str, key: str, body: bytes) -> None:
    """As a client does that sends UTF-8 as it is; boto3 signs it, and would not send it."""
    headers = {"x-amz-meta-title": TITLE.decode(), "Content-Disposition": NAME.decode()}
    request = AWSRequest("PUT", f"{server.endpoint}/{bucket}/{key}", headers, body)
    S3SigV4Auth(Credentials(server.access_key, server.secret_key), "s3", REGION).add_auth(request)
    connection = http.client.HTTPConnection(urlsplit(server.endpoint).netloc)
    try:
        connection.putrequest("PUT", f"/{bucket}/{key}")
        connection.putheader("Content-Length", str(len(body)))
        for name, value in request.headers.items():
            connection.putheader(name, value.encode())
        connection.endheaders(body)
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
    finally:
        connection.close()


def kept(server: S3Server, bucket: str, key: str) -> tuple[bytes, bytes]:
    """The title and the name of a file, as they come over the wire."""
    head = server.client().head_object(Bucket=bucket, Key=key)
    return head["Metadata"]["title"].encode("latin-1"), head["ContentDisposition"].encode("latin-1")


def undelete(said: CommandLine, uri: str) -> str:
    said("-y", "rm", f"{uri}/a.csv")
    said("-y", "undelete", f"{uri}/a.csv")
    return "a.csv"


def restore(said: CommandLine, uri: str) -> str:
    said("-y", "rm", f"{uri}/a.csv")
    old = said("history", f"{uri}/a.csv", "--json").rows[1]["version_id"]
    said("-y", "restore", f"{uri}/a.csv", "--version-id", old)
    return "a.csv"


ACTS: dict[str, object] = {
    "cp": copy,
    "mv": move,
    "undelete": undelete,
    "undo of rm": undo_of_delete,
    "restore": restore,
}


@pytest.mark.parametrize("act", rows(ACTS, {"mv", "undo of rm", "restore"}))
def test_it_comes_along(act: Act, seaweed: S3Server, bucket: str) -> None:
    assert kept(seaweed, bucket, "a.csv") == (TITLE, NAME)
    key = act(line_to(seaweed), f"s3://{bucket}")
    assert kept(seaweed, bucket, key) == (TITLE, NAME)
    assert seaweed.client().get_object(Bucket=bucket, Key=key)["Body"].read() == b"old"


def test_a_folder_that_has_it_is_left_to_a_server_that_copies_folders(moto: S3Server) -> None:
    bucket = moto.bucket()
    put(moto, bucket, "old/", b"")
    line_to(moto)("-y", "cp", "-r", f"s3://{bucket}/old/", f"s3://{bucket}/new/")
    assert kept(moto, bucket, "new/") == (TITLE, NAME)


def test_what_writes_it_anew_is_refused_with_what_to_do(seaweed: S3Server, bucket: str) -> None:
    said = line_to(seaweed)
    told = said("-y", "meta", f"s3://{bucket}/a.csv", "team=a", code=2)
    assert "only ASCII is sent as it is" in told.err
    said("-y", "meta", f"s3://{bucket}/a.csv", "title=Zlut", "content-disposition=attachment")
    assert kept(seaweed, bucket, "a.csv") == (b"Zlut", b"attachment")
