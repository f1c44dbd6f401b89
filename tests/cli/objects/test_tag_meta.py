"""tag and meta on moto: shown, changed, and undone by the printed command."""

import json
import shlex

import pytest

from tests.cli.line import CommandLine
from tests.servers import S3Server


@pytest.fixture
def uri(moto: S3Server, bucket: str) -> str:
    moto.client().put_object(
        Bucket=bucket,
        Key="d/a.csv",
        Body=b"a",
        ContentType="text/plain",
        Tagging="team=a&stage=raw",
        Metadata={"rows": "3"},
    )
    moto.client().put_object(Bucket=bucket, Key="d/b.csv", Body=b"b")
    return f"s3://{bucket}/d/a.csv"


def tags(line: CommandLine, uri: str, *more: str) -> dict[str, str]:
    found: dict[str, str] = line("tag", uri, "--json", *more).row["pairs"]
    return found


def undone(line: CommandLine, said: str) -> None:
    words = shlex.split(said.partition("To undo it: ")[2].splitlines()[0])
    line(*words[1:], "--yes")


def test_tags_are_shown_changed_and_put_back(line: CommandLine, uri: str) -> None:
    assert line("tag", uri).out == "stage  raw\nteam   a\n"
    said = line("tag", uri, "stage=gold", "note=a b", "--remove", "team")
    assert said.out.startswith("Tagged a.csv")
    assert tags(line, uri) == {"stage": "gold", "note": "a b"}
    assert len(line("history", uri, "--json").rows) == 1
    undone(line, said.err)
    assert tags(line, uri) == {"team": "a", "stage": "raw"}
    line("tag", uri, "only=1", "--replace")
    assert tags(line, uri) == {"only": "1"}
    line("tag", uri, "--replace")
    assert tags(line, uri) == {}
    assert line("tag", uri).out == ""


def test_a_versions_tags_are_its_own(line: CommandLine, moto: S3Server, uri: str) -> None:
    bucket = uri.split("/")[2]
    old = line("history", uri, "--json").row["version_id"]
    moto.client().put_object(Bucket=bucket, Key="d/a.csv", Body=b"newer")
    line("tag", uri, "kept=yes", "--version-id", old)
    assert tags(line, uri, "--version-id", old) == {"team": "a", "stage": "raw", "kept": "yes"}
    assert tags(line, uri) == {}


def test_all_below_a_prefix_is_tagged(line: CommandLine, uri: str) -> None:
    place = uri.removesuffix("a.csv")
    assert "Tag 2 objects" in line("tag", "-r", place, "stage=gold", "--dry-run").out
    said = line("tag", "-r", place, "stage=gold")
    assert said.out == "Tagged 2 objects\n"
    assert tags(line, place + "b.csv") == {"stage": "gold"}
    assert tags(line, uri) == {"team": "a", "stage": "gold"}
    assert said.err.count("s3ml tag") == 2
    line("tag", "-r", place, "a=1", "--replace", code=2)


def test_metadata_is_shown_changed_and_put_back(line: CommandLine, uri: str) -> None:
    assert json.loads(line("meta", uri, "--json").out)["pairs"] == {"content-type": "text/plain", "rows": "3"}
    said = line("meta", uri, "content-type=text/csv", "cols=2", "--remove", "rows")
    assert "makes a new version" in said.err
    assert line("meta", uri).out == "cols          2\ncontent-type  text/csv\n"
    assert len(line("history", uri, "--json").rows) == 2
    undone(line, said.err)
    assert line("meta", uri, "--json").row["pairs"] == {"content-type": "text/plain", "rows": "3"}
    line("meta", "-r", uri.removesuffix("a.csv"), "x=1")
    assert line("meta", uri.replace("a.csv", "b.csv"), "--json").row["pairs"]["x"] == "1"


def test_what_s3_does_not_take_ends_with_2(line: CommandLine, uri: str) -> None:
    assert "is no pair" in line("tag", uri, "novalue", code=2).err
    assert "not allowed" in line("tag", uri, "a=x;y", code=2).err
    assert "only ASCII" in line("meta", uri, "a=ä", code=2).err
    line("tag", uri + ".none", code=3)
    line("meta", uri + ".none", "a=1", code=3)
