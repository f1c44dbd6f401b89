"""Following logs: whole lines, each once, whatever happens to the objects meanwhile."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import NotFound
from s3ml_tui.domain.ml.events import Cursor, LogPage
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.logs import logs as logs_module
from s3ml_tui.services.logs.logs import Logs, Seen, advance, skip_lines
from tests.doubles import MemoryStore

WORKSPACE = Place("bucket", "ws/")
LAYOUT = Layout(WORKSPACE)
RUN = "20261123-1402-k3f9"
KEY = WORKSPACE.key("app.log")


def logs_of(store: MemoryStore) -> Logs:
    return Logs(store, Context(), lambda: datetime.now(UTC))


def follow(poll: Callable[[Cursor], LogPage], between: Callable[[int], None] = lambda _: None) -> list[str]:
    """All lines until it is over; `between` is called before each poll."""
    lines: list[str] = []
    cursor = Cursor()
    for turn in range(200):
        between(turn)
        page = poll(cursor)
        lines += page.lines
        cursor = page.cursor
        assert cursor.lines == len(lines)
        if page.is_over:
            return lines
    raise AssertionError("it never ended")


class Run:
    """Does to the bucket what a training process does, a step at a time."""

    def __init__(self, store: MemoryStore, chunks: list[bytes], kept: int = 0) -> None:
        self.steps: list[Callable[[], object]] = []
        for number, chunk in enumerate(chunks, 1):
            self.steps.append(partial(store.write, LAYOUT.training_chunk(RUN, number), chunk))
        self.steps.append(lambda: store.write(LAYOUT.training_log(RUN), b"".join(chunks)))
        self.steps.append(lambda: store.write(LAYOUT.run_result(RUN), b"{}"))
        for number in range(1, len(chunks) + 1 - kept):
            self.steps.append(partial(store.delete, LAYOUT.training_chunk(RUN, number)))

    def go(self, steps: int = 1) -> None:
        for _ in range(steps):
            if self.steps:
                self.steps.pop(0)()


@pytest.mark.parametrize("seed", range(40))
def test_no_line_is_lost_or_comes_twice_however_reader_and_run_interleave(seed: int) -> None:
    draw = random.Random(seed)
    text = b"".join(b"line %d %s\n" % (n, b"x" * draw.randrange(20)) for n in range(60))
    cuts = sorted(draw.sample(range(1, len(text)), 12))
    chunks = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    store = MemoryStore("bucket")
    run = Run(store, chunks, kept=draw.randrange(3))

    def during(verb: str, _address: str) -> None:
        if verb in {"list_page", "read", "facts"} and draw.random() < 0.4:
            store.before, kept = (lambda *_: None), store.before
            run.go()
            store.before = kept

    store.before = during
    lines = follow(lambda cursor: logs_of(store).poll_run(WORKSPACE, RUN, cursor), lambda _: run.go(draw.randrange(3)))
    assert lines == text.decode().splitlines()


def test_a_finished_run_is_read_from_its_whole_log() -> None:
    store = MemoryStore("bucket")
    store.write(LAYOUT.training_log(RUN), b"one\ntwo\ntorn")
    page = logs_of(store).poll_run(WORKSPACE, RUN, Cursor())
    assert (page.lines, page.is_over) == (("one", "two", "torn"), True)
    assert logs_of(store).poll_run(WORKSPACE, RUN, page.cursor).lines == ()


def test_a_run_that_has_said_nothing_yet_is_not_over() -> None:
    page = logs_of(MemoryStore("bucket")).poll_run(WORKSPACE, RUN, Cursor())
    assert (page.lines, page.is_over) == ((), False)


def test_a_result_without_a_log_is_over() -> None:
    store = MemoryStore("bucket")
    store.write(LAYOUT.training_chunk(RUN, 1), b"one\n")
    store.write(LAYOUT.run_result(RUN), b"{}")
    assert follow(lambda cursor: logs_of(store).poll_run(WORKSPACE, RUN, cursor)) == ["one"]


def test_a_torn_chunk_waits_for_the_next_one() -> None:
    store = MemoryStore("bucket")
    store.write(LAYOUT.training_chunk(RUN, 1), b"one\ntw")
    page = logs_of(store).poll_run(WORKSPACE, RUN, Cursor())
    assert page.lines == ("one",)
    assert logs_of(store).poll_run(WORKSPACE, RUN, page.cursor).lines == ()
    store.write(LAYOUT.training_chunk(RUN, 2), b"o\n")
    assert logs_of(store).poll_run(WORKSPACE, RUN, page.cursor).lines == ("two",)


def test_many_chunks_come_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs_module, "MOST_CHUNKS", 3)
    store = MemoryStore("bucket", page_size=4)
    Run(store, [b"%d\n" % n for n in range(10)]).go(12)
    poll = logs_of(store).poll_run
    assert len(poll(WORKSPACE, RUN, Cursor()).lines) == 3
    assert follow(lambda cursor: poll(WORKSPACE, RUN, cursor)) == [str(n) for n in range(10)]


def test_a_growing_object_gives_only_what_is_new_and_only_whole_lines() -> None:
    store = MemoryStore("bucket")
    logs = logs_of(store)
    store.write(KEY, b"one\ntw")
    first = logs.poll_object(KEY, Cursor())
    store.write(KEY, b"one\ntwo\n\xff\n")
    second = logs.poll_object(KEY, first.cursor)
    third = logs.poll_object(KEY, second.cursor)
    assert [first.lines, second.lines, third.lines] == [("one",), ("two", "\ufffd"), ()]
    assert not any(page.is_over or page.was_replaced for page in (first, second, third))


@pytest.mark.parametrize("replacement", [b"new\n", b"NEW one, longer than it was\nand another\n"])
def test_a_replaced_object_begins_anew(replacement: bytes) -> None:
    store = MemoryStore("bucket")
    store.write(KEY, b"old one\nold two\n")
    cursor = logs_of(store).poll_object(KEY, Cursor()).cursor
    store.write(KEY, replacement)
    page = logs_of(store).poll_object(KEY, cursor)
    assert page.was_replaced
    assert page.lines == tuple(replacement.decode().splitlines())
    assert page.cursor.lines == len(page.lines)


def test_an_object_replaced_between_head_and_get_is_looked_at_again() -> None:
    store = MemoryStore("bucket")
    store.write(KEY, b"one\n")
    changes = [b"one\ntwo\n"]

    def before(verb: str, _address: str) -> None:
        if verb == "read" and changes:
            store.write(KEY, changes.pop())

    store.before = before
    assert logs_of(store).poll_object(KEY, Cursor()).lines == ("one", "two")


def test_an_object_that_never_holds_still_is_left_for_the_next_poll() -> None:
    store = MemoryStore("bucket")
    store.write(KEY, b"one\n")

    def before(verb: str, _address: str) -> None:
        if verb == "read":
            store.write(KEY, random.randbytes(8).hex().encode() + b"\n")

    store.before = before
    assert logs_of(store).poll_object(KEY, Cursor()) == LogPage((), Cursor(), is_over=False)


def test_a_missing_object_is_not_found() -> None:
    with pytest.raises(NotFound):
        logs_of(MemoryStore("bucket")).poll_object(KEY, Cursor())


@given(st.lists(st.binary(max_size=30), max_size=20), st.integers(1, 40), st.integers(0, 25))
def test_a_big_object_in_pieces_has_the_same_lines(parts: list[bytes], most: int, skipped: int) -> None:
    text = b"".join(part.replace(b"\n", b"").replace(b"\r", b"") + b"\n" for part in parts)
    seen = Seen("e", len(text), lambda start, length: text[start : start + length])
    expected = [line.decode("utf-8", "replace") for line in text.split(b"\n")[:-1]]
    longest = max((len(line) for line in text.split(b"\n")), default=0)
    most = max(most, longest + 1)
    cursor = skip_lines(seen, skipped, most_bytes=most)
    found: list[str] = []
    while True:
        page = advance(seen, cursor, is_final=True, most_bytes=most)
        found += page.lines
        cursor = page.cursor
        if page.is_over:
            break
    assert found == expected[skipped:]


def test_a_line_longer_than_a_poll_comes_in_pieces() -> None:
    text = b"x" * 25 + b"\n"
    seen = Seen("e", len(text), lambda start, length: text[start : start + length])
    first = advance(seen, Cursor(), most_bytes=10)
    assert first.lines == ("x" * 10,)
    assert first.cursor.offset == 10


def test_a_file_is_followed_the_same_way(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    logs = logs_of(MemoryStore())
    path.write_bytes(b"one\r\ntw")
    first = logs.poll_file(path, Cursor())
    with path.open("ab") as file:
        file.write(b"o\nend")
    second = logs.poll_file(path, first.cursor)
    last = logs.poll_file(path, second.cursor, is_final=True)
    assert [first.lines, second.lines, last.lines] == [("one",), ("two",), ("end",)]
    path.write_bytes(b"all is new here, and longer\n")
    page = logs.poll_file(path, last.cursor)
    assert (page.was_replaced, page.lines) == (True, ("all is new here, and longer",))
    path.unlink()
    with pytest.raises(NotFound):
        logs.poll_file(path, Cursor())
