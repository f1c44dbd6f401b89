"""Text in any encoding, tables, JSON and JSON Lines; names that promise something else."""

import codecs
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3ml_tui.domain.preview.content import Empty, Hex, Json, Markdown, Table, Text
from s3ml_tui.readers.cells import type_of
from s3ml_tui.readers.formats.json import Number, compact, parse
from tests.readers.files import read


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("Größe\n".encode(), "utf-8"),
        (codecs.BOM_UTF8 + "Größe\n".encode(), "utf-8"),
        ("Größe\n".encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + "Größe\n".encode("utf-16-be"), "utf-16"),
        ("Größe\n".encode("utf-16-le"), "utf-16-le"),
        ("Größe\n".encode("utf-16-be"), "utf-16-be"),
        ("Größe\n".encode("utf-32"), "utf-32"),
        ("Größe\n".encode("latin-1"), "cp1252"),
    ],
)
def test_text_in_any_encoding_is_read(data: bytes, encoding: str) -> None:
    content = read("a.txt", data).content
    assert isinstance(content, Text)
    assert content.lines == ("Größe",)
    assert content.encoding == encoding


def test_latin_1_and_broken_utf_8_are_said() -> None:
    assert any("Latin-1" in note for note in read("a.txt", "Größe".encode("latin-1")).notes)
    torn = read("a.txt", "Größe ".encode() * 100 + b"\xff")
    assert isinstance(torn.content, Text)
    assert torn.content.encoding == "utf-8"
    assert any("UTF-8" in note for note in torn.notes)


def test_a_character_cut_by_the_budget_is_no_error() -> None:
    content = read("a.txt", "ä".encode() * 400_000, budget=256 * 1024).content
    assert isinstance(content, Text)
    assert content.encoding == "utf-8"
    assert content.is_truncated


def test_bytes_that_are_no_text_become_hex() -> None:
    reading = read("a.bin", bytes(range(256)) * 20)
    assert isinstance(reading.content, Hex)
    assert reading.content.rows[0].hex.startswith("00 01 02")
    assert reading.content.rows[2].text == " !\"#$%&'()*+,-./"
    assert reading.content.is_truncated
    assert "no text" in read("a.csv", bytes(range(256))).notes[0]


def test_an_empty_object_says_so() -> None:
    reading = read("a.csv", b"")
    assert reading.content == Empty()
    assert reading.notes == ("The object is empty.",)


def test_escape_sequences_stay_as_they_are_for_the_screen_to_show() -> None:
    content = read("a.log", b"\x1b[31mred\x1b[0m\n").content
    assert isinstance(content, Text)
    assert content.lines == ("\x1b[31mred\x1b[0m",)


def test_a_lexer_is_named_by_the_extension() -> None:
    content = read("src/train.py", b"import os\n").content
    assert isinstance(content, Text)
    assert content.language == "python"
    assert isinstance(read("README.md", b"# Title\n").content, Markdown)


def test_long_lines_and_many_lines_are_cut() -> None:
    reading = read("a.txt", b"x" * 50_000 + b"\n" + b"y\n" * 50_000)
    assert isinstance(reading.content, Text)
    assert len(reading.content.lines) <= 10_000
    assert max(map(len, reading.content.lines)) <= 4000
    assert reading.content.is_truncated
    assert any("cut" in note for note in reading.notes)


def table_of(name: str, data: bytes, budget: int = 1 << 20) -> Table:
    content = read(name, data, budget=budget).content
    assert isinstance(content, Table), content
    return content


def test_csv_is_a_table_with_types() -> None:
    table = table_of("a.csv", b'id,when,share,ok,name\n1,2026-01-02,0.5,true,"a,b"\n2,2026-01-03 10:00:00,1e3,false,\n')
    assert [(column.name, column.type) for column in table.columns] == [
        ("id", "integer"), ("when", "date"), ("share", "number"), ("ok", "boolean"), ("name", "text"),
    ]  # fmt: skip
    assert table.rows[0] == ("1", "2026-01-02", "0.5", "true", "a,b")
    assert table.total_rows == 2


