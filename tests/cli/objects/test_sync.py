"""put -r, get -r, several sources, sync and transfers: what they print, and how they end."""

import json
import os
import time
from pathlib import Path

import pytest

from tests.cli.line import CommandLine
from tests.exhaustive import EXHAUSTIVE
from tests.servers import S3Server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.csv", "b/c.csv", "b/d.log"):
        path = tmp_path / "folder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "folder"


def keys(server: S3Server, bucket: str) -> list[str]:
    return [entry["Key"] for entry in server.client().list_objects_v2(Bucket=bucket).get("Contents", [])]


def test_a_folder_goes_up_and_comes_down(
    line: CommandLine, moto: S3Server, bucket: str, folder: Path, tmp_path: Path
) -> None:
    said = line("put", "-r", folder, f"s3://{bucket}/up/")
    assert said.out == "Uploaded 3 files\n"
    assert "3 files, 19 B, go from" in said.err
    assert "To undo it: s3ml undo" in said.err
    assert keys(moto, bucket) == ["up/a.csv", "up/b/c.csv", "up/b/d.log"]
    line("get", "-r", f"s3://{bucket}/up/", tmp_path / "down")
    assert (tmp_path / "down" / "b" / "c.csv").read_text() == "b/c.csv"
    line("undo", "--yes")
    assert keys(moto, bucket) == []


def test_folders_and_prefixes_want_to_be_said(line: CommandLine, bucket: str, folder: Path) -> None:
    assert "Add -r" in line("put", folder, f"s3://{bucket}/up/", code=2).err
    assert "is a folder" in line("get", f"s3://{bucket}/up/", code=2).err
    assert "is a folder" in line("get", f"s3://{bucket}", code=2).err
    assert "Where to?" in line("put", folder, code=2).err
    assert "not an S3 address" in line("put", folder / "a.csv", folder / "b", code=2).err


def test_several_sources_and_filters(line: CommandLine, moto: S3Server, bucket: str, folder: Path) -> None:
    line("put", "-r", folder / "b", folder / "a.csv", f"s3://{bucket}/x/", "--exclude", "*", "--include", "*.csv")
    assert keys(moto, bucket) == ["x/a.csv", "x/b/c.csv"]
    down = folder / "down"
    line("get", f"s3://{bucket}/x/a.csv", f"s3://{bucket}/x/b/c.csv", down, "--concurrency", "2")
    assert sorted(path.name for path in down.iterdir()) == ["a.csv", "c.csv"]


def test_names_that_are_taken_are_decided_by_an_option(
    line: CommandLine, moto: S3Server, bucket: str, folder: Path, tmp_path: Path
) -> None:
    line("put", "-r", folder, f"s3://{bucket}/")
    skipped = line("put", "-r", folder, f"s3://{bucket}/", "--on-conflict", "skip")
    assert "left as they are" in skipped.out
    both = line("put", "-r", folder, f"s3://{bucket}/", "--on-conflict", "keep-both", "--json")
    assert {row["target"] for row in both.rows} == {
        f"s3://{bucket}/{name}" for name in ("a (2).csv", "b/c (2).csv", "b/d (2).log")
    }
    assert {row["status"] for row in both.rows} == {"done"}
    line("get", "-r", f"s3://{bucket}/", tmp_path / "down")
    refused = line("get", "-r", f"s3://{bucket}/", tmp_path / "down", code=2)
    assert "Add --yes" in refused.err
    line("get", "-r", f"s3://{bucket}/", tmp_path / "down", "--force")
    assert len(keys(moto, bucket)) == 6


def test_what_was_refused_or_failed_is_told_and_ends_with_a_code(
    line: CommandLine, moto: S3Server, bucket: str, folder: Path, tmp_path: Path
) -> None:
    (folder / "dead").symlink_to("nothing")
    said = line("put", "-r", folder, f"s3://{bucket}/", "--json", code=1)
    assert {"name": "dead", "status": "refused", "error": "it is a link to nothing"} in said.rows
    assert len(keys(moto, bucket)) == 3
    moto.client().put_object(Bucket=bucket, Key="../out", Body=b"x")
    said = line("get", "-r", f"s3://{bucket}/", tmp_path / "down", code=1)
    assert "../out" in said.err
    assert not (tmp_path / "out").exists()
    assert "There is no bucket" in line("get", "-r", "s3://none-such/x/", tmp_path / "d", code=3).err


def test_a_dry_run_changes_nothing(line: CommandLine, moto: S3Server, bucket: str, folder: Path) -> None:
    said = line("put", "-r", folder, f"s3://{bucket}/", "--dry-run")
    assert said.out.startswith("Upload 3 files\n")
    rows = line("put", "-r", folder, f"s3://{bucket}/", "--dry-run", "--json").rows
    assert [row["name"] for row in rows] == ["a.csv", "b/c.csv", "b/d.log"]
    assert keys(moto, bucket) == []


TO_ONE_KEY: dict[str, dict[str, str]] = {
    "overwrite": {"dir/report.txt": "new bytes"},
    "newer": {"dir/report.txt": "new bytes"},
    "skip": {"dir/report.txt": "old"},
    "keep-both": {"dir/report.txt": "old", "dir/report (2).txt": "new bytes"},
}


