"""A text as a QR code for a terminal: two rows of squares in a line, dark on light whatever the theme is."""

from collections.abc import Sequence
from dataclasses import dataclass

_QUIET = (4, 2, 1)
"""Squares of empty border; 4 is what readers are promised, 1 is what most make do with."""
_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


@dataclass(frozen=True, slots=True)
class QrCode:
    """Lines of equal length; what is drawn is dark, the rest is light."""

    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class TooSmall:
    """There is no room for it."""

    columns: int
    """What it takes at least."""
    rows: int


def qr_code(text: str, *, columns: int, rows: int) -> QrCode | TooSmall:
    """`text` drawn with as much border as `columns` by `rows` cells allow."""
    import segno

    matrix = [[bool(square) for square in row] for row in segno.make(text, error="l", micro=False).matrix]
    side = len(matrix)
    for quiet in _QUIET:
        whole = side + 2 * quiet
        if whole <= columns and (whole + 1) // 2 <= rows:
            return QrCode(_lines(matrix, quiet))
    least = side + 2 * _QUIET[-1]
    return TooSmall(least, (least + 1) // 2)


def _lines(matrix: Sequence[Sequence[bool]], quiet: int) -> list[str]:
    side = len(matrix) + 2 * quiet

    def dark(row: int, column: int) -> bool:
        row, column = row - quiet, column - quiet
        return 0 <= row < len(matrix) and 0 <= column < len(matrix) and matrix[row][column]

    return [
        "".join(_BLOCKS[dark(row, column), dark(row + 1, column)] for column in range(side))
        for row in range(0, side, 2)
    ]
