"""A picture in half blocks: the upper pixel in the foreground's colour, the lower in the background's.

Works in every terminal that has 256 colours or more, through tmux and ssh, with nothing to be detected.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from textual.app import App

from s3ml_tui.domain.preview.content import Pixels
from s3ml_tui.domain.preview.half_blocks import UPPER, Cell, cells, fitted
from s3ml_tui.ui.preview.sheet import Line, Row, Sheet

_COLOURFUL = frozenset({"truecolor", "256"})


def why_not_drawn(app: App[object]) -> str:
    """Why the terminal has not the colours or the characters for it, in a sentence; "" when it has."""
    if app.no_color:
        return "It is not drawn: NO_COLOR is set."
    if app.has_class("-ascii"):
        return "It is not drawn: only ASCII is shown."
    if app.console.color_system not in _COLOURFUL:
        return "It is not drawn: this terminal says that it has fewer than 256 colours."
    return ""


class PictureSheet(Sheet):
    """The picture as large as there is room, never larger than it is; below it, what is known of it."""

    def __init__(self, pixels: Pixels, below: Sequence[Row]) -> None:
        super().__init__(below)
        self._pixels = pixels
        self._below = below
        self._size = (0, 0)
        self.fit(80, 24)

    def fit(self, width: int, height: int) -> bool:
        """Shrink the picture to it."""
        size = fitted(self._pixels, width, height)
        if size == self._size:
            return False
        self._size = size
        self.rows = [*_lines(cells(self._pixels, size)), *self._below]
        return True


def _lines(rows: list[list[Cell]]) -> Iterator[Line]:
    for row in rows:
        looks = (_look(cell) for cell in row)
        yield Line(tuple((UPPER * len(list(run)), look) for look, run in groupby(looks)))


def _look(cell: Cell) -> str:
    """As `#ff0000/#0000ff`; without the part after the slash at the lower edge."""
    above, below = cell
    upper = "#{:02x}{:02x}{:02x}".format(*above)
    return upper if below is None else upper + "/#{:02x}{:02x}{:02x}".format(*below)
