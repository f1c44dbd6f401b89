"""Source and Markdown with their looks: as they are written, and in bounded time whatever is in them."""

import gc
import sys
from collections.abc import Iterator
from functools import partial
from time import perf_counter, process_time

import pytest

from s3ml_tui.domain.preview.content import Markdown, Preview, Reading, StyledLine, Text
from s3ml_tui.domain.preview.protocol import CODEC
from s3ml_tui.domain.serialization import Misfit
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.readers.budget import OutOfTime, time_limit
from s3ml_tui.readers.formats import markdown
from s3ml_tui.readers.formats.highlight import coloured
from s3ml_tui.readers.formats.markdown import rendered
from s3ml_tui.readers.formats.text import _LANGUAGES
from s3ml_tui.services.preview.process import PreviewProcess
from s3ml_tui.ui.preview.content import sheet_of
from tests.exhaustive import first
from tests.readers.files import read, request
from tests.ui.preview.lines import text

LANGUAGES = ["make", "python", "xml", "css", *sorted({*_LANGUAGES.values()} - {"make", "python", "xml", "css"})]


@pytest.fixture(autouse=True)
def _without_collections() -> Iterator[None]:
    """Hypothesis has collections call back into Python, where a signal of these tests would be dropped, and be told."""
    gc.disable()
    yield
    gc.enable()


def texts(lines: tuple[StyledLine, ...]) -> list[str]:
    return [line.text for line in lines]


def looks(lines: tuple[StyledLine, ...]) -> set[tuple[str, str]]:
    return {part for line in lines for part in line.parts if part[1]}


# source -------------------------------------------------------------------------------------------------------------


