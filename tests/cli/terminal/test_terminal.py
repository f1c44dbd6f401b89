"""Commands in a real terminal: questions, bars, and names that would harm one."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pytest

from tests.cli.line import CommandLine
from tests.servers import S3Server

ESC_KEY = "report[v2] [bold]\x1b[31m.csv"


@contextmanager
def terminal(line: CommandLine, *arguments: object) -> Iterator["pexpect.spawn[str]"]:
    """A command in a pty, ended when the block is left."""
    child = pexpect.spawn(
        sys.executable,
        ["-m", "s3ml_tui", *map(str, arguments)],
        env=os.environ | dict(line.environment) | {"TERM": "xterm-256color", "COLUMNS": "160"},
        encoding="utf-8",
        timeout=30,
        dimensions=(40, 160),
    )
    try:
        yield child
    finally:
        child.close(force=True)


def ended(child: "pexpect.spawn[str]") -> int | None:
    child.expect(pexpect.EOF)
    child.wait()
    status: int | None = child.exitstatus
    return status


@pytest.fixture
def uri(line: CommandLine, bucket: str, tmp_path: Path) -> str:
    file = tmp_path / "a.txt"
    file.write_text("one")
    line("put", file, f"s3://{bucket}/a.txt")
    return f"s3://{bucket}/a.txt"


@pytest.mark.parametrize(("answer", "code", "versions"), [("y", 0, 2), ("n", 130, 1), ("", 130, 1)])
def test_a_delete_is_asked_about_and_no_is_the_default(
    line: CommandLine, uri: str, answer: str, code: int, versions: int
) -> None:
    with terminal(line, "rm", uri) as child:
        child.expect_exact("nothing is destroyed")
        child.expect_exact("Delete? [y/N]")
        child.sendline(answer)
        assert ended(child) == code
    assert len(line("history", uri, "--json").rows) == versions


def test_bringing_back_is_asked_about_and_enter_does_it(line: CommandLine, uri: str, tmp_path: Path) -> None:
    first = line("history", uri, "--json").row["version_id"]
    (tmp_path / "a.txt").write_text("two")
    line("put", tmp_path / "a.txt", uri)
    with terminal(line, "restore", uri, "--version-id", first) as child:
        child.expect_exact("Bring back? [Y/n]")
        child.sendline("")
        assert ended(child) == 0
    assert len(line("history", uri, "--json").rows) == 3


def test_yes_asks_nothing(line: CommandLine, uri: str) -> None:
    with terminal(line, "rm", uri, "--yes") as child:
        assert ended(child) == 0
        assert "[y/N]" not in (child.before or "")


def test_a_new_object_is_put_without_a_question(line: CommandLine, bucket: str, tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("b")
    with terminal(line, "put", tmp_path / "b.txt", f"s3://{bucket}/") as child:
        assert ended(child) == 0
        assert "Uploaded b.txt" in (child.before or "")


def test_a_large_upload_has_a_bar_and_a_pipe_has_none(line: CommandLine, bucket: str, tmp_path: Path) -> None:
    file = tmp_path / "[red]large.bin"
    file.write_bytes(bytes(3_000_000))
    with terminal(line, "put", file, f"s3://{bucket}/") as child:
        child.expect_exact("Upload [red]large.bin")
        child.expect_exact("3.0 MB")
        child.expect_exact("━")
        assert ended(child) == 0
    assert "━" not in line.process("put", file, f"s3://{bucket}/again").err


def test_an_escape_sequence_in_a_name_never_reaches_the_terminal(seaweed: S3Server, tmp_path: Path) -> None:
    here, bucket = CommandLine(seaweed.environment() | {"NO_COLOR": "1"}), seaweed.bucket()
    file = tmp_path / ESC_KEY
    file.write_text("x")
    shown = ""
    for arguments in (
        ("put", file, f"s3://{bucket}/"),
        ("ls", f"s3://{bucket}"),
        ("history", f"s3://{bucket}/{ESC_KEY}"),
        ("rm", "--dry-run", f"s3://{bucket}/{ESC_KEY}"),
        ("get", f"s3://{bucket}/{ESC_KEY}", tmp_path / "back.csv"),
    ):
        with terminal(here, *arguments) as child:
            assert ended(child) == 0, child.before
            shown += child.before or ""
    assert "report[v2] [bold]\\x1b[31m.csv" in shown
    assert "\x1b[31m" not in shown
    assert (tmp_path / "back.csv").read_text() == "x"
    [row] = here("ls", f"s3://{bucket}").out.splitlines()
    assert row.endswith("report[v2] [bold]\\x1b[31m.csv"), "whatever stands behind a pipe obeys nothing"
    assert here("ls", "--json", f"s3://{bucket}").row["key"] == ESC_KEY, "for programs it is as it is"


def test_before_a_change_to_a_bucket_that_is_no_workspace_it_is_asked_about(line: CommandLine, uri: str) -> None:
    question = "is not a workspace of s3ml: is it the bucket you mean to change?"
    with terminal(line, "rm", uri) as child:
        child.expect_exact(question)
        child.expect_exact("Delete? [y/N]")
        child.sendline("n")
        assert ended(child) == 130
    for words in (("rm", uri, "--dry-run"), ("rm", uri, "--yes")):
        said = line.process(*words)
        assert question not in said.out + said.err


def test_before_a_change_in_a_workspace_nothing_more_is_asked(line: CommandLine, uri: str) -> None:
    line("init", uri.removesuffix("a.txt"), "--yes")
    with terminal(line, "rm", uri) as child:
        child.expect_exact("Delete? [y/N]")
        assert "is not a workspace" not in str(child.before)
        child.sendline("n")
        assert ended(child) == 130
