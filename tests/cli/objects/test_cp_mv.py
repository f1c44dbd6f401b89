"""cp, mv and rm -r on moto: what is printed, what becomes of the bucket, how it is undone."""

import os
import shlex
from pathlib import Path

import pexpect
import pytest

from tests.cli.line import CommandLine
from tests.cli.terminal.test_terminal import ended, terminal
from tests.servers import S3Server


@pytest.fixture
def filled(moto: S3Server, bucket: str) -> str:
    """A bucket with some objects; its address."""
    for name in ("raw/a.csv", "raw/b.csv", "raw/deep/c.csv", "old/a.csv"):
        moto.client().put_object(Bucket=bucket, Key=name, Body=name.encode(), Tagging="team=a")
    return f"s3://{bucket}"


def content(moto: S3Server, uri: str) -> bytes:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    body: bytes = moto.client().get_object(Bucket=bucket, Key=key)["Body"].read()
    return body


def keys(moto: S3Server, uri: str) -> list[str]:
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    return [one["Key"] for one in moto.client().list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", ())]


def test_an_object_is_copied_and_the_printed_command_undoes_it(line: CommandLine, moto: S3Server, filled: str) -> None:
    said = line("cp", f"{filled}/raw/a.csv", f"{filled}/new/")
    assert said.out.startswith("Copied a.csv (version ")
    assert f"{filled}/raw/a.csv → {filled}/new/a.csv" in said.err
    assert content(moto, f"{filled}/new/a.csv") == b"raw/a.csv"
    undo = said.err.partition("To undo it: s3ml ")[2].splitlines()[0]
    line(*shlex.split(undo), "--yes")
    assert keys(moto, f"{filled}/new/") == []


def test_an_object_is_renamed_and_all_printed_commands_undo_it(line: CommandLine, moto: S3Server, filled: str) -> None:
    row = line("mv", f"{filled}/raw/a.csv", f"{filled}/raw/z.csv", "--json").row
    assert row["title"] == "Renamed a.csv"
    assert row["uri"] == f"{filled}/raw/z.csv"
    assert keys(moto, f"{filled}/raw/") == ["raw/b.csv", "raw/deep/c.csv", "raw/z.csv"]
    for command in row["undo_commands"]:
        line(*shlex.split(command)[1:], "--yes")
    assert keys(moto, f"{filled}/raw/") == ["raw/a.csv", "raw/b.csv", "raw/deep/c.csv"]


def test_a_prefix_is_moved_whole(line: CommandLine, moto: S3Server, filled: str) -> None:
    rows = line("mv", "-r", f"{filled}/raw/", f"{filled}/new", "--dry-run", "--json").rows
    assert [row["target"] for row in rows] == [f"{filled}/new/{name}" for name in ("a.csv", "b.csv", "deep/c.csv")]
    assert all(row["is_move"] and not row["is_there"] for row in rows)
    assert "3 objects" in line("mv", "-r", f"{filled}/raw/", f"{filled}/new", "--dry-run").out
    assert keys(moto, f"{filled}/new/") == []
    said = line("mv", "-r", f"{filled}/raw/", f"{filled}/new")
    assert said.out == "Moved 3 objects\n"
    assert said.err.count("s3ml restore") + said.err.count("s3ml rm") == 6
    assert keys(moto, f"{filled}/raw/") == []
    assert content(moto, f"{filled}/new/deep/c.csv") == b"raw/deep/c.csv"


def test_what_is_there_is_asked_about_or_said(line: CommandLine, moto: S3Server, filled: str) -> None:
    said = line("cp", "-r", f"{filled}/raw/", f"{filled}/old/", code=2)
    assert "1 object is there already" in said.err
    assert "--on-conflict" in said.err
    assert keys(moto, f"{filled}/old/") == ["old/a.csv"]
    line("cp", "-r", f"{filled}/raw/", f"{filled}/old/", "--on-conflict", "skip")
    assert content(moto, f"{filled}/old/a.csv") == b"old/a.csv"
    line("cp", "-r", f"{filled}/raw/", f"{filled}/old/", "--on-conflict", "keep-both")
    assert content(moto, f"{filled}/old/a (2).csv") == b"raw/a.csv"
    line("cp", f"{filled}/raw/a.csv", f"{filled}/old/a.csv", "--yes")
    assert content(moto, f"{filled}/old/a.csv") == b"raw/a.csv"


def test_in_a_terminal_a_letter_answers(line: CommandLine, moto: S3Server, filled: str) -> None:
    with terminal(line, "cp", f"{filled}/raw/a.csv", f"{filled}/old/a.csv") as child:
        child.expect_exact("1 object is there already")
        child.expect_exact("Which? [o/s/k/n]")
        child.sendline("o")
        assert ended(child) == 0
    assert content(moto, f"{filled}/old/a.csv") == b"raw/a.csv"
    with terminal(line, "cp", f"{filled}/raw/b.csv", f"{filled}/old/a.csv") as child:
        child.expect_exact("Which? [o/s/k/n]")
        child.sendline("")
        child.expect(pexpect.EOF)
    assert content(moto, f"{filled}/old/a.csv") == b"raw/a.csv"


def test_an_old_version_is_copied(line: CommandLine, moto: S3Server, filled: str) -> None:
    bucket = filled.removeprefix("s3://")
    old = moto.client().head_object(Bucket=bucket, Key="raw/a.csv")["VersionId"]
    moto.client().put_object(Bucket=bucket, Key="raw/a.csv", Body=b"newer")
    line("cp", f"{filled}/raw/a.csv", f"{filled}/was.csv", "--version-id", old)
    assert content(moto, f"{filled}/was.csv") == b"raw/a.csv"


def test_between_s3_and_this_machine_it_is_put_and_get(
    line: CommandLine, moto: S3Server, filled: str, tmp_path: Path
) -> None:
    (tmp_path / "up.txt").write_text("up")
    line("cp", tmp_path / "up.txt", f"{filled}/up/")
    assert content(moto, f"{filled}/up/up.txt") == b"up"
    line("cp", f"{filled}/raw/a.csv", tmp_path)
    assert (tmp_path / "a.csv").read_bytes() == b"raw/a.csv"
    assert "Neither" in line("cp", tmp_path, tmp_path, code=2).err
    assert "Only what is in S3 is moved" in line("mv", tmp_path / "up.txt", f"{filled}/x", code=2).err
    assert os.path.lexists(tmp_path / "up.txt")


def test_a_folder_needs_recursive(line: CommandLine, moto: S3Server, filled: str) -> None:
    assert "--recursive" in line("cp", f"{filled}/raw/", f"{filled}/new/", code=2).err
    assert "--recursive" in line("rm", f"{filled}/raw/", "--yes", code=2).err
    assert "--recursive" in line("mv", filled, "s3://other", code=2).err
    assert len(keys(moto, f"{filled}/raw/")) == 3


def test_all_below_a_prefix_is_deleted_and_comes_back_by_the_printed_commands(
    line: CommandLine, moto: S3Server, filled: str
) -> None:
    rows = line("rm", "-r", f"{filled}/raw/", "--dry-run", "--json").rows
    assert [row["key"] for row in rows] == ["raw/a.csv", "raw/b.csv", "raw/deep/c.csv"]
    assert "--yes" in line("rm", "-r", f"{filled}/raw/", code=2).err
    assert len(keys(moto, f"{filled}/raw/")) == 3
    row = line("rm", "-r", f"{filled}/raw/", "--yes", "--json").row
    assert row["title"] == "Deleted 3 objects"
    assert keys(moto, f"{filled}/raw/") == []
    assert keys(moto, f"{filled}/") == ["old/a.csv"]
    for command in row["undo_commands"]:
        line(*shlex.split(command)[1:])
    assert len(keys(moto, f"{filled}/raw/")) == 3
    line("rm", "-r", f"{filled}/none/", "--yes", code=3)


def test_what_fails_in_part_ends_with_1(line: CommandLine, moto: S3Server, filled: str) -> None:
    bucket = filled.removeprefix("s3://")
    moto.client().put_object(Bucket=bucket, Key="cold/a", Body=b"1", StorageClass="GLACIER")
    moto.client().put_object(Bucket=bucket, Key="cold/b", Body=b"2")
    said = line("cp", "-r", f"{filled}/cold/", f"{filled}/new/", code=1)
    assert said.out.startswith("Copied 1 of 2 objects; 1 failed")
    assert "archive" in said.err
