"""A file that is read for an upload: exactly the bytes asked for, or an error."""

import os
from pathlib import Path

import pytest

from s3ml_tui.domain.errors import LocalTrouble
from s3ml_tui.s3.transfers.local_files import Source


def source(tmp_path: Path) -> Source:
    path = tmp_path / "a.bin"
    path.write_bytes(b"0123456789")
    return Source(path)


def test_a_read_that_the_system_cuts_short_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pread = os.pread
    monkeypatch.setattr(os, "pread", lambda descriptor, length, at: pread(descriptor, min(length, 3), at))
    assert source(tmp_path).read(1, 8) == b"12345678"


@pytest.mark.parametrize(("at", "most"), [(4, 10), (10, 10), (4, 3)])
def test_a_file_that_became_shorter_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int, most: int
) -> None:
    pread = os.pread
    monkeypatch.setattr(os, "pread", lambda descriptor, length, at: pread(descriptor, min(length, most), at))
    with pytest.raises(LocalTrouble, match="became shorter"):
        source(tmp_path).read(at, 7)
