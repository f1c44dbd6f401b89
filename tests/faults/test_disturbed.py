"""Somebody else at work in the middle: a file rewritten while it goes up, an object replaced while it comes down."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from s3ml_tui.domain.errors import Conflict, LocalTrouble
from s3ml_tui.domain.uri import ObjectKey
from tests.faults.operations import LARGE, SMALL
from tests.faults.scene import open_session, state_folder
from tests.faults.table import has_bytes, is_body
from tests.s3.faults import Fault, FaultyServer
from tests.s3.seeing import open_uploads
from tests.servers import S3Server

NEWER = os.urandom(len(LARGE) - 5)
DISK_MIB = 8


@pytest.fixture
def way(seaweed: S3Server) -> Iterator[FaultyServer]:
    with FaultyServer(seaweed.endpoint) as between:
        yield between


def stored(server: S3Server, key: ObjectKey) -> bytes:
    with server.client().get_object(Bucket=key.bucket, Key=key.key)["Body"] as body:
        found: bytes = body.read()
    return found


@pytest.mark.parametrize("size", [len(SMALL), 1_500_000, len(LARGE)], ids=["small", "streamed", "multipart"])
@pytest.mark.parametrize("how", ["in place", "replaced", "shorter"])
def test_a_file_that_is_rewritten_while_it_goes_up(
    seaweed: S3Server, way: FaultyServer, tmp_path: Path, size: int, how: str
) -> None:
    old, new = LARGE[:size], NEWER[: size - 1] if how == "shorter" else NEWER[-size:]
    path, key = tmp_path / "a.bin", ObjectKey(seaweed.bucket(), "a.bin")
    path.write_bytes(old)

    def rewritten(body: bytes) -> bytes:
        if how == "replaced":
            (tmp_path / "new").write_bytes(new)
            (tmp_path / "new").replace(path)
        else:
            path.write_bytes(new)
        return body

    way.add(Fault(has_bytes, change_sent=rewritten))
    services = open_session(seaweed, way, state_folder())
    error: LocalTrouble | None = None
    try:
        services.perform(services.objects.plan_upload(path, key))
    except LocalTrouble as raised:
        error = raised
    if error is not None:
        assert "changed while it was read" in error.title or "shorter" in error.title
        found = seaweed.client().list_object_versions(Bucket=key.bucket)
        assert "Versions" not in found
        assert open_uploads(seaweed, key.bucket) == 0
    else:
        assert stored(seaweed, key) in (old, new)
        path.touch()
    services.perform(services.objects.plan_upload(path, key))
    services.close()
    assert stored(seaweed, key) == new
    assert list((state_folder() / "transfers").iterdir()) == []


@pytest.mark.parametrize("is_versioned", [True, False], ids=["versioned", "unversioned"])
def test_an_object_that_is_replaced_while_its_ranges_come_down(
    seaweed: S3Server, way: FaultyServer, tmp_path: Path, *, is_versioned: bool
) -> None:
    bucket, path = seaweed.bucket(versioned=is_versioned), tmp_path / "a.bin"
    key = ObjectKey(bucket, "a.bin")
    seaweed.client().put_object(Bucket=bucket, Key=key.key, Body=LARGE)

    def replaced(body: bytes) -> bytes:
        seaweed.client().put_object(Bucket=bucket, Key=key.key, Body=NEWER)
        return body

    way.add(Fault(is_body, change=replaced, cut_after=1_000_000))
    services = open_session(seaweed, way, state_folder())
    if is_versioned:
        services.perform(services.objects.plan_download(key, path))
        assert path.read_bytes() == LARGE
    else:
        with pytest.raises(Conflict, match="replaced"):
            services.perform(services.objects.plan_download(key, path))
        assert list(tmp_path.iterdir()) == []
    services.perform(services.objects.plan_download(key, path, overwrite=True))
    services.close()
    assert path.read_bytes() == NEWER
    assert [one.name for one in tmp_path.iterdir()] == ["a.bin"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MiB."""
    disk, mount, umount = tmp_path / "disk", shutil.which("mount"), shutil.which("umount")
    disk.mkdir()
    if os.geteuid() != 0 or not mount or not umount:
        pytest.skip("A FULL DISK IS NOT TESTED: only root can mount a small one")
    command = [mount, "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", str(disk)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("A FULL DISK IS NOT TESTED: a small one cannot be mounted here")
    yield disk
    subprocess.run([umount, str(disk)], check=True)


def filled(disk: Path, *, but: int = 0) -> Path:
    """A file that leaves `but` bytes free."""
    path = disk / "filler"
    with path.open("wb") as file:
        file.write(bytes(max(shutil.disk_usage(disk).free - but, 0)))
    return path


@pytest.mark.parametrize("size", [len(SMALL) * 100, len(LARGE)], ids=["small", "ranged"])
@pytest.mark.parametrize("when", ["before", "in the middle"])
def test_a_disk_that_is_full(seaweed: S3Server, way: FaultyServer, small_disk: Path, size: int, when: str) -> None:
    body, path = (LARGE * 2)[:size], small_disk / "a.bin"
    key = ObjectKey(seaweed.bucket(), "a.bin")
    seaweed.client().put_object(Bucket=key.bucket, Key=key.key, Body=body)
    path.write_bytes(b"old")

    def fills(answer: bytes) -> bytes:
        filled(small_disk, but=4096)
        return answer

    if when == "before":
        filled(small_disk, but=4096)
    else:
        way.add(Fault(is_body, change=fills))
    services = open_session(seaweed, way, state_folder())
    with pytest.raises(LocalTrouble, match=r"room|No space") as raised:
        services.perform(services.objects.plan_download(key, path, overwrite=True))
    assert "Make room" in raised.value.advice
    assert path.read_bytes() == b"old"
    assert sorted(one.name for one in small_disk.iterdir()) == ["a.bin", "filler"]
    (small_disk / "filler").unlink()
    services.perform(services.objects.plan_download(key, path, overwrite=True))
    services.close()
    assert path.read_bytes() == body
    assert [one.name for one in small_disk.iterdir()] == ["a.bin"]


def test_a_journal_that_cannot_be_written_stops_no_upload(
    seaweed: S3Server, way: FaultyServer, small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(small_disk / "state"))
    path, key = tmp_path / "a.bin", ObjectKey(seaweed.bucket(), "a.bin")
    path.write_bytes(LARGE)
    filled(small_disk)
    services = open_session(seaweed, way, state_folder())
    services.perform(services.objects.plan_upload(path, key))
    services.close()
    assert stored(seaweed, key) == LARGE
    assert open_uploads(seaweed, key.bucket) == 0
