"""Commands on what only AWS has: access points, directory buckets, other regions, requester-pays buckets."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.admin.test_config import write
from tests.cli.line import CommandLine
from tests.fake_aws import ACCOUNT, DIRECTORY, FakeAws
from tests.servers import S3Server

POINT = f"s3://arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/mine"


@pytest.fixture
def aws(moto: S3Server, tmp_path: Path) -> Iterator[FakeAws]:
    for bucket in ("near", "far", "paid", FakeAws.plain(DIRECTORY)):
        moto.client().create_bucket(Bucket=bucket)
        for name in ("raw/a.csv", "raw/b.csv"):
            moto.client().put_object(Bucket=bucket, Key=name, Body=b"bytes")
    with FakeAws(
        moto.endpoint,
        tmp_path / "aws.pem",
        regions={"far": "eu-west-1"},
        paid_by_requester={"paid"},
        points={"mine@eu-west-1": "far"},
    ) as aws:
        yield aws


@pytest.fixture
def line(aws: FakeAws) -> CommandLine:
    return CommandLine(aws.environment)


@pytest.mark.parametrize("place", ["s3://far", POINT, f"s3://{DIRECTORY}"])
def test_everything_that_is_read_has_its_address_there_and_back(line: CommandLine, place: str, tmp_path: Path) -> None:
    assert [row["uri"] for row in line("ls", f"{place}/raw/", "--json").rows] == [
        f"{place}/raw/a.csv",
        f"{place}/raw/b.csv",
    ]
    assert line("ls", place, "-r", "--json").rows[1]["key"] == "raw/b.csv"
    assert line("cat", f"{place}/raw/a.csv").out == "bytes"
    assert line("stat", f"{place}/raw/a.csv", "--json").row["size"] == 5
    assert line("du", place, "--json").row["count"] == 2
    assert [row["key"] for row in line("find", place, "--name", "b*", "--json").rows] == ["raw/b.csv"]
    line("get", f"{place}/raw/a.csv", tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == b"bytes"
    line("put", tmp_path / "a.csv", f"{place}/raw/c.csv", "--yes")
    assert len(line("history", f"{place}/raw/c.csv", "--json").rows) == 1
    line("rm", f"{place}/raw/c.csv", "--yes")
    assert len(line("ls", f"{place}/raw/", "--json").rows) == 2


def test_the_plain_listing_goes_the_same_ways(line: CommandLine) -> None:
    for place in ("s3://far", POINT, f"s3://{DIRECTORY}"):
        said = line.process("ls", place, "-r")
        assert (said.code, [row.split()[-1] for row in said.out.splitlines()]) == (0, ["raw/a.csv", "raw/b.csv"])


def test_paying_is_a_switch_of_the_line_or_of_a_context(line: CommandLine, aws: FakeAws) -> None:
    said = line("ls", "s3://paid/raw/", code=4)
    assert "if it is a requester-pays bucket, --request-payer pays for it" in said.err
    assert len(line("ls", "s3://paid/raw/", "--request-payer").out.splitlines()) == 2
    assert len(line("--request-payer", "ls", "s3://paid/raw/").out.splitlines()) == 2
    assert line.process("ls", "s3://paid/raw/", "--request-payer").code == 0
    write("[contexts.rich]\nrequest_payer = true\n")
    assert len(line("ls", "s3://paid/raw/", "--context", "rich").out.splitlines()) == 2
    line("ls", "s3://paid/raw/", "--context", "rich", "--no-request-payer", code=4)
    assert line("context", "--json").row["request_payer"] is True


def test_an_undo_is_told_with_the_switch_it_needs(line: CommandLine) -> None:
    said = line("rm", "s3://paid/raw/a.csv", "--request-payer", "--yes", "--json")
    assert said.row["undo"] is None or "--request-payer" in said.row["undo"]


def test_doctor_knows_them_all(line: CommandLine) -> None:
    said = line("doctor", "s3://far")
    assert "✓ list objects" in said.out
    said = line("doctor", POINT)
    assert "✓ list objects" in said.out
    assert f"{POINT.removeprefix('s3://')}/object/*" in said.out
    said = line("doctor", f"s3://{DIRECTORY}")
    assert "✓ list objects" in said.out
    assert "A directory bucket keeps no versions." in said.out
    assert "s3express:CreateSession" in said.out
    said = line("doctor", "s3://paid", code=4)
    assert "If it is a requester-pays bucket, --request-payer pays for it." in " ".join(said.out.split())
    said = line("doctor", "s3://paid", "--request-payer")
    assert "✓ payment" in said.out
    assert "✓ list objects" in said.out


def test_a_directory_bucket_is_no_workspace(line: CommandLine) -> None:
    said = line("init", f"s3://{DIRECTORY}", "--yes", code=2)
    assert "It is a directory bucket, which keeps no versions" in said.err