def test_source_is_coloured_and_not_a_character_is_lost() -> None:
    source = ["def f(x: int = 12) -> str:  # why", '\t"""Of more', 'lines."""', '    return "unclosed', "", "x = 'it'"]
    lines = coloured(source, "python")
    assert texts(lines) == [line.expandtabs(4) for line in source]
    assert {("def", "keyword"), ("12", "number"), ("# why", "comment"), ('lines."""', "string")} <= looks(lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_lexer_that_changes_no_text(language: str) -> None:
    source = ["", "x = 1  # [bold]\x1b[31m", "<a b='c'>", '{"a": null}', "/* ü 漢 */", "\\section{x}", "", "  end"]
    assert texts(coloured(source, language)) == source


@pytest.mark.parametrize("language", first(4, LANGUAGES))
@pytest.mark.parametrize("piece", ['"', "/*", "'''", '"""', "<!--", "--", "\\", '\\"', "# ", "a" * 50, "((((", "-" * 9])
def test_colouring_ends_in_its_time_and_keeps_what_it_has(language: str, piece: str) -> None:
    body = piece * (200_000 // len(piece))
    lines = [body[at : at + 2000] for at in range(0, len(body), 2000)]
    begun = process_time()
    done = coloured(lines, language, 0.1)
    assert process_time() - begun < 1.0
    assert texts(done) == lines[: len(done)]


def _drop(dropping: type, until: float) -> None:
    dropping()
    while perf_counter() < until:
        pass


def test_a_signal_that_falls_where_python_drops_exceptions_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)

    class Dropping:
        def __del__(self) -> None:
            until = perf_counter() + 0.3  # the first signal falls in here
            while perf_counter() < until:
                pass

    begun = perf_counter()
    with pytest.raises(OutOfTime), time_limit(0.05):
        _drop(Dropping, begun + 10)
    assert perf_counter() - begun < 5


def test_the_time_ends_amid_a_regular_expression_and_at_once() -> None:
    import re

    begun = process_time()
    with pytest.raises(OutOfTime), time_limit(0.05):
        re.match(r"(a+)+$", "a" * 40 + "b")
    assert process_time() - begun < 1.0


def test_lines_without_looks_are_shown_all_the_same() -> None:
    content = Text(("import os", "\timport sys"), "python")
    sheet = sheet_of(content, coloured(content.lines[:1], "python"))
    assert [text(sheet, at) for at in range(sheet.count)] == ["1  import os", "2      import sys"]


# Markdown -----------------------------------------------------------------------------------------------------------


def test_blocks_keep_their_signs_and_the_lines_between_them() -> None:
    lines = rendered(
        "# Title\n\ntext\n\n\n> a\n> b\n\n1. one\n   - two\n\n     more\n2. three\n\n---\n```py\n**raw**\n```\n"
    )
    assert texts(lines) == [
        "Title", "", "text", "", "", "▌ a b", "", "1. one", "   • two", "", "     more", "2. three", "", "",
        "```py", "**raw**", "```",
    ]  # fmt: skip
    assert {("Title", "title"), ("a", "comment"), ("**raw**", "string"), ("", "rule")} <= looks(lines)
    assert {line.text: line.further for line in lines}["   • two"] == "     "
    assert {line.text: line.further for line in lines}["**raw**"] is None


def test_emphasis_and_code_have_looks_and_escaped_signs_none() -> None:
    [line] = rendered("Some *slanted* and _so_, **bold `c\\_d`**, a_b_c, \\*not\\* C:\\path")
    assert line.text == "Some slanted and so, bold c\\_d, a_b_c, *not* C:\\path"
    assert looks((line,)) == {("slanted", "emphasis"), ("so", "emphasis"), ("bold ", "strong"), ("c\\_d", "string")}


def test_entities_and_markup_stay_and_a_links_address_is_seen() -> None:
    written = "[x](s3://b/ä_b) [y](javascript:z) ![p](q) <b>&#x202e;</b> <http://a> [bold]no[/bold]"
    [line] = rendered(written)
    assert line.text == written
    assert ("x", "name") in looks((line,))


def test_a_line_that_its_author_ended_ends() -> None:
    assert texts(rendered("- one  \n  two\\\n  three\n  four")) == ["• one", "  two", "  three four"]


def test_a_table_has_even_columns_under_a_header() -> None:
    lines = rendered("| metric | value |\n|:---|---:|\n| **roc** auc | 0.87 |\n| a \\| b |\n| 漢字 | x |\nafter\n\nend")
    assert texts(lines)[:5] == ["metric   value", "───────  ─────", "roc auc  0.87", "a | b    ", "漢字     x"]
    assert lines[0].parts[0][1] == "strong"


def test_only_ends_of_lines_end_a_line() -> None:
    assert texts(rendered("a\x0cb\u2028c\r\n\r\n```\nd\x0ce\n\n```\r```\n```")) == [
        "a\x0cb\u2028c", "", "```", "d\x0ce", "", "```", "```", "```",
    ]  # fmt: skip


def test_an_empty_item_keeps_its_sign() -> None:
    assert texts(rendered("-\n- - a\n> -\n")) == ["• ", "• • a", "▌ • "]


@pytest.mark.parametrize(
    "piece", ["*", "_", "|", "* ", "-", "**a", "_a", "|-", "\\", "[", "](", "> ", "- a\n", "|a|\n|-|\n", "a\n\n", "`"]
)
def test_markdown_ends_in_its_time(piece: str) -> None:
    begun = process_time()
    rendered(piece * (200_000 // len(piece)), 0.1)
    assert process_time() - begun < 1.5


def test_markdown_that_takes_too_long_is_shown_as_written_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "rendered", partial(rendered, time_s=0.01))
    reading = read("a.md", b"- a\n" * 50_000, is_styled=True)
    assert reading.styled == ()
    assert reading.notes == ("It takes too long to be rendered: it is shown as it is written.",)
    sheet = sheet_of(reading.content, reading.styled)
    assert (sheet.count, text(sheet, 0)) == (50_000, "- a")


# through the process ------------------------------------------------------------------------------------------------


def styled(name: str, data: bytes) -> Reading:
    process = PreviewProcess()
    try:
        asked = request(name, len(data), is_styled=True)
        return process.ask(asked, lambda start, length: data[start : start + length])
    finally:
        process.close()


def test_looks_are_given_where_they_are_asked_for_and_what_is_shown_as_data_is_not_touched() -> None:
    for name, data in (("a.py", b"import os\n"), ("a.md", b"# Title\n"), ("a.yaml", b"a: 1\n")):
        plain, reading = read(name, data), styled(name, data)
        assert plain.styled == ()
        assert plain.content == reading.content
        assert isinstance(reading.content, Text | Markdown)
        assert len(reading.styled) == 1
    assert "styled" not in str(CODEC.plain(Preview(ObjectKey("b", "k"), None, 1, reading.content).content))


def test_a_look_that_is_none_is_not_believed() -> None:
    said = CODEC.plain(StyledLine((("a", "keyword"),)))
    assert CODEC.read_one(StyledLine, said) == StyledLine((("a", "keyword"),))
    with pytest.raises(Misfit):
        CODEC.read_one(StyledLine, {"parts": [["a", "#ff0000"]], "further": None})
