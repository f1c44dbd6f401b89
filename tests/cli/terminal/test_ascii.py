"""Where only ASCII is shown commands print signs in their ASCII forms, and never stumble over a name."""

from dataclasses import replace
from pathlib import Path

import pytest

from s3ml_tui.cli.entry import s3ml
from tests.cli.line import CommandLine, commands_of, line_to
from tests.cli.terminals import Commands
from tests.exhaustive import EXHAUSTIVE
from tests.servers import S3Server

NAME = "café 数据 🦜.csv"


@pytest.fixture
def uri(moto: S3Server, bucket: str) -> str:
    moto.client().put_object(Bucket=bucket, Key=f"raw/{NAME}", Body=b"a\n1\n")
    return f"s3://{bucket}/raw/{NAME}"


@pytest.mark.parametrize("environment", [{"S3ML_ASCII": "1"}, {"TERM": "dumb"}, {"TERM": "linux"}], ids=str)
def test_a_terminal_that_shows_ascii_alone_is_sent_nothing_else(
    moto: S3Server, uri: str, environment: dict[str, str]
) -> None:
    terminal = Commands({**moto.environment(), **environment})
    said = terminal("cp", uri, f"{uri}.2")
    assert (said.out + said.err).isascii()
    assert "caf\\xe9" in said.out
    assert f"-> {uri.encode('ascii', 'backslashreplace').decode()}.2" in said.err
    for words in (("ls", "-r", uri.rpartition("/")[0]), ("context",), ("doctor", uri), ("preview", uri)):
        said = terminal(*words)
        assert (said.out + said.err).isascii(), words
        assert "\x1b" not in said.out + said.err


def test_the_flag_says_so_too_and_its_opposite_wins(moto: S3Server, uri: str) -> None:
    terminal = Commands({**moto.environment(), "S3ML_ASCII": "1"})
    assert not terminal("--no-ascii", "cp", uri, f"{uri}.2").err.isascii()
    pipe = replace(terminal, is_terminal=False)
    assert not pipe("ls", "-r", uri.rpartition("/")[0]).out.isascii(), "a pipe gets the names"
    assert pipe("ls", "-r", "--ascii", uri.rpartition("/")[0]).out.isascii(), "unless it is asked for"


def test_settings_that_cannot_be_used_do_not_stand_in_the_way(
    moto: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("S3ML_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").write_text("ascii = true\nwrong = 1\n")
    terminal = Commands(moto.environment())
    assert terminal("config", "check", code=2).err.isascii()
    (tmp_path / "config.toml").write_text("= no TOML\n")
    assert "is no TOML" in terminal("config", "check", code=2).err


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({"PYTHONIOENCODING": "ascii"}, id="ioencoding", marks=EXHAUSTIVE),
        pytest.param({"LC_ALL": "C"}, id="c-locale", marks=EXHAUSTIVE),
        pytest.param({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, id="c-locale-no-utf8-mode"),
    ],
)
def test_a_process_of_its_own_never_stumbles(moto: S3Server, uri: str, environment: dict[str, str]) -> None:
    there = CommandLine({**line_to(moto).environment, **environment})
    place = uri.rpartition("/")[0] + "/"
    for words in (("ls", place), ("ls", "-r", place), ("find", place), ("doctor", place), ("context",), ("du", place)):
        said = there.process(*words)
        assert said.code == 0, said
        assert "\\u2192" not in said.out + said.err, "signs are no escapes"
    said = there.process("mv", "-r", place, place.replace("raw", "cooked"), "--yes")
    assert said.code == 0
    assert "\\u2192" not in said.err


def test_a_qr_code_is_not_drawn_with_ascii(moto: S3Server, uri: str) -> None:
    said = Commands({**moto.environment(), "S3ML_ASCII": "1"})("share", uri, "--qr")
    assert "cannot be drawn with ASCII alone" in said.err
    assert "▀" in Commands({**moto.environment(), "COLUMNS": "400"})("share", uri, "--qr").err


def test_help_is_ascii_everywhere() -> None:
    """Click puts another stream in the place of one that takes ASCII alone."""
    found = list(commands_of(s3ml))
    for command in found:
        texts = [command.help or "", command.epilog or ""]
        for part in command.params:
            texts += [str(part.metavar or ""), part.help or ""]
        assert "".join(texts).isascii(), (command.name, texts)
    assert len(found) > 30
