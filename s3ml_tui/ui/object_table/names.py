"""A level's names as text to look through: some thousand of them at a time, one a line.

To look for a part of a name in one long text takes a tenth of the time that a look at each name takes. The texts are
made when first looked at and kept while a filter is on, so that the next letter finds them ready.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

STEP_ROWS = 8192
"""So many rows are looked at in one go; a few milliseconds."""

Rows = Sequence[int]
"""Places in a level's columns: a range, or an array of unsigned ints."""


@dataclass(slots=True)
class Text:
    """Names, each between two line feeds."""

    plain: str
    """As they are."""
    is_one_a_line: bool
    """False where a name has a line feed in it."""
    _lower: str = ""

    @property
    def lower(self) -> str:
        """In lower case."""
        if not self._lower:
            lower = self.plain.lower()
            self._lower = self.plain if lower == self.plain else lower
        return self._lower

    @property
    def names(self) -> list[str]:
        """Of each line."""
        return self.plain[1:-1].split("\n")

    @property
    def lower_names(self) -> list[str]:
        """Of each line, in lower case."""
        return self.lower[1:-1].split("\n")


def text_of(names: Sequence[str]) -> Text:
    """Put names together."""
    together = "\n".join(names)
    return Text(f"\n{together}\n", is_one_a_line=together.count("\n") == len(names) - 1)


@dataclass(frozen=True, slots=True)
class Step:
    """Some rows, and their names."""

    places: Rows
    text: Text
    _names: Callable[[], list[str]]

    @property
    def names(self) -> list[str]:
        """One for each place."""
        return self.text.names if self.text.is_one_a_line else self._names()


@dataclass(slots=True, eq=False)
class Names:
    """A column of whole keys or prefixes that grows, by their names on the level."""

    texts: list[str]
    skip: int
    """So many characters belong to the level."""
    _kept: dict[int, Text] = field(default_factory=dict)
    """By their first row; only full ones, which stay as they are."""

    def steps(self, rows: Rows) -> Iterator[Step]:
        """`rows` in their order, some at a time."""
        is_as_listed = isinstance(rows, range) and rows.step == 1
        for first in range(0, len(rows), STEP_ROWS):
            places = rows[first : first + STEP_ROWS]
            if is_as_listed:
                yield self._listed(places)
            else:
                yield self._gathered(places)

    def forget(self) -> None:
        """Let go of the texts."""
        self._kept.clear()

    def _listed(self, places: Rows) -> Step:
        start, end = places[0], places[-1] + 1

        def names() -> list[str]:
            texts, skip = self.texts[start:end], self.skip
            return [text[skip:] for text in texts] if skip else texts

        text = self._kept.get(start) if len(places) == STEP_ROWS else None
        if text is None:
            text = text_of(names())
            if len(places) == STEP_ROWS and start % STEP_ROWS == 0:
                self._kept[start] = text
        return Step(places, text, names)

    def _gathered(self, places: Rows) -> Step:
        def names() -> list[str]:
            texts, skip = self.texts, self.skip
            return [texts[at][skip:] for at in places] if skip else [texts[at] for at in places]

        return Step(places, text_of(names()), names)
