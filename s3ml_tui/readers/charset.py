"""Bytes as text: by their byte order mark, as UTF-8, as UTF-16 by its zeros, as Latin-1; or not at all."""

import codecs
import re
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""UTF-32 before UTF-16, whose mark its own begins with."""
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
"""ESC is left out: logs with colours are text."""
_MOST_CONTROL = 0.02
_MOST_BROKEN = 0.01


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, and how it was found."""

    text: str
    encoding: str
    note: str = ""


def decoded(data: bytes, *, is_whole: bool) -> Decoded | None:
    """`data` as text; None when it is none. A character cut off at the end is left out unless `is_whole`."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _by_mark(data, encoding, is_whole=is_whole)
    if zeros := _utf16_by_zeros(data):
        return _strictly(data, zeros, is_whole=is_whole)
    if b"\x00" in data or len(_CONTROL.findall(data)) > _MOST_CONTROL * len(data):
        return None
    return _strictly(data, "utf-8", is_whole=is_whole) or _somehow(data)


def _by_mark(data: bytes, encoding: str, *, is_whole: bool) -> Decoded | None:
    name = encoding.removesuffix("-sig")
    found = _strictly(data, encoding, is_whole=is_whole)
    if found is not None:
        return Decoded(found.text, name)
    text = data.decode(encoding, "replace")
    if not _is_mostly_good(text):
        return None
    return Decoded(text, name, f"Some bytes are no {name.upper()}; they are shown as �.")


def _strictly(data: bytes, encoding: str, *, is_whole: bool) -> Decoded | None:
    try:
        return Decoded(codecs.getincrementaldecoder(encoding)().decode(data, is_whole), encoding)
    except UnicodeDecodeError:
        return None


def _utf16_by_zeros(data: bytes) -> str:
    """The byte order of UTF-16 without a mark: in Western text every other byte is zero."""
    pairs = len(data) // 2
    if pairs < 4:
        return ""
    low, high = data[0 : 2 * pairs : 2].count(0), data[1 : 2 * pairs : 2].count(0)
    if high > 0.7 * pairs and low < 0.05 * pairs:
        return "utf-16-le"
    return "utf-16-be" if low > 0.7 * pairs and high < 0.05 * pairs else ""


def _somehow(data: bytes) -> Decoded:
    """UTF-8 where only little of it is broken, else Latin-1, which takes any byte."""
    text = data.decode("utf-8", "replace")
    if _is_mostly_good(text) and any(ord(character) > 0x7F and character != "�" for character in text[:100_000]):
        return Decoded(text, "utf-8", "Some bytes are no UTF-8; they are shown as �.")
    return Decoded(
        data.decode("cp1252", "replace"), "cp1252", "It is no UTF-8; it is shown as Latin-1 (cp1252), by guess."
    )


def _is_mostly_good(text: str) -> bool:
    return text.count("�") <= _MOST_BROKEN * len(text)
