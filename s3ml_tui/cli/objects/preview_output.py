"""A preview as lines of plain text.

A picture on the terminal, in half blocks, where it has the colours for it.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from s3ml_tui.cli.terminal.charset import shows
from s3ml_tui.domain.preview.content import (
    Column,
    Content,
    Empty,
    Hex,
    Image,
    Json,
    JsonNode,
    Markdown,
    Model,
    Parquet,
    Pixels,
    Preview,
    Record,
    Table,
    Text,
)
from s3ml_tui.domain.preview.half_blocks import UPPER, Cell, cells, fitted
from s3ml_tui.domain.text import count_text, printable, size_text

if TYPE_CHECKING:
    from rich.style import Style


_WIDEST = 40
_MOST_ROWS = 50


def lines_of(preview: Preview) -> Iterator[str]:
    """What it shows; control characters of a cell or line are made visible."""
    yield from _content(preview.content)


def headline(preview: Preview) -> str:
    """What it is, in a line."""
    packed = "".join(f", {codec}" for codec in preview.packed)
    return f"{_kind(preview.content)}{packed}, {size_text(preview.size)}, version {preview.version_id or 'none'}"


def _kind(content: Content) -> str:
    match content:
        case Text():
            return f"{content.language or 'text'} ({content.encoding})"
        case Table():
            total = "" if content.total_rows is None else f", {count_text(content.total_rows, 'row')}"
            return f"{content.format}{total}, {count_text(len(content.columns), 'column')}"
        case Parquet():
            return f"Parquet, {count_text(content.rows, 'row')}, {count_text(content.row_group_count, 'row group')}"
        case Image():
            return f"{content.format} picture, {content.width} x {content.height} pixels"
        case Model():
            return f"{content.format} model"
        case Record():
            return content.title
        case Json():
            return "JSON"
        case Markdown():
            return "Markdown"
    return "empty" if isinstance(content, Empty) else "bytes"


def _content(content: Content) -> Iterator[str]:
    match content:
        case Text():
            yield from (printable(line.expandtabs(4)) for line in content.lines)
        case Markdown():
            yield from (printable(line.expandtabs(4)) for line in content.text.splitlines())
        case Table():
            yield from _table(content.columns, content.rows)
        case Json():
            yield from map(_node, content.nodes)
        case Parquet():
            yield from aligned([(column.name, column.type) for column in content.schema])
            yield ""
            yield from _table(content.head.columns, content.head.rows)
        case Image() | Model():
            yield from aligned(content.details)
        case Record():
            for section in content.sections:
                yield from ["", section.title] if section.title else []
                yield from aligned([section.header, *section.rows] if section.header else section.rows)
        case Hex():
            yield from (f"{row.offset:08x}  {row.hex:47}  {row.text}" for row in content.rows)


def _node(node: JsonNode) -> str:
    name = f"{node.name}: " if node.name else ""
    inside = f" {count_text(node.children, 'value')}" if node.text in {"{", "["} else ""
    return printable(f"{'  ' * node.depth}{name}{node.text}{inside}")


def _table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if columns:
        names, types = [column.name for column in columns], [column.type for column in columns]
        yield from aligned([names, types, *rows[:_MOST_ROWS]])
    if len(rows) > _MOST_ROWS:
        yield "…"


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows as columns of even width, each cell printable and cut when very long, the last one whole."""
    table = [[printable(cell) for cell in row] for row in rows]
    if not table:
        return
    widths = [0] * max(len(row) for row in table)
    for row in table:
        for at, cell in enumerate(row):
            widths[at] = max(widths[at], min(_WIDEST, len(cell)))
    for row in table:
        cells = [_cell(cell, widths[at], is_last=at == len(row) - 1) for at, cell in enumerate(row)]
        yield "  ".join(cells).rstrip()


def _cell(text: str, width: int, *, is_last: bool) -> str:
    if is_last or len(text) <= width:
        return text if is_last else text.ljust(width)
    return text[: width - 1] + "…"


def room() -> tuple[int, int]:
    """Pixels for a picture on the terminal: width and height; (0, 0) where none is drawn."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR") or not _is_colourful():
        return (0, 0)
    size = os.get_terminal_size(sys.stdout.fileno())
    return size.columns, 2 * max(1, size.lines - 4)


def draw(pixels: Pixels, room: tuple[int, int]) -> None:
    """Print it."""
    from rich.console import Console
    from rich.segment import Segment, Segments

    console = Console()
    for row in cells(pixels, fitted(pixels, room[0], room[1] // 2)):
        runs = (Segment(UPPER * len(list(run)), _style(cell)) for cell, run in groupby(row))
        console.print(Segments([*runs, Segment.line()]), end="")


def _style(cell: Cell) -> "Style":
    from rich.color import Color
    from rich.style import Style

    above, below = cell
    return Style(color=Color.from_rgb(*above), bgcolor=Color.from_rgb(*below) if below else None)


def _is_colourful() -> bool:
    """Whether the terminal has the character and the colours, as far as its environment says."""
    if not shows(UPPER, sys.stdout):
        return False
    return "256color" in os.environ.get("TERM", "") or os.environ.get("COLORTERM", "") in {"truecolor", "24bit"}
