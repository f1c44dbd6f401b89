"""The log in the bucket: chunks while it goes on, one object afterwards, no line twice or lost."""

import threading
import time
from collections.abc import Callable

import pytest

from s3ml_tui.domain.errors import Unreachable
from s3ml_tui.runner.log_chunks import ChunkedLog
from tests.doubles import MemoryStore
from tests.training.bench import ROOT

WHOLE = ROOT.key("log.jsonl")


def chunk(number: int) -> object:
    return ROOT.key(f"log/{number:08}.jsonl")


def eventually(condition: Callable[[], bool], within_s: float = 60.0) -> None:
    """Poll until it is so."""
    deadline = time.monotonic() + within_s
    turn = threading.Event()
    while not condition():
        assert time.monotonic() < deadline
        turn.wait(0.01)


def chunks_of(store: MemoryStore) -> list[str]:
    return [store.read(ROOT.key(key[len(ROOT.prefix) :])).decode() for key in store.keys(ROOT.under("log"))]


def open_log(store: MemoryStore, **settings: float) -> ChunkedLog:
    log = ChunkedLog(store, WHOLE, lambda n: ROOT.key(f"log/{n:08}.jsonl"), **settings)  # type: ignore[arg-type] # floats
    log.start()
    return log


def test_lines_come_in_chunks_within_the_interval() -> None:
    store = MemoryStore("bench")
    log = open_log(store, every_s=0.02)
    log.add("one")
    eventually(lambda: chunks_of(store) == ["one\n"])
    log.add("two")
    eventually(lambda: chunks_of(store) == ["one\n", "two\n"])
    log.finish()
    assert store.read(WHOLE) == b"one\ntwo\n"
    assert log.purge() == 0
    assert chunks_of(store) == []


def test_many_bytes_do_not_wait_for_the_interval() -> None:
    store = MemoryStore("bench")
    log = open_log(store, every_s=60.0, limit_bytes=100)
    log.add("x" * 200)
    eventually(lambda: len(chunks_of(store)) == 1)
    log.finish()


def test_a_quiet_log_beats() -> None:
    store = MemoryStore("bench")
    beats: list[str] = []
    log: ChunkedLog

    def beat() -> None:
        beats.append("beat")
        log.add("beat")

    log = ChunkedLog(store, WHOLE, lambda n: ROOT.key(f"log/{n:08}.jsonl"), every_s=0.01, quiet_s=0.05, on_quiet=beat)
    log.start()
    eventually(lambda: len(chunks_of(store)) >= 2)
    log.finish()
    assert store.read(WHOLE).decode().splitlines() == beats[: len(store.read(WHOLE).decode().splitlines())]


def test_the_end_takes_what_no_chunk_took_and_drops_what_comes_later() -> None:
    store = MemoryStore("bench")
    log = open_log(store, every_s=60.0)
    log.add("last words")
    log.finish()
    log.add("too late")
    assert store.read(WHOLE) == b"last words\n"


def test_a_server_that_is_away_for_a_while_loses_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    is_away = threading.Event()
    is_away.set()

    def refuse(verb: str, address: str) -> None:
        if verb == "write" and "/log/" in address and is_away.is_set():
            raise Unreachable("Nobody answers")

    store = MemoryStore("bench", before=refuse)
    log = open_log(store, every_s=0.01)
    log.add("one")
    eventually(lambda: sum(verb == "write" for verb, _ in store.requests) >= 3)
    is_away.clear()
    eventually(lambda: chunks_of(store) == ["one\n"])
    log.finish()
    assert capsys.readouterr().err.count("cannot be written") == 1


def test_a_chunk_whose_answer_was_lost_is_written_again_unchanged() -> None:
    lost = threading.Event()

    def lose_first(verb: str, _address: str) -> None:
        if verb == "write" and not lost.is_set():
            lost.set()
            log.add("two")  # comes while nobody knows whether the chunk arrived
            raise Unreachable("The answer was lost")

    store = MemoryStore("bench", after=lose_first)
    log = ChunkedLog(store, WHOLE, lambda n: ROOT.key(f"log/{n:08}.jsonl"), every_s=0.02)
    log.add("one")
    log.start()
    eventually(lambda: chunks_of(store) == ["one\n", "two\n"])
    log.finish()
    assert store.read(WHOLE) == b"one\ntwo\n"


def test_chunks_are_purged_for_good() -> None:
    store = MemoryStore("bench")
    log = open_log(store, every_s=0.01)
    log.add("one")
    eventually(lambda: len(chunks_of(store)) == 1)
    log.finish()
    log.purge()
    assert [version for page in store.history(ROOT.key("log/00000001.jsonl")) for version in page.versions] == []


def test_a_purge_without_time_says_how_many_are_left() -> None:
    store = MemoryStore("bench")
    log = open_log(store, every_s=0.01)
    log.add("one")
    eventually(lambda: len(chunks_of(store)) == 1)
    log.finish()
    assert log.purge(within_s=-1) == 1
