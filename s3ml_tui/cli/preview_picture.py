"""A picture on the terminal, in half blocks, where it has the colours for it."""

import os
import sys
from itertools import groupby
from typing import TYPE_CHECKING

from s3ml_tui.cli.streams import shows
from s3ml_tui.domain.half_blocks import UPPER, Cell, cells, fitted
from s3ml_tui.domain.preview import Pixels

if TYPE_CHECKING:
    from rich.style import Style


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
