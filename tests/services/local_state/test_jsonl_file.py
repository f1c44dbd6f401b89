"""The record's file: appended to by many, bounded, private, and whole again after a death in the middle of a line."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from s3ml_tui.domain.errors import LocalTrouble
from s3ml_tui.services.local_state.jsonl_file import JsonLinesFile

_APPEND = """
import sys
from pathlib import Path
from s3ml_tui.services.local_state.jsonl_file import JsonLinesFile
file = JsonLinesFile(Path(sys.argv[1]), largest=int(sys.argv[3]), kept=int(sys.argv[3]) // 2)
for number in range(100):
    file.append(f"{sys.argv[2]}-{number}".encode() + b"." * 200)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "deeds.jsonl"


def test_lines_are_read_in_the_order_they_were_written(path: Path) -> None:
    writer, reader = JsonLinesFile(path), JsonLinesFile(path)
    assert reader.lines() == []
    writer.append(b"one")
    assert reader.lines() == [b"one"]
    writer.append(b"two")
    JsonLinesFile(path).append(b"three")
    assert reader.lines() == [b"one", b"two", b"three"]
    assert reader.lines() == [b"one", b"two", b"three"]


def test_only_its_owner_can_read_it(path: Path) -> None:
    before = os.umask(0)
    try:
        JsonLinesFile(path).append(b"one")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_torn_last_line_is_left_out_and_the_next_one_is_whole(path: Path) -> None:
    file = JsonLinesFile(path)
    file.append(b"one")
    with path.open("ab") as torn:
        torn.write(b'{"half": ')
    assert file.lines() == [b"one"]
    file.append(b"two")
    assert file.lines() == [b"one", b'{"half": ', b"two"]
    assert JsonLinesFile(path).lines() == file.lines()


def test_a_file_that_has_become_too_large_keeps_its_newest_lines(path: Path) -> None:
    file, reader = JsonLinesFile(path, largest=1000, kept=500), JsonLinesFile(path)
    made_room = [file.append(b"%03d" % number + b"." * 96) for number in range(25)]
    assert 1 <= made_room.count(True) <= 4
    numbers = [int(line[:3]) for line in reader.lines()]
    assert numbers == list(range(numbers[0], 25))
    assert numbers[0] > 10
    assert path.stat().st_size <= 1100
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {found.name for found in path.parent.iterdir()} == {path.name, f"{path.name}.lock"}


def test_a_reader_notices_that_the_file_was_written_anew_or_removed(path: Path) -> None:
    reader = JsonLinesFile(path)
    JsonLinesFile(path).append(b"old")
    assert reader.lines() == [b"old"]
    path.unlink()
    assert reader.lines() == []
    JsonLinesFile(path).append(b"new and longer")
    assert reader.lines() == [b"new and longer"]


@pytest.mark.parametrize("largest", [10_000_000, 20_000])
def test_several_processes_append_at_once_and_no_line_is_torn(path: Path, largest: int) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", _APPEND, str(path), name, str(largest)]) for name in ("a", "b", "c")
    ]
    reader = JsonLinesFile(path)
    while any(writer.poll() is None for writer in writers):
        assert all(len(line) > 200 and line.endswith(b"." * 200) for line in reader.lines())
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    lines = reader.lines()
    assert lines == JsonLinesFile(path).lines()
    if largest > 1_000_000:
        assert {line.rstrip(b".").decode() for line in lines} == {
            f"{name}-{number}" for name in "abc" for number in range(100)
        }
        for name in "abc":
            own = [line.rstrip(b".").decode() for line in lines if line.startswith(name.encode())]
            assert own == [f"{name}-{number}" for number in range(100)]
    else:
        assert path.stat().st_size <= largest + 300


def test_threads_of_one_process_append_at_once(path: Path) -> None:
    file = JsonLinesFile(path)
    threads = [threading.Thread(target=file.append, args=(f"line {number}".encode(),)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(file.lines()) == sorted(f"line {number}".encode() for number in range(20))


def test_a_place_that_cannot_be_written_or_read_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(LocalTrouble, match=r"not remembered.*cannot be written"):
        JsonLinesFile(tmp_path / "file" / "deeds.jsonl").append(b"one")
    with pytest.raises(LocalTrouble, match="cannot be read back"):
        JsonLinesFile(tmp_path).lines()
