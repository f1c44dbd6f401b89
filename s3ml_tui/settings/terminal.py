"""Whether a terminal shows more than ASCII, as far as its environment tells."""

import locale
from collections.abc import Mapping

_PLAIN_TERMINALS = frozenset({"dumb", "linux", "vt52", "vt100", "vt102", "vt220", "ansi", "unknown"})
"""Whose fonts lack what the screens are drawn with; the Linux console has 512 glyphs at most."""


def why_ascii(environ: Mapping[str, str], encoding: str | None = None) -> str:
    """What tells that only ASCII can be shown, as `TERM=linux`; "" when nothing does.

    `encoding` is the locale's; asked for when None. A locale that is not installed counts by its name: it comes from
    the terminal's own machine, over ssh.
    """
    term = environ.get("TERM", "")
    if term in _PLAIN_TERMINALS:
        return f"TERM={term}"
    said = next((environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(name)), "")
    if _is_utf8(said.partition(".")[2].partition("@")[0]):
        return ""
    encoding = locale.getencoding() if encoding is None else encoding
    return "" if _is_utf8(encoding) else f"the locale's encoding {encoding}"


def _is_utf8(name: str) -> bool:
    return name.lower().replace("-", "").replace("_", "") in {"utf8", "cp65001"}
