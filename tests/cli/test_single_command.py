"""A line with one command loads it alone, and does what the whole command line does."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from s3ml_tui.cli import single_command
from s3ml_tui.cli.main import app
from tests.cli.line import CommandLine
from tests.servers import S3Server


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["-y", "put", "--help"], "put"),
        (["--profile", "rm", "restore", "x"], "restore"),
        (["--help", "put"], ""),
        (["--version"], ""),
        (["ls", "s3://b"], ""),
        (["--region"], ""),
        (["s3://b/put"], ""),
        ([], ""),
    ],
)
def test_the_command_is_found_behind_plain_options_alone(words: list[str], name: str) -> None:
    assert single_command.name_in(words) == name


@pytest.mark.parametrize("name", sorted(single_command._ALONE))
def test_every_command_that_stands_alone_is_one_of_the_whole(name: str) -> None:
    [known] = [known for known in app.registered_commands if known.name == name]
    assert known.callback is not None
    module, _, function = single_command._ALONE[name].partition(":")
    assert (known.callback.__module__, known.callback.__name__)[1] == function
    assert known.callback is getattr(__import__(module, fromlist=[function]), function)


@pytest.mark.parametrize("words", [["put", "--help"], ["restore", "s3://b/k"], ["rm", "--nonsense"]])
def test_help_and_mistakes_are_told_as_by_the_whole_command_line(words: list[str]) -> None:
    whole = CliRunner().invoke(app, words, prog_name="s3ml")
    said = CommandLine({"COLUMNS": "80", "TERMINAL_WIDTH": "80"}).process(*words)
    assert said.code == whole.exit_code
    assert (said.out + said.err).split() == whole.output.split()


def test_a_process_puts_restores_and_removes_by_plain_lines(moto: S3Server, tmp_path: Path) -> None:
    line, uri = CommandLine(moto.environment()), f"s3://{moto.bucket()}/a.txt"
    file = tmp_path / "a.txt"
    versions = []
    for body in ("one", "two"):
        file.write_text(body)
        said = line.process("-y", "--json", "put", file, uri)
        assert said.code == 0, said.err
        versions.append(said.row["version_id"])
    assert line.process("-y", "restore", uri, "--version-id", versions[0]).code == 0
    assert line.process("rm", uri).code == 2  # nobody can be asked
    assert line.process("-y", "rm", uri).code == 0
    assert line.process("-y", "undelete", uri).code == 0
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    assert moto.client().get_object(Bucket=bucket, Key=key)["Body"].read() == b"one"
    missing = line.process("-y", "restore", uri, "--version-id", "nothing")
    assert (missing.code, missing.out) == (3, "")
    assert "has no version nothing" in missing.err
    assert len(line.process("--json", "history", uri).rows) == 5
