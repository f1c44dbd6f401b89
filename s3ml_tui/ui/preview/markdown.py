"""Markdown as lines: headings, lists, quotes, code and emphasis by their looks, wrapped to the screen.

Not through a Markdown widget: those decode entities after any check, so that `&#x202e;` would reach the terminal as the
character itself, open links, and take a widget for each paragraph.

Tables in Markdown: columns of even width, the first row above the others.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from s3ml_tui.ui.preview.sheet import Line, LinesSheet
from s3ml_tui.ui.render import fit, width_of, wrapped

_WIDEST_CELL = 60
"""Cells of a column at most, but for the last one, which is left as it is."""
_MOST_COLUMNS = 50
_BETWEEN = re.compile(r"(?<!\\)\|")
_MARKS = re.compile(r"\\([!-/:-@\[-`{-~])|\*\*|`")
"""What is not shown of a cell; of an escaped sign, its backslash."""
_UNDER = re.compile(r":?-+:?")


def table_lines(lines: Sequence[str]) -> Iterator[Line]:
    """Lines that begin with a bar, as one table."""
    rows = [_cells(line) for line in lines]
    is_headed = len(rows) > 1 and all(_UNDER.fullmatch(cell) for cell in rows[1]) and bool(rows[1])
    if is_headed:
        del rows[1]
    widths = [0] * max((len(row) for row in rows), default=0)
    for row in rows:
        for at, cell in enumerate(row):
            widths[at] = max(widths[at], min(_WIDEST_CELL, width_of(cell)))
    for number, row in enumerate(rows):
        look = "strong" if is_headed and number == 0 else ""
        yield Line(tuple((_padded(row, at, widths), look) for at in range(len(row))))
        if look:
            yield Line((("  ".join("─" * width for width in widths), "dim"),))


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    inner = inner if inner.endswith("\\|") else inner.removesuffix("|")
    return [_MARKS.sub(lambda mark: mark[1] or "", cell.strip()) for cell in _BETWEEN.split(inner)[:_MOST_COLUMNS]]


def _padded(row: Sequence[str], at: int, widths: Sequence[int]) -> str:
    return row[at] if at == len(row) - 1 else fit(row[at], widths[at]) + "  "


_FENCE = re.compile(r" {0,3}(```|~~~)")
_HEADING = re.compile(r" {0,3}(#{1,6}) +")
_ITEM = re.compile(r"( *)([-*+]|\d{1,9}[.)]) +")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_INLINE = re.compile(
    r"(?P<escaped>\\[!-/:-@\[-`{-~])|(?P<code>`[^`\n]{1,400}`)|(?P<strong>\*\*[^*\n]{1,400}\*\*)|(?P<name>\[[^\]\n]{1,400}\]\()"
    r"|(?P<emphasis>(?<![\w*])\*[^*\s][^*\n]{0,400}\*(?![\w*])|(?<!\w)_[^_\s][^_\n]{0,400}_(?!\w))"
)
_RULE = re.compile(r" {0,3}([-*_])(?: *\1){2,} *")
_BEGINS = re.compile(r" {0,3}(?:#{1,6} |```|~~~|>)| *(?:[-*+]|\d{1,9}[.)]) |\|")
"""What ends a paragraph."""
_WORD = re.compile(r"\S+\s*|\s+")
_WIDEST = 100
"""Longer lines are hard to read."""


class ProseSheet(LinesSheet):
    """Markdown, wrapped anew when the screen is another one."""

    def __init__(self, text: str) -> None:
        super().__init__([])
        self._text = text
        self._width = 0
        self.fit(80, 24)

    def fit(self, width: int, _height: int) -> bool:
        """Wrap to it."""
        width = max(20, min(width, _WIDEST))
        if width == self._width:
            return False
        self._width = width
        self.lines = list(prose_lines(self._text, width))
        return True


def prose_lines(text: str, width: int) -> Iterator[Line]:
    """Markdown as lines of at most `width` cells, but for code and tables, which are not wrapped."""
    fence, pending = "", _Block()
    table: list[str] = []
    for raw in text.splitlines():
        line = raw.expandtabs(4)
        mark = _FENCE.match(line)
        if line.lstrip().startswith("|") and not fence:
            yield from pending.flow(width)
            pending = _Block()
            table.append(line)
            continue
        if table:
            yield from table_lines(table)
            table = []
        if mark is not None and fence in {"", mark[1]}:
            yield from pending.flow(width)
            pending, fence = _Block(), "" if fence else mark[1]
            yield Line(((line, "dim"),))
        elif fence:
            yield Line(((line, "string"),))
        elif _RULE.fullmatch(line):
            yield from pending.flow(width)
            pending = _Block()
            yield Line((("─" * width, "dim"),))
        elif pending.goes_on(line):
            pending.words.append(line.strip())
        else:
            yield from pending.flow(width)
            pending = _begun(line)
    yield from pending.flow(width)
    yield from table_lines(table)


@dataclass(slots=True)
class _Block:
    """A heading, an item, a quote or a paragraph, and the lines of it so far."""

    words: list[str] = field(default_factory=list)
    lead: str = ""
    look: str = ""
    is_open: bool = False
    """Whether lines that begin nothing of their own belong to it."""

    def goes_on(self, line: str) -> bool:
        return self.is_open and bool(line.strip()) and not _BEGINS.match(line)

    def flow(self, width: int) -> Iterator[Line]:
        """Its lines, each behind the lead or as far in."""
        if not self.words:
            return
        text = " ".join(self.words)
        parts = iter([(_unescaped(text), self.look)]) if self.look else _inline(text)
        room = max(width - width_of(self.lead), 10)
        for at, line in enumerate(_flowed(parts, room)):
            lead = self.lead if at == 0 or self.look == "comment" else " " * len(self.lead)
            yield Line(((lead, "accent"), *line)) if lead else Line(line)


def _begun(line: str) -> _Block:
    """What a line begins."""
    if (heading := _HEADING.match(line)) is not None:
        return _Block([line[heading.end() :]], look="title" if len(heading[1]) < 3 else "keyword")
    if line.lstrip().startswith(">"):
        return _Block([line.lstrip()[1:].strip()], lead="▌ ", look="comment")
    if (item := _ITEM.match(line)) is not None:
        sign = "•" if item[2] in {"-", "*", "+"} else item[2]
        return _Block([line[item.end() :]], lead=f"{item[1][:12]}{sign} ", is_open=True)
    return _Block([line.strip()], is_open=bool(line.strip()))


def _flowed(parts: Iterator[tuple[str, str]], width: int) -> Iterator[tuple[tuple[str, str], ...]]:
    """Parts with looks on lines of at most `width` cells, cut between words where that can be."""
    line: list[tuple[str, str]] = []
    taken = 0
    for text, look in parts:
        for word in _WORD.findall(text):
            for piece in wrapped(word, width) if width_of(word) > width else [word]:
                if line and taken + width_of(piece.rstrip()) > width:
                    yield _trimmed(line)
                    line, taken = [], 0
                line.append((piece, look))
                taken += width_of(piece)
    yield _trimmed(line)


def _trimmed(line: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Without the space after the last word, which might be one cell too many."""
    return (*line[:-1], (line[-1][0].rstrip(), line[-1][1])) if line else ()


def _inline(text: str) -> Iterator[tuple[str, str]]:
    done, plain = 0, ""
    for match in _INLINE.finditer(text):
        plain += text[done : match.start()]
        done = match.end()
        if match.lastgroup == "escaped":
            plain += match[0][1:]
        else:
            yield plain, ""
            yield _bare(match)
            plain = ""
    yield plain + text[done:], ""


def _bare(match: re.Match[str]) -> tuple[str, str]:
    """A link's address stays as it is written: where it leads is seen, and nothing follows it."""
    if match.lastgroup == "code":
        return match[0][1:-1], "string"
    if match.lastgroup == "strong":
        return _unescaped(match[0][2:-2]), "strong"
    if match.lastgroup == "emphasis":
        return _unescaped(match[0][1:-1]), "emphasis"
    return match[0], "name"


def _unescaped(text: str) -> str:
    """Signs that stood behind a backslash so as to mean nothing, alone."""
    return _ESCAPED.sub(r"\1", text)
