"""What an attempt wrote whose end nobody knows counts only while it is on top: who asks again wants it there."""

from pathlib import Path

import pytest

from s3ml_tui.domain.uri import ObjectKey
from tests.s3.conftest import SMALL, OpenStore
from tests.s3.seeing import versions_of
from tests.s3.transfers.test_resume import Notes
from tests.s3.transfers.test_upload import LARGE, file_of
from tests.servers import S3Server

SIZES = pytest.mark.parametrize("size", [10, SMALL.direct_size + 1, LARGE])
"""Sent from memory, from the disk, in parts."""


@SIZES
@pytest.mark.parametrize("is_deleted", [False, True])
def test_an_upload_that_was_written_over_since_is_made_again(
    server: S3Server, open_store: OpenStore, tmp_path: Path, size: int, *, is_deleted: bool
) -> None:
    path, key, store = file_of(tmp_path, size), ObjectKey(server.bucket(), "k"), open_store(server)
    store.upload(path, key, notes=Notes())
    if is_deleted:
        store.delete(key)
    else:
        store.write(key, b"somebody's")
    store.upload(path, key, notes=Notes(is_again=True))
    assert store.read(key) == path.read_bytes()


@SIZES
def test_an_upload_that_is_on_top_still_is_not_made_again(
    server: S3Server, open_store: OpenStore, tmp_path: Path, size: int
) -> None:
    path, key, store = file_of(tmp_path, size), ObjectKey(server.bucket(), "k"), open_store(server)
    made = store.upload(path, key, notes=Notes())
    assert store.upload(path, key, notes=Notes(is_again=True)).version_id == made.version_id
    assert len(versions_of(store, key)) == 1
