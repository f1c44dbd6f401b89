"""The embedded server is killed or stopped in the middle of a transfer: that is said, and then it is finished."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from s3ml_tui.local_server.server import LocalServer
from tests.cli.line import CommandLine, Said
from tests.exhaustive import EXHAUSTIVE
from tests.servers import S3Server

SOAKS = os.environ.get("SOAK_POINTS", "") != ""
"""Waiting out the real timeouts takes a minute."""
DEAD_S, STALLED_S = 20.0, 60.0
"""So soon an error has to be told (issue 4, section 3)."""
TIMEOUT_S = 60.0
FILES = 300
MIB = 1024 * 1024


@pytest.fixture
def local(tmp_path: Path) -> Iterator[LocalServer]:
    """An embedded server that may be killed."""
    server = LocalServer(tmp_path / "local")
    server.start()
    try:
        yield server
    finally:
        if (pid := server.status().pid) is not None:
            os.kill(pid, signal.SIGCONT)
        server.stop()


@pytest.fixture
def up(tmp_path: Path) -> Path:
    """A folder of small files."""
    for number in range(FILES):
        path = tmp_path / "up" / f"d{number % 7}" / f"f{number:04}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(number * 13 % 4000))
    return tmp_path / "up"


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file that goes in parts."""
    path = tmp_path / "large.bin"
    path.write_bytes(os.urandom(MIB) * 161)
    return path


def account(local: LocalServer) -> S3Server:
    keys = local.credentials()
    return S3Server(local.status().endpoint or "", keys.access_key, keys.secret_key)


def lines(home: Path) -> int:
    """Of all journals."""
    return sum(path.read_bytes().count(b"\n") for path in (home / "state" / "s3ml" / "transfers").glob("*.jsonl"))


def until(condition: Callable[[], bool]) -> None:
    """Wait for it."""
    deadline, nobody = time.monotonic() + TIMEOUT_S, threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        nobody.wait(0.002)


def meanwhile(local: LocalServer, number: signal.Signals, home: Path, least: int, *words: object) -> "_UnderWay":
    """Begin a command, and send the server a signal once the command's journal has so many lines."""
    pid = local.status().pid  # asked before, since the answer takes as long as some transfers
    assert pid is not None
    process = CommandLine().start(*words, "--dir", local.folder)
    until(lambda: lines(home) >= least or process.poll() is not None)
    assert process.poll() is None, "it was over before the server could be signalled"
    os.kill(pid, number)
    return _UnderWay(process, time.monotonic())


class _UnderWay:
    def __init__(self, process: subprocess.Popen[str], since: float) -> None:
        self._process, self._since = process, since

    def ended_within(self, timeout_s: float) -> Said:
        with self._process as process:
            out, err = process.communicate(timeout=TIMEOUT_S * 2)
        assert time.monotonic() - self._since < timeout_s, err
        return Said(process.returncode, out, err)


def content(server: S3Server, bucket: str) -> dict[str, list[bytes]]:
    """Of every version, by key."""
    client, found = server.client(), dict[str, list[bytes]]()
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for one in page.get("Versions", []):
            got = client.get_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])
            found.setdefault(one["Key"], []).append(got["Body"].read())
    return found


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_server_that_is_killed_while_a_folder_goes_up_is_told_and_the_same_command_finishes(
    local: LocalServer, no_aws: Path, up: Path
) -> None:
    bucket = account(local).bucket()
    command = ("put", "-r", up, f"s3://{bucket}/")
    ended = meanwhile(local, signal.SIGKILL, no_aws, 30, *command).ended_within(DEAD_S)
    assert (ended.code, "s3ml: " in ended.err or "failed" in ended.out) == (5, True), ended
    finished = CommandLine().process(*command, "--dir", local.folder)  # the server is started again by it
    assert finished.code == 0, finished.err
    assert content(account(local), bucket) == {name: [data] for name, data in tree(up).items()}
    assert list((no_aws / "state" / "s3ml" / "transfers").iterdir()) == []


