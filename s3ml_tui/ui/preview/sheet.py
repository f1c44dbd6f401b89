"""Sheets: what a preview shows as rows, whatever its kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from s3ml_tui.domain.preview.content import Column as Described
from s3ml_tui.domain.preview.content import StyledLine
from s3ml_tui.ui.render import fit, width_of, wrapped
from s3ml_tui.ui.widgets.rows import Cell, Column

WIDEST = 32
"""Cells of a column at most: one long value leaves room for the others."""
_MEASURED = 50
"""So many rows decide how wide a column is."""
_NUMBERS = ("int", "uint", "float", "double", "number", "decimal", "halffloat")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of raw text in parts, each with its look; cut where the screen ends."""

    parts: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(text for text, _ in self.parts)


Row = Sequence[Cell | str] | Line
"""A cell for each column, or a line across all of them."""


class Sheet:
    """Some rows, of which a line that is cut opens as a whole."""

    columns: Sequence[Column] = (Column(""),)

    def __init__(self, rows: Sequence[Row], opens: Mapping[int, "Sheet"] | None = None) -> None:
        self.rows = rows
        self._opens = opens or {}

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    def row(self, index: int) -> Row:
        """One of them."""
        return self.rows[index]

    def opened(self, index: int, width: int) -> "Sheet | None":
        """What a row opens: a sheet of its own; itself when it unfolds there; None when it is all there already."""
        if index in self._opens:
            return self._opens[index]
        row = self.row(index)
        return whole(row.text, width) if isinstance(row, Line) and width_of(row.text) > width else None

    def folded(self, _index: int) -> int | None:
        """Fold the row, or go to the one it is in: where the cursor comes to; None where there is nothing around it."""
        return None

    def unfolded(self, _index: int) -> int | None:
        """Unfold the row, or go to the first one in it; None where there is nothing in it."""
        return None

    def is_sign(self, _index: int, _x: int) -> bool:
        """Whether a click so many cells from the left is on the sign that folds the row."""
        return False

    def fit(self, _width: int, _height: int) -> bool:
        """Adapt to a screen of so many cells; whether that changed the rows."""
        return False


class CodeSheet(Sheet):
    """Lines behind their numbers, each made when it is shown: there may be hundreds of thousands."""

    def __init__(self, lines: Sequence[str], styled: Sequence[StyledLine] = ()) -> None:
        """The first lines may be styled."""
        super().__init__([])
        self._lines = lines
        self._styled = styled

    @property
    def count(self) -> int:
        """One row a line."""
        return len(self._lines)

    def row(self, index: int) -> Line:
        """The number and the line; tabs become spaces."""
        number = f"{index + 1:>{len(str(self.count))}}  "
        is_styled = index < len(self._styled)
        parts = self._styled[index].parts if is_styled else ((self._lines[index].expandtabs(4), ""),)
        return Line(((number, "dim"), *parts))


class TableSheet(Sheet):
    """Rows of a table under its names and types; a row opens with all its columns, also those with no room."""

    def __init__(self, described: Sequence[Described], rows: Sequence[Sequence[str]]) -> None:
        super().__init__(rows)
        self._cells = rows
        self._names = [typed(column) for column in described]
        columns, taken = [], 2
        for at, (name, column) in enumerate(zip(self._names, described, strict=True)):
            measured = (width_of(row[at][:WIDEST]) for row in rows[:_MEASURED])
            width = min(WIDEST, max([width_of(name[:WIDEST]), 3, *measured]))
            taken += width + (2 if at else 0)
            is_number = column.type.lower().startswith(_NUMBERS)
            columns.append(Column(name, width, "right" if is_number else "left", from_width=taken if at else 0))
        self.columns = columns

    def hidden(self, width: int) -> int:
        """How many columns have no room on a screen so wide."""
        return sum(column.from_width > width for column in self.columns)

    def opened(self, index: int, _width: int) -> Sheet:
        """The row as names and values."""
        return pairs(list(zip(self._names, self._cells[index], strict=True)))


def typed(column: Described) -> str:
    """A column's name and, in short, its type, as `age:int`."""
    short = {"integer": "int", "number": "num", "boolean": "bool"}.get(column.type, column.type)
    return f"{column.name}:{short}" if short else column.name


def pairs(rows: Sequence[tuple[str, str]], warned: Sequence[str] = ()) -> Sheet:
    """Names and values; those in `warned` stand out."""
    width = min(WIDEST, max((width_of(name) for name, _ in rows), default=0))
    return Sheet(
        [
            Line(((fit(name, width) + "  ", "accent"), (value, "warn" if name in warned else "")))
            for name, value in rows
        ],
    )


def aligned(rows: Sequence[Sequence[str]], look: str = "") -> list[Line]:
    """Rows as lines with columns of even width; the last cell is left as it is."""
    widths = [0] * max((len(row) for row in rows), default=0)
    for row in rows:
        for at, cell in enumerate(row):
            widths[at] = max(widths[at], min(WIDEST, width_of(cell[:WIDEST])))
    return [
        Line(
            tuple(
                (cell if at == len(row) - 1 else fit(cell, widths[at]) + "  ", look if look or at else "accent")
                for at, cell in enumerate(row)
            )
        )
        for row in rows
    ]


def whole(text: str, width: int) -> Sheet:
    """One long text on as many lines as it takes."""
    return Sheet([Line(((line, ""),)) for line in wrapped(text, width)])
