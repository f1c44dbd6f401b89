"""Pausing a real transfer: nothing moves while it rests, and it ends as if it had not been paused."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from s3ml_tui.domain.errors import Cancelled
from s3ml_tui.domain.job_control import JobControl
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.settings import MIB
from s3ml_tui.s3.store import S3Store
from tests.s3.seeing import open_uploads, versions_of
from tests.servers import S3Server

TIMEOUT_S = 60
SIZE = 32 * MIB
BODY = bytes(range(256)) * (SIZE // 256)


class Paused:
    """A transfer in a thread, paused as soon as something has moved."""

    def __init__(self, transfer: Callable[[Callable[[int], None], JobControl], Any]) -> None:
        self.control = JobControl()
        self.moved = 0
        self.result: Any = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, args=(transfer,))
        self._thread.start()
        while not self.control.is_resting:
            self._thread.join(0.01)
            assert self._thread.is_alive(), self.result

    def _run(self, transfer: Callable[[Callable[[int], None], JobControl], Any]) -> None:
        try:
            self.result = transfer(self._progress, self.control)
        except Cancelled as error:
            self.result = error

    def _progress(self, moved: int) -> None:
        with self._lock:
            if not self.moved:
                self.control.pause()
            self.moved += moved

    def comes_to_rest(self) -> bool:
        """Whether nothing moves for a while, once what was under way is through."""
        before, deadline = -1, time.monotonic() + TIMEOUT_S
        while self.moved != before and time.monotonic() < deadline:
            before = self.moved
            self._thread.join(0.3)
        return self.moved == before and self._thread.is_alive()

    def ended(self) -> Any:
        self._thread.join(TIMEOUT_S)
        assert not self._thread.is_alive()
        return self.result


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "big.bin"
    path.write_bytes(BODY)
    return path


def test_an_upload_in_parts_rests_and_goes_on(store: S3Store, bucket: str, file: Path) -> None:
    key = ObjectKey(bucket, "big.bin")
    upload = Paused(lambda progress, control: store.upload(file, key, progress=progress, cancelled=control))
    assert 0 < upload.moved < SIZE
    assert upload.comes_to_rest()
    assert versions_of(store, key) == []
    upload.control.resume()
    assert upload.ended().size == SIZE
    assert upload.moved == SIZE
    assert len(versions_of(store, key)) == 1
    assert store.read(key) == BODY


def test_an_upload_that_rests_is_cancelled_and_leaves_nothing(
    store: S3Store, bucket: str, file: Path, server: S3Server
) -> None:
    key = ObjectKey(bucket, "big.bin")
    upload = Paused(lambda progress, control: store.upload(file, key, progress=progress, cancelled=control))
    upload.control.stop()
    assert isinstance(upload.ended(), Cancelled)
    assert versions_of(store, key) == []
    assert open_uploads(server, bucket) == 0


def test_a_download_in_ranges_rests_and_goes_on(store: S3Store, bucket: str, file: Path, tmp_path: Path) -> None:
    key, target = ObjectKey(bucket, "big.bin"), tmp_path / "down.bin"
    store.upload(file, key)
    download = Paused(lambda progress, control: store.download(key, target, progress=progress, cancelled=control))
    assert 0 < download.moved < SIZE
    assert download.comes_to_rest()
    assert not target.exists()
    download.control.resume()
    assert download.ended().is_verified
    assert target.read_bytes() == BODY


def test_another_transfer_goes_on_beside_one_that_rests(
    store: S3Store, bucket: str, file: Path, tmp_path: Path
) -> None:
    key, other = ObjectKey(bucket, "big.bin"), ObjectKey(bucket, "other.bin")
    upload = Paused(lambda progress, control: store.upload(file, key, progress=progress, cancelled=control))
    store.upload(file, other)
    assert store.read(other) == BODY
    upload.control.resume()
    assert upload.ended().size == SIZE
