"""mkdir, unarchive and share on moto."""

import json
import urllib.request

import pytest

from tests.cli.line import CommandLine
from tests.servers import S3Server


def test_a_folder_is_made_and_unmade_by_the_printed_command(line: CommandLine, moto: S3Server, bucket: str) -> None:
    said = line("mkdir", f"s3://{bucket}/raw/2026")
    assert said.out.startswith("Made the folder 2026/")
    assert "S3 has no folders" in said.err
    assert line("ls", f"s3://{bucket}/raw/").out.strip().endswith("2026/")
    assert "there already" in line("mkdir", f"s3://{bucket}/raw/").out
    assert "bucket create" in line("mkdir", f"s3://{bucket}", code=2).err
    line("mkdir", f"s3://{bucket}/a//b", code=2)


def test_archived_bytes_are_made_readable(line: CommandLine, moto: S3Server, bucket: str) -> None:
    for name, kind in (("cold/a", "GLACIER"), ("cold/b", "STANDARD")):
        moto.client().put_object(Bucket=bucket, Key=name, Body=b"x", StorageClass=kind)
    uri = f"s3://{bucket}/cold/a"
    assert line("unarchive", uri).out.startswith("archived")
    assert "no archive" in line("unarchive", f"s3://{bucket}/cold/b", "--json").row["state"]
    said = line("unarchive", uri, "--days", 2, "--tier", "Bulk", "--dry-run")
    assert "for 2 days" in said.out
    said = line("unarchive", "-r", f"s3://{bucket}/cold/", "--days", 2)
    assert said.out.startswith("Asked for a from the archive")
    assert "restored" in line("unarchive", uri).out
    line("unarchive", "-r", f"s3://{bucket}/cold/", code=2)


@pytest.mark.parametrize("drawn", [[], ["--qr"]])
def test_a_link_is_printed_drawn_when_asked_and_remembered_without_it(
    line: CommandLine, moto: S3Server, bucket: str, drawn: list[str]
) -> None:
    moto.client().put_object(Bucket=bucket, Key="a.txt", Body=b"bytes")
    said = line("share", f"s3://{bucket}/a.txt", "--expires", "1h", *drawn)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(said.out.strip(), timeout=60) as answer:
        assert answer.read() == b"bytes"
    assert "cannot be revoked" in said.err
    assert ("QR code needs" in said.err or "█▀▀▀▀▀█" in said.err) == bool(drawn)
    printed = line("activity", "--json")
    records = [json.loads(row) for row in printed.out.splitlines()]
    assert any(str(record).count("Shared a.txt until") for record in records)
    assert "X-Amz" not in printed.out
    assert "Signature" not in printed.out
