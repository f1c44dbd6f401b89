"""Tables in Markdown: columns of even width, the first row above the others."""

import re
from collections.abc import Iterator, Sequence

from s3ml_tui.ui.cells import fit, width_of
from s3ml_tui.ui.widgets.preview_sheet import Line

_WIDEST = 60
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
            widths[at] = max(widths[at], min(_WIDEST, width_of(cell)))
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
