"""Figures of a run that is over, a row each: the one that counts first, folds last; scores have a bar."""

from collections.abc import Mapping, Sequence

from s3ml_tui.ui.widgets.rows import Cell, Column, Rows

_BAR_CELLS = 24


class MetricRows(Rows):
    """Name, value, bar."""

    COLUMNS = (Column(""), Column("", 10, "right"), Column("", _BAR_CELLS + 1, from_width=64))

    def __init__(self) -> None:
        super().__init__(id="metrics")
        self._figures: tuple[tuple[str, str, float | None], ...] = ()
        self._headline = ""

    @property
    def row_count(self) -> int:
        """One row a figure."""
        return len(self._figures)

    def row(self, index: int) -> Sequence[Cell | str]:
        """Name, value, bar."""
        name, text, share = self._figures[index]
        look = "accent" if name == self._headline else ""
        filled = round(share * _BAR_CELLS) if share is not None else 0
        bar = " " + "▓" * filled + "░" * (_BAR_CELLS - filled) if share is not None else ""
        return (Cell(name, look), Cell(text, look or "good"), Cell(bar, look or "dim"))

    def show(self, metrics: Mapping[str, float], headline: str = "") -> None:
        """Paint these figures, `headline` first."""
        names = sorted(metrics, key=lambda name: (name != headline, name.startswith("cv_")))
        self._headline = headline
        self._figures = tuple((name, figure_text(metrics[name]), _share(name, metrics[name])) for name in names)
        self.styles.height = len(names)
        self.rows_changed(0)


def figure_text(value: float) -> str:
    """Four digits after the point of a score, two of what is large."""
    return f"{value:.4f}" if abs(value) < 100 else f"{value:,.2f}"


def _share(name: str, value: float) -> float | None:
    return value if 0 <= value <= 1 and not name.endswith("_std") else None
