"""purge on moto: exactly these versions, the name typed in a terminal, --yes elsewhere."""

import pytest

from tests.cli.line import CommandLine
from tests.cli.terminal.test_terminal import ended, terminal
from tests.servers import S3Server


@pytest.fixture
def versions(moto: S3Server, bucket: str) -> list[str]:
    """Ids of three versions of a.csv, oldest first."""
    client = moto.client()
    return [client.put_object(Bucket=bucket, Key="a.csv", Body=body)["VersionId"] for body in (b"1", b"22", b"333")]


def left(line: CommandLine, bucket: str) -> list[str]:
    return [row["version_id"] for row in line("history", f"s3://{bucket}/a.csv", "--json").rows]


def test_chosen_versions_are_gone_for_good(line: CommandLine, bucket: str, versions: list[str]) -> None:
    words = ["purge", f"s3://{bucket}/a.csv", "--version-id", versions[0], "--version-id", versions[1]]
    assert "destroyed for good" in line(*words, "--dry-run").out
    assert "--yes" in line(*words, code=2).err
    assert len(left(line, bucket)) == 3
    said = line(*words, "--yes")
    assert said.out == "Purged 2 versions of a.csv\n"
    assert "gone for good" in said.err
    assert "To undo it" not in said.err
    assert left(line, bucket) == [versions[2]]


def test_a_version_that_is_not_there_ends_with_3(line: CommandLine, bucket: str, versions: list[str]) -> None:
    line("purge", f"s3://{bucket}/a.csv", "--version-id", "nope", "--yes", code=3)
    line("purge", f"s3://{bucket}/a.csv", "--yes", code=2)
    assert len(left(line, bucket)) == 3


@pytest.mark.parametrize(("typed", "code", "count"), [("a.csv", 0, 2), ("y", 130, 3), ("", 130, 3)])
def test_in_a_terminal_the_name_is_typed(
    line: CommandLine, bucket: str, versions: list[str], typed: str, code: int, count: int
) -> None:
    with terminal(line, "purge", f"s3://{bucket}/a.csv", "--version-id", versions[0]) as child:
        child.expect_exact("Type a.csv to go on:")
        child.sendline(typed)
        assert ended(child) == code
    assert len(left(line, bucket)) == count
