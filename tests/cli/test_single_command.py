"""A line with one command is read and loaded by itself, and does what the whole command line does."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from s3ml_tui.cli import single_command
from s3ml_tui.cli.main import app
from tests.cli.line import CommandLine
from tests.servers import S3Server


@pytest.mark.parametrize(
    ("words", "given"),
    [
        (["put", "a.csv", "s3://b/a.csv"], {"words": ["a.csv", "s3://b/a.csv"]}),
        (["-y", "--region", "x", "rm", "s3://b/k"], {"uri": "s3://b/k"}),
        (["restore", "s3://b/k", "--version-id", "v", "--json"], {"uri": "s3://b/k", "version_id": "v"}),
        (["--dry-run", "undelete", "s3://b/k", "-y"], {"uri": "s3://b/k"}),
        (["history", "s3://b/k"], {"uri": "s3://b/k"}),
        (["restore", "s3://b/k"], None),
        (["rm", "s3://b/k", "--version-id", "v"], None),
        (["put", "a.csv", "b.csv", "s3://b/"], None),
        (["put", "a.csv", ""], None),
        (["rm"], None),
        (["get", "s3://b/k"], None),
        ([], None),
    ],
)
def test_a_plain_line_gives_a_command_what_it_asks_for(words: list[str], given: dict[str, object] | None) -> None:
    line = single_command.read(words)
    assert line is not None
    assert line.given == given


@pytest.mark.parametrize(
    "words",
    [
        ["rm", "-r", "s3://b/k/"],
        ["rm", "s3://b/k", "--region"],
        ["put", "-", "s3://b/k"],
        ["rm", "--region=x", "s3://b/k"],
    ],
)
def test_what_is_not_known_here_is_left_to_the_machinery_for_it(words: list[str]) -> None:
    assert single_command.read(words) is None


def test_the_options_of_a_plain_line_are_those_of_every_command() -> None:
    line = single_command.read(
        ["--context", "prod", "-y", "rm", "s3://b/k", "--json", "--region", "one", "--region", "two"]
    )
    assert line is not None
    assert line.flags == {"context": "prod", "region": "two"}
    assert line.switches == {"says_yes", "as_json"}


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
