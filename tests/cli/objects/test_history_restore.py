"""history, restore and undelete on moto."""

from pathlib import Path

import pytest

from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.uri import Place
from tests.cli.line import CommandLine
from tests.servers import S3Server
from tests.services.arranged import manifest_record


@pytest.fixture
def uri(line: CommandLine, bucket: str, tmp_path: Path) -> str:
    """An object with two versions, `one` and `two`."""
    address = f"s3://{bucket}/a.txt"
    for content in ("one", "two"):
        file = tmp_path / "a.txt"
        file.write_text(content)
        line("put", file, address)
    return address


def content(moto: S3Server, uri: str) -> bytes:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    body: bytes = moto.client().get_object(Bucket=bucket, Key=key)["Body"].read()
    return body


def test_history_has_every_version_newest_first(line: CommandLine, uri: str) -> None:
    rows = line("history", uri, "--json").rows
    assert [row["is_latest"] for row in rows] == [True, False]
    assert {
        "uri", "bucket", "key", "version_id", "size", "etag", "last_modified", "storage_class", "is_latest",
        "is_delete_marker", "by", "tags", "used_by",
    } == set(rows[0])  # fmt: skip
    assert line("history", uri).out.splitlines()[0].endswith(f"{rows[0]['version_id']}  current  uploaded with s3ml")


def test_history_says_by_whom_as_far_as_it_is_asked_and_may_be_seen(
    line: CommandLine, moto: S3Server, uri: str, tmp_path: Path
) -> None:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    moto.client().put_object(Bucket=bucket, Key=key, Body=b"x", Metadata={"s3ml-run": "r1"}, Tagging="stage=gold")
    (tmp_path / "a.csv").write_bytes(b"y")
    line("put", tmp_path / "a.csv", uri, "--yes")
    mine, run, two, one = line("history", uri, "--json").rows
    assert [row["by"]["how"] for row in (mine, run, two, one)] == ["uploaded", "run", "uploaded", "uploaded"]
    assert (run["by"]["source"], run["by"]["operation"], run["tags"]) == ("r1", "", {"stage": "gold"})
    line("restore", uri, "--version-id", one["version_id"])
    back = line("history", uri, "--by", 1, "--json").rows
    assert (back[0]["by"]["how"], back[0]["by"]["source"]) == ("brought back", one["version_id"])
    assert [row["by"] for row in back[1:]] == [None] * 4
    shown = line("history", uri).out.splitlines()
    assert shown[0].endswith(f"current  brought back from {one['version_id']}")
    assert shown[2].endswith("by run r1  #stage=gold")


def test_history_says_which_models_were_made_from_a_version(
    line: CommandLine, moto: S3Server, bucket: str, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_bytes(b"1")
    uri, layout, client = f"s3://{bucket}/team/a.csv", Layout(Place(bucket, "team/")), moto.client()
    line("put", tmp_path / "a.csv", uri)
    assert [row["used_by"] for row in line("history", uri, "--json").rows] == [None]  # it is in no workspace
    line("init", layout.root.uri, "--yes")
    [row] = line("history", uri, "--json").rows
    assert row["used_by"] == []
    pin = Pin(uri, row["version_id"], row["etag"], "", 1)
    for number in (1, 2):
        record = manifest_record(number, data=pin).to_bytes()
        client.put_object(Bucket=bucket, Key=layout.model_manifest(number).key, Body=record)
    line("promote", "champion", "v1", "--workspace", layout.root.uri, "--yes")
    (tmp_path / "a.csv").write_bytes(b"2")
    line("put", tmp_path / "a.csv", uri, "--yes")
    new, old = line("history", uri, "--json").rows
    assert new["used_by"] == []
    assert old["used_by"] == [
        {"model": "models/v1", "aliases": ["champion"]},
        {"model": "models/v2", "aliases": []},
    ]
    shown = line("history", uri).out.splitlines()
    assert shown[1].endswith("  used by models/v1 (champion), models/v2  uploaded with s3ml")
    assert [row["used_by"] for row in line("history", uri, "--by", 0, "--json").rows] == [None, None]


def test_history_of_nothing(line: CommandLine, uri: str) -> None:
    line("history", f"{uri}.bak", code=3)
    line("history", uri[:-1], code=3)


def test_an_old_version_comes_back_on_top_and_can_be_undone(line: CommandLine, moto: S3Server, uri: str) -> None:
    two, one = (row["version_id"] for row in line("history", uri, "--json").rows)
    said = line("restore", uri, "--version-id", one)
    assert content(moto, uri) == b"one"
    assert f"To undo it: s3ml restore {uri} --version-id {two}" in said.err
    assert len(line("history", uri, "--json").rows) == 3
    line("restore", uri, "--version-id", two)
    assert content(moto, uri) == b"two"


def test_restoring_what_is_current_does_nothing(line: CommandLine, uri: str) -> None:
    current = line("history", uri, "--json").rows[0]["version_id"]
    said = line("restore", uri, "--version-id", current, "--json").row
    assert said["changes_anything"] is False
    assert len(line("history", uri, "--json").rows) == 2


def test_restoring_an_unknown_version_ends_with_3(line: CommandLine, uri: str) -> None:
    line("restore", uri, "--version-id", "no-such-version", code=3)


def test_undelete_copies_by_default_and_keeps_the_marker(line: CommandLine, moto: S3Server, uri: str) -> None:
    line("rm", uri, "--yes")
    line("undelete", uri)
    assert content(moto, uri) == b"two"
    rows = line("history", uri, "--json").rows
    assert rows[0]["is_delete_marker"] is False
    assert [row["is_delete_marker"] for row in rows].count(True) == 1


def test_undelete_can_remove_the_marker_when_told_so(line: CommandLine, moto: S3Server, uri: str) -> None:
    line("rm", uri, "--yes")
    line("undelete", "--remove-marker", uri, code=2)
    line("undelete", "--remove-marker", uri, "--yes")
    assert content(moto, uri) == b"two"
    assert len(line("history", uri, "--json").rows) == 2


def test_undeleting_what_is_not_deleted_does_nothing(line: CommandLine, uri: str) -> None:
    assert "It is not deleted." in line("undelete", uri).out
    line("undelete", f"{uri}.bak", code=3)


def test_all_that_is_deleted_below_a_prefix_comes_back_and_the_rest_stays(
    line: CommandLine, moto: S3Server, bucket: str
) -> None:
    client = moto.client()
    for name in ("raw/a", "raw/deep/b", "raw/here", "else"):
        client.put_object(Bucket=bucket, Key=name, Body=name.encode())
    for name in ("raw/a", "raw/deep/b", "else"):
        client.delete_object(Bucket=bucket, Key=name)
    assert "--recursive" in line("undelete", f"s3://{bucket}/raw/", code=2).err
    assert "takes one object" in line("undelete", "-r", f"s3://{bucket}/raw/", "--remove-marker", code=2).err
    shown = line("undelete", "-r", f"s3://{bucket}/raw/", "--dry-run")
    assert "All below" in shown.out + shown.err
    assert line("undelete", "-r", f"s3://{bucket}/raw/").out == "Brought back 2 objects\n"
    kept = [one["Key"] for one in client.list_objects_v2(Bucket=bucket)["Contents"]]
    assert kept == ["raw/a", "raw/deep/b", "raw/here"]
    assert content(moto, f"s3://{bucket}/raw/deep/b") == b"raw/deep/b"
    again = line("undelete", "-r", f"s3://{bucket}/raw/")
    assert "is deleted" in again.out + again.err
    assert "Nothing is or was below" in line("undelete", "-r", f"s3://{bucket}/nowhere/", code=3).err
