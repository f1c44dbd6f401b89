"""Text from outside made safe to show, and sizes, ages and counts in words.

Keys, metadata, log lines and server messages may hold escape sequences, bidi overrides or zero-width
characters. `printable` is the one gate they pass before any screen or terminal.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

_SUSPICIOUS = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u205f-\u206f"
    r"\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    r"\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3]"
)
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\x1b"}


_HARMLESS = bytes({*range(0x20, 0x100)} - {0x7F, 0xC2, 0xE2})
"""Bytes of UTF-8 that no control character and no separator of lines has."""
_LONE = re.compile(r"[\ud800-\udfff]")
_OBEYED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def _visible(match: re.Match[str]) -> str:
    character = match[0]
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def printable(text: str) -> str:
    r"""`text` with control, bidi, zero-width and lone surrogate characters written out as `\x1b`, `\u202e` …

    Everything else, brackets and backslashes included, stays as it is.
    """
    if text.isascii() and text.isprintable():
        return text
    return _SUSPICIOUS.sub(_visible, text)


def on_one_line(text: str) -> str:
    r"""`text` for a program that reads lines: what would end one, or steer a terminal behind it, written out.

    All else stays exactly as it is; a joiner in an emoji is part of a name.
    """
    return text if text.isprintable() else _OBEYED.sub(_visible, text)


def is_inert(text: str) -> bool:
    """Whether no terminal and no program that reads lines obeys a character of it, and every program can take it."""
    return on_one_line(text) == text and not _LONE.search(text)


def are_on_one_line(texts: Iterable[str]) -> bool:
    """Whether `on_one_line` surely leaves them all as they are; a glance at all, instead of a call for each."""
    return not "".join(texts).encode("utf-8", "surrogatepass").translate(None, _HARMLESS)


def size_text(size: int | None) -> str:
    """Bytes in words, as `12.4 MB`; decimal units, as S3 bills them."""
    if size is None:
        return ""
    if size < 1000:
        return f"{size} B"
    amount = float(size)
    for unit in ("kB", "MB", "GB", "TB"):
        amount /= 1000
        if amount < 999.95:
            return f"{amount:.1f} {unit}"
    return f"{amount / 1000:.1f} PB"


def count_text(count: int, noun: str, plural: str = "") -> str:
    """`1 object`, `12,000 objects`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def age_text(moment: datetime, now: datetime) -> str:
    """How long ago, as `2 min ago`; a date once it is over a week."""
    age = now - moment
    if age < timedelta(seconds=-5):
        return moment.strftime("%d %b %Y %H:%M")
    if age < timedelta(seconds=60):
        return "just now" if age < timedelta(seconds=5) else f"{int(age.total_seconds())} s ago"
    if age < timedelta(hours=1):
        return f"{int(age.total_seconds() // 60)} min ago"
    if age < timedelta(days=1):
        return f"{int(age.total_seconds() // 3600)} h ago"
    if age < timedelta(days=7):
        return f"{age.days} d ago"
    return moment.strftime("%d %b %Y")


def moment_text(moment: datetime, now: datetime) -> str:
    """A time in the local zone of `now`, as `14:02:41 today`, `09:11 yesterday`, `21 Nov 09:11`, `21 Nov 2025`."""
    local = moment.astimezone(now.tzinfo)
    days = (now.date() - local.date()).days
    if days == 0:
        return local.strftime("%H:%M:%S today")
    if days == 1:
        return local.strftime("%H:%M yesterday")
    if local.year == now.year:
        return local.strftime("%d %b %H:%M")
    return local.strftime("%d %b %Y")


def elapsed_text(elapsed_s: float) -> str:
    """`0.8 s`, `0:31`, `1:02:03`."""
    if elapsed_s < 10:
        return f"{elapsed_s:.1f} s"
    minutes, seconds = divmod(int(elapsed_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
