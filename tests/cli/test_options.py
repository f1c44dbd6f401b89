"""Options may stand before or after a command's name, and mean the same."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from s3ml_tui.cli.command import argument, command, group
from s3ml_tui.cli.entry import s3ml
from s3ml_tui.cli.objects.share import seconds
from s3ml_tui.cli.options import Options
from s3ml_tui.domain.errors import BadInput
from s3ml_tui.settings import Flags
from tests.cli.line import CommandLine


def asked_for(*arguments: str) -> Options:
    """The options a command of a small app is given."""
    given: list[Options] = []

    @command
    @argument("uri", required=False)
    def look(options: Options, uri: str | None) -> None:
        given.append(options)

    @group(commands={"look": look})
    def root(options: Options) -> None:
        assert options

    result = CliRunner().invoke(root, list(arguments))
    assert result.exit_code == 0, result.output
    return given[0]


def test_options_are_taken_before_and_after_the_name() -> None:
    after = asked_for(
        "look", "--profile", "p", "--endpoint-url", "http://e", "--region", "r", "--json", "--yes", "s3://b"
    )
    before = asked_for(
        "--profile", "p", "--endpoint-url", "http://e", "--region", "r", "--json", "--yes", "look", "s3://b"
    )
    assert before == after
    assert after == Options(Flags("p", "http://e", "r"), as_json=True, says_yes=True)


def test_the_later_of_two_wins() -> None:
    assert asked_for("--region", "one", "--dry-run", "look", "--region", "two") == Options(
        Flags(region="two"), is_dry_run=True
    )


def test_a_folder_means_the_embedded_server() -> None:
    assert asked_for("look", "--dir", "/x").flags == Flags(local=True, local_dir=Path("/x"))
    assert asked_for("look", "--no-local").flags == Flags(local=False)


@pytest.mark.parametrize("name", sorted({*s3ml.list_commands(click.Context(s3ml))} - {"bucket"}))
def test_every_command_has_the_options_of_all(name: str) -> None:
    shown = CliRunner().invoke(s3ml, [name, "--help"]).output
    for option in ("--profile", "--endpoint-url", "--region", "--local", "--dir", "--json", "--dry-run", "--yes"):
        assert option in shown


def test_times_of_links() -> None:
    assert [seconds(text) for text in ("90s", "15m", "2h", "7d")] == [90, 900, 7200, 604800]
    for text in ("", "15", "0m", "8d", "1w", "m", "-1s", "99999999s"):
        with pytest.raises(BadInput):
            seconds(text)


def test_a_folder_without_a_name_is_refused_and_not_taken_for_here(tmp_path: Path) -> None:
    assert "names no folder" in CommandLine()("local", "status", "--dir", "", code=2).err
    assert CommandLine()("local", "status", "--dir", tmp_path, "--json").row["folder"] == str(tmp_path)
