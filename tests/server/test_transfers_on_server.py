"""Folders through the command line on the embedded server: killed in the middle, finished by the same command."""

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.plans.transfer import MoveFiles
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.connect import connect
from s3ml_tui.s3.settings import MIB
from s3ml_tui.s3.store import S3Store
from tests.cli.line import CommandLine
from tests.exhaustive import EXHAUSTIVE
from tests.s3.faults import Fault, FaultyServer, carries_bytes
from tests.s3.seeing import open_uploads
from tests.s3.transfers.test_download import put_in_parts
from tests.servers import S3Server
from tests.ui.harness import services_over

FILES = 300
TIMEOUT_S = 60.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return filled(tmp_path, FILES)


@pytest.fixture
def small_folder(tmp_path: Path) -> Path:
    return filled(tmp_path, 40)


def filled(tmp_path: Path, count: int) -> Path:
    for number in range(count):
        path = tmp_path / "many" / f"d{number % 7}" / f"f{number:04}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(number * 13 % 4000))
    return tmp_path / "many"


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def versions(server: S3Server, bucket: str) -> Counter[str]:
    pages = server.client().get_paginator("list_object_versions").paginate(Bucket=bucket)
    return Counter(version["Key"] for page in pages for version in page.get("Versions", []))


def journal_lines(home: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in (home / "state" / "s3ml" / "transfers").glob("*.jsonl"))


@pytest.fixture
def way(seaweed: S3Server) -> Iterator[FaultyServer]:
    """To the embedded server."""
    with FaultyServer(seaweed.endpoint) as between:
        yield between


def through(way: FaultyServer, server: S3Server) -> CommandLine:
    """The command line, which goes this way."""
    return CommandLine({**server.environment(), "AWS_ENDPOINT_URL": way.endpoint})


def kill_after(way: FaultyServer, home: Path, done: int, line: CommandLine, *words: object) -> None:
    """Begin a command, answer it no further once so much is `done`, and kill it when its journal has that."""
    before, deadline = journal_lines(home), time.monotonic() + TIMEOUT_S
    way.hung = 0
    way.add(Fault(carries_bytes, times=10_000, skip=done, hangs=True))
    with line.start(*words) as process:
        while (way.hung == 0 or journal_lines(home) < before + done) and process.poll() is None:
            assert time.monotonic() < deadline, "it never came to the middle"
            with suppress(subprocess.TimeoutExpired):  # which is what is hoped for: it goes on
                process.wait(0.01)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=TIMEOUT_S)
    way.clear()
    assert process.returncode == -signal.SIGKILL, "it was over before it could be killed"


def test_an_upload_that_was_killed_is_finished_by_the_same_command_with_one_version_each(
    seaweed: S3Server, way: FaultyServer, no_aws: Path, folder: Path
) -> None:
    bucket, line = seaweed.bucket(), through(way, seaweed)
    command = ("put", "-r", folder, f"s3://{bucket}/up/")
    for done in (20, 60):
        kill_after(way, no_aws, done, line, *command)
    listed = line.process("transfers")
    assert f"of {FILES} files done" in listed.out
    finished = line.process(*command)
    assert finished.code == 0, finished.err
    assert "done before it was interrupted" in finished.err
    found = versions(seaweed, bucket)
    assert (len(found), set(found.values())) == (FILES, {1})
    assert list((no_aws / "state" / "s3ml" / "transfers").iterdir()) == []
    assert "No transfer" in line.process("transfers").err


def test_a_download_that_was_killed_is_finished_and_leaves_nothing(
    seaweed: S3Server, way: FaultyServer, no_aws: Path, folder: Path, tmp_path: Path
) -> None:
    bucket, line = seaweed.bucket(), through(way, seaweed)
    assert line.process("put", "-r", folder, f"s3://{bucket}/up/").code == 0
    down = tmp_path / "down"
    for done in (30, 60):
        kill_after(way, no_aws, done, line, "get", "-r", f"s3://{bucket}/up/", down)
    resumed = line.process("transfers", "--resume", "--yes")
    assert resumed.code == 0, resumed.err
    assert tree(down) == tree(folder)
    assert list((no_aws / "state" / "s3ml" / "transfers").iterdir()) == []


@EXHAUSTIVE  # smaller ones do so above
def test_large_files_go_on_where_they_were_killed(
    seaweed: S3Server, way: FaultyServer, no_aws: Path, tmp_path: Path
) -> None:
    bucket, line = seaweed.bucket(), through(way, seaweed)
    large = tmp_path / "large.bin"
    large.write_bytes(os.urandom(1024 * 1024) * 97)
    kill_after(way, no_aws, 2, line, "put", large, f"s3://{bucket}/large.bin")
    assert open_uploads(seaweed, bucket) == 1
    again = line.process("put", large, f"s3://{bucket}/large.bin")
    assert again.code == 0, again.err
    assert open_uploads(seaweed, bucket) == 0
    assert versions(seaweed, bucket) == {"large.bin": 1}
    kill_after(way, no_aws, 2, line, "get", f"s3://{bucket}/large.bin", tmp_path / "down.bin")
    assert len(list(tmp_path.glob(".down.bin.s3ml-*.part"))) == 1
    got = line.process("get", f"s3://{bucket}/large.bin", tmp_path / "down.bin")
    assert got.code == 0, got.err
    assert "(checked)" in got.err
    assert (tmp_path / "down.bin").read_bytes() == large.read_bytes()
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {"large.bin", "down.bin"}