def test_other_delimiters_are_found_and_uneven_rows_are_said() -> None:
    assert len(table_of("a.csv", b"a;b;c\n1,5;2;3\n2,5;3;4\n").columns) == 3
    assert table_of("a.tsv", b"a\tb\n1\t2\n").format == "TSV"
    reading = read("a.csv", b"a,b\n1,2\n1,2,3\n")
    assert isinstance(reading.content, Table)
    assert {len(row) for row in reading.content.rows} == {3}
    assert "1 row of 3" in reading.notes[0]


def test_a_table_without_a_header_gets_numbers() -> None:
    table = table_of("a.csv", b"1,2\n3,4\n")
    assert [column.name for column in table.columns] == ["1", "2"]
    assert len(table.rows) == 2


def test_a_large_table_is_read_in_part_without_its_torn_row() -> None:
    data = b"id,name\n" + b"".join(b"%d,name-%d\n" % (at, at) for at in range(200_000))
    table = table_of("a.csv", data)
    assert table.total_rows is None
    assert len(table.rows) == 1000
    assert all(row[1] == f"name-{row[0]}" for row in table.rows)


def test_a_very_wide_table_is_bounded() -> None:
    table = table_of("a.csv", b",".join(b"c%d" % at for at in range(5000)) + b"\n" + b",".join([b"1"] * 5000) + b"\n")
    assert len(table.columns) == 300


def test_json_folds_and_keeps_numbers_order_and_doubled_keys() -> None:
    content = read("a.json", b'{"b": 1.50, "a": [true, null, {"x": "y"}], "b": 123456789012345678901234567890}').content
    assert isinstance(content, Json)
    assert [(node.depth, node.name, node.text, node.children) for node in content.nodes] == [
        (0, "", "{", 3), (1, "b", "1.50", 0), (1, "a", "[", 3), (2, "0", "true", 0), (2, "1", "null", 0),
        (2, "2", "{", 1), (3, "x", '"y"', 0), (1, "b", "123456789012345678901234567890", 0),
    ]  # fmt: skip


def test_json_nested_too_deeply_or_torn_or_large_is_text_with_a_sentence() -> None:
    for data, word in ((b"[" * 100_000, "deeply"), (b'{"a": [1, 2', "no valid JSON"), (b"[" + b"1," * 10**6, "large")):
        reading = read("a.json", data)
        assert isinstance(reading.content, Text)
        assert word in reading.notes[0]


def test_huge_json_is_bounded() -> None:
    content = read("a.json", json.dumps(list(range(100_000))).encode()).content
    assert isinstance(content, Json)
    assert len(content.nodes) == 5000
    assert content.nodes[0].children == 100_000
    assert content.is_truncated


def test_json_lines_are_a_table_of_all_keys() -> None:
    table = table_of("a.jsonl", b'{"a": 1, "b": {"c": [1, "x"]}}\n{"a": 2.5, "d": "text"}\n')
    assert [column.name for column in table.columns] == ["a", "b", "d"]
    assert table.rows == (("1", '{"c": [1, "x"]}', ""), ("2.5", "", "text"))
    assert table.total_rows == 2


def test_json_lines_under_a_json_name_and_with_bad_lines() -> None:
    assert table_of("a.json", b'{"a": 1}\n{"a": 2}\n').format == "JSON Lines"
    reading = read("a.jsonl", b'{"a": 1}\nnot json\n{"a": 2}\n')
    assert "1 line" in reading.notes[0]
    assert isinstance(read("a.jsonl", b"plain\ntext\n").content, Text)


@pytest.mark.parametrize("name", ["a.parquet", "a.png", "a.zip", "a.joblib", "a.gz", "a.csv.zst"])
def test_a_name_that_promises_something_else_is_said(name: str) -> None:
    reading = read(name, b"only text\n")
    assert isinstance(reading.content, Text)
    assert "Its name ends in" in reading.notes[0]


def test_the_content_type_counts_where_the_name_says_nothing() -> None:
    assert isinstance(read("data", b"a,b\n1,2\n", kind="text/csv; charset=utf-8").content, Table)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=20))
def test_compact_json_says_the_same_as_json(value: object) -> None:
    assert json.loads(compact(parse(json.dumps(value)), 10**6)) == value


@given(st.lists(st.integers() | st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_are_found_to_be_numbers(values: list[float]) -> None:
    assert type_of(str(value) for value in values) in {"integer", "number"}
    assert isinstance(parse("1.5"), Number)
