"""Keys that a server's listing of versions could not say, told in full again.

XML 1.0 has no control characters. Some servers write U+FFFD in their place. What a server echoes can be settled by
asking for prefixes: only the right character brings the entry back.
"""

from collections.abc import Callable

REPLACEMENT = "\ufffd"
_CANDIDATES = "\x1b\x07\x00" + "".join(
    chr(code) for code in range(1, 0x20) if code not in {0x07, 0x09, 0x0A, 0x0D, 0x1B}
)
"""What may stand behind U+FFFD, likeliest first; U+FFFD itself is tried before them."""


def is_same(echo: str, asked: str) -> bool:
    """Whether `echo` is `asked`, or `asked` with some control characters lost.

    Unambiguous only for an answer that was limited to keys which begin with `asked`.
    """
    if echo == asked:
        return True
    if REPLACEMENT not in echo or len(echo) != len(asked):
        return False
    return all(
        shown in (real, REPLACEMENT) and (shown == real or is_control(real))
        for shown, real in zip(echo, asked, strict=True)
    )


def is_control(character: str) -> bool:
    """Whether XML 1.0 cannot hold this character."""
    return ord(character) < 0x20 and character not in "\t\n\r"


def resolve(echo: str, known_prefix: str, exists: Callable[[str], bool]) -> str:
    """The name behind `echo`, which begins with `known_prefix`; `echo` itself when it cannot be settled.

    `exists` tells whether the server has what was echoed under a prefix.
    """
    settled = known_prefix
    while (cut := echo.find(REPLACEMENT, len(settled))) >= 0:
        plain = settled + echo[len(settled) : cut]
        found = next((one for one in (REPLACEMENT, *_CANDIDATES) if exists(plain + one)), None)
        if found is None:
            return echo
        settled = plain + found
    return settled + echo[len(settled) :]
