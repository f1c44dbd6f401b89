"""Markdown as lines, by markdown-it: headings, lists, quotes, code, tables and emphasis by their looks.

Nothing in it is followed or decoded: entities stay as they are written, and the address of a link stands beside it.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from unicodedata import combining, east_asian_width

from markdown_it import MarkdownIt
from markdown_it.token import Token

from s3ml_tui.domain.preview.content import Look, StyledLine
from s3ml_tui.domain.text import printable
from s3ml_tui.readers.budget import OutOfTime, time_limit

TIME_S = 2.0
"""250,000 characters take a tenth of a second, and much longer where they were written to that purpose."""
_QUOTE = "▌ "
_WIDEST_CELL = 60
"""Cells of a column at most, but for the last one, which is left as it is."""
_MOST_COLUMNS = 50
_LINE_END = re.compile(r"\r\n?")
"""All else that Python takes for the end of a line is text to Markdown."""
_BLANK = re.compile(r"[\s>]*")
_LEAVES = frozenset({"inline", "fence", "code_block", "hr", "table_open"})
"""Kinds of tokens that lines are made of."""
Part = tuple[str, Look]


class _Parser(MarkdownIt):
    """CommonMark with tables; addresses as they are written."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False, "maxNesting": 100})
        self.enable("table").disable(["entity", "autolink", "image"])

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name
        """As it is written."""
        return url


def rendered(text: str, time_s: float = TIME_S) -> tuple[StyledLine, ...]:
    """The lines, to be wrapped by whoever shows them; none when they take too long or too much."""
    with suppress(OutOfTime, MemoryError), time_limit(time_s):
        return tuple(_Page(text).lines())
    return ()


class _Page:
    """A text on its way to lines."""

    def __init__(self, text: str) -> None:
        text = _LINE_END.sub("\n", text)
        self._source = text.split("\n")
        self._tokens = iter(_Parser().parse(text.expandtabs(4)))
        self._inside: list[str] = []
        """What stands before each line of the quotes and items around it."""
        self._next = ""
        """What stands before the next line instead, where it is an item's first."""
        self._heading: Look = ""
        self._line = 0
        """Of the source: how far it is done."""

    def lines(self) -> Iterator[StyledLine]:
        """Block after block, as many blank lines between them as there are in the source."""
        for token in self._tokens:
            if token.type in _LEAVES and token.map is not None:
                yield from self._blank_lines(token.map[0])
                self._line = token.map[1]
                yield from self._leaf(token)
            elif token.type in {"list_item_close", "blockquote_close"} and self._next:
                yield self._led(())
            self._move(token)

    def _move(self, token: Token) -> None:
        """Into a block that has others in it, or out of it."""
        match token.type:
            case "heading_open":
                self._heading = "title" if token.tag in {"h1", "h2"} else "keyword"
            case "heading_close":
                self._heading = ""
            case "blockquote_open":
                self._next += _QUOTE if self._next else ""
                self._inside.append(_QUOTE)
            case "list_item_open":
                sign = f"{token.info}{token.markup} " if token.info else "• "
                self._next = (self._next or "".join(self._inside)) + sign
                self._inside.append(" " * len(sign))
            case "list_item_close" | "blockquote_close":
                self._inside.pop()

    def _leaf(self, token: Token) -> Iterator[StyledLine]:
        match token.type:
            case "inline":
                yield from self._paragraph(token, self._heading or ("comment" if _QUOTE in self._inside else ""))
            case "hr":
                yield self._led((("", "rule"),))
            case "table_open":
                yield from map(self._led, _table(self._rows()))
            case _:
                yield from self._code(token)

    def _led(self, parts: Sequence[Part], further: str | None = None) -> StyledLine:
        lead, self._next = self._next or "".join(self._inside), ""
        return StyledLine(((lead, "accent"), *parts) if lead else tuple(parts), further)

    def _blank_lines(self, end: int) -> Iterator[StyledLine]:
        for line in self._source[self._line : end]:
            if _BLANK.fullmatch(line):
                yield StyledLine(((_QUOTE, "accent"),) if line.strip() and not self._next else ())

    def _paragraph(self, token: Token, look: Look) -> Iterator[StyledLine]:
        parts: list[Part] = []
        for part in _inline(token.children or [], look):
            if part is not None:
                parts.append(part)
                continue
            yield self._led(parts, "".join(self._inside))
            parts = []
        yield self._led(parts, "".join(self._inside))

    def _code(self, token: Token) -> Iterator[StyledLine]:
        """Its fences too: what they say of it is part of the text."""
        if token.markup:
            yield self._led(((token.markup + token.info, "dim"),))
        for line in token.content.split("\n")[:-1]:
            yield self._led(((line, "string"),))
        if token.markup and token.map is not None and token.markup in self._source[max(token.map) - 1]:
            yield self._led(((token.markup, "dim"),))

    def _rows(self) -> list[list[str]]:
        """The cells of a table, its header first."""
        rows: list[list[str]] = []
        for token in self._tokens:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline" and len(rows[-1]) < _MOST_COLUMNS:
                rows[-1].append("".join(part[0] for part in _inline(token.children or [], "") if part is not None))
            elif token.type == "table_close":
                break
        return rows


def _inline(tokens: Sequence[Token], base: Look) -> Iterator[Part | None]:
    """The parts of a paragraph; None where its author ends a line. `base` goes before all other looks."""
    looks: list[Look] = [""]
    addresses: list[str] = []
    for token in tokens:
        match token.type:
            case "strong_open":
                looks.append("strong")
            case "em_open":
                looks.append("emphasis")
            case "link_open":
                looks.append("name")
                addresses.append(str(token.attrs.get("href", "")))
                yield "[", base or "name"
            case "link_close":
                looks.pop()
                yield "](", base or "name"
                yield f"{addresses.pop()})", base or looks[-1]
            case "strong_close" | "em_close":
                looks.pop()
            case "hardbreak":
                yield None
            case "softbreak":
                yield " ", base or looks[-1]
            case "code_inline":
                yield token.content, base or "string"
            case _:
                yield token.content, base or looks[-1]


def _table(rows: Sequence[Sequence[str]]) -> Iterator[tuple[Part, ...]]:
    """Columns of even width, the first row above the others."""
    count = max((len(row) for row in rows), default=0)
    widths = [min(_WIDEST_CELL, max(_width(row[at]) for row in rows if at < len(row))) for at in range(count)]
    for number, row in enumerate(rows):
        cells = [_padded(cell, width) for cell, width in zip(row[:-1], widths, strict=False)]
        yield tuple((cell, "" if number else "strong") for cell in [*cells, *row[-1:]])
        if not number:
            yield (("  ".join("─" * width for width in widths), "dim"),)


def _width(text: str) -> int:
    """Cells of a terminal, as far as Unicode tells."""
    wide = sum(2 if east_asian_width(one) in "WF" else not combining(one) for one in printable(text))
    return wide if not text.isascii() else len(printable(text))


def _padded(text: str, width: int) -> str:
    while _width(text) > width:
        text = text[:-2] + "…"
    return text + " " * (width - _width(text) + 2)
