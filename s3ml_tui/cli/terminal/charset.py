"""How stdout and stderr take what they cannot show: our signs in the screens' ASCII forms, all else as escapes.

A stream whose encoding lacks a character never fails. On a terminal that only ASCII can be shown on (`--ascii`, the
settings, its TERM or its locale) nothing else is sent to it; a pipe gets names as they are.

Bytes of an object as text that a terminal may be shown.
"""

import codecs
import sys
from collections.abc import Iterable, Iterator
from typing import TextIO

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.text import printable
from s3ml_tui.settings import Flags, wants_ascii

_SIGNS = "s3ml-signs"
"""The name of the error handler."""
_LONGER = {"…": "...", "→": "->"}
"""In lines that need not be as wide as they were."""


def _formed(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_form, error.object[error.start : error.end])), error.end


def _form(character: str) -> str:
    from s3ml_tui.ui.glyphs import sign_of  # loads what most commands never need

    sign = _LONGER.get(character) or sign_of(character)
    return character.encode("ascii", "backslashreplace").decode() if sign is None else sign


def never_stumble() -> None:
    """Have both streams take any text."""
    codecs.register_error(_SIGNS, _formed)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors=_SIGNS)


def draw_in_ascii_if_wanted(flags: Flags) -> None:
    """Send ASCII alone to terminals that show no more, and wherever `--ascii` was said."""
    streams = [stream for stream in (sys.stdout, sys.stderr) if flags.ascii or stream.isatty()]
    if not streams or flags.ascii is False:
        return
    if wants_ascii(flags):
        draw_in_ascii(*streams)


def draw_in_ascii(*streams: object) -> None:
    """Send ASCII alone to them."""
    codecs.register_error(_SIGNS, _formed)
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="ascii", errors=_SIGNS)


def shows(signs: str, stream: TextIO) -> bool:
    """Whether a stream can take them as they are."""
    try:
        signs.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


BLOCK_BYTES = 64 * 1024


def terminal_text(chunks: Iterable[bytes], uri: str) -> Iterator[str]:
    """The text line by line, printable. Raises BadInput for what is no text."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    rest = ""
    for chunk in chunks:
        if b"\x00" in chunk:
            raise BadInput(
                "It is no text, and a terminal cannot show it",
                advice=f"Send it elsewhere (`s3ml cat … > file`), or look at it with `s3ml preview {uri}`",
            )
        *lines, rest = (rest + decoder.decode(chunk)).split("\n")
        for line in lines:
            yield printable(line.removesuffix("\r").expandtabs(4)) + "\n"
    if rest := rest + decoder.decode(b"", final=True):
        yield printable(rest.expandtabs(4)) + "\n"
