"""How names are looked through: as one text where that is sure to give the same, else one after the other.

Each kind has a loop of its own, since a call a name would take as long as the rest.
"""

import re
from typing import Protocol

from s3ml_tui.domain.text import printable
from s3ml_tui.ui.widgets.object_table_names import Step
from s3ml_tui.ui.widgets.object_table_patience import STEP_S, within

_FEW = 8
"""Hits are few when one name in so many has one."""
_SOME = 64
"""So many hits are enough to tell whether they are few."""
_WITHIN_A_LINE = re.compile(
    r"(?:[\w .,:;=<>@#%&!~'\"`/|*+?{}()^$-]|\\[wdb.*+?|(){}\[\]\\/^$-]|\[[\w.,:;=@#%&!~+ -]+\])+"
)
"""What of a regular expression never matches a line feed and knows of no other line than its own."""


class Search(Protocol):
    """Looks through the names of a step."""

    def among(self, step: Step) -> list[int]:
        """The places of those that pass, in their order."""
        ...


class Part:
    """A part of a name in any case."""

    def __init__(self, needle: str) -> None:
        self._needle = needle.lower()
        self._has_case = self._needle != self._needle.upper()

    def among(self, step: Step) -> list[int]:
        """Where it stands anywhere in a name."""
        needle, text = self._needle, step.text
        if not text.is_one_a_line:
            return [at for at, name in zip(step.places, step.names, strict=True) if needle in name.lower()]
        together = text.lower if self._has_case else text.plain
        hits = 0 if "\n" in needle else together.count(needle)
        if hits * _FEW < len(step.places):
            return [step.places[line] for line in _lines_with(needle, together)] if hits else []
        return [at for at, name in zip(step.places, text.lower_names, strict=True) if needle in name]


class Start:
    """What a name begins with, in any case."""

    def __init__(self, needle: str) -> None:
        self._needle = needle.lower()

    def among(self, step: Step) -> list[int]:
        """Where a line begins with it."""
        needle, text = self._needle, step.text
        if not text.is_one_a_line:
            return [at for at, name in zip(step.places, step.names, strict=True) if name.lower().startswith(needle)]
        hits = 0 if "\n" in needle else text.lower.count("\n" + needle)
        if hits in {0, len(step.places)}:
            return list(step.places) if hits else []
        return [at for at, name in zip(step.places, text.lower_names, strict=True) if name.startswith(needle)]


class End:
    """What a name ends with, in any case; a folder's is without its slash."""

    def __init__(self, needle: str) -> None:
        self._needle = needle.lower()

    def among(self, step: Step) -> list[int]:
        """Where a line ends with it."""
        needle, text = self._needle, step.text
        ends = (needle, needle + "/")
        if not text.is_one_a_line:
            return [at for at, name in zip(step.places, step.names, strict=True) if name.lower().endswith(ends)]
        together = text.lower
        hits = 0 if "\n" in needle else together.count(needle + "\n")
        if hits in {0, len(step.places)} and needle + "/\n" not in together:
            return list(step.places) if hits else []
        return [at for at, name in zip(step.places, text.lower_names, strict=True) if name.endswith(ends)]


class Whole:
    """A pattern of the whole name; of a folder's without its slash."""

    def __init__(self, pattern: re.Pattern[str], literal: str) -> None:
        """`literal` stands in every name the pattern matches."""
        self._pattern = pattern
        self._literal = Part(literal) if literal else None

    def among(self, step: Step) -> list[int]:
        """Where it matches."""
        match = self._pattern.fullmatch
        places, names = step.places, step.names
        if self._literal is not None and step.text.plain.isascii():  # else "any case" means more than lower case
            found = self._literal.among(step)
            if len(found) * _FEW < len(places):
                wanted = set(found)
                pairs = [(at, name) for at, name in zip(places, names, strict=True) if at in wanted]
                return [at for at, name in pairs if match(name, 0, len(name) - name.endswith("/"))]
        return [at for at, name in zip(places, names, strict=True) if match(name, 0, len(name) - name.endswith("/"))]


class Shown:
    r"""A pattern of names as they are shown: with what is hidden in them written out, as `\x1b`."""

    def __init__(self, pattern: re.Pattern[str], *, is_whole: bool) -> None:
        self._pattern = pattern
        self._is_whole = is_whole

    def among(self, step: Step) -> list[int]:
        """Where it matches a whole name, of a folder's without its slash; or finds something in one."""
        shown = zip(step.places, map(printable, step.names), strict=True)
        if self._is_whole:
            match = self._pattern.fullmatch
            return [at for at, name in shown if match(name, 0, len(name) - name.endswith("/"))]
        return [at for at, name in shown if self._pattern.search(name)]


class Expression:
    """A regular expression, for a step at a time; in the main thread only."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern
        self._in_lines: re.Pattern[str] | None = None
        if _WITHIN_A_LINE.fullmatch(pattern.pattern) and "(?" not in pattern.pattern and not pattern.search(""):
            self._in_lines = re.compile(pattern.pattern, re.MULTILINE)

    def among(self, step: Step) -> list[int]:
        """Where it finds something. Raises TooSlow."""
        return within(STEP_S, lambda: self._found(step))

    def _found(self, step: Step) -> list[int]:
        if self._in_lines is not None and step.text.is_one_a_line:
            lines = _lines_found(self._in_lines, step.text.plain)
            if lines is not None:
                return [step.places[line] for line in lines]
        search = self._pattern.search
        return [at for at, name in zip(step.places, step.names, strict=True) if search(name)]


def _lines_with(needle: str, text: str) -> list[int]:
    """The numbers of the lines that have it."""
    found: list[int] = []
    line, start = -1, 0
    hit = text.find(needle)
    while hit >= 0:
        line += text.count("\n", start, hit)
        found.append(line)
        start = text.find("\n", hit)
        hit = text.find(needle, start)
    return found


def _lines_found(pattern: re.Pattern[str], text: str) -> list[int] | None:
    """The numbers of the lines in which it finds something; None when they are not few."""
    found: list[int] = []
    line, start = -1, 0
    hit = pattern.search(text)
    while hit is not None:
        line += text.count("\n", start, hit.start())
        found.append(line)
        if len(found) == _SOME and line < _SOME * _FEW:
            return None
        start = text.find("\n", hit.start())
        hit = pattern.search(text, start)
    return found
