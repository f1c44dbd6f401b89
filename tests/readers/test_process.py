"""The process itself, asked by the app's side: limits, deaths, late answers, and any bytes at all."""

import gzip
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psutil
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from s3ml_tui.domain.errors import Cancelled, Unreachable
from s3ml_tui.domain.preview.content import Hex, Parquet, Reading, Text
from s3ml_tui.domain.preview.protocol import CODEC, HEADER, MESSAGE, header, parsed
from s3ml_tui.domain.serialization import Misfit
from s3ml_tui.services.preview.process import Failed, PreviewProcess
from tests.readers.files import PNG, counted, numbers, parquet, request

DOUBLE = """
import json, struct, sys
def say(content):
    data = json.dumps(content).encode()
    sys.stdout.buffer.write(struct.pack(">cI", b"J", len(data)) + data)
    sys.stdout.buffer.flush()
def hear():
    kind, length = struct.unpack(">cI", sys.stdin.buffer.read(5))
    data = sys.stdin.buffer.read(length)
    return data if kind == b"B" else json.loads(data)
def reading(text):
    content = {"kind": "Text", "lines": [text], "language": "", "encoding": "utf-8", "is_truncated": False}
    return {"content": content, "notes": [], "packed": []}
"""
"""The process's side of the conversation, for tests of one that misbehaves."""


def double(program: str) -> tuple[str, ...]:
    return sys.executable, "-c", DOUBLE + program


@pytest.fixture
def process() -> Iterator[PreviewProcess]:
    there = PreviewProcess()
    yield there
    there.close()


@pytest.fixture
def made() -> Iterator[Callable[..., PreviewProcess]]:
    """Makes processes that end with the test."""
    all_of_them: list[PreviewProcess] = []

    def make(program: str = "", **more: float) -> PreviewProcess:
        all_of_them.append(PreviewProcess(double(program), **more) if program else PreviewProcess(**more))  # type: ignore[arg-type]  # time_s and memory_bytes
        return all_of_them[-1]

    yield make
    for one in all_of_them:
        one.close()


def part(data: bytes, start: int, length: int) -> bytes:
    return data[start : start + length]


def ask(process: PreviewProcess, name: str, data: bytes, number: int = 1) -> Reading:
    return process.ask(request(name, len(data), number=number), partial(part, data))


def lines(reading: Reading) -> tuple[str, ...]:
    assert isinstance(reading.content, Text), reading
    return reading.content.lines


def test_one_process_answers_question_after_question(process: PreviewProcess) -> None:
    assert process.pid is None
    assert lines(ask(process, "a.txt", b"one", 1)) == ("one",)
    first = process.pid
    assert isinstance(ask(process, "a.parquet", parquet(numbers(10)), 2).content, Parquet)
    assert process.pid == first


def test_it_is_given_no_secrets(process: PreviewProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret")
    ask(process, "a.txt", b"one")
    assert process.pid is not None
    given_to_it = psutil.Process(process.pid).environ()
    assert not [name for name in given_to_it if name.startswith(("AWS", "S3ML"))]


def test_it_loads_pyarrow_only_for_what_needs_it() -> None:
    code = "import sys, s3ml_tui.readers.protocol\nprint('pyarrow' in sys.modules, 'pydantic' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    assert ran.stdout.split() == ["False", "False"]


def test_the_app_loads_nothing_heavy_for_previews() -> None:
    heavy = "('pyarrow', 'numpy', 'boto3')"
    code = f"import sys, s3ml_tui.services.preview.service\nprint(*(n for n in {heavy} if n in sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    assert not ran.stdout.strip()


def test_it_ends_when_the_app_has_gone(process: PreviewProcess) -> None:
    ask(process, "a.txt", b"one")
    child = process._child
    assert child is not None
    assert child.stdin is not None
    child.stdin.close()
    assert child.wait(timeout=60) == 0


def test_it_explains_itself_to_people() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "s3ml_tui.readers"], check=False, capture_output=True, text=True, timeout=60
    )
    assert "s3ml starts it" in ran.stdout
    assert ran.returncode == 2


# what goes wrong -----------------------------------------------------------------------------------------------


def test_killed_in_the_middle_it_is_replaced(process: PreviewProcess) -> None:
    def fetch(_start: int, _length: int) -> bytes:
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        return b"one"

    with pytest.raises(Failed, match="while it read this"):
        process.ask(request("a.txt", 3), fetch)
    assert lines(ask(process, "a.txt", b"two", 2)) == ("two",)


def test_killed_between_questions_nobody_notices(process: PreviewProcess) -> None:
    ask(process, "a.txt", b"one")
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    assert lines(ask(process, "a.txt", b"two", 2)) == ("two",)


