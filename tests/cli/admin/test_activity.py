"""activity and undo: what one command did, another lists and takes back."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.line import CommandLine
from tests.servers import S3Server


@pytest.fixture
def uri(line: CommandLine, bucket: str, tmp_path: Path) -> str:
    """An object with two versions, `one` and `two`."""
    address = f"s3://{bucket}/a.txt"
    for content in ("one", "two"):
        file = tmp_path / "a.txt"
        file.write_text(content)
        line("put", file, address)
    return address


def content(server: S3Server, uri: str) -> bytes:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    body: bytes = server.client().get_object(Bucket=bucket, Key=key)["Body"].read()
    return body


def keys(server: S3Server, bucket: str) -> list[str]:
    return [found["Key"] for found in server.client().list_objects_v2(Bucket=bucket).get("Contents", ())]


def test_nothing_was_done_yet(line: CommandLine) -> None:
    assert line("activity").err == "Nothing was done yet that is remembered.\n"
    assert line("activity", "--json").out == ""
    refused = line("undo", code=3)
    assert "Nothing that was done here can be undone" in refused.err
    assert "There is no number 1" in line("undo", 1, code=3).err


def test_what_was_done_is_listed_newest_first(line: CommandLine, uri: str, bucket: str, moto: S3Server) -> None:
    line("rm", uri, "--yes")
    gone, second, first = line("activity", "--json").rows
    assert [gone["number"], second["number"], first["number"]] == [1, 2, 3]
    assert (gone["title"], gone["state"], gone["undo"]) == ("Deleted a.txt", "can be undone", "Bring back a.txt")
    assert (gone["bucket"], gone["key"], gone["context"]) == (bucket, "a.txt", "default")
    assert (gone["endpoint"], gone["by"]) == (moto.endpoint, "the command line")
    assert first["title"] == second["title"] == "Uploaded a.txt"
    lines = line("activity").out.splitlines()
    assert len(lines) == 3
    assert lines[0].split()[0] == "1"
    assert lines[0].endswith(f"can be undone  default  {bucket}  Deleted a.txt")
    fewer = line("activity", "--most", 1)
    assert len(fewer.out.splitlines()) == 1
    assert "2 more are remembered" in fewer.err


def test_the_last_is_undone_and_that_is_undone_again(line: CommandLine, uri: str, bucket: str, moto: S3Server) -> None:
    line("rm", uri, "--yes")
    assert keys(moto, bucket) == []
    undone = line("undo")
    assert undone.out.startswith("Brought back a.txt")
    assert "To undo “Deleted a.txt” of " in undone.err
    assert content(moto, uri) == b"two"
    states = [row["state"] for row in line("activity", "--json").rows]
    assert states == ["can be undone", "undone", "can be undone", "can be undone"]
    assert line("activity", "--json").rows[0]["undoes"] == line("activity", "--json").rows[1]["id"]
    line("undo", 1, "--yes")
    assert keys(moto, bucket) == []


def test_one_undo_after_the_other_goes_further_back(line: CommandLine, uri: str, bucket: str, moto: S3Server) -> None:
    line("rm", uri, "--yes")
    line("undo")
    assert content(moto, uri) == b"two"
    line("undo")
    assert content(moto, uri) == b"one"
    line("undo", "--yes")
    assert keys(moto, bucket) == []
    assert "Nothing that was done here can be undone" in line("undo", code=3).err
    line("undo", 1)
    assert content(moto, uri) == b"one", "what undid something is undone by its number"


def test_a_dry_run_shows_the_plan_and_undoes_nothing(line: CommandLine, uri: str, bucket: str, moto: S3Server) -> None:
    line("rm", uri, "--yes")
    shown = line("undo", "--dry-run")
    assert "Bring back a.txt" in shown.out
    assert line("undo", "--dry-run", "--json").row["title"] == "Bring back a.txt"
    assert keys(moto, bucket) == []
    assert line("activity", "--json").rows[0]["state"] == "can be undone"


def test_what_loses_or_hides_something_is_not_undone_without_a_yes(line: CommandLine, uri: str) -> None:
    line("rm", uri, "--yes")
    line("undo")
    assert "Add --yes" in line("undo", 1, code=2).err, "it would delete again"


def test_an_older_one_is_undone_by_number_and_by_id(
    line: CommandLine, bucket: str, tmp_path: Path, moto: S3Server
) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).write_text(name)
        line("put", tmp_path / name, f"s3://{bucket}/{name}")
        line("rm", f"s3://{bucket}/{name}", "--yes")
    rows = line("activity", "--json").rows
    line("undo", 3)
    line("undo", rows[4]["id"])
    assert keys(moto, bucket) == ["a", "b"]
    assert "was undone already" in line("undo", rows[4]["id"], code=2).err
    assert "No such" not in line("undo", "nosuchid", code=3).err


def test_what_somebody_changed_meanwhile_is_not_undone(line: CommandLine, uri: str, moto: S3Server) -> None:
    line("rm", uri, "--yes")
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    moto.client().put_object(Bucket=bucket, Key=key, Body=b"by somebody else")
    refused = line("undo", code=1)
    assert "nothing was done" in refused.err
    assert "Somebody wrote 16 B to it meanwhile" in refused.err
    assert content(moto, uri) == b"by somebody else"


def test_what_was_done_to_another_server_is_refused_and_says_where(line: CommandLine, uri: str, moto: S3Server) -> None:
    line("rm", uri, "--yes")
    elsewhere = replace(line, environment={**line.environment, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"})
    refused = elsewhere("undo", 1, code=2)
    assert f"on {moto.endpoint}" in refused.err
    assert "Undo it there" in refused.err
    assert "can be undone" in elsewhere("undo", code=3).err


def test_what_has_no_undo_says_why(line: CommandLine, moto: S3Server, tmp_path: Path) -> None:
    plain = moto.bucket(versioned=False)
    for content in ("one", "two"):
        (tmp_path / "a.txt").write_text(content)
        line("put", tmp_path / "a.txt", f"s3://{plain}/a.txt", "--yes")
    row = line("activity", "--json").rows[0]
    assert (row["state"], row["undo"]) == ("no undo", None)
    refused = line("undo", 1, code=2)
    assert "“Uploaded a.txt” cannot be undone" in refused.err
    assert row["no_undo"] in refused.err


def test_a_state_folder_that_cannot_be_written_does_not_stand_in_the_way(
    line: CommandLine, uri: str, moto: S3Server, bucket: str, tmp_path: Path
) -> None:
    (tmp_path / "no-folder").write_text("")
    blocked = replace(line, environment={**line.environment, "XDG_STATE_HOME": str(tmp_path / "no-folder")})
    said = blocked("rm", uri, "--yes")
    assert said.out.startswith("Deleted a.txt")
    assert "What was done is not remembered" in said.err
    assert keys(moto, bucket) == []


def test_a_delete_on_the_embedded_server_is_undone(seaweed: S3Server, tmp_path: Path) -> None:
    line = CommandLine(seaweed.environment())
    bucket = seaweed.bucket()
    (tmp_path / "a.txt").write_text("one")
    line("put", tmp_path / "a.txt", f"s3://{bucket}/a.txt")
    line("rm", f"s3://{bucket}/a.txt", "--yes")
    line("undo")
    assert content(seaweed, f"s3://{bucket}/a.txt") == b"one"
    assert line("activity", "--json").rows[0]["title"] == "Brought back a.txt"
