"""Markdown as the preview process styled it, wrapped to the screen."""

import re
from collections.abc import Iterator, Sequence

from s3ml_tui.domain.preview.content import StyledLine
from s3ml_tui.ui.preview.sheet import Line, Sheet
from s3ml_tui.ui.render import width_of, wrapped

_WORD = re.compile(r"\S+\s*|\s+")
_WIDEST = 100
"""Longer lines are hard to read."""


class ProseSheet(Sheet):
    """Lines that are wrapped anew when the screen is another one."""

    def __init__(self, lines: Sequence[StyledLine]) -> None:
        super().__init__([])
        self._lines = lines
        self._width = 0
        self.fit(80, 24)

    def fit(self, width: int, _height: int) -> bool:
        """Wrap to it."""
        width = max(20, min(width, _WIDEST))
        if width == self._width:
            return False
        self._width = width
        self.rows = [row for line in self._lines for row in _flowed(line, width)]
        return True


def as_written(text: str) -> list[StyledLine]:
    """Lines of Markdown that was not rendered."""
    return [StyledLine(((line.expandtabs(4), ""),), "") for line in text.splitlines()]


def _flowed(line: StyledLine, width: int) -> Iterator[Line]:
    """A line on as many as it takes, each at most `width` cells, cut between words where that can be."""
    parts: list[tuple[str, str]] = []
    if line.further is None:
        yield Line(tuple(("─" * (width - len(line.text)), "dim") if look == "rule" else (text, look)
                         for text, look in line.parts))  # fmt: skip
        return
    taken, room = 0, max(width - width_of(line.further), 10)
    for text, look in line.parts:
        for word in _WORD.findall(text):
            for piece in wrapped(word, room) if width_of(word) > room else [word]:
                if parts and taken + width_of(piece.rstrip()) > width:
                    yield _trimmed(parts)
                    parts = [(line.further, "accent")] if line.further else []
                    taken = width_of(line.further)
                parts.append((piece, look))
                taken += width_of(piece)
    yield _trimmed(parts)


def _trimmed(parts: Sequence[tuple[str, str]]) -> Line:
    """Without the space after the last word, which might be one cell too many."""
    return Line((*parts[:-1], (parts[-1][0].rstrip(), parts[-1][1])) if parts else ())
