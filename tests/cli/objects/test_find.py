"""`s3ml find` and `s3ml du`, and `ls` in its plain form."""

import pytest

from s3ml_tui.cli import fast_ls
from tests.cli.line import CommandLine
from tests.servers import S3Server


@pytest.fixture
def filled(moto: S3Server, bucket: str) -> str:
    for key, size in {
        "data/a.csv": 10,
        "data/b.CSV": 2000,
        "data/deep/c.csv": 5000,
        "data/deep/d.json": 1,
        "top.csv": 3,
    }.items():
        moto.client().put_object(Bucket=bucket, Key=key, Body=b"x" * size)
    return bucket


def keys(line: CommandLine, *words: object) -> list[str]:
    return [row["key"] for row in line("find", *words, "--json").rows]


def test_find_by_name_size_and_age(line: CommandLine, filled: str) -> None:
    uri = f"s3://{filled}"
    assert keys(line, uri, "--name", "*.csv") == ["data/a.csv", "data/deep/c.csv", "top.csv"]
    assert keys(line, uri, "--name", "data/*.csv") == ["data/a.csv", "data/deep/c.csv"]
    assert keys(line, f"{uri}/data", "--regex", r"^[ab]\.") == ["data/a.csv", "data/b.CSV"]
    assert keys(line, uri, "B.csv") == ["data/b.CSV"]
    assert keys(line, uri, "--larger", "2kB", "--smaller", "4 KiB") == ["data/b.CSV"]
    assert keys(line, uri, "--newer", "1h", "--name", "top*") == ["top.csv"]
    assert keys(line, uri, "--older", "1h") == []


def test_find_prints_whole_keys_and_says_how_many(line: CommandLine, filled: str) -> None:
    said = line("find", f"s3://{filled}/data", "--name", "c*")
    assert said.out.split()[-1] == "data/deep/c.csv"
    assert said.err == "1 object of 4.\n"


@pytest.mark.parametrize("wrong", [["--larger", "big"], ["--newer", "soon"], ["--regex", "("]])
def test_find_refuses_what_it_cannot_read(line: CommandLine, filled: str, wrong: list[str]) -> None:
    assert line("find", f"s3://{filled}", *wrong, code=2).out == ""


def test_du_adds_up_by_prefix_biggest_first(line: CommandLine, filled: str) -> None:
    said = line("du", f"s3://{filled}")
    assert [row.split() for row in said.out.splitlines()] == [
        ["7011", "4", "data/"],
        ["3", "1", "(on", "this", "level)"],
        ["7014", "5", "total"],
    ]
    row = line("du", f"s3://{filled}/data", "--json").row
    assert (row["count"], row["size"]) == (4, 7011)
    assert [one["uri"].rpartition("data/")[2] for one in row["prefixes"]] == ["deep/", ""]
    assert row["storage_classes"] == {"STANDARD": {"count": 4, "size": 7011}}
    assert row["newest_key"].startswith("data/")


def test_du_of_nothing_is_nothing(line: CommandLine, bucket: str) -> None:
    assert line("du", f"s3://{bucket}").out.split() == ["0", "0", "total"]
    assert line("du", "s3://not-there", code=3).out == ""


@pytest.mark.parametrize("options", [(), ("--json",), ("-r",), ("-r", "--json")])
def test_the_plain_form_prints_what_the_whole_command_line_prints(
    line: CommandLine, filled: str, options: tuple[str, ...], capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for name, value in line.environment.items():
        monkeypatch.setenv(name, value)
    for uri in (f"s3://{filled}", f"s3://{filled}/data/"):
        assert fast_ls.run(["ls", *options, uri]) == 0
        assert capsys.readouterr().out == line("ls", *options, uri).out != ""


def test_what_is_not_plain_is_left_to_the_whole_command_line(
    line: CommandLine, filled: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in (["ls"], ["ls", "--deleted", "s3://b"], ["du", "s3://b"], ["ls", "--profile"], ["-r", "ls", "s3://b"]):
        assert fast_ls.run(words) is None
    for name, value in line.environment.items():
        monkeypatch.setenv(name, value)
    for uri in (f"s3://{filled}/top.csv", "s3://not-there", "s3://", f"s3://{filled}/nothing/"):
        assert fast_ls.run(["ls", uri]) is None
    assert capsys.readouterr() == ("", "")


def test_the_entry_point_takes_both_ways(line: CommandLine, filled: str) -> None:
    plain = line.process("ls", "-r", f"s3://{filled}")
    assert plain.code == 0
    assert len(plain.out.splitlines()) == 5
    assert "nothing" in line.process("ls", f"s3://{filled}/other.csv").err
    assert line.process("--version").out.startswith("s3ml ")
