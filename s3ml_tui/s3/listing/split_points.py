"""Where to split a stretch of a bucket's keys, guessed from what one page of it showed.

Keys are compared as Python compares text, which is the order of their UTF-8 bytes and so S3's.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_SAMPLE = 40
"""Names of a page that are looked at for the characters that vary."""
_LAST = 0x10FFFF
_LEAST_PAGES = 5
"""A range is not made shorter than about so many pages: each costs about one more request, where it meets the next."""


@dataclass(slots=True)
class Alphabet:
    """The characters seen where names of a page differ: digits, hexadecimal digits, letters …"""

    characters: set[str] = field(default_factory=set)

    def learn(self, names: Sequence[str], skip: int) -> None:
        """Add what varies in `names` after their first `skip` characters."""
        step = max(1, len(names) // _SAMPLE)
        sample = [name[skip:] for name in names[::step]]
        for place in zip(*sample, strict=False):
            seen = set(place)
            if len(seen) > 1:
                self.characters |= seen

    def above(self, character: str, forbidden: str) -> list[str]:
        """The known characters after this one; without any, or where it is none of them, just the next there is."""
        if character in self.characters:
            return sorted(one for one in self.characters if one > character and one not in forbidden)
        following = _next_character(character, forbidden)
        return [following] if following else []


def split_points(
    first: str, last: str, end: str | None, alphabet: Alphabet, *, skip: int, most: int, forbidden: str = ""
) -> list[str]:
    """Up to `most` texts strictly between `last` and `end`, in order, that likely part the names between them evenly.

    Args:
        first: The first name of the page.
        last: The last name of the page: what lies after it is to be split.
        end: The last name the stretch may have; None when it has no end.
        alphabet: What is known of the names' characters.
        skip: How many characters all names of the stretch share at least.
        most: How many are wanted at most.
        forbidden: Characters that must not be put into a split point (the delimiter).
    """
    if most <= 0:
        return []
    levels = []
    for level, pages in _levels(first, last, skip, alphabet, forbidden):
        inside = [point for point in level if end is None or point < end]
        stride = max(1, math.ceil(_LEAST_PAGES / pages)) if pages else 1
        levels.append(_middle_first(inside[stride - 1 :: stride]))
    chosen: list[str] = []
    for rank in range(max(map(len, levels), default=0)):
        for level in levels:
            if rank < len(level) and len(chosen) < most:
                chosen.append(level[rank])
    return sorted(set(chosen))


def _levels(first: str, last: str, skip: int, alphabet: Alphabet, forbidden: str) -> Iterator[tuple[list[str], float]]:
    """For each place of `last` that matters, the points that part what comes after it.

    With each level comes how many pages lie between two of its points by the look of this page; 0 when unknown.
    """
    depth = _depth(first, last)
    stop = min(depth + 1, len(last))
    spanned = len([one for one in alphabet.characters if first[depth : depth + 1] <= one <= last[depth : depth + 1]])
    for place in range(skip, stop):
        character = last[place]
        is_varying = character in alphabet.characters
        run_goes_on = place + 1 < stop and last[place + 1] not in alphabet.characters
        if not is_varying and run_goes_on:
            continue  # one point after the whole run of fixed characters is enough
        pages = len(alphabet.characters) ** min(depth - place, 9) / max(spanned, 1) if is_varying else 0.0
        yield [last[:place] + one for one in alphabet.above(character, forbidden)], pages


def _depth(first: str, last: str) -> int:
    """Where the two begin to differ; deeper points would part less than a page."""
    for place, (one, other) in enumerate(zip(first, last, strict=False)):
        if one != other:
            return place
    return min(len(first), len(last))


def _middle_first(points: list[str]) -> list[str]:
    """The same, the middle first, then the quarters, and so on."""
    ordered: list[str] = []
    waiting = [(0, len(points))]
    while waiting:
        following: list[tuple[int, int]] = []
        for low, high in waiting:
            if low < high:
                middle = (low + high) // 2
                ordered.append(points[middle])
                following += [(low, middle), (middle + 1, high)]
        waiting = following
    return ordered


def _next_character(character: str, forbidden: str) -> str:
    code = ord(character) + 1
    while code <= _LAST and (0xD800 <= code < 0xE000 or chr(code) in forbidden):
        code = 0xE000 if code == 0xD800 else code + 1
    return chr(code) if code <= _LAST else ""
