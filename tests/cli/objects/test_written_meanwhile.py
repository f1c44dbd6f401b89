"""rm, mv and sync while a colleague writes: what is put right before the delete stays on top, and is named."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.line import line_to
from tests.exhaustive import EXHAUSTIVE
from tests.s3.faults import Asked, Fault, FaultyServer
from tests.servers import S3Server

COMMANDS = {
    "rm": ["rm", "raw/a.csv"],
    "mv": ["mv", "raw/a.csv", "new/a.csv"],
    "rm -r": ["rm", "-r", "raw/"],
    "mv -r": ["mv", "-r", "raw/", "new/"],
    "sync up": ["sync", "--delete", "FOLDER", "raw/"],
    "sync across": ["sync", "--delete", "kept/", "raw/"],
}


def before_the_delete(server: S3Server, bucket: str) -> Fault:
    """A colleague's put of raw/a.csv, when the first delete has arrived and nobody has carried it out."""
    puts = [b"newer"]

    def matches(asked: Asked) -> bool:
        if puts and (asked.method == "DELETE" or (asked.method == "POST" and "?delete" in asked.target)):
            server.client().put_object(Bucket=bucket, Key="raw/a.csv", Body=puts.pop())
        return False

    return Fault(matches)


def bodies(server: S3Server, bucket: str) -> Sequence[bytes]:
    """Of what is current below raw/, and below it; ✗ for a delete marker on top."""
    client = server.client()
    listing = client.list_object_versions(Bucket=bucket, Prefix="raw/a.csv")
    on_top = [b"\xe2\x9c\x97" for one in listing.get("DeleteMarkers", ()) if one["IsLatest"]]
    found = sorted(listing["Versions"], key=lambda one: not one["IsLatest"])
    read = [client.get_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"]) for one in found]
    return [*on_top, *(one["Body"].read() for one in read)]


@pytest.mark.parametrize(
    "server_name", ["seaweed", pytest.param("moto", marks=EXHAUSTIVE)]
)  # moto ignores the ETags of a delete of several
@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_what_a_colleague_writes_before_the_delete_is_not_hidden(
    server_name: str, words: list[str], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    server: S3Server = request.getfixturevalue(server_name)
    bucket, client = server.bucket(), server.client()
    for name in ("a", "b", "c"):
        client.put_object(Bucket=bucket, Key=f"raw/{name}.csv", Body=b"old")
    client.put_object(Bucket=bucket, Key="kept/b.csv", Body=b"old")
    (tmp_path / "b.csv").write_bytes(b"old")
    os.utime(tmp_path / "b.csv", (1_000_000_000, 1_000_000_000))
    with FaultyServer(server.endpoint) as proxy:
        proxy.add(before_the_delete(server, bucket))
        said = line_to(S3Server(proxy.endpoint, server.access_key, server.secret_key))
        verb, *rest = words
        folder = {"FOLDER": str(tmp_path)}
        addresses = [folder.get(part, part if part.startswith("-") else f"s3://{bucket}/{part}") for part in rest]
        told = said("-y", verb, *addresses, code=1)
        assert "a.csv is no longer as it was when this was planned" in told.out + told.err
        assert "Somebody wrote 5 B to it meanwhile" in told.out + told.err
        assert bodies(server, bucket) == [b"newer", b"old"]
        if verb == "sync":
            assert "1 name deleted." in told.out + told.err
            assert [one["Key"] for one in client.list_objects_v2(Bucket=bucket, Prefix="raw/")["Contents"]] == [
                "raw/a.csv",
                "raw/b.csv",
            ]
        elif verb == "mv" or "-r" in words:
            said("-y", "undo")
            assert bodies(server, bucket)[0] == b"newer"
