"""The last thing that happens to a line before the terminal gets it, where that shows ASCII alone."""

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from s3ml_tui.ui.glyphs import in_ascii


class AsciiLines(LineFilter):
    """Draws every line with ASCII: ours, the toolkit's borders and bars, and names from outside."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - the toolkit's
        """The same segments in as many cells."""
        return [
            segment if segment.text.isascii() else Segment(in_ascii(segment.text), segment.style, segment.control)
            for segment in segments
        ]
