"""What the header of a picture says: its format and how large it is."""

from collections.abc import Callable

from s3ml_tui.domain.preview.content import Image

_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Start-of-frame markers (ITU-T T.81, table B.1)."""
_COLOURS = {0: "grey", 2: "RGB", 3: "palette", 4: "grey with alpha", 6: "RGBA"}


def read_image(head: bytes) -> Image | None:
    """The picture whose first bytes these are; None when it is none, or its header is torn."""
    for magic, reader in _READERS:
        if head.startswith(magic):
            return reader(head)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _webp(head)
    return None


def _png(head: bytes) -> Image | None:
    if head[12:16] != b"IHDR" or len(head) < 26:
        return None
    details = (("bits a channel", str(head[24])), ("colours", _COLOURS.get(head[25], str(head[25]))))
    return Image("PNG", int.from_bytes(head[16:20]), int.from_bytes(head[20:24]), details)


def _gif(head: bytes) -> Image | None:
    if len(head) < 10:
        return None
    return Image("GIF", int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little"))


def _bmp(head: bytes) -> Image | None:
    if len(head) < 30 or int.from_bytes(head[14:18], "little") < 40:
        return None
    width, height = (int.from_bytes(head[at : at + 4], "little", signed=True) for at in (18, 22))
    return Image("BMP", abs(width), abs(height), (("bits a pixel", str(int.from_bytes(head[28:30], "little"))),))


def _jpeg(head: bytes) -> Image | None:
    at = 2
    while at + 9 < len(head) and head[at] == 0xFF:
        marker = head[at + 1]
        if marker in _JPEG_SIZES:
            height, width = int.from_bytes(head[at + 5 : at + 7]), int.from_bytes(head[at + 7 : at + 9])
            return Image("JPEG", width, height, (("channels", str(head[at + 9])),))
        is_bare = marker == 0xFF or marker == 0x01 or 0xD0 <= marker <= 0xD8
        at += (1 if marker == 0xFF else 2) if is_bare else 2 + max(2, int.from_bytes(head[at + 2 : at + 4]))
    return None


def _webp(head: bytes) -> Image | None:
    kind = head[12:16]
    if len(head) < 30:
        return None
    if kind == b"VP8X":
        width, height = (int.from_bytes(head[at : at + 3], "little") + 1 for at in (24, 27))
    elif kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        width, height = (int.from_bytes(head[at : at + 2], "little") & 0x3FFF for at in (26, 28))
    else:
        return None
    return Image("WebP", width, height)


def _tiff(head: bytes) -> Image | None:
    """Width and height are tags 256 and 257 of the first directory (TIFF 6.0, section 2)."""
    order = "little" if head[:2] == b"II" else "big"

    def number(at: int, length: int) -> int:
        return int.from_bytes(head[at : at + length], "little" if order == "little" else "big")

    directory = number(4, 4)
    found: dict[int, int] = {}
    for entry in range(directory + 2, min(directory + 2 + 12 * number(directory, 2), len(head) - 11), 12):
        if number(entry, 2) in {256, 257}:
            found[number(entry, 2)] = number(entry + 8, 2 if number(entry + 2, 2) == 3 else 4)
    return Image("TIFF", found[256], found[257]) if len(found) == 2 else None


_READERS: tuple[tuple[bytes, Callable[[bytes], Image | None]], ...] = (
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"GIF87a", _gif),
    (b"GIF89a", _gif),
    (b"\xff\xd8\xff", _jpeg),
    (b"BM", _bmp),
    (b"II*\x00", _tiff),
    (b"MM\x00*", _tiff),
)
