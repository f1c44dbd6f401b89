"""edit on moto, with a script for an editor."""

import shlex
import sys
from pathlib import Path

import pytest

from tests.cli.line import CommandLine
from tests.servers import S3Server


@pytest.fixture
def uri(moto: S3Server, bucket: str) -> str:
    moto.client().put_object(Bucket=bucket, Key="a.csv", Body=b"one\n", ContentType="text/csv", Tagging="team=a")
    return f"s3://{bucket}/a.csv"


def with_editor(line: CommandLine, tmp_path: Path, script: str) -> CommandLine:
    path = tmp_path / "editor.sh"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return CommandLine({**line.environment, "EDITOR": str(path), "VISUAL": ""})


def content(moto: S3Server, uri: str) -> bytes:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    body: bytes = moto.client().get_object(Bucket=bucket, Key=key)["Body"].read()
    return body


def test_what_was_typed_is_written_back(line: CommandLine, moto: S3Server, uri: str, tmp_path: Path) -> None:
    edit = with_editor(line, tmp_path, 'echo two >> "$1"')
    said = edit("edit", uri)
    assert said.out.startswith("Edited a.csv (version ")
    assert "1 line added" in said.err
    assert "To undo it: s3ml restore" in said.err
    assert content(moto, uri) == b"one\ntwo\n"
    assert line("tag", uri).out == "team  a\n"
    assert line("meta", uri).out == "content-type  text/csv\n"


def test_unchanged_text_writes_nothing(line: CommandLine, moto: S3Server, uri: str, tmp_path: Path) -> None:
    assert "nothing was written" in with_editor(line, tmp_path, "true")("edit", uri).out
    assert len(line("history", uri, "--json").rows) == 1


def test_an_editor_that_fails_writes_nothing(line: CommandLine, moto: S3Server, uri: str, tmp_path: Path) -> None:
    said = with_editor(line, tmp_path, 'echo two >> "$1"; exit 3')("edit", uri, code=1)
    assert "ended with 3" in said.err
    assert content(moto, uri) == b"one\n"
    missing = CommandLine({**line.environment, "EDITOR": "/nowhere/editor", "VISUAL": ""})
    assert "cannot be started" in missing("edit", uri, code=1).err


def test_after_somebody_elses_write_mine_is_kept_in_a_file(
    line: CommandLine, moto: S3Server, uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    put = f"{shlex.quote(sys.executable)} -m s3ml_tui put theirs.txt {uri} --yes"
    (tmp_path / "theirs.txt").write_text("theirs\n")
    said = with_editor(line, tmp_path, f'echo mine > "$1"; {put} >/dev/null 2>&1')("edit", uri, code=1)
    assert "no longer as it was when the editing began" in said.err
    assert "What you wrote is kept in a.csv.mine" in said.err
    assert (tmp_path / "a.csv.mine").read_text() == "mine\n"
    assert content(moto, uri) == b"theirs\n"


def test_a_binary_object_is_refused(line: CommandLine, moto: S3Server, uri: str, tmp_path: Path) -> None:
    moto.client().put_object(Bucket=uri.split("/")[2], Key="a.csv", Body=b"\x00\x01")
    assert "is no text" in with_editor(line, tmp_path, "true")("edit", uri, code=2).err
    assert "no dry run" in line("edit", uri, "--dry-run", code=2).err
