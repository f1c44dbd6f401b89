"""The folders of a place by what lies in them, the biggest first."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from s3ml_tui.domain.text import size_text
from s3ml_tui.domain.uri import Place
from s3ml_tui.ui.widgets.rows import Cell, Column, Rows

if TYPE_CHECKING:
    from s3ml_tui.services.searching import Share, Usage

_BAR = 14


class UsageRows(Rows):
    """Bytes, objects, a bar against the biggest, the folder's name."""

    COLUMNS = (
        Column("size", 9, "right"),
        Column("objects", 13, "right"),
        Column("", _BAR, from_width=60),
        Column("folder"),
    )
    GAP = 2

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._parts: list[tuple[str, Share]] = []
        self._place: Place | None = None
        self._is_by_size = True

    @property
    def row_count(self) -> int:
        """One row a folder, and one for what lies on the level itself."""
        return len(self._parts)

    @property
    def folder(self) -> Place | None:
        """What is under the cursor; None where that is no folder."""
        prefix = self._parts[self.cursor][0] if self._parts else ""
        return Place(self._place.bucket, prefix) if self._place is not None and prefix else None

    def show(self, usage: "Usage", wanted: str = "") -> None:
        """Other figures; the cursor stays where it is, or comes to a whole prefix."""
        self._place, self._parts = usage.place, list(usage.by_prefix.items())
        self._is_by_size = usage.total.size > 0
        row = next((at for at, (prefix, _) in enumerate(self._parts) if prefix == wanted), None) if wanted else None
        self.rows_changed(row)

    def row(self, index: int) -> Sequence[Cell | str]:
        """The cells of one folder."""
        prefix, share = self._parts[index]
        bar = Cell("▓" * self._length(share), "accent")
        cut = len(self._place.prefix) if self._place is not None else 0
        name = Cell(prefix[cut:], "accent") if prefix else Cell("objects on this level", "dim")
        return (size_text(share.size), f"{share.count:,}", bar, name)

    def _length(self, share: "Share") -> int:
        """Of the bar, which tells of counts where all objects are empty."""
        first = self._parts[0][1]
        part, whole = (share.size, first.size) if self._is_by_size else (share.count, first.count)
        return max(1, round(_BAR * part / whole)) if part and whole else 0
