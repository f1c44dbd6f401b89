"""How numbers are written in a file: which text is one, and which number it is."""

import re
from dataclasses import dataclass

SPACES = f"[ {chr(0xA0)}{chr(0x202F)}]"  # written by number: no editor shows what they are
"""What groups digits where a space does."""
CODE = r"^[+-]?0[0-9xX]"
"""A code of digits: as a number it would lose its zero."""
NOT_FINITE = re.compile(r"[+-]?(?:inf|infinity)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Numbers:
    """The signs they are written with."""

    decimal: str = "."
    thousands: str = "none"

    @property
    def group(self) -> str:
        """A pattern of what groups digits; "" for nothing."""
        if self.thousands == "none":
            return ""
        return SPACES if self.thousands == " " else re.escape(self.thousands)

    @property
    def pattern(self) -> str:
        """What the whole of a number's text matches."""
        mark = re.escape(self.decimal)
        whole = rf"(?:[0-9]{{1,3}}(?:{self.group}[0-9]{{3}})+|[0-9]+)" if self.group else "[0-9]+"
        return rf"^\s*[+-]?(?:{whole}(?:{mark}[0-9]*)?|{mark}[0-9]+)(?:[eE][+-]?[0-9]+)?\s*$"

    def value(self, text: str) -> float | None:
        """The number that the text is; None when it is none."""
        if NOT_FINITE.fullmatch(text.strip()):
            return float(text)
        if re.fullmatch(self.pattern, text) is None:
            return None
        plain = re.sub(self.group, "", text) if self.group else text
        return float(plain.strip().replace(self.decimal, "."))


MOSTLY = 0.5
"""From this share of numbers on, other text among them is odd."""
NEARLY_ALL = 0.9
"""From this share on it is an exception, whatever it says."""
MANY_MORE = 10
"""So it is where the different numbers are so many times more than the different texts: `unknown` among ages, not sizes
1, 2, XL."""


@dataclass(frozen=True, slots=True)
class OddTexts:
    """Texts among numbers."""

    texts: frozenset[str]
    is_exception: bool
    """Whether the numbers are so many, or so many more different ones, that it must be a slip and no name."""


def odd_texts(counts: dict[str, int], numbers: Numbers) -> OddTexts | None:
    """The texts that are no numbers where most values are; None when most are not, or all are.

    `counts` are the different values, words for missing ones left out. Where there is a code that begins with a zero,
    all are codes: none is odd.
    """
    total, strange, odd = sum(counts.values()), 0, set()
    for text, count in counts.items():
        if numbers.value(text) is None:
            odd.add(text)
            strange += count
            if strange > (1 - MOSTLY) * total:
                return None
    if not odd:
        return None
    if any(re.match(CODE, text.strip()) for text in counts if text not in odd):
        return None
    is_exception = strange <= (1 - NEARLY_ALL) * total or len(counts) - len(odd) >= MANY_MORE * len(odd)
    return OddTexts(frozenset(odd), is_exception)
