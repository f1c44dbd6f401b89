"""SIGTERM, SIGHUP and SIGINT to a command in the middle of a transfer: it ends soon; the same again finishes it."""

import os
import re
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.exhaustive import EXHAUSTIVE, beyond
from tests.faults.forking import Ended, Forks
from tests.faults.kill_points import check_between, check_done, read_all
from tests.faults.kill_scenes import (
    Arrange,
    World,
    cp_large,
    get_folder,
    get_large,
    put_folder,
    put_large,
    sync_down,
    sync_up,
)
from tests.s3.faults import Fault, FaultyServer, anything, carries_bytes
from tests.servers import S3Server

SOON_S = 20.0
TIMEOUT_S = 60.0
LET_THROUGH = 2
"""So many requests with bytes; those after them are left without an answer."""
SCENES: tuple[Arrange, ...] = (put_large, get_folder, cp_large, put_folder, sync_up, get_large, sync_down)
USUAL = 3
"""So many of them are run always."""


class Interrupted:
    """A command that has come to the middle, where nothing answers any more."""

    def __init__(self, server: S3Server, way: FaultyServer, forks: Forks, folder: Path, arrange: Arrange) -> None:
        (folder / "temporary").mkdir()
        self.world = World(server, server.bucket(), "it/", folder)
        self.scene = arrange(self.world)
        self.before, self.files_before = self.world.pasts(), read_all(self.world.down)
        self._way, self._forks = way, forks
        way.add(Fault(carries_bytes, times=10_000, skip=LET_THROUGH, hangs=True))
        forks.start(self.scene.words, self._environment(), read_timeout_s=2)
        until(lambda: way.hung > 0)

    def end_by(self, number: signal.Signals) -> Ended:
        """Send the signal; how the command ended, soon."""
        began = time.monotonic()
        os.kill(self._forks.pid, number)
        if number == signal.SIGINT:
            self._way.clear()  # to tidy up in peace takes a server that answers
        ended = self._forks.wait()
        self._way.clear()
        assert time.monotonic() - began < SOON_S
        check_between(self.world, self.scene, self.before, self.files_before)
        return ended

    def finish(self) -> None:
        """The same command once more."""
        self.run(*self.scene.words)
        check_done(self.world, self.scene)

    def run(self, *words: object) -> Ended:
        """Another command to its end."""
        ended = self._forks.run(words, self._environment())
        assert ended.code == 0, ended.err
        return ended

    def kept(self) -> list[str]:
        """Open uploads, and temporary files of downloads."""
        parts = [name for name in read_all(self.world.down) if name.endswith(".part")]
        return [*self.world.open_uploads(), *parts]

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self.world.server.environment(), "AWS_ENDPOINT_URL": self._way.endpoint} | {
            "TMPDIR": str(self.world.folder / "temporary"),
            "XDG_STATE_HOME": str(self.world.folder / "home" / "state"),
        }


def until(condition: Callable[[], bool]) -> None:
    """Wait for it."""
    deadline, nobody = time.monotonic() + TIMEOUT_S, threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        nobody.wait(0.01)


@pytest.mark.parametrize(
    ("arrange", "number"),
    [
        *(pytest.param(arrange, signal.SIGTERM, marks=beyond(USUAL, number)) for number, arrange in enumerate(SCENES)),
        (put_large, signal.SIGHUP),
        pytest.param(get_folder, signal.SIGHUP, marks=EXHAUSTIVE),
    ],
)
def test_a_command_that_is_ended_says_so_and_can_be_given_again(
    seaweed: S3Server, forks: Forks, tmp_path: Path, arrange: Arrange, number: signal.Signals
) -> None:
    with FaultyServer(seaweed.endpoint) as way:
        interrupted = Interrupted(seaweed, way, forks, tmp_path, arrange)
        ended = interrupted.end_by(number)
        assert (ended.code, f"s3ml: Ended by {number.name}." in ended.err) == (130, True), ended.err
        has_journal = arrange is not cp_large
        assert ("The same command goes on where it stopped." in ended.err) == has_journal
        interrupted.finish()


@pytest.mark.parametrize(
    "arrange", [pytest.param(arrange, marks=beyond(USUAL, number)) for number, arrange in enumerate(SCENES)]
)
def test_a_command_that_was_cancelled_keeps_what_it_has_of_large_files_alone_and_goes_on(
    seaweed: S3Server, forks: Forks, tmp_path: Path, arrange: Arrange
) -> None:
    with FaultyServer(seaweed.endpoint) as way:
        interrupted = Interrupted(seaweed, way, forks, tmp_path, arrange)
        ended = interrupted.end_by(signal.SIGINT)
        if not ended.code:  # the server was done before the signal was heard
            check_done(interrupted.world, interrupted.scene)
            return
        assert ended.code == 130, ended.err
        assert "ancelled" in ended.out + ended.err
        kept = interrupted.kept()
        assert len(kept) <= (arrange in {put_large, get_large}), kept
        assert ("The same again goes on from there; s3ml transfers --discard " in ended.err) == bool(kept)
        interrupted.finish()


def test_what_a_cancelled_command_kept_is_listed_and_thrown_away(
    seaweed: S3Server, forks: Forks, tmp_path: Path
) -> None:
    with FaultyServer(seaweed.endpoint) as way:
        interrupted = Interrupted(seaweed, way, forks, tmp_path, put_large)
        ended = interrupted.end_by(signal.SIGINT)
        assert (ended.code, "Cancelled. What was sent of large.bin is kept." in ended.err) == (130, True), ended.err
        assert len(interrupted.kept()) == 1
        assert "large.bin" in interrupted.run("transfers").out
        told = re.search(r"; s3ml (transfers --discard [0-9a-f]{8}) throws it away\.", ended.err)
        assert told is not None, ended.err
        assert "Discarded: " in interrupted.run(*told[1].split()).err
        assert interrupted.kept() == []
        assert "No transfer" in interrupted.run("transfers").err


def test_a_command_that_lists_is_ended_with_a_sentence(seaweed: S3Server, forks: Forks, tmp_path: Path) -> None:
    with FaultyServer(seaweed.endpoint) as way:
        way.add(Fault(anything, times=10_000, hangs=True))
        forks.start(("du", f"s3://{seaweed.bucket()}"), {**os.environ, **line_of(seaweed, way)}, read_timeout_s=2)
        until(lambda: way.hung > 0)
        began = time.monotonic()
        os.kill(forks.pid, signal.SIGTERM)
        ended = forks.wait()
        way.clear()
    assert time.monotonic() - began < SOON_S
    assert (ended.code, ended.out) == (130, "")
    assert ended.err.count("\n") == 1


def line_of(server: S3Server, way: FaultyServer) -> dict[str, str]:
    """The environment of a command whose way to the server is this."""
    return {**server.environment(), "AWS_ENDPOINT_URL": way.endpoint}
