"""The list under an address that is typed: what it may become. The keys stay with the input."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from s3ml_tui.domain.text import printable
from s3ml_tui.ui import render

SIGNS = {"place": "▸", "object": " ", "gone to": "↺", "bookmark": "★"}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One address, and how it came to be suggested."""

    uri: str
    kind: str
    """One of SIGNS."""
    name: str
    """What is shown of it."""
    note: str = ""
    """What is shown behind it."""


class Suggestions(OptionList, can_focus=False):
    """None is chosen until the user moves."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.found: tuple[Suggestion, ...] = ()

    def show(self, found: Sequence[Suggestion]) -> None:
        """Others; the one that is chosen stays so if it is still there."""
        before = self.chosen
        self.found = tuple(found)
        self.clear_options()
        self.add_options(Option(_line(suggestion)) for suggestion in self.found)
        self.highlighted = self.found.index(before) if before in self.found else None

    @property
    def chosen(self) -> Suggestion | None:
        """What the user moved to; None when they did not move."""
        at = self.highlighted
        return self.found[at] if at is not None and at < len(self.found) else None

    @property
    def first(self) -> Suggestion | None:
        """What is chosen, or the first there is."""
        return self.chosen or (self.found[0] if self.found else None)

    def move(self, rows: int) -> None:
        """Choose another; up from the first chooses none."""
        if not self.found:
            return
        at = self.highlighted
        if at is None:
            self.highlighted = min(rows - 1, len(self.found) - 1) if rows > 0 else len(self.found) - 1
        elif at + rows < 0 and at == 0:
            self.highlighted = None
        else:
            self.highlighted = max(0, min(at + rows, len(self.found) - 1))


def _line(suggestion: Suggestion) -> Content:
    note = f"  {printable(suggestion.note)}" if suggestion.note else ""
    return Content.assemble(f"{SIGNS[suggestion.kind]} ", render.plain(suggestion.name), (note, "$text-muted"))
