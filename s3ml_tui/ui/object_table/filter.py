"""Which names a typed filter lets through, where in a name it hit, and the line in which it is typed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from textual.binding import Binding
from textual.message import Message

from s3ml_tui.domain.text import printable
from s3ml_tui.ui.widgets.line_input import LineInput

Span = tuple[int, int]
"""From a character of a name to one after the hit's last."""
MOST_SPANS = 32


@dataclass(frozen=True, slots=True)
class Filter:
    r"""Part of a name in any case, a glob when it has a `*` or `?`, a regular expression after a slash.

    With a backslash, part and glob mean names as they are shown, where `\x1b` stands for an escape character.
    """

    text: str = ""

    @property
    def is_on(self) -> bool:
        """Whether it hides anything."""
        return self.text not in {"", "/"}

    @property
    def is_regex(self) -> bool:
        """Whether it is a regular expression, which only RE2 looks for: there is none that it takes long for."""
        return self.text.startswith("/")

    @property
    def is_glob(self) -> bool:
        """Whether it must match the whole name, of a folder's with or without the slash at its end."""
        return not self.is_regex and ("*" in self.text or "?" in self.text)

    @property
    def is_of_shown(self) -> bool:
        """Whether it looks through names as they are shown: what is hidden in them is written with a backslash."""
        return not self.is_regex and "\\" in self.text

    @property
    def look(self) -> Callable[[str], str]:
        """Makes of a name what is looked through."""
        if self.is_regex:
            return str
        return _shown_lower if self.is_of_shown else str.lower

    @property
    def expression(self) -> str:
        """For RE2; "" when a part of a name is looked for."""
        if self.is_regex:
            return self.text[1:].removesuffix("/")
        # RE2 never goes back, and knows no way to say so
        return f"^(?:{_glob(self.text.lower())})$".replace("(?>", "(?:") if self.is_glob else ""

    def test(self) -> Callable[[str], object]:
        """Tells whether a name passes; not for a regular expression."""
        look, needle = self.look, self.text.lower()
        if self.is_glob:
            match = re.compile(_glob(needle)).fullmatch
            return lambda name: match(look(name))
        return lambda name: needle in look(name)

    def seen(self, name: str) -> str:
        """The name as this looks at it, but for its case."""
        return printable(name) if self.is_of_shown else name

    def spans(self, name: str) -> tuple[Span, ...]:
        """Where it hit in a name it lets through, which is given as `seen`; not for a regular expression."""
        if not self.is_on:
            return ()
        if self.is_glob:
            found = re.fullmatch(_glob(self.text), name, re.IGNORECASE)
            return tuple(found.span(group + 1) for group in range(found.re.groups)) if found else ()
        hits = re.finditer(re.escape(self.text), name, re.IGNORECASE)
        return tuple(hit.span() for hit in islice(hits, MOST_SPANS))


def _shown_lower(name: str) -> str:
    return printable(name).lower()


def _glob(text: str) -> str:
    """What stands between stars is taken where it is first found, for good: so no name takes long.

    A slash ends a folder's name and is in no other.
    """
    start, *middle = text.split("*")
    if not middle:
        return _stretch(start) + "/?"
    end = middle.pop()
    between = "".join(f"(?>[^/]*?{_stretch(part)})" for part in middle if part)
    return f"{_stretch(start)}{between}[^/]*{_stretch(end)}/?"


def _stretch(text: str) -> str:
    parts = re.split(r"(\?)", text)
    return "".join("[^/]" if part == "?" else f"({re.escape(part)})" for part in parts if part)


class FilterLine(LineInput):
    """Is seen while it is typed in, and as long as it hides something."""

    BINDINGS = [
        Binding("escape", "clear", "Clear the filter", show=False),
        Binding("enter,down,tab", "keep", "To the table", show=False),
    ]

    @dataclass
    class Left(Message):
        """The user is done with it."""

        is_cleared: bool

    def __init__(self, **options: Any) -> None:
        super().__init__(placeholder="part of a name · *.csv · /regex/", compact=True, **options)

    def close(self) -> None:
        """Empty it, without a word."""
        with self.prevent(FilterLine.Changed):
            self.value = ""
        self.remove_class("-open", "-wrong")

    def action_clear(self) -> None:
        """Show everything."""
        self.post_message(self.Left(is_cleared=True))

    def action_keep(self) -> None:
        """Go to what is left."""
        self.post_message(self.Left(is_cleared=False))