def test_one_that_dies_whenever_it_is_asked_is_a_sentence(made: Callable[..., PreviewProcess]) -> None:
    with pytest.raises(Failed, match="ends as soon as it is asked"):
        ask(made("sys.exit(1)"), "a.txt", b"one")


def test_one_that_cannot_be_started_is_a_sentence() -> None:
    with pytest.raises(Failed, match="cannot be started"):
        ask(PreviewProcess(("/nowhere/python",)), "a.txt", b"one")


def test_one_that_takes_too_long_is_ended(made: Callable[..., PreviewProcess]) -> None:
    slow = made("hear()\nwhile True: pass", time_s=0.3)
    with pytest.raises(Failed, match=r"longer than 0\.3 s"):
        ask(slow, "a.txt", b"one")
    assert slow.pid is None


def test_one_that_does_not_listen_is_ended(made: Callable[..., PreviewProcess]) -> None:
    deaf = made("r = hear()\nsay({'request': 1, 'need': [0, 1000000]})\nwhile True: pass", time_s=0.3)
    with pytest.raises(Failed, match="longer than"):
        deaf.ask(request("a.txt", 1_000_000), lambda _start, length: b"x" * length)


@pytest.mark.parametrize(
    "nonsense",
    [
        "sys.stdout.buffer.write(b'Hello, this is no frame'); sys.stdout.flush()",
        "sys.stdout.buffer.write(struct.pack('>cI', b'J', 2**31)); sys.stdout.flush()",
        "sys.stdout.buffer.write(struct.pack('>cI', b'J', 3) + b'[[['); sys.stdout.flush()",
        "sys.stdout.buffer.write(struct.pack('>cI', b'B', 3) + b'abc'); sys.stdout.flush()",
        "say({'request': 1})",
        "say({'request': 1, 'need': [-1, 5]})",
        "say({'request': 1, 'reading': {'content': {'kind': 'Plan'}, 'notes': [], 'packed': []}})",
        "say({'request': 1, 'reading': {'content': {'kind': 'Text', 'lines': [1]}, 'notes': [], 'packed': []}})",
    ],
)
def test_one_that_talks_nonsense_is_ended(made: Callable[..., PreviewProcess], nonsense: str) -> None:
    with pytest.raises(Failed, match="nonsense"):
        ask(made(f"hear()\n{nonsense}\nhear()"), "a.txt", b"one")


def test_one_that_wishes_without_end_is_ended(made: Callable[..., PreviewProcess]) -> None:
    greedy = made("hear()\nwhile True:\n  say({'request': 1, 'need': [0, 1]})\n  hear()")
    with pytest.raises(Failed, match="too many requests"):
        ask(greedy, "a.txt", b"one")


def test_late_answers_to_old_questions_are_dropped(made: Callable[..., PreviewProcess]) -> None:
    late = made(
        "old = hear(); say({'request': old['request'], 'need': [0, 1]})\n"
        "new = hear()\n"
        "say({'request': old['request'], 'reading': reading('late')})\n"
        "say({'request': new['request'], 'reading': reading('in time')})\n"
        "hear()"
    )
    with pytest.raises(Unreachable):
        late.ask(request("a.txt", 3, number=1), unreachable)
    assert lines(ask(late, "b.txt", b"two", 2)) == ("in time",)


def unreachable(_start: int, _length: int) -> bytes:
    raise Unreachable("Nobody answers")


def test_after_a_failed_fetch_the_same_process_goes_on(process: PreviewProcess) -> None:
    with pytest.raises(Unreachable):
        process.ask(request("a.txt", 3), unreachable)
    first = process.pid
    assert lines(ask(process, "a.txt", b"two", 2)) == ("two",)
    assert process.pid == first


def test_a_question_is_given_up_when_cancelled(made: Callable[..., PreviewProcess]) -> None:
    asked = threading.Event()
    slow = made(
        "hear()\nsay({'request': 1, 'need': [0, 1]})\nhear()\nhear()\n"
        "say({'request': 2, 'reading': reading('x')})\nhear()"
    )

    def fetch(_start: int, _length: int) -> bytes:
        asked.set()
        return b"x"

    with pytest.raises(Cancelled):
        slow.ask(request("a.txt", 3), fetch, cancelled=asked.is_set)
    assert lines(ask(slow, "b.txt", b"x", 2)) == ("x",)


# what takes too much -------------------------------------------------------------------------------------------


