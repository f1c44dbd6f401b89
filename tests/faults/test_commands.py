"""A few cells of the table as a user meets them: `s3ml` as a process of its own, its exit code and its sentence."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.line import CommandLine, Said
from tests.exhaustive import EXHAUSTIVE
from tests.faults.operations import SMALL
from tests.faults.scene import Scene, state_folder
from tests.faults.table import ALWAYS, HTML, flipped, has_bytes, is_body, is_change, said
from tests.s3.faults import Fault, FaultyServer, anything
from tests.servers import S3Server

DEAD_S, STALLED_S = 20.0, 60.0
START_S = 5.0
"""So long a process of Python may take to start here."""


@dataclass(frozen=True, slots=True)
class Bench:
    """A way, and the command line over it."""

    server: S3Server
    way: FaultyServer
    line: CommandLine
    scene: Scene

    def uri(self, name: str) -> str:
        return f"s3://{self.scene.bucket}/{self.scene.prefix}{name}"

    def finish(self, *command: object) -> None:
        """The way is right again, and the same command does the job."""
        self.way.clear()
        assert self.line.process(*command).code == 0
        self.check()

    def check(self, *, most: int = 1) -> None:
        """All is there, once, and nothing of ours is left behind."""
        assert (self.scene.wrong(most=most), self.scene.missing(), self.scene.left()) == ([], [], [])


@pytest.fixture
def bench(seaweed: S3Server, tmp_path: Path) -> Iterator[Bench]:
    scene = Scene(seaweed, seaweed.bucket(), "cell", tmp_path / "folder", state_folder())
    scene.folder.mkdir()
    with FaultyServer(seaweed.endpoint) as way:
        yield Bench(seaweed, way, CommandLine({**seaweed.environment(), "AWS_ENDPOINT_URL": way.endpoint}), scene)


def assert_failed(ended: Said, code: int, *words: str) -> None:
    assert ended.code == code, ended.err
    assert all(word in ended.err for word in words), ended.err
    assert "Traceback" not in ended.err


def test_put_whose_answer_is_lost_makes_one_version(bench: Bench) -> None:
    path = bench.scene.file("a.bin", SMALL)
    bench.scene.expected.made = {bench.scene.prefix + "a.bin": SMALL}
    bench.scene.begin()
    bench.way.add(Fault(has_bytes, is_answer_lost=True))
    assert bench.line.process("put", path, bench.uri("a.bin")).code == 0
    bench.check()


def test_get_of_flipped_bytes_leaves_the_old_file_and_the_same_command_gets_the_right_ones(bench: Bench) -> None:
    bench.scene.put("a.bin", SMALL)
    path = bench.scene.file("a.bin", b"old")
    bench.scene.expected.files = {path: SMALL}
    bench.scene.begin()
    bench.way.add(Fault(is_body, ALWAYS, change=flipped))
    command = ("get", bench.uri("a.bin"), path, "--force")
    assert_failed(bench.line.process(*command), 1, "did not arrive as it is on the server", "Try again")
    assert path.read_bytes() == b"old"
    assert [path.name for path in bench.scene.folder.iterdir()] == ["a.bin"]
    bench.finish(*command)


def test_cp_that_is_denied_says_what_it_needs(bench: Bench) -> None:
    bench.scene.put("a.bin", SMALL)
    bench.scene.expected.made = {bench.scene.prefix + "b.bin": SMALL}
    bench.scene.begin()
    bench.way.add(Fault(is_change, ALWAYS, 403, said("AccessDenied")))
    command = ("cp", bench.uri("a.bin"), bench.uri("b.bin"))
    assert_failed(bench.line.process(*command), 4, "is denied", "s3:PutObject")
    bench.finish(*command)


def test_rm_whose_answer_is_lost_makes_one_marker(bench: Bench) -> None:
    bench.scene.put("a.bin", SMALL)
    bench.scene.expected.made = {bench.scene.prefix + "a.bin": None}
    bench.scene.begin()
    bench.way.add(Fault(is_change, is_answer_lost=True))
    assert bench.line.process("rm", bench.uri("a.bin"), "--yes").code == 0
    bench.check()


def test_sync_to_a_server_that_dies_ends_in_time_and_goes_on(bench: Bench) -> None:
    for number in range(6):
        bench.scene.file(f"f{number}.bin", SMALL + bytes([number]))
    bench.scene.expected.made = {f"{bench.scene.prefix}f{number}.bin": SMALL + bytes([number]) for number in range(6)}
    bench.scene.begin()
    bench.way.add(Fault(has_bytes, skip=2, is_death=True))
    began = time.monotonic()
    command = ("sync", bench.scene.folder, bench.uri(""))
    assert_failed(bench.line.process(*command), 5, "Nobody answers at")
    assert time.monotonic() - began < DEAD_S + START_S
    bench.finish(*command)


def test_a_login_page_is_no_bucket(bench: Bench) -> None:
    path = bench.scene.file("a.bin", SMALL)
    bench.scene.expected.made = {bench.scene.prefix + "a.bin": SMALL}
    bench.scene.begin()
    bench.way.add(Fault(anything, ALWAYS, 200, HTML, {"Content-Type": "text/html"}))
    command = ("put", path, bench.uri("a.bin"))
    assert_failed(bench.line.process(*command), 1, "login page")
    bench.finish(*command)


@EXHAUSTIVE  # it waits the real time
def test_a_server_that_says_nothing_is_told_within_a_minute(bench: Bench) -> None:
    """With the product's own times."""
    path = bench.scene.file("a.bin", SMALL)
    bench.scene.expected.made = {bench.scene.prefix + "a.bin": SMALL}
    bench.scene.begin()
    bench.way.add(Fault(is_change, ALWAYS, hangs=True))
    began = time.monotonic()
    command = ("put", path, bench.uri("a.bin"))
    assert_failed(bench.line.process(*command, timeout=120), 5, "stopped answering")
    assert time.monotonic() - began < STALLED_S
    bench.finish(*command)
