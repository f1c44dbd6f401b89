"""put, get, rm, share and verify on moto."""

import hashlib
import urllib.request
from pathlib import Path

import pytest

from tests.cli.line import CommandLine, line_to
from tests.fault_proxy import SwitchableServer
from tests.permissions import GET_VERSION
from tests.servers import S3Server


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_bytes(b"x,y\n1,2\n")
    return path


def test_what_was_put_is_got_and_verified(line: CommandLine, bucket: str, file: Path, tmp_path: Path) -> None:
    put = line("put", file, f"s3://{bucket}/raw/", "--json").row
    assert put["uri"] == f"s3://{bucket}/raw/a.csv"
    assert put["version_id"]
    assert put["undo"] == f"s3ml rm {put['uri']}"
    got = line("get", put["uri"], tmp_path / "b.csv", "--json").row
    assert (tmp_path / "b.csv").read_bytes() == file.read_bytes()
    assert got["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert got["version_id"] == put["version_id"]
    assert got["is_verified"] is True
    assert line("verify", put["uri"], tmp_path / "b.csv", "--json").row["is_same"] is True


def test_verify_ends_with_1_when_bytes_differ(line: CommandLine, bucket: str, file: Path) -> None:
    line("put", file, f"s3://{bucket}/a.csv")
    file.write_text("other")
    said = line("verify", f"s3://{bucket}/a.csv", file, code=1)
    assert said.out.startswith("Different: ")


def test_results_on_stdout_and_the_rest_on_stderr(line: CommandLine, bucket: str, file: Path) -> None:
    said = line("put", file, f"s3://{bucket}/a.csv")
    assert said.out.startswith("Uploaded a.csv (version ")
    assert len(said.out.splitlines()) == 1
    assert "Upload a.csv" in said.err
    assert f"To undo it: s3ml rm s3://{bucket}/a.csv" in said.err


def test_an_existing_file_is_replaced_only_by_force(line: CommandLine, bucket: str, file: Path) -> None:
    line("put", file, f"s3://{bucket}/a.csv")
    file.write_text("mine")
    line("get", f"s3://{bucket}/a.csv", file, code=1)
    assert file.read_text() == "mine"
    line("get", f"s3://{bucket}/a.csv", file, "--force")
    assert file.read_bytes() == b"x,y\n1,2\n"


def test_getting_into_a_folder_keeps_the_name(line: CommandLine, bucket: str, file: Path, tmp_path: Path) -> None:
    line("put", file, f"s3://{bucket}/raw/a.csv")
    (tmp_path / "there").mkdir()
    said = line("get", f"s3://{bucket}/raw/a.csv", tmp_path / "there")
    assert said.out == f"{tmp_path / 'there' / 'a.csv'}\n"


def test_an_old_version_can_be_got(line: CommandLine, bucket: str, file: Path, tmp_path: Path) -> None:
    first = line("put", file, f"s3://{bucket}/a.csv", "--json").row["version_id"]
    file.write_text("second")
    line("put", file, f"s3://{bucket}/a.csv")
    line("get", f"s3://{bucket}/a.csv", tmp_path / "old.csv", "--version-id", first)
    assert (tmp_path / "old.csv").read_bytes() == b"x,y\n1,2\n"


def test_a_dry_run_changes_nothing(line: CommandLine, moto: S3Server, bucket: str, file: Path, tmp_path: Path) -> None:
    assert "become" in line("put", file, f"s3://{bucket}/a.csv", "--dry-run").out
    assert "Contents" not in moto.client().list_objects_v2(Bucket=bucket)
    line("put", file, f"s3://{bucket}/a.csv")
    plan = line("--dry-run", "--json", "rm", f"s3://{bucket}/a.csv").row
    assert plan["is_destructive"] is True
    assert "delete marker" in plan["sentences"][0]
    assert "become" in line("get", f"s3://{bucket}/a.csv", tmp_path / "new.csv", "--dry-run").out
    assert not (tmp_path / "new.csv").exists()
    assert len(moto.client().list_object_versions(Bucket=bucket)["Versions"]) == 1


def test_without_a_terminal_a_delete_needs_yes(line: CommandLine, moto: S3Server, bucket: str, file: Path) -> None:
    line("put", file, f"s3://{bucket}/a.csv")
    said = line("rm", f"s3://{bucket}/a.csv", code=2)
    assert "--yes" in said.err
    assert "DeleteMarkers" not in moto.client().list_object_versions(Bucket=bucket)
    said = line("rm", f"s3://{bucket}/a.csv", "--yes")
    assert said.out.startswith("Deleted a.csv")
    assert "To undo it: s3ml restore" in said.err
    assert "already" in line("rm", f"s3://{bucket}/a.csv", "--yes").out


def test_putting_over_bytes_without_versions_needs_yes(line: CommandLine, moto: S3Server, file: Path) -> None:
    plain = moto.bucket(versioned=False)
    line("put", file, f"s3://{plain}/a.csv")
    file.write_text("second")
    line("put", file, f"s3://{plain}/a.csv", code=2)
    assert moto.client().get_object(Bucket=plain, Key="a.csv")["Body"].read() == b"x,y\n1,2\n"
    line("put", file, f"s3://{plain}/a.csv", "--yes")
    assert moto.client().get_object(Bucket=plain, Key="a.csv")["Body"].read() == b"second"


def test_a_shared_link_gives_the_bytes(line: CommandLine, bucket: str, file: Path) -> None:
    line("put", file, f"s3://{bucket}/a.csv")
    said = line("share", f"s3://{bucket}/a.csv", "--expires", "2m")
    with urllib.request.urlopen(said.out.strip(), timeout=60) as answer:
        assert answer.read() == file.read_bytes()
    assert "It works until" in said.err
    row = line("share", f"s3://{bucket}/a.csv", "--json").row
    assert row["url"].startswith("http")
    assert row["version_id"]
    line("share", f"s3://{bucket}/a.csv", "--expires", "8d", code=2)


def test_what_is_missing_ends_with_3(line: CommandLine, bucket: str, tmp_path: Path) -> None:
    line("get", f"s3://{bucket}/no.csv", tmp_path / "x", code=3)
    line("rm", f"s3://{bucket}/no.csv", "--yes", code=3)
    line("share", f"s3://{bucket}/no.csv", code=3)
    line("put", tmp_path / "no.csv", f"s3://{bucket}/no.csv", code=1)


def test_a_read_only_context_refuses_changes(line: CommandLine, bucket: str, file: Path) -> None:
    careful = CommandLine({**line.environment, "S3ML_READ_ONLY": "1"})
    assert "read-only" in careful("put", file, f"s3://{bucket}/a.csv", code=4).err


def test_a_dash_prints_the_bytes_and_nothing_else(line: CommandLine, bucket: str, file: Path) -> None:
    line("put", file, f"s3://{bucket}/a.txt")
    said = line("get", f"s3://{bucket}/a.txt", "-")
    assert said.out == file.read_text()
    assert line("get", f"s3://{bucket}/a.txt", "-", "--dry-run").out.startswith("Download a.txt")
    assert not Path("-").exists()


def test_a_folder_is_not_got(line: CommandLine, bucket: str, tmp_path: Path) -> None:
    assert "is a folder" in line("get", f"s3://{bucket}/d/", tmp_path, code=2).err


def test_a_kms_key_that_an_upload_does_not_take_over_is_said_in_the_plan(
    line: CommandLine, moto: S3Server, bucket: str, file: Path
) -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    moto.client().put_object(Bucket=bucket, Key="a.csv", Body=b"1", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
    words = ["put", file, f"s3://{bucket}/a.csv", "--dry-run"]
    assert f"encrypted with the KMS key {key}. The upload does not take it over" in line(*words).out
    assert "KMS" not in line(*words, "--sse-kms-key-id", key).out
    assert "KMS" not in line("put", file, f"s3://{bucket}/b.csv", "--dry-run").out


def test_a_link_names_no_version_that_its_signer_may_not_read(moto: S3Server, bucket: str) -> None:
    moto.client().put_object(Bucket=bucket, Key="a.csv", Body=b"1")
    with SwitchableServer(moto.endpoint) as server:
        GET_VERSION.deny(server)
        said = line_to(S3Server(server.endpoint, moto.access_key, moto.secret_key))
        told = said("share", f"s3://{bucket}/a.csv")
        assert "versionId" not in told.out
        with urllib.request.urlopen(told.out.strip()) as answer:
            assert answer.read() == b"1"
    assert "Without s3:GetObjectVersion it names no version" in told.err
