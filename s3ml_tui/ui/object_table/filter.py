"""Which names a typed filter lets through, and where in a name it hit.

How names are looked through: as one text where that is sure to give the same, else one after the other.

Each kind has a loop of its own, since a call a name would take as long as the rest.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Protocol

from s3ml_tui.domain.text import printable
from s3ml_tui.ui.object_table.names import Names, Step
from s3ml_tui.ui.object_table.regex_timeout import STEP_S, TooSlow, within

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


Span = tuple[int, int]
"""From a character of a name to one after the hit's last."""
_MOST_SPANS = 32
_DRAW_S = 0.02
"""So long, at most, hits are looked for in a name that is drawn."""
_SLOW = "it takes too long: avoid repeats within repeats, as in (a+)+"


@dataclass(slots=True, eq=False)
class _Marking:
    """Whether hits of a regular expression are marked; no more after one name took too long."""

    is_on: bool = True


@dataclass(frozen=True, slots=True)
class Filter:
    r"""Part of a name in any case, a glob when it has a `*` or `?`, a regular expression after a slash.

    With a backslash, part and glob mean names as they are shown, where `\x1b` stands for an escape character.
    """

    text: str = ""
    wrong: str = ""
    """Why it is of no use; then it lets everything through."""
    _pattern: re.Pattern[str] | None = field(default=None, compare=False)
    """Finds what is marked in a name; for a glob it matches the whole name, its literals in groups."""
    _marking: _Marking = field(default_factory=_Marking, compare=False)

    @property
    def is_on(self) -> bool:
        """Whether it hides anything."""
        return bool(self.text) and not self.wrong and self.text != "/"

    @property
    def is_glob(self) -> bool:
        """Whether it must match the whole name."""
        return not self.is_regex and ("*" in self.text or "?" in self.text)

    @property
    def is_regex(self) -> bool:
        """Whether it is a regular expression."""
        return self.text.startswith("/")

    @property
    def is_of_shown(self) -> bool:
        """Whether it looks through names as they are shown: what is hidden in them is written with a backslash."""
        return not self.is_regex and "\\" in self.text

    @property
    def given_up(self) -> "Filter":
        """The same after it took too long."""
        return replace(self, wrong=_SLOW)

    def narrows(self, other: "Filter") -> bool:
        """Whether this lets only through what the other does, so that the other's rows need looking at only."""
        if not other.is_on:
            return True
        is_plain = not (self.is_glob or self.is_regex or other.is_glob or other.is_regex)
        return is_plain and self.is_of_shown == other.is_of_shown and other.text.lower() in self.text.lower()

    def search(self) -> Search:
        """What looks through names; in the main thread only when it is a regular expression."""
        if self.is_regex:
            assert self._pattern is not None  # noqa: S101 - `filter_of` gives every regex one
            return Expression(self._pattern)
        if self.is_of_shown:
            return Shown(self._compiled, is_whole=self.is_glob)
        return self._glob_search() if self.is_glob else Part(self.text)

    def _glob_search(self) -> Search:
        literals = [part for part in re.split(r"[*?]+", self.text) if part]
        is_simple = "?" not in self.text and len(literals) == 1
        is_open_before, is_open_after = self.text.startswith("*"), self.text.endswith("*")
        if not is_simple or not (is_open_before or is_open_after):
            return Whole(self._compiled, max(literals, key=len, default=""))
        if is_open_before:
            return Part(literals[0]) if is_open_after else End(literals[0])
        return Start(literals[0])

    def passes(self, name: str) -> bool:
        """Whether it lets one name through. Raises TooSlow."""
        return not self.is_on or bool(self.search().among(next(Names([name], 0).steps(range(1)))))

    def seen(self, name: str) -> str:
        """The name as this looks at it."""
        return printable(name) if self.is_of_shown else name

    @property
    def _compiled(self) -> re.Pattern[str]:
        assert self._pattern is not None  # noqa: S101 - `filter_of` gives every filter that is on one
        return self._pattern

    def spans(self, name: str) -> tuple[Span, ...]:
        """Where it hit in a name it lets through, which is given as `seen`."""
        if not self.is_on or self._pattern is None:
            return ()
        if self.is_glob:
            found = self._pattern.fullmatch(name.removesuffix("/"))
            return tuple(found.span(group + 1) for group in range(found.re.groups)) if found else ()
        if not self.is_regex:
            return _hits(self._pattern, name)
        if not self._marking.is_on:
            return ()
        pattern = self._pattern
        try:
            return within(_DRAW_S, lambda: _hits(pattern, name))
        except TooSlow:
            self._marking.is_on = False
            return ()


def _hits(pattern: re.Pattern[str], name: str) -> tuple[Span, ...]:
    hits: list[Span] = []
    for hit in pattern.finditer(name):
        if hit.end() > hit.start():
            hits.append(hit.span())
        if len(hits) == _MOST_SPANS:
            break
    return tuple(hits)


def filter_of(text: str) -> Filter:
    """The filter a user typed; its `wrong` says what is wrong with it."""
    if text.startswith("/"):
        try:
            return Filter(text, _pattern=re.compile(text[1:].removesuffix("/")))
        except (re.error, OverflowError, RecursionError) as error:
            return Filter(text, wrong=f"no regular expression: {error}")
    plain = Filter(text)
    return Filter(text, _pattern=re.compile(_glob(text) if plain.is_glob else re.escape(text), re.IGNORECASE | re.S))


def _glob(text: str) -> str:
    """What stands between stars is taken where it is first found, for good: so no name takes long."""
    start, *middle = text.split("*")
    if not middle:
        return _stretch(start)
    end = middle.pop()
    return _stretch(start) + "".join(f"(?>.*?{_stretch(part)})" for part in middle if part) + ".*" + _stretch(end)


def _stretch(text: str) -> str:
    parts = re.split(r"(\?)", text)
    return "".join("." if part == "?" else f"({re.escape(part)})" for part in parts if part)
