"""Which names a typed filter lets through, and where in a name it hit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from s3ml_tui.ui.widgets.object_table_patience import STEP_S, TooSlow, within

Span = tuple[int, int]
"""From a character of a name to one after the hit's last."""
Rows = Sequence[int]
"""Places in a column."""
_MOST_SPANS = 32
_FEW = 8
"""Hits are few when one key in so many has one."""
_DRAW_S = 0.02
"""So long, at most, hits are looked for in a name that is drawn."""
_SLOW = "it takes too long: avoid repeats within repeats, as in (a+)+"


@dataclass(slots=True, eq=False)
class _Marking:
    """Whether hits of a regular expression are marked; no more after one name took too long."""

    is_on: bool = True


@dataclass(frozen=True, slots=True)
class Filter:
    """Part of a name in any case, a glob when it has a `*` or `?`, a regular expression after a slash."""

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
    def given_up(self) -> "Filter":
        """The same after it took too long."""
        return replace(self, wrong=_SLOW)

    def narrows(self, other: "Filter") -> bool:
        """Whether this lets only through what the other does, so that the other's rows need looking at only."""
        if not other.is_on:
            return True
        is_plain = not (self.is_glob or self.is_regex or other.is_glob or other.is_regex)
        return is_plain and other.text.lower() in self.text.lower()

    def names(self, prefix: str) -> "Names":
        """What looks through keys below `prefix`; in the main thread only when it is a regular expression."""
        if self.is_regex:
            assert self._pattern is not None  # noqa: S101 - `filter_of` gives every regex one
            return _Search(self._pattern, len(prefix))
        return self._glob_names(prefix) if self.is_glob else _part(self.text.lower(), prefix)

    def _glob_names(self, prefix: str) -> "Names":
        text = self.text.lower()
        literals = [part for part in re.split(r"[*?]+", text) if part]
        if "?" not in text and len(literals) == 1:
            if not text.startswith("*"):
                return _Start(literals[0], len(prefix)) if text.endswith("*") else _Whole(self._glob, len(prefix))
            return _part(literals[0], prefix) if text.endswith("*") else _End(literals[0], len(prefix))
        return _Whole(self._glob, len(prefix))

    @property
    def _glob(self) -> re.Pattern[str]:
        assert self._pattern is not None  # noqa: S101 - `filter_of` gives every glob one
        return self._pattern

    def spans(self, name: str) -> tuple[Span, ...]:
        """Where it hit in a name it lets through."""
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


class Names(Protocol):
    """Looks through keys; each kind in a loop of its own, since a call a key would take as long as the rest."""

    def among(self, places: Rows, keys: Sequence[str]) -> list[int]:
        """The places of those whose names pass; `keys` are whole keys, and `places` go with them."""
        ...


class _Part:
    """A part in any case; `needle` is in lower case.

    Keys are looked through as one text: where hits are few, that takes a third of the time of one after the other.
    """

    def __init__(self, needle: str) -> None:
        self._needle = needle
        self._has_case = needle != needle.upper()

    def among(self, places: Rows, keys: Sequence[str]) -> list[int]:
        needle, together = self._needle, "\n".join(keys)
        if self._has_case:
            together = together.lower()
        hits = together.count(needle)
        if not hits:
            return []
        if hits * _FEW < len(keys) and together.count("\n") == len(keys) - 1 and "\n" not in needle:
            return [places[line] for line in _lines_with(needle, together)]
        if self._has_case:
            return [at for at, key in zip(places, keys, strict=True) if needle in key.lower()]
        return [at for at, key in zip(places, keys, strict=True) if needle in key]


class _PartAfter:
    """A part that stands, or could begin, in the prefix too."""

    def __init__(self, needle: str, skip: int) -> None:
        self._needle, self._skip = needle, skip

    def among(self, places: Rows, keys: Sequence[str]) -> list[int]:
        needle, skip = self._needle, self._skip
        return [at for at, key in zip(places, keys, strict=True) if needle in key[skip:].lower()]


class _Start:
    def __init__(self, needle: str, skip: int) -> None:
        self._needle, self._skip = needle, skip

    def among(self, places: Rows, keys: Sequence[str]) -> list[int]:
        needle, skip, end = self._needle, self._skip, self._skip + len(self._needle)
        return [at for at, key in zip(places, keys, strict=True) if key[skip:end].lower() == needle]


class _End:
    """The end of a name; a folder's is without its slash."""

    def __init__(self, needle: str, skip: int) -> None:
        self._needle, self._skip = needle, skip

    def among(self, places: Rows, keys: Sequence[str]) -> list[int]:
        needle, ends, skip = self._needle, (self._needle, self._needle + "/"), self._skip
        together = "\n".join(keys).lower()
        if needle not in together:
            return []
        is_in_name = not skip or "/" not in needle  # else the end of a short key could begin in the prefix
        if is_in_name and "/\n" not in together and together.count("\n") == len(keys) - 1 and "\n" not in needle:
            hits = together.count(needle + "\n") + together.endswith(needle)
            if not hits and not together.endswith("/"):
                return []
            if hits == len(keys):
                return list(places)
        return [at for at, key in zip(places, keys, strict=True) if key.lower().endswith(ends, skip)]


class _Whole:
    """A pattern of the whole name; of a folder's without its slash."""

    def __init__(self, pattern: re.Pattern[str], skip: int) -> None:
        self._pattern, self._skip = pattern, skip

    def among(self, places: Rows, keys: Sequence[str]) -> list[int]:
        match, skip = self._pattern.fullmatch, self._skip
        return [at for at, key in zip(places, keys, strict=True) if match(key, skip, len(key) - (key[-1:] == "/"))]


class _Search:
    """A regular expression, for a step at a time. Raises TooSlow."""

    def __init__(self, pattern: re.Pattern[str], skip: int) -> None:
        self._pattern, self._skip = pattern, skip

    def among(self, places: Rows, keys: Sequence[str]) -> list[int]:
        search, skip = self._pattern.search, self._skip
        return within(STEP_S, lambda: [at for at, key in zip(places, keys, strict=True) if search(key[skip:])])


def _lines_with(needle: str, text: str) -> list[int]:
    """The numbers of the lines that have it."""
    found: list[int] = []
    line, start = 0, 0
    hit = text.find(needle)
    while hit >= 0:
        line += text.count("\n", start, hit)
        found.append(line)
        start = text.find("\n", hit)
        hit = text.find(needle, start) if start >= 0 else -1
    return found


def _part(needle: str, prefix: str) -> Names:
    start = prefix.lower()
    if needle in start or any(needle.startswith(start[at:]) for at in range(len(start))):
        return _PartAfter(needle, len(prefix))
    return _Part(needle)