def test_what_cannot_go_on_is_swept_by_the_next_command(
    seaweed: S3Server, way: FaultyServer, no_aws: Path, tmp_path: Path
) -> None:
    bucket, line = seaweed.bucket(), through(way, seaweed)
    large, small = tmp_path / "large.bin", tmp_path / "small"
    large.write_bytes(os.urandom(1024 * 1024) * 97)
    small.write_text("x")
    others_upload = seaweed.client().create_multipart_upload(Bucket=bucket, Key="large.bin")["UploadId"]
    kill_after(way, no_aws, 2, line, "put", large, f"s3://{bucket}/large.bin")
    assert open_uploads(seaweed, bucket) == 2
    large.unlink()
    said = line.process("put", small, f"s3://{bucket}/small")
    assert (said.code, "1 open upload," in said.err) == (0, True)
    [left] = seaweed.client().list_multipart_uploads(Bucket=bucket)["Uploads"]
    assert left["UploadId"] == others_upload


# through the services, on both servers -----------------------------------------------------------------------------


@pytest.fixture(params=["seaweed", "moto"])
def server(request: pytest.FixtureRequest) -> S3Server:
    server: S3Server = request.getfixturevalue(request.param)
    return server


@pytest.fixture
def opened(server: S3Server) -> Iterator[S3Store]:
    store = connect(Context(endpoint_url=server.endpoint), (server.access_key, server.secret_key))
    yield store
    store.close()


@pytest.mark.parametrize("versioned", [True, False])
def test_a_folder_there_and_back_replaced_and_taken_back(
    server: S3Server, opened: S3Store, small_folder: Path, tmp_path: Path, versioned: bool
) -> None:
    services = services_over(opened, tmp_path / "state")
    home = Place(server.bucket(versioned=versioned), "up/")
    opened.write(home.key("d0/f0000.bin"), b"old")
    plan = services.transfers.plan_upload([small_folder], home)
    assert isinstance(plan, MoveFiles)
    assert [move.name for move in plan.collisions] == ["d0/f0000.bin"]
    assert plan.is_destructive != versioned
    outcome = services.perform(plan)
    assert outcome.failures == ()
    services.perform(services.transfers.plan_download([home], tmp_path / "down"))
    assert tree(tmp_path / "down") == tree(small_folder)
    assert outcome.undo is not None
    services.perform(outcome.undo)
    left = [key for page in opened.list_all(home) for key in page.keys]
    assert left == ["up/d0/f0000.bin"]
    if versioned:
        assert opened.read(ObjectKey(home.bucket, "up/d0/f0000.bin")) == b"old"


def test_sync_there_across_and_back_changes_nothing_the_second_time(
    server: S3Server, opened: S3Store, small_folder: Path, tmp_path: Path
) -> None:
    services = services_over(opened, tmp_path / "state")
    bucket = server.bucket()
    one, two, down = Place(bucket, "one/"), Place(bucket, "two/"), tmp_path / "down"
    for source, target in ((small_folder, one), (one, two), (two, down)):
        outcome = services.perform(services.transfers.plan_sync(source, target, deletes=True))
        assert outcome.failures == ()
        assert not services.transfers.plan_sync(source, target, deletes=True).changes_anything
    assert tree(down) == tree(small_folder)
    assert not services.transfers.plan_sync(down, two, by_checksum=True, deletes=True).changes_anything
    assert set(versions(server, bucket).values()) == {1}


def test_an_edit_of_what_another_client_uploaded_in_parts_is_told_by_its_etag(
    server: S3Server, opened: S3Store, tmp_path: Path
) -> None:
    """No metadata of ours tells what is there, and the times are too near one another."""
    services, bucket = services_over(opened, tmp_path / "state"), server.bucket()
    path = tmp_path / "files" / "k"
    path.parent.mkdir()
    path.write_bytes(put_in_parts(server, bucket, [5 * MIB, 9]))
    at = opened.facts(ObjectKey(bucket, "k")).modified.timestamp() - 2
    os.utime(path, (at, at))
    assert not services.transfers.plan_sync(path.parent, Place(bucket)).changes_anything
    with path.open("r+b") as file:
        file.write(b"edited")
    os.utime(path, (at, at))
    assert services.transfers.plan_sync(path.parent, Place(bucket)).changes_anything
