"""A disk that runs full under the embedded server: said in a sentence, and writing goes on once there is room."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from s3ml_tui import bootstrap, settings
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import LocalTrouble
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.local_server import data_folder
from s3ml_tui.local_server.server import LocalServer
from tests.local_server.conftest import kill
from tests.servers import Embedded

MIB = 1 << 20


def test_a_server_with_room_is_not_blamed_and_one_without_is(tmp_path: Path) -> None:
    data_folder.prepare(data_folder.layout(tmp_path))
    LocalServer(tmp_path, free=lambda _folder: 10**15).ensure_room()
    with pytest.raises(LocalTrouble, match=r"is full. 1.0 MB are free, the local server needs .*. Free some space"):
        LocalServer(tmp_path, free=lambda _folder: 1_000_000).ensure_room()


def test_a_server_of_this_machine_that_is_addressed_like_any_other_is_looked_at_too(
    embedded: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = LocalServer(embedded.info.folder, free=lambda _folder: 1_000_000)
    monkeypatch.setattr(bootstrap, "local_server", lambda: full)
    with pytest.raises(LocalTrouble, match="is full"):
        bootstrap._look_at_own_server(embedded.server.endpoint)
    bootstrap._look_at_own_server("http://127.0.0.1:1")


def test_the_part_of_a_disk_that_the_server_leaves_free_is_no_room(tmp_path: Path) -> None:
    data_folder.prepare(data_folder.layout(tmp_path))
    total = shutil.disk_usage(tmp_path).total
    kept = int(total * data_folder.KEPT_FREE)
    with pytest.raises(LocalTrouble, match="is full"):
        data_folder.check_room(data_folder.layout(tmp_path), lambda _folder: min(kept, 200_000_000) - 1)


def test_a_server_knows_its_address(server: LocalServer) -> None:
    assert not server.is_at("http://127.0.0.1:1")
    endpoint = server.start().endpoint
    assert endpoint is not None
    assert server.is_at(endpoint)
    assert not server.is_at("http://127.0.0.1:1")


def system(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A disk of 64 MiB, on which a server dares to start."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    try:
        system("mount", "-t", "tmpfs", "-o", "size=64m", "none", str(disk))
    except subprocess.CalledProcessError as error:
        pytest.skip(f"a small disk cannot be mounted here: {error.stderr.decode(errors='replace').strip()}")
    monkeypatch.setattr(data_folder, "MINIMUM_FREE", 20 * MIB)
    yield disk
    kill(LocalServer(disk / "local").status().pid)
    system("umount", str(disk))


@pytest.mark.parametrize("is_named", [True, False], ids=["by its folder", "by its address"])
def test_a_disk_that_runs_full_is_said_and_writing_goes_on_when_there_is_room(
    small_disk: Path, is_named: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "local_folder", lambda: small_disk / "local")
    server = LocalServer(small_disk / "local")
    server.start()
    for name, value in server.env().values.items():
        monkeypatch.setenv(name, value)
    store = bootstrap.open_store(Context(local_dir=server.folder) if is_named else Context())
    data, filler = tmp_path / "data.bin", small_disk / "filler"
    data.write_bytes(os.urandom(8 * MIB))
    try:
        store.create_bucket("bucket")
        store.upload(data, ObjectKey("bucket", "first"))
        filler.write_bytes(b"x" * (shutil.disk_usage(small_disk).free - 2 * MIB))
        with pytest.raises(LocalTrouble, match=rf"The disk of {re.escape(str(server.folder))} is full") as raised:
            store.upload(data, ObjectKey("bucket", "second"))
        assert "--dir" in raised.value.advice
        filler.unlink()
        store.upload(data, ObjectKey("bucket", "second"))
    finally:
        store.close()
