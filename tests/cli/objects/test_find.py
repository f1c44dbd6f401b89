"""`s3ml find` and `s3ml du`, and `ls` of a whole process."""

import pytest

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


def test_a_process_lists_finds_nothing_and_tells_its_version(line: CommandLine, filled: str) -> None:
    listed = line.process("ls", "-r", f"s3://{filled}")
    assert listed.code == 0
    assert len(listed.out.splitlines()) == 5
    assert "nothing" in line.process("ls", f"s3://{filled}/other.csv").err
    assert line.process("--version").out.startswith("s3ml ")
