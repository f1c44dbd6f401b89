"""What one does to objects, in a real terminal: copied, renamed, tagged, edited, yanked, an old version purged."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import S3Server
from tests.terminal.browsing import Bench, agree
from tests.terminal.pty_screen import PtyScreen

OLD, NEW = b"id,y\n1,0\n", b"id,y\n1,0\n2,1\n"


@pytest.fixture
def bench(seaweed: S3Server, tmp_path: Path) -> Iterator[Bench]:
    """A bucket with one object of two versions, and an editor that adds a line."""
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\necho "3,1" >> "$1"\n')
    editor.chmod(0o700)
    bench = Bench(seaweed, tmp_path, seaweed.bucket(), {"EDITOR": str(editor), "VISUAL": ""})
    for body in (OLD, NEW):
        seaweed.client().put_object(Bucket=bench.bucket, Key="churn.csv", Body=body, ContentType="text/csv")
    yield bench
    editor.unlink()


def give(screen: PtyScreen, title: str, text: str) -> None:
    """Type a text in place of what the dialog begins with."""
    screen.wait_for(title)
    screen.press("ctrl+u")
    screen.type(text)
    screen.press("enter")


def tags(bench: Bench, key: str) -> dict[str, str]:
    found = bench.server.client().get_object_tagging(Bucket=bench.bucket, Key=key)["TagSet"]
    return {one["Key"]: one["Value"] for one in found}


def test_an_object_is_copied_renamed_tagged_edited_and_an_old_version_purged(bench: Bench) -> None:
    with bench.screens() as screen:
        screen.wait_for("churn.csv · History · 2 versions")

        screen.press("c")
        give(screen, "Copy churn.csv to", f"s3://{bench.bucket}/copy.csv")
        agree(screen, "Copy", plan="Nothing is there now")
        screen.wait_for("copy.csv · History · 1 version")
        assert bench.content("copy.csv") == NEW

        screen.press("m")
        give(screen, "Move or rename copy.csv to", f"s3://{bench.bucket}/renamed.csv")
        agree(screen, "Rename", plan="a delete marker is put")
        screen.wait_for("renamed.csv · History · 1 version")
        assert bench.keys() == ["churn.csv", "renamed.csv"]
        assert len(bench.markers()) == 1

        screen.press("E")
        screen.wait_for("Describe renamed.csv")
        screen.press("enter")
        screen.wait_for(r"Tags of renamed.csv[\s\S]*\+ add")
        screen.press("enter")
        give(screen, "name=value", "stage=gold")
        screen.wait_for("stage = gold")
        screen.press("w")
        agree(screen, "Tag", plan="No new version is made")
        screen.wait_for("Tagged renamed.csv")
        assert tags(bench, "renamed.csv") == {"stage": "gold"}

        screen.press("e")
        agree(screen, "Write back", plan="0 lines removed")
        screen.wait_for("renamed.csv · History · 2 versions")
        assert bench.content("renamed.csv") == NEW + b"3,1\n"
        assert tags(bench, "renamed.csv") == {"stage": "gold"}

        screen.press("y")
        screen.wait_for(r"Take along[\s\S]*aws s3api get-object")
        screen.press("y")
        screen.wait_for("The URI is copied")
        assert screen.clipboard == f"s3://{bench.bucket}/renamed.csv"

        screen.press("u")
        agree(screen, "Bring back", plan="stay in the")
        screen.wait_for("renamed.csv · History · 3 versions")
        assert bench.content("renamed.csv") == NEW

        screen.press("g")
        screen.wait_for("churn.csv · History · 2 versions")
        screen.press("tab", "j", "X")
        screen.wait_for(r"Purge 1 version of churn\.csv[\s\S]*Nobody can undo this")
        screen.type("churn.cs")
        screen.press("enter")
        screen.wait_for("This is not its name")
        screen.type("v")
        screen.press("enter")
        screen.wait_for("churn.csv · History · 1 version")
        assert bench.content("churn.csv") == NEW
        assert len(bench.versions()) == 5
        screen.press("q")
        assert screen.wait_for_exit() == 0


def test_a_folder_is_moved_and_everything_comes_back_with_one_key(bench: Bench) -> None:
    client = bench.server.client()
    for name in ("raw/a.csv", "raw/deep/b.csv"):
        client.put_object(Bucket=bench.bucket, Key=name, Body=name.encode())
    with bench.screens() as screen:
        screen.wait_for("1 folder, 1 object")
        screen.press("g", "m")
        give(screen, "Move or rename all of raw/ to", f"s3://{bench.bucket}/new/")
        agree(screen, "Move", plan=r"a\.csv, b\.csv of s3://")
        screen.wait_for(r"▸ new/")
        assert bench.keys() == ["churn.csv", "new/a.csv", "new/deep/b.csv"]
        screen.press("u")
        agree(screen, "Undo", plan="become current again")
        screen.wait_for(r"▸ raw/")
        screen.wait_until_gone(r"▸ new/")
        assert bench.keys() == ["churn.csv", "raw/a.csv", "raw/deep/b.csv"]
        assert bench.content("raw/deep/b.csv") == b"raw/deep/b.csv"
        screen.press("q")
        assert screen.wait_for_exit() == 0
