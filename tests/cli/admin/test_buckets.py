"""bucket create, versioning, block, lifecycle, empty, delete on moto."""

import shlex

import pytest

from tests.cli.line import CommandLine
from tests.cli.terminal.test_terminal import ended, terminal
from tests.servers import S3Server


@pytest.fixture
def filled(moto: S3Server, bucket: str) -> str:
    client = moto.client()
    for body in (b"1", b"22"):
        client.put_object(Bucket=bucket, Key="a", Body=body)
    client.put_object(Bucket=bucket, Key="d/b", Body=b"333")
    client.delete_object(Bucket=bucket, Key="d/b")
    return bucket


def names(moto: S3Server) -> list[str]:
    return [one["Name"] for one in moto.client().list_buckets()["Buckets"]]


def test_a_bucket_is_made_private_and_versioned_and_unmade_by_the_printed_command(
    line: CommandLine, moto: S3Server
) -> None:
    assert "every old version" in line("bucket", "create", "brand-new", "--dry-run").out
    said = line("bucket", "create", "s3://brand-new")
    assert said.out == "Created the bucket brand-new\n"
    assert moto.client().get_bucket_versioning(Bucket="brand-new")["Status"] == "Enabled"
    assert moto.client().get_public_access_block(Bucket="brand-new")
    assert "To undo it: s3ml bucket delete brand-new" in said.err
    line("bucket", "delete", "brand-new", "--yes")
    assert names(moto) == []
    line("bucket", "create", "No_Such", code=2)


def test_versioning_and_the_block_are_set_and_put_back(line: CommandLine, moto: S3Server, bucket: str) -> None:
    line("bucket", "versioning", bucket, "suspended", code=2)
    said = line("bucket", "versioning", bucket, "suspended", "--yes")
    assert moto.client().get_bucket_versioning(Bucket=bucket)["Status"] == "Suspended"
    line(*shlex.split(said.err.partition("To undo it: ")[2].splitlines()[0])[1:])
    assert moto.client().get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert "already" in line("bucket", "versioning", bucket, "on").out
    line("bucket", "block", bucket)
    assert "already" in line("bucket", "block", bucket).out
    line("bucket", "block", bucket, "off", "--yes")
    assert "not blocked" in line("bucket", "block", bucket, "off").out


def test_lifecycle_rules_are_said_in_words(line: CommandLine, moto: S3Server, bucket: str) -> None:
    assert "There are none" in line("bucket", "lifecycle", bucket).out
    rule = {"ID": "tidy", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 30}}
    moto.client().put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})
    assert line("bucket", "lifecycle", bucket).out.splitlines() == [
        "tidy: objects below logs/",
        "  They get a delete marker (their bytes stay as old versions) 30 days after they were written.",
    ]
    assert line("bucket", "lifecycle", bucket, "--json").row["expire_days"] == 30


def test_a_rule_against_uploads_left_open_is_added_to_those_that_are_there(
    line: CommandLine, moto: S3Server, bucket: str
) -> None:
    rule = {"ID": "tidy", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 30}}
    moto.client().put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})
    assert "whoever began it" in line("bucket", "abort-uploads", bucket, code=2).err
    line("bucket", "abort-uploads", bucket, "--yes")
    rules = [row.get("abort_days") for row in line("bucket", "lifecycle", bucket, "--json").rows]
    assert rules == [None, 7]
    assert "does that already" in line("bucket", "abort-uploads", bucket).out


def test_all_is_counted_before_it_is_destroyed(line: CommandLine, moto: S3Server, filled: str) -> None:
    counted = "1 object (2 B), 2 old versions (4 B) and 1 delete marker"
    assert counted in line("bucket", "empty", filled, "--dry-run").out
    assert counted in line("bucket", "delete", filled, "--dry-run").out
    line("bucket", "empty", filled, code=2)
    line("bucket", "delete", filled, code=2)
    assert len(moto.client().list_object_versions(Bucket=filled)["Versions"]) == 3
    assert line("bucket", "empty", filled, "--yes").out == f"Emptied the bucket {filled}\n"
    assert "Versions" not in moto.client().list_object_versions(Bucket=filled)
    assert "is empty" in line("bucket", "empty", filled, "--yes").out
    assert line("bucket", "delete", filled, "--yes").out == f"Deleted the bucket {filled}\n"
    assert names(moto) == []
    line("bucket", "delete", filled, "--yes", code=3)


@pytest.mark.parametrize(("is_right", "code", "left"), [(True, 0, 0), (False, 130, 1)])
def test_in_a_terminal_the_name_is_typed(
    line: CommandLine, moto: S3Server, filled: str, is_right: bool, code: int, left: int
) -> None:
    with terminal(line, "bucket", "delete", filled) as child:
        child.expect_exact(f"Type {filled} to go on:")
        child.sendline(filled if is_right else "yes")
        assert ended(child) == code
    assert len(names(moto)) == left
