"""Standard streams that are closed or full: a sentence and the right exit code; what was done is not called failed."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.line import Said
from tests.exhaustive import rows
from tests.servers import S3Server

CLOSED = "Standard output is closed."
FULL = "No space is left on the disk that standard output is written to."
LOST = "s3ml: The result could not be written. {} Send it to another place, and run it again.\n"
DONE = "s3ml: What was asked for is done. What the command printed is lost: {}\n"

needs_dev_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
GONE = {">&-": CLOSED, ">/dev/full": FULL}
READING = {
    "ls": ("ls", "s3://{bucket}"),
    "ls --json": ("ls", "--json"),
    "cat": ("cat", "s3://{bucket}/a.csv"),
    "get -": ("get", "s3://{bucket}/a.csv", "-"),
    "stat": ("stat", "s3://{bucket}/a.csv"),
    "history": ("history", "s3://{bucket}/a.csv"),
    "find": ("find", "s3://{bucket}", "--name", "a*"),
    "du": ("du", "s3://{bucket}"),
    "buckets": ("buckets",),
    "config show": ("config", "show"),
    "--help": ("--help",),
    "rm --help": ("rm", "--help"),
    "--version": ("--version",),
}
CHANGING = {
    "put": ("put", "{file}", "s3://{bucket}/new.csv"),
    "put --json": ("put", "--json", "{file}", "s3://{bucket}/new.csv"),
    "put -r": ("put", "-r", "{folder}", "s3://{bucket}/"),
    "put -r --json": ("put", "-r", "--json", "{folder}", "s3://{bucket}/"),
    "sync": ("sync", "{folder}", "s3://{bucket}/"),
    "get": ("get", "s3://{bucket}/a.csv", "{folder}/here.csv"),
    "cp": ("cp", "s3://{bucket}/a.csv", "s3://{bucket}/new.csv"),
    "rm": ("rm", "-y", "s3://{bucket}/a.csv"),
    "rm --json": ("rm", "-y", "--json", "s3://{bucket}/a.csv"),
    "tag": ("tag", "-y", "s3://{bucket}/a.csv", "a=b"),
    "config init": ("config", "init"),
}


@pytest.fixture
def bucket(moto: S3Server) -> str:
    bucket = moto.bucket()
    moto.client().put_object(Bucket=bucket, Key="a.csv", Body=b"1,2\n")
    return bucket


def run(server: S3Server, redirected: str, words: Sequence[str], folder: Path, bucket: str) -> Said:
    """A command whose streams a shell closes or sends elsewhere."""
    (folder / "up").mkdir()
    file = folder / "up" / "new.csv"
    file.write_bytes(b"3,4\n")
    said = [word.format(bucket=bucket, file=file, folder=folder / "up") for word in words]
    ended = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {redirected}', "sh", sys.executable, "-m", "s3ml_tui", *said],
        check=False,
        env={**os.environ, **server.environment(), "S3ML_CONFIG": str(folder / "config.toml")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return Said(ended.returncode, ended.stdout, ended.stderr)


@needs_dev_full
@pytest.mark.parametrize("where", GONE)
@pytest.mark.parametrize("words", rows(READING, {"ls", "cat", "--version"}))
def test_a_result_that_cannot_be_written_is_a_failure(
    moto: S3Server, bucket: str, tmp_path: Path, where: str, words: Sequence[str]
) -> None:
    said = run(moto, where, words, tmp_path, bucket)
    assert said.code == 1
    assert said.err.endswith(LOST.format(GONE[where]))
    assert "mistake" not in said.err


@needs_dev_full
@pytest.mark.parametrize("where", GONE)
@pytest.mark.parametrize("words", rows(CHANGING, {"put", "put -r --json", "rm"}))
def test_what_was_done_is_not_said_to_have_failed(
    moto: S3Server, bucket: str, tmp_path: Path, where: str, words: Sequence[str]
) -> None:
    said = run(moto, where, words, tmp_path, bucket)
    assert said.err.endswith(DONE.format(GONE[where]))
    assert said.code == 0
    for failed in ("mistake", "again", "could not"):
        assert failed not in said.err
    if words[0] in {"put", "sync", "cp"}:
        versions = moto.client().list_object_versions(Bucket=bucket, Prefix="new.csv")
        assert len(versions["Versions"]) == 1


@needs_dev_full
@pytest.mark.parametrize("where", ["2>&-", "2>/dev/full", "<&-", "<&- 2>&-"])
@pytest.mark.parametrize("words", rows(READING | CHANGING, {"ls", "put"}))
def test_nobody_to_talk_to_changes_no_result(
    moto: S3Server, bucket: str, tmp_path: Path, where: str, words: Sequence[str]
) -> None:
    said = run(moto, where, words, tmp_path, bucket)
    assert said.code == 0
    assert said.out


def test_a_connection_never_gets_the_number_of_a_stream(moto: S3Server, bucket: str, tmp_path: Path) -> None:
    said = run(moto, "<&- >&- 2>&-", CHANGING["put"], tmp_path, bucket)
    assert (said.code, said.out, said.err) == (0, "", "")
    assert moto.client().get_object(Bucket=bucket, Key="new.csv")["Body"].read() == b"3,4\n"


def test_what_failed_keeps_its_exit_code(moto: S3Server, bucket: str, tmp_path: Path) -> None:
    assert run(moto, ">&-", ("cat", "s3://{bucket}/no.csv"), tmp_path, bucket).code == 3


def test_the_screens_say_that_there_is_no_terminal(moto: S3Server, bucket: str, tmp_path: Path) -> None:
    said = run(moto, "<&- >&-", ("s3://{bucket}",), tmp_path, bucket)
    assert said.code == 2
    assert "terminal" in said.err
