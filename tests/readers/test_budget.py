"""Who may read more is shown more, of every kind of content, and an answer never grows beyond what can be said."""

import gzip
import json
import random
from functools import partial

import pyarrow as pa
import pytest

from s3ml_tui.domain.preview.content import (
    MOST_READ_BYTES,
    READ_BYTES,
    Hex,
    Json,
    Parquet,
    Preview,
    Reading,
    Table,
    Text,
)
from s3ml_tui.domain.preview.protocol import CODEC, LONGEST
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.readers.cells import within
from s3ml_tui.readers.detect import look
from s3ml_tui.readers.source import Ranged
from s3ml_tui.services.preview.process import PreviewProcess
from tests.readers.files import numbers, parquet, read, request

EIGHT = 8 * READ_BYTES


def shown(reading: Reading) -> int:
    match reading.content:
        case Text(lines=lines):
            return len(lines)
        case Table(rows=rows) | Hex(rows=rows):
            return len(rows)
        case Json(nodes=nodes):
            return len(nodes)
        case Parquet(head=head):
            return len(head.rows)
    raise AssertionError(reading)


def preview(reading: Reading, size: int, budget: int = READ_BYTES) -> Preview:
    return Preview(ObjectKey("b", "k"), None, size, reading.content, budget=budget)


LARGE = {
    "a.txt": b"line\n" * 90_000,
    "a.csv": b"id,name\n" + b"1,a\n" * 20_000,
    "a.jsonl": b'{"a": 1}\n' * 9000,
    "a.json": json.dumps(list(range(30_000))).encode(),
    "a.bin": bytes(range(256)) * 300,
    "a.log.gz": gzip.compress(b"some line of a log\n" * 600_000),
    "a.parquet": parquet(numbers(3000), row_group_size=100),
}


@pytest.mark.parametrize("name", LARGE)
def test_more_is_shown_where_more_may_be_read(name: str) -> None:
    body = LARGE[name]
    usual, more = read(name, body), read(name, body, budget=EIGHT, unpacked=4 * EIGHT)
    assert shown(more) > shown(usual)
    assert preview(usual, len(body)).next_budget == EIGHT
    assert type(more.content) is type(usual.content)


def test_what_is_all_there_has_no_more() -> None:
    for name, body in (
        ("a.txt", b"x\n"),
        ("a.csv", b"id\n1\n"),
        ("a.json", b"[1]"),
        ("a.parquet", parquet(numbers(3))),
    ):
        found = preview(read(name, body), len(body))
        assert not found.is_partial
        assert found.next_budget is None


def test_there_is_a_most() -> None:
    body = b"line\n" * 90_000
    assert preview(read("a.txt", body), len(body), EIGHT).next_budget == MOST_READ_BYTES
    assert preview(read("a.txt", body), len(body), MOST_READ_BYTES).next_budget is None
    assert preview(read("a.txt", body), len(body), 40 * READ_BYTES).next_budget == MOST_READ_BYTES


def test_the_first_rows_of_parquet_come_from_as_many_row_groups_as_it_takes() -> None:
    content = read("a.parquet", parquet(numbers(30), row_group_size=4)).content
    assert isinstance(content, Parquet)
    assert [row[0] for row in content.head.rows] == [str(at) for at in range(30)]


def test_rows_are_counted_beyond_those_that_are_kept() -> None:
    body = b"id,name\n" + b"1,a\n" * 5000 + b"2\n"
    reading = read("a.csv", body)
    assert isinstance(reading.content, Table)
    assert (len(reading.content.rows), reading.content.total_rows) == (1000, 5001)
    assert reading.notes == ("1 row of 5,002 read have not 2 cells as the first one.",)


def test_the_widest_answers_stay_within_a_frame() -> None:
    wide = pa.table({f"c{at}": ["é" * 500] * 2000 for at in range(60)})
    size = len(json.dumps(CODEC.plain(read("a.parquet", parquet(wide), budget=MOST_READ_BYTES))))
    assert 20_000_000 < size < LONGEST


def test_at_least_one_row_is_kept() -> None:
    assert within([["x" * 100], ["y"]], 10) == (("x" * 100,),)
    assert within([["x"], ["y"], ["z"]], 2) == (("x",), ("y",))
    assert within([], 2) == ()


def test_the_most_that_may_be_read_is_read_in_the_process() -> None:
    rows = [f"{at},{random.Random(at).random()},some text that goes on\n" for at in range(40_000)]
    body = b"id,value,text\n" + "".join(rows).encode() * 25
    assert 40_000_000 < len(body) < MOST_READ_BYTES
    process = PreviewProcess()
    try:
        asked = request("a.csv", len(body), budget=MOST_READ_BYTES, unpacked=MOST_READ_BYTES)
        reading = process.ask(asked, partial(_part, body))
    finally:
        process.close()
    assert isinstance(reading.content, Table)
    assert reading.content.total_rows == 1_000_000
    assert 60_000 < len(reading.content.rows) <= 64_000


def test_the_beginning_of_five_gigabytes_is_read_and_no_more() -> None:
    fetched: list[int] = []

    def fetch(start: int, length: int) -> bytes:
        fetched.append(start + length)
        return (b"a line of it\n" * (length // 13 + 1))[:length]

    size = 5 * 1024**3
    reading = look(request("a.log", size), Ranged(size, READ_BYTES, fetch))
    assert isinstance(reading.content, Text)
    assert reading.content.is_truncated
    assert max(fetched) == 256 * 1024
    assert preview(reading, size).next_budget == EIGHT


def _part(data: bytes, start: int, length: int) -> bytes:
    return data[start : start + length]
