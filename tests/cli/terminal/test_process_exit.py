"""Errors end a command with a sentence and a code; mistakes leave a file."""

import errno
import os
import signal
import stat
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from click.exceptions import Exit

from s3ml_tui import settings
from s3ml_tui.cli.terminal import crash
from s3ml_tui.cli.terminal.process_exit import ending
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, Denied, NotFound, S3mlError, Unreachable
from s3ml_tui.s3.connect import connect
from s3ml_tui.s3.direct_http.sigv4 import Signer
from tests.cli.line import CommandLine, line_to
from tests.servers import S3Server


@pytest.mark.parametrize(
    ("error", "code"), [(BadInput("a"), 2), (NotFound("a"), 3), (Denied("a"), 4), (Unreachable("a"), 5)]
)
def test_an_error_is_a_sentence_and_a_code(error: S3mlError, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Exit) as ended, ending():
        raise error
    assert ended.value.exit_code == code
    assert capsys.readouterr().err == "s3ml: a.\n"


def test_escape_sequences_in_a_sentence_are_made_visible(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Exit), ending():
        raise NotFound("no \x1b[31mred\x07")
    assert capsys.readouterr().err == "s3ml: no \\x1b[31mred\\x07.\n"


def test_ctrl_c_ends_with_130(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Exit) as ended, ending():
        raise KeyboardInterrupt
    assert ended.value.exit_code == 130


def test_a_mistake_leaves_a_file_without_values_and_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    secret_key = "hunter2"
    error = RuntimeError("at https://a:b@host/?X-Amz-Signature=abc123&X-Amz-Date=1")
    try:
        assert secret_key
        raise error
    except RuntimeError:
        crash.report(RuntimeError, error, error.__traceback__)
    said = capsys.readouterr().err
    [file] = (settings.state_folder() / "crashes").iterdir()
    assert str(file) in said
    assert "hunter2" not in said
    written = file.read_text()
    assert "test_a_mistake_leaves_a_file" in written
    assert "X-Amz-Date=1" in written
    for secret in ("abc123", "a:b@"):
        assert secret not in written
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_crash_report_holds_no_credential_in_use(
    moto: S3Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret, of_environment, token = "wJalrXUtnFEMI/K7MDENG+", "another/secret+of/mine", "FwoGZXIvYXdzEBYaD=="
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", of_environment)
    connect(Context(endpoint_url=moto.endpoint), ("AKIAIOSFODNN7", secret)).close()
    Signer("AKIAOFAROLE99", "the role's secret", token, "us-east-1", "s3")
    values = ("AKIAIOSFODNN7", secret, of_environment, "AKIAOFAROLE99", "the role's secret", token)
    error = RuntimeError(f"got {values!r}, {quote(secret, safe='')} and {' '.join(values)}")
    crash.report(RuntimeError, error, None)
    [file] = (settings.state_folder() / "crashes").iterdir()
    written = file.read_text()
    for value in (*values, quote(secret, safe="")):
        assert value not in written
    assert "got (" in written
    assert all(value not in capsys.readouterr().err for value in values)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may search every folder")
def test_a_folder_that_may_not_be_searched_is_a_sentence(line: CommandLine, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o600)
    said = line("get", "s3://bucket/key", closed / "folder" / "file", code=1)
    assert (
        said.err
        == f"s3ml: {closed}/folder/file cannot be used. Permission denied. Check who may read and write there.\n"
    )


@pytest.mark.parametrize("words", [("get", "s3://bucket/key"), ("get", "-r", "s3://bucket/"), ("sync", "s3://bucket/")])
def test_a_name_that_no_file_system_takes_is_a_sentence(moto: S3Server, tmp_path: Path, words: tuple[str, ...]) -> None:
    bucket = moto.bucket()
    moto.client().put_object(Bucket=bucket, Key="key", Body=b"1")
    said = line_to(moto)(*(word.replace("bucket", bucket) for word in words), tmp_path / ("n" * 256), code=1)
    assert "File name too long. Choose a shorter name." in said.err
    assert "mistake" not in said.err


@pytest.mark.parametrize(
    "error", [PermissionError(errno.EACCES, "Permission denied", "/x"), OSError(errno.ELOOP, "Too many links", "/x")]
)
def test_what_this_machine_refuses_is_no_mistake_of_ours(error: OSError, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Exit) as ended, ending():
        raise error
    assert ended.value.exit_code == 1
    assert capsys.readouterr().err.startswith(f"s3ml: /x cannot be used. {error.strerror}. Check")


def test_a_mistake_in_a_command_ends_with_1_and_no_traceback(line: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import s3ml_tui.settings as s\ns.load = lambda *a: 1 / 0\n")
    said = CommandLine({**line.environment, "PYTHONPATH": f"{tmp_path}:{os.getcwd()}"}).process("ls")  # noqa: PTH109  # the checkout
    assert said.code == 1
    assert "Traceback" not in said.err
    assert "ZeroDivisionError" in said.err


def test_nobody_answers() -> None:
    said = CommandLine({"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "us-east-1"})(
        "ls", "--endpoint-url", "http://127.0.0.1:9", code=5
    )
    assert said.err.startswith("s3ml: ")
    assert said.out == ""


def test_without_any_configuration_three_ways_are_named() -> None:
    said = CommandLine()("ls", code=4)
    for way in ("--profile", "--endpoint-url", "s3ml local start"):
        assert way in said.err


def test_usage_errors_end_with_2(line: CommandLine) -> None:
    assert "No such command" in line("frobnicate", code=2).err
    assert "s3://bucket/key" in line("rm", "nonsense", code=2).err
    assert "terminal" in line("s3://bucket/prefix", code=2).err
    assert "terminal" in line(code=2).err


def test_a_reader_that_had_enough_is_no_error(moto: S3Server, bucket: str) -> None:
    for number in range(150):  # more than a pipe holds
        moto.client().put_object(Bucket=bucket, Key=f"{number:0600}", Body=b"")
    with line_to(moto).start("ls", "--json", f"s3://{bucket}") as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


def test_ctrl_c_in_a_process_ends_with_130_and_no_traceback(no_aws: Path) -> None:
    followed = no_aws / "local"
    followed.mkdir()
    (followed / "server.log").write_text("one\n")
    with CommandLine().start("local", "logs", "-f", "--dir", followed) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == "one\n"
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == "s3ml: Interrupted.\n"
    assert process.returncode == 130


def test_the_version_is_told() -> None:
    assert CommandLine()("--version").out.startswith("s3ml 0.")
    assert sys.version_info >= (3, 11)