@EXHAUSTIVE
def test_a_server_that_is_killed_while_a_large_file_goes_up_and_comes_down(
    local: LocalServer, no_aws: Path, large: Path, tmp_path: Path
) -> None:
    server, down = account(local), tmp_path / "down.bin"
    bucket = server.bucket()
    put = ("put", large, f"s3://{bucket}/large.bin")
    ended = meanwhile(local, signal.SIGKILL, no_aws, 2, *put).ended_within(DEAD_S)
    assert (ended.code, ended.err.count("s3ml: ")) == (5, 1), ended.err
    finished = CommandLine().process(*put, "--dir", local.folder)
    assert finished.code == 0, finished.err
    assert content(account(local), bucket) == {"large.bin": [large.read_bytes()]}
    get = ("get", f"s3://{bucket}/large.bin", down)
    ended = meanwhile(local, signal.SIGKILL, no_aws, 4, *get).ended_within(DEAD_S)
    assert (ended.code, ended.err.count("s3ml: ")) == (5, 1), ended.err
    assert not down.exists()
    finished = CommandLine().process(*get, "--dir", local.folder)
    assert finished.code == 0, finished.err
    assert down.read_bytes() == large.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["down.bin", "large.bin", "local"]
    assert list((no_aws / "state" / "s3ml" / "transfers").iterdir()) == []


@dataclass(frozen=True, slots=True)
class OneFile:
    """A large file that goes up to a bucket, or comes down from it."""

    local: LocalServer
    bucket: str
    words: tuple[object, ...]
    """The command."""
    large: Path
    down: Path | None
    """What it comes down to; None on its way up."""

    @property
    def begun(self) -> int:
        """Lines of the journal once it moves: what it is and where it begins; on the way down also the folder."""
        return 2 if self.down is None else 3

    def pid(self) -> int:
        """The server's."""
        pid = self.local.status().pid
        assert pid is not None
        return pid

    def has_arrived(self) -> bool:
        """Whether it is there, whole and once."""
        there = content(account(self.local), self.bucket) == {"large.bin": [self.large.read_bytes()]}
        return there and (self.down is None or self.down.read_bytes() == self.large.read_bytes())


@pytest.fixture(params=["up", pytest.param("down", marks=EXHAUSTIVE)])
def one_file(request: pytest.FixtureRequest, local: LocalServer, large: Path, tmp_path: Path) -> OneFile:
    bucket = account(local).bucket()
    put = ("put", large, f"s3://{bucket}/large.bin")
    if request.param == "up":
        return OneFile(local, bucket, put, large, None)
    assert CommandLine().process(*put, "--dir", local.folder).code == 0
    down = tmp_path / "down.bin"
    return OneFile(local, bucket, ("get", f"s3://{bucket}/large.bin", down), large, down)


@EXHAUSTIVE  # a killed one is shown below
def test_a_server_that_stops_for_a_while_is_waited_for(one_file: OneFile, no_aws: Path) -> None:
    pid = one_file.pid()
    under_way = meanwhile(one_file.local, signal.SIGSTOP, no_aws, one_file.begun, *one_file.words)
    timer = threading.Timer(3, os.kill, (pid, signal.SIGCONT))
    timer.start()
    ended = under_way.ended_within(STALLED_S)
    timer.join()
    assert ended.code == 0, ended.err
    assert one_file.has_arrived()


@pytest.mark.skipif(not SOAKS, reason="waits out the real timeouts: make soak")
def test_a_server_that_stops_for_good_is_told_within_a_minute(one_file: OneFile, no_aws: Path) -> None:
    pid = one_file.pid()
    ended = meanwhile(one_file.local, signal.SIGSTOP, no_aws, one_file.begun, *one_file.words).ended_within(STALLED_S)
    assert (ended.code, ended.err.count("s3ml: ")) == (5, 1), ended.err
    os.kill(pid, signal.SIGCONT)
    finished = CommandLine().process(*one_file.words, "--dir", one_file.local.folder)
    assert finished.code == 0, finished.err
    assert one_file.has_arrived()
