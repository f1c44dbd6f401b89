"""A folder up, the app killed in the middle, opened again, gone on, downloaded elsewhere: the same; nothing left."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.s3.faults import FaultyServer
from tests.servers import S3Server
from tests.terminal.browsing import Bench, agree
from tests.terminal.middles import journals, stop_in_the_middle, until_in_the_middle
from tests.terminal.pty_screen import PtyScreen

FILES = 400


@pytest.fixture
def way(seaweed: S3Server) -> Iterator[FaultyServer]:
    """To the embedded server."""
    with FaultyServer(seaweed.endpoint) as between:
        yield between


@pytest.fixture
def bench(seaweed: S3Server, way: FaultyServer, tmp_path: Path) -> Bench:
    """A bucket with one object, and a folder of many files; the screens go the way."""
    bench = Bench(seaweed, tmp_path, seaweed.bucket(), {"AWS_ENDPOINT_URL": way.endpoint})
    seaweed.client().put_object(Bucket=bench.bucket, Key="z.csv", Body=b"z")
    for number in range(FILES):
        path = tmp_path / "many" / f"d{number % 5}" / f"f{number:04}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(number * 37 % 20_000))
    return bench


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def kill_in_the_middle(screen: PtyScreen, way: FaultyServer, home: Path) -> None:
    """SIGKILL once a quarter of the files is noted, and the rest waits for an answer."""
    until_in_the_middle(screen, way, home, FILES)
    os.kill(screen.pid, signal.SIGKILL)
    screen.wait_for_exit()
    way.clear()
    assert list(journals(home).glob("*.jsonl")), "it was over before it could be killed"


def test_a_killed_upload_and_a_killed_download_go_on_when_the_app_is_opened_again(
    bench: Bench, way: FaultyServer, no_aws: Path
) -> None:
    many, back = bench.folder / "many", bench.folder / "back"
    with bench.screens() as screen:
        screen.wait_for("z.csv")
        screen.press("a")
        screen.wait_for("path of a file or folder")
        screen.type(str(many))
        screen.press("enter")
        stop_in_the_middle(way, FILES)
        agree(screen, "Upload", plan=f"{FILES} files")
        kill_in_the_middle(screen, way, no_aws)
    with bench.screens() as screen:
        screen.wait_for("1 transfer was interrupted")
        screen.wait_for(f"of {FILES} files done")
        screen.press("enter")
        screen.wait_for(f"Uploaded {FILES} files")
        screen.wait_for("many/")
        assert len(bench.versions()) == FILES + 1, "one version each"
        screen.press("g", "D")
        screen.wait_for("Download all of many/")
        screen.press("ctrl+u")
        screen.type(str(back))
        screen.press("enter")
        stop_in_the_middle(way, FILES)
        agree(screen, "Download", plan=f"{FILES} objects")
        kill_in_the_middle(screen, way, no_aws)
    with bench.screens() as screen:
        screen.wait_for("1 transfer was interrupted")
        screen.press("enter")
        screen.wait_for(f"Downloaded {FILES} objects")
        screen.press("q")
        assert screen.wait_for_exit() == 0
    assert tree(back) == tree(many)
    assert list(journals(no_aws).iterdir()) == []
    assert bench.open_uploads() == 0
