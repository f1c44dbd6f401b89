"""The main job in a real terminal: bytes go up, older ones come back with a key, and every step can be undone."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.exhaustive import EXHAUSTIVE
from tests.servers import S3Server
from tests.terminal.browsing import Bench, agree, upload
from tests.terminal.pty_screen import PtyScreen
from tests.terminal.slow_way import SlowWay

FIRST, SECOND = b"id,y\n1,0\n", b"id,y\n1,0\n2,1\n"
FIRST_SIZE, SECOND_SIZE = "9 B", "13 B"
BIG_BYTES = 128 << 20
SLOWLY = 2 << 20
"""Bytes a second, on each connection."""


@pytest.fixture
def bench(seaweed: S3Server, tmp_path: Path) -> Bench:
    """An empty bucket, and a folder with one file."""
    bench = Bench(seaweed, tmp_path, seaweed.bucket())
    bench.write("churn.csv", FIRST)
    return bench


def test_the_first_of_two_versions_is_brought_back_and_that_is_undone(bench: Bench) -> None:
    with bench.screens() as screen:
        screen.wait_for("Nothing here yet")
        screen.wait_for("versioned")
        upload(screen, str(bench.folder / "churn.csv"), plan="Nothing is there now")
        screen.wait_for(rf"● .* {FIRST_SIZE} .*← current")
        bench.write("churn.csv", SECOND)
        upload(screen, "churn.csv", plan=rf"The {FIRST_SIZE} of .* stay as an")
        screen.wait_for("churn.csv · History · 2 versions")
        screen.wait_for(rf"● .* {SECOND_SIZE} .*← current")
        screen.wait_for(rf"○ .* {FIRST_SIZE} ")
        assert bench.content("churn.csv") == SECOND
        two = bench.versions()
        assert len(two) == 2

        screen.press("tab", "j", "r")
        screen.wait_for(rf"{FIRST_SIZE} from ")
        agree(screen, "Bring back", plan=rf"The current {SECOND_SIZE} of .* stay in the history")
        screen.wait_for("History · 3 versions")
        screen.wait_for(rf"● .* {FIRST_SIZE} .*← current")
        three = bench.versions()
        assert len(three) == 3
        assert two < three

        got = bench.line.process("get", f"s3://{bench.bucket}/churn.csv", bench.folder / "back.csv")
        assert got.code == 0, got.err
        digest = hashlib.sha256(FIRST).hexdigest()
        assert hashlib.sha256((bench.folder / "back.csv").read_bytes()).hexdigest() == digest
        assert digest in got.err

        screen.press("u")
        agree(screen, "Bring back", plan=rf"{SECOND_SIZE} from ")
        screen.wait_for("History · 4 versions")
        screen.wait_for(rf"● .* {SECOND_SIZE} .*← current")
        assert bench.content("churn.csv") == SECOND
        assert three < bench.versions(), "undone by a roll forward: nothing is lost"
        assert not bench.markers()
        screen.press("q")
        assert screen.wait_for_exit() == 0


def test_a_deleted_object_is_seen_brought_back_and_both_are_undone(bench: Bench) -> None:
    with bench.screens() as screen:
        screen.wait_for("Nothing here yet")
        upload(screen, "churn.csv")
        screen.wait_for("History · 1 version")
        [first] = bench.versions()

        screen.press("x")
        screen.wait_for("A delete marker is put on top of")
        screen.press("enter")
        screen.wait_until_gone("A delete marker is put on top")
        assert not bench.markers(), "Cancel has the focus"
        screen.press("x")
        agree(screen, "Delete", plan="nothing is destroyed")
        screen.wait_for("Nothing here yet")
        screen.wait_until_gone("churn.csv +9 B")
        assert bench.keys() == []
        assert len(bench.markers()) == 1

        screen.press(".")
        screen.wait_for(r"✗ churn\.csv .*deleted")
        screen.press("r")
        agree(screen, "Bring back", plan="The deletion of .* stays in the")
        screen.wait_for("History · 3 versions")
        screen.wait_for(r"[^✗] churn\.csv +9 B")
        assert bench.content("churn.csv") == FIRST
        assert len(bench.versions()) == 2
        assert len(bench.markers()) == 1

        screen.press("u")
        agree(screen, "Delete", plan="can be brought back")
        screen.wait_for("History · 4 versions")
        screen.wait_for(r"✗ churn\.csv .*deleted")
        assert bench.keys() == []
        assert len(bench.markers()) == 2

        screen.press("u")
        agree(screen, "Bring back", plan=rf"{FIRST_SIZE} from ")
        screen.wait_for("History · 5 versions")
        screen.wait_for(r"[^✗] churn\.csv +9 B")
        assert bench.content("churn.csv") == FIRST
        assert first in bench.versions()
        assert (len(bench.versions()), len(bench.markers())) == (3, 2)


def test_a_delete_is_undone_right_after(bench: Bench) -> None:
    with bench.screens() as screen:
        screen.wait_for("Nothing here yet")
        upload(screen, "churn.csv")
        screen.wait_for("History · 1 version")
        screen.press("x")
        agree(screen, "Delete")
        screen.wait_for("Nothing here yet")
        assert bench.keys() == []
        screen.press("u")
        agree(screen, "Bring back")
        screen.wait_for("History · 3 versions")
        assert bench.content("churn.csv") == FIRST


def test_a_download_asks_before_it_overwrites_and_verify_compares(bench: Bench) -> None:
    bench.server.client().put_object(Bucket=bench.bucket, Key="churn.csv", Body=SECOND)
    with bench.screens() as screen:
        screen.wait_for("History · 1 version")
        screen.press("D")
        screen.wait_for(r"Download churn\.csv[\s\S]*\./churn\.csv")
        screen.press("enter")
        screen.wait_for(r"churn\.csv exists already")
        screen.press("enter")
        screen.wait_until_gone("exists already")
        assert (bench.folder / "churn.csv").read_bytes() == FIRST, "to keep the file is what Enter means"

        screen.press("D")
        screen.wait_for(r"Download churn\.csv[\s\S]*\./churn\.csv")
        screen.press("enter")
        screen.wait_for("Overwrite it")
        screen.press("down", "enter")
        screen.wait_for(r"verified:(?s:.*)sha256")
        assert (bench.folder / "churn.csv").read_bytes() == SECOND

        screen.press("D")
        screen.wait_for(r"\./churn\.csv")
        screen.press("ctrl+u")
        screen.type(str(bench.folder / "elsewhere.csv"))
        screen.press("enter")
        screen.wait_until_gone(r"Download churn\.csv")
        screen.wait_for(r"Downloaded(?s:.*)elsewhere\.csv(?s:.*)verified:(?s:.*)sha256")
        assert (bench.folder / "elsewhere.csv").read_bytes() == SECOND
        _verify(screen, "elsewhere.csv")
        screen.wait_for("has the bytes of")
        bench.write("elsewhere.csv", FIRST)
        _verify(screen, "elsewhere.csv")
        screen.wait_for(r"elsewhere\.csv differs from s3://")
        screen.wait_for(hashlib.sha256(FIRST).hexdigest()[:16])
        screen.press("escape")
        screen.wait_until_gone("differs from")


@pytest.fixture
def uploading(bench: Bench) -> Iterator[PtyScreen]:
    """The screens in the middle of an upload in parts."""
    with (bench.folder / "big.bin").open("wb") as file:
        file.truncate(BIG_BYTES)
    with SlowWay(bench.server.endpoint, SLOWLY) as way:
        slow = replace(bench, environment={"AWS_ENDPOINT_URL": way.endpoint})
        with slow.screens() as screen:
            screen.wait_for("Nothing here yet")
            upload(screen, "big.bin", plan=r"134\.2 MB from big\.bin")
            screen.wait_for(r"running +Upload big\.bin +▓+░+ +\d+% +[\d.]+ MB of 134\.2 MB +[\d.]+ MB/s")
            yield screen


def test_a_large_upload_shows_a_bar_and_is_cancelled_from_the_middle(bench: Bench, uploading: PtyScreen) -> None:
    assert bench.open_uploads() == 1
    uploading.press("ctrl+k")
    uploading.wait_for("Cancel “Upload big.bin”")
    uploading.press("down", "enter")
    uploading.wait_for(r"Cancelled: Upload big\.bin")
    uploading.wait_until_gone("░")
    uploading.wait_for("Nothing here yet")
    assert bench.open_uploads() == 0
    assert not bench.versions()


def test_quitting_in_the_middle_of_an_upload_asks_and_leaves_nothing_behind(bench: Bench, uploading: PtyScreen) -> None:
    uploading.press("q")
    uploading.wait_for(r"Still going on: Upload big\.bin")
    uploading.press("enter")
    uploading.wait_until_gone("Still going on")
    assert bench.open_uploads() == 1, "Stay is what Enter means"
    uploading.press("q")
    uploading.wait_for("Quit; cancel the job")
    uploading.press("down", "down", "enter")
    assert uploading.wait_for_exit() == 0
    assert bench.open_uploads() == 0
    assert not bench.versions()


@EXHAUSTIVE
def test_the_same_steps_work_in_80_columns_and_24_lines(bench: Bench) -> None:
    with bench.screens(columns=80, lines=24) as screen:
        screen.wait_for("Nothing here yet")
        upload(screen, "churn.csv", plan="Nothing is there now")
        screen.wait_for(rf"● .* {FIRST_SIZE} .*← current")
        bench.write("churn.csv", SECOND)
        upload(screen, "churn.csv")
        screen.wait_for("History · 2 versions")
        screen.wait_for(rf"○ .* {FIRST_SIZE} ")
        screen.press("tab", "j", "r")
        agree(screen, "Bring back", plan=rf"{FIRST_SIZE} from ")
        screen.wait_for(rf"● .* {FIRST_SIZE} .*← current")
        assert bench.content("churn.csv") == FIRST
        assert len(bench.versions()) == 3


def _verify(screen: PtyScreen, path: str) -> None:
    screen.press("V")
    screen.wait_for("Compare .* with a file")
    screen.press("ctrl+u")
    screen.type(path)
    screen.press("enter")
    screen.wait_until_gone("Compare .* with a file")
