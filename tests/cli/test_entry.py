"""A line is read once: its command is found, loaded without the others, and given what the line says."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from s3ml_tui.cli.entry import s3ml
from tests.cli.line import CommandLine
from tests.servers import S3Server


def test_each_name_is_a_command_that_says_what_it_does() -> None:
    context = click.Context(s3ml)
    for name in s3ml.list_commands(context):
        found = s3ml.get_command(context, name)
        assert found is not None
        assert found.get_short_help_str(), name


def test_an_address_in_the_place_of_a_command_opens_the_screens_there() -> None:
    context = click.Context(s3ml)
    name, found, rest = s3ml.resolve_command(context, ["s3://bucket/a b/", "--json"])
    assert found is not None
    assert (name, found.hidden, rest) == ("open", True, ["s3://bucket/a b/", "--json"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rn"], ("No such command 'rn'", "'run'")),
        (["rm"], ("Missing argument 'URI'",)),
        (["restore", "s3://b/k"], ("Missing option '--version-id'",)),
        (["rm", "--nonsense"], ("No such option", "--nonsense")),
        (["rm", "s3://b/k", "--region"], ("'--region' requires an argument",)),
        (["du", "s3://b", "--top", "-1"], ("Invalid value for '--top'",)),
        (["cp", "a", "b", "--on-conflict", "ask"], ("'ask' is not one of", "'keep-both'")),
        (["bucket", "block", "b", "perhaps"], ("'perhaps' is not one of 'on', 'off'",)),
    ],
)
def test_a_line_that_cannot_be_read_ends_with_2_and_says_why(words: list[str], said: tuple[str, ...]) -> None:
    result = CliRunner().invoke(s3ml, words, prog_name="s3ml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert all(part in result.stderr for part in said), result.stderr


def test_what_a_line_quotes_back_holds_no_control_characters() -> None:
    result = CliRunner().invoke(s3ml, ["ls", "s3://a", "x\x1b]0;title\x07"], prog_name="s3ml")
    assert result.exit_code == 2
    assert "unexpected extra argument" in result.stderr
    assert not {"\x1b", "\x07"} & set(result.stderr)


def test_ctrl_c_while_a_command_loads_ends_as_any_command_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("s3ml_tui.cli.command.import_module", interrupted)
    result = CliRunner().invoke(s3ml, ["ls"], prog_name="s3ml")
    assert (result.exit_code, result.stdout) == (130, "")
    assert "Interrupted." in result.stderr


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
