"""One line of a list, put together of as few segments as it has styles."""

from rich.segment import Segment
from rich.style import Style


class Line:
    """Texts of a line; those of one style become one segment, since a frame's time goes with their number."""

    def __init__(self) -> None:
        self._parts: list[tuple[list[str], Style]] = []

    def add(self, text: str, style: Style) -> None:
        """What follows."""
        if self._parts and self._parts[-1][1] == style:
            self._parts[-1][0].append(text)
        else:
            self._parts.append(([text], style))

    def segments(self) -> list[Segment]:
        """All of it."""
        return [Segment("".join(texts), style) for texts, style in self._parts]