def test_the_memory_limit_holds(made: Callable[..., PreviewProcess]) -> None:
    table = pa.table({"small": [1], "large": pa.array([b"\0" * 250_000_000], type=pa.binary())})
    data = parquet(table, compression="zstd", use_dictionary=False, write_statistics=False)
    assert len(data) < 100_000
    frugal = made(memory_bytes=512 * 1024 * 1024)
    reading = ask(frugal, "bomb.parquet", data)
    assert isinstance(reading.content, Parquet)
    assert [column.name for column in reading.content.head.columns] == ["small"]
    assert "too much" in reading.notes[0]
    assert lines(ask(frugal, "a.txt", b"two", 2)) == ("two",)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read there")
@pytest.mark.parametrize("size", [60_000_000, 200_000_000])
def test_a_small_file_with_a_large_cell_takes_less_than_256_mib(made: Callable[..., PreviewProcess], size: int) -> None:
    table = pa.table({"small": [1], "large": pa.array(["x" * size])})
    process = made()
    reading = ask(process, "bomb.parquet", parquet(table, compression="zstd", write_statistics=False))
    assert isinstance(reading.content, Parquet)
    assert reading.content.head.columns[0].name == "small"
    status = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    [peak_kib] = [int(line.split()[1]) for line in status if line.startswith("VmHWM")]
    assert peak_kib < 256 * 1024


def test_one_that_crashes_is_asked_once_more_for_less_and_nothing_is_fetched_twice(
    made: Callable[..., PreviewProcess],
) -> None:
    """Some libraries abort where they get no more memory."""
    crashes = made(
        "import os, signal\n"
        "r = hear()\n"
        "say({'request': 1, 'need': [0, 3]}); hear()\n"
        "if not r['is_sparing']: os.kill(os.getpid(), signal.SIGABRT)\n"
        "say({'request': 1, 'reading': reading('spared')}); hear()"
    )
    fetched: list[int] = []
    reading = crashes.ask(request("a.txt", 3), counted(b"one", fetched))
    assert lines(reading) == ("spared",)
    assert fetched == [3]


def test_one_that_grows_is_seen_and_ended(made: Callable[..., PreviewProcess]) -> None:
    grows = made("hear()\nx = bytearray(200_000_000)\nwhile True: pass", memory_bytes=100_000_000)
    with pytest.raises(Failed, match="more memory"):
        ask(grows, "a.txt", b"one")


# any bytes -----------------------------------------------------------------------------------------------------

EXTENSIONS = (
    "", "txt", "csv", "tsv", "json", "jsonl", "md", "parquet", "gz", "csv.gz", "zst", "bz2", "xz", "png", "jpg", "webp",
    "tiff", "joblib", "pkl", "skops", "zip", "py", "bin",
)  # fmt: skip
BEGINNINGS = (
    b"", b"PAR1", b"PK\x03\x04", b"\x1f\x8b\x08\x00", b"BZh9", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"\x80\x04\x95",
    PNG[:20], b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP", b"II*\0", b"MM\0*", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf",
    b'{"a":', b"[" * 50, b"a,b\n", b"\x78\x9c", b"GIF89a", b"BM",
)  # fmt: skip
WHOLE = (
    parquet(numbers(20)), gzip.compress(b"a,b\n1,2\n" * 50), PNG, b'{"a": [1, {"b": "c"}]}' * 3,
    bytes(pa.compress(b"hello" * 50, codec="zstd", asbytes=True)),
)  # fmt: skip


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Random bytes, with a beginning that promises something, or a good file with some bytes changed."""
    if draw(st.booleans()):
        return draw(st.sampled_from(BEGINNINGS)) + draw(st.binary(max_size=300))
    data = bytearray(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(0, 6))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=files(), extension=st.sampled_from(EXTENSIONS), name=st.text(max_size=20))
def test_no_bytes_under_any_name_break_the_app(process: PreviewProcess, data: bytes, extension: str, name: str) -> None:
    before = process.pid
    try:
        reading = ask(process, f"{name}.{extension}" if extension else name, data)
    except Failed:
        # pyarrow aborts on some damaged Parquet (a C++ exception nobody catches); only there may the process die.
        assert data.startswith(b"PAR1")
        assert lines(ask(process, "a.txt", b"two", 2)) == ("two",)
        return
    assert before in {None, process.pid}, "the process died of it"
    if isinstance(reading.content, Hex):
        assert len(reading.content.rows) <= 256


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.binary(min_size=1, max_size=60))
def test_no_frame_breaks_the_app(said: bytes) -> None:
    """Whatever comes from the process is either understood or Misfit."""
    try:
        kind, length = header(said[:5].ljust(HEADER.size, b"\0"))
        assert length < 2**32
        CODEC.read_one(Reading, parsed(said[5:])["reading"] if kind == MESSAGE else None)
    except (Misfit, KeyError):
        return
