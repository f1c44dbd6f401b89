"""Bytes of an object as text that a terminal may be shown."""

import codecs
from collections.abc import Iterable, Iterator

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.text import printable

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
