"""Which names go: patterns that include or exclude, of which the last that fits counts."""

import re
from collections.abc import Sequence
from fnmatch import translate
from functools import lru_cache

_WILD = re.compile(r"[*?[]")


def is_wanted(name: str, filters: Sequence[tuple[bool, str]]) -> bool:
    """Whether a name goes; without a pattern that fits it does.

    `*` and `?` fit slashes too, as in aws s3; a pattern without a slash is also tried on the last part of the name.
    """
    wanted = True
    for includes, pattern in filters:
        if wanted != includes and _fits(name, pattern):
            wanted = includes
    return wanted


def is_folder_wanted(folder: str, filters: Sequence[tuple[bool, str]]) -> bool:
    """Whether a name below `folder`, which ends with a slash, may go; when not, nothing below need be looked at."""
    wanted = True
    for includes, pattern in filters:
        if includes:
            wanted = wanted or _may_fit_below(pattern, folder)
        elif pattern.endswith("*") and _compiled(pattern).match(folder):  # then it fits whatever comes after it too
            wanted = False
    return wanted


def _may_fit_below(pattern: str, folder: str) -> bool:
    plain = _WILD.split(pattern, maxsplit=1)[0]
    return "/" not in pattern or plain.startswith(folder) or folder.startswith(plain)


def _fits(name: str, pattern: str) -> bool:
    compiled = _compiled(pattern)
    return bool(compiled.match(name)) or ("/" not in pattern and bool(compiled.match(name.rpartition("/")[2])))


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern))
