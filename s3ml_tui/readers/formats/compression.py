"""Compressed bytes, unpacked as far as they may be: gzip, zlib, bzip2, xz, zstd."""

import bz2
import io
import lzma
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from s3ml_tui.readers.source import InMemory, Source

_MAGICS = (
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)
_STEP = 64 * 1024
_LZMA_MEMORY = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What came out."""

    source: InMemory
    note: str = ""
    """Why it is not all; "" when it is, or when the object was only read in part."""


class Decompressor(Protocol):
    """As bz2 and lzma have them."""

    @property
    def eof(self) -> bool:
        """Whether its stream has ended."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What came after that."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out without more going in."""
        ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """The next bytes."""
        ...


class _Deflate:
    """zlib's decompressor in the manner of the others."""

    def __init__(self, window: int) -> None:
        self._inner = zlib.decompressobj(window)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max(0, max_length))


_MAKERS: dict[str, Callable[[], Decompressor]] = {
    "gzip": lambda: _Deflate(31),
    "zlib": lambda: _Deflate(15),
    "bzip2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(memlimit=_LZMA_MEMORY),
}


def codec_of(head: bytes) -> str:
    """The codec a beginning tells of; "" when none."""
    return next((codec for magic, codec in _MAGICS if head.startswith(magic)), "")


def unpack(source: Source, codec: str, most: int) -> Unpacked:
    """Up to `most` bytes of what is packed in the beginning of `source`."""
    data = source.read(0, min(source.size, source.left))
    is_all = len(data) == source.size and source.is_whole
    out, is_torn, is_over = (_zstd if codec == "zstd" else _streams)(data, codec, most)
    if len(out) > most:
        return Unpacked(InMemory(out[:most], is_whole=False), _too_much(len(data), most, is_all=is_all))
    if is_torn and is_all:
        return Unpacked(InMemory(out, is_whole=False), f"The {codec} data is torn or damaged: this is what came out.")
    return Unpacked(InMemory(out, is_whole=is_all and is_over))


def _too_much(packed: int, most: int, *, is_all: bool) -> str:
    whole = "" if is_all else "the beginning of "
    return (
        f"Only the first {most // (1024 * 1024)} MiB were unpacked: {whole}it unpacks to more, from {packed:,} bytes."
        if most >= 1024 * 1024
        else f"Only the first {most:,} bytes were unpacked: {whole}it unpacks to more, from {packed:,} bytes."
    )


def _streams(data: bytes, codec: str, most: int) -> tuple[bytes, bool, bool]:
    """What one stream after the other gives, a little over `most` at the most; whether it is torn, whether it ended."""
    out = bytearray()
    while data:
        inner = _MAKERS[codec]()
        try:
            while not inner.eof and len(out) <= most:
                piece = inner.decompress(data, min(_STEP, most + 1 - len(out)))
                data = b""
                out += piece
                if not piece and inner.needs_input and not inner.eof:
                    return bytes(out), True, False
        except (zlib.error, OSError, lzma.LZMAError, EOFError, ValueError):
            return bytes(out), True, False
        if len(out) > most:
            return bytes(out), False, False
        data = inner.unused_data
        if codec_of(data) != codec:
            break  # padding, or something else behind
    return bytes(out), False, True


def _zstd(data: bytes, _codec: str, most: int) -> tuple[bytes, bool, bool]:
    import pyarrow as pa

    out = bytearray()
    try:
        with pa.CompressedInputStream(pa.PythonFile(io.BytesIO(data), mode="r"), "zstd") as stream:
            while len(out) <= most:
                piece = stream.read(min(_STEP, most + 1 - len(out)))
                if not piece:
                    return bytes(out), False, True
                out += piece
    except (OSError, pa.ArrowException):
        return bytes(out), True, False
    return bytes(out), False, False