@pytest.mark.parametrize("words", [("put",), pytest.param(("put", "-r"), marks=EXHAUSTIVE), ("cp",)])
@pytest.mark.parametrize("answer", TO_ONE_KEY)
def test_one_file_to_a_key_is_that_key_whatever_the_options(
    line: CommandLine, moto: S3Server, bucket: str, tmp_path: Path, words: tuple[str, ...], answer: str
) -> None:
    client = moto.client()
    (tmp_path / "FILE").write_text("new bytes")
    line(*words, tmp_path / "FILE", f"s3://{bucket}/dir/free.txt", "--on-conflict", answer)
    assert keys(moto, bucket) == ["dir/free.txt"]
    client.delete_object(Bucket=bucket, Key="dir/free.txt")
    client.put_object(Bucket=bucket, Key="dir/report.txt", Body=b"old")
    later = time.time() + 60
    os.utime(tmp_path / "FILE", (later, later))
    line(*words, tmp_path / "FILE", f"s3://{bucket}/dir/report.txt", "--on-conflict", answer)
    bodies = {key: client.get_object(Bucket=bucket, Key=key)["Body"].read().decode() for key in keys(moto, bucket)}
    assert bodies == TO_ONE_KEY[answer]


@pytest.mark.parametrize("verb", ["get", "cp"])
@pytest.mark.parametrize("answer", TO_ONE_KEY)
def test_one_object_to_a_file_hears_what_becomes_of_the_file_that_is_there(
    line: CommandLine, moto: S3Server, bucket: str, tmp_path: Path, verb: str, answer: str
) -> None:
    moto.client().put_object(Bucket=bucket, Key="k", Body=b"new bytes")
    (tmp_path / "dir").mkdir()
    (tmp_path / "dir" / "report.txt").write_text("old")
    os.utime(tmp_path / "dir" / "report.txt", (1_000_000_000, 1_000_000_000))
    said = line(verb, f"s3://{bucket}/k", tmp_path / "dir" / "report.txt", "--on-conflict", answer)
    found = {f"dir/{path.name}": path.read_text() for path in (tmp_path / "dir").iterdir()}
    assert found == TO_ONE_KEY[answer]
    assert ("stays as it is" in said.out) == (answer == "skip")


def test_how_it_is_to_be_kept(line: CommandLine, moto: S3Server, bucket: str, folder: Path) -> None:
    options = ("--storage-class", "STANDARD_IA", "--sse-kms-key-id", "alias/k", "--bucket-owner-full-control")
    line("put", folder / "a.csv", f"s3://{bucket}/one", *options)
    line("put", "-r", folder, f"s3://{bucket}/many/", *options)
    for key in ("one", "many/b/c.csv"):
        answer = moto.client().head_object(Bucket=bucket, Key=key)
        assert (answer["StorageClass"], answer["ServerSideEncryption"]) == ("STANDARD_IA", "aws:kms")


def test_sync_moves_what_differs_deletes_what_is_asked_and_then_nothing(
    line: CommandLine, moto: S3Server, bucket: str, folder: Path, tmp_path: Path
) -> None:
    assert line("sync", folder, f"s3://{bucket}/s/").out == "Uploaded 3 files\n"
    assert "All is there already" in line("sync", folder, f"s3://{bucket}/s/").out
    (folder / "a.csv").unlink()
    (folder / "b" / "c.csv").write_text("other bytes")
    asked = line("sync", folder, f"s3://{bucket}/s/", "--delete", code=2)
    assert "Add --yes" in asked.err
    dry = line("sync", folder, f"s3://{bucket}/s/", "--delete", "--dry-run", "--json").rows
    assert {json.dumps(row.get("is_deleted", False)) for row in dry} == {"true", "false"}
    line("sync", folder, f"s3://{bucket}/s/", "--delete", "--yes")
    assert keys(moto, bucket) == ["s/b/c.csv", "s/b/d.log"]
    line("sync", f"s3://{bucket}/s/", tmp_path / "down", "--checksum")
    assert (tmp_path / "down" / "b" / "c.csv").read_text() == "other bytes"
    line("sync", f"s3://{bucket}/s/", f"s3://{bucket}/t/", "--exclude", "*.log")
    assert "t/b/c.csv" in keys(moto, bucket)
    assert "t/b/d.log" not in keys(moto, bucket)
    assert "There is no folder" in line("sync", tmp_path / "none", f"s3://{bucket}/", code=2).err


def test_yes_does_not_answer_whether_everything_is_deleted(
    line: CommandLine, moto: S3Server, bucket: str, folder: Path
) -> None:
    words = ("sync", f"s3://{bucket}/nothing/", folder, "--delete")
    refused = line(*words, "-y", code=2)
    assert "would delete everything" in refused.err
    assert "add --delete-all" in refused.err
    assert (folder / "a.csv").is_file()
    assert "which takes --delete-all" in line(*words, "--dry-run").out
    assert "Add --yes" in line(*words, "--delete-all", code=2).err
    line(*words, "--delete-all", "-y")
    assert not [path for path in folder.rglob("*") if path.is_file()]


def test_transfers_without_any_says_so(line: CommandLine) -> None:
    assert "No transfer" in line("transfers").err
    assert "not both" in line("transfers", "--resume", "--discard", code=2).err
