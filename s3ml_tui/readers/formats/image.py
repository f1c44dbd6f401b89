"""What the header of a picture says, and pictures made small enough for a screen.

They are decoded within bounds, turned upright, and laid over a chequerboard where clear. Pillow is asked for the
formats that are known here and no others. A picture that is torn is drawn as far as it goes.
"""

import base64
import io
import struct
import warnings
import zlib
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, cast

from s3ml_tui.domain.preview.content import Image, Pixels
from s3ml_tui.readers.source import Source, SourceFile

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
"""For what begins otherwise Pillow is not loaded."""
_TEXTUAL = b"BM"
"""A beginning that a text may have too."""
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
_MOST_PIXELS = 40_000_000
"""What decodes within the process's time. What its memory is too small for ends in MemoryError."""
_LARGEST = 1024
"""Pixels of a side of what is drawn: more than any terminal has."""
_PNG_COLOURS = {0: "grey", 2: "RGB", 3: "palette", 4: "grey with alpha", 6: "RGBA"}
_ORIENTATION = 0x0112
_TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
"""From an EXIF orientation to what turns it upright (`PIL.Image.Transpose`)."""
_SIDEWAYS = frozenset({2, 4, 5, 6})
"""Those after which width and height have changed places."""
_SQUARE = 4
_LIGHT, _DARK = 0x99, 0x66
_TROUBLE = (
    OSError, SyntaxError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, EOFError, RuntimeError,
    struct.error, zlib.error,
)  # fmt: skip
"""What Pillow's decoders raise for damaged files."""


class NoPicture(Exception):
    """It begins like a picture and is none; the message says why."""


def read_image(head: bytes, source: Source) -> Image | None:
    """The picture that begins with `head`; None when it is none. Raises NoPicture, Unread."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _webp(head)
    if not head.startswith(_BEGINNINGS):
        return None
    from PIL import Image as Pillow

    Pillow.MAX_IMAGE_PIXELS = None  # nothing is decoded here
    try:
        file = cast("IO[bytes]", SourceFile(source))
        with warnings.catch_warnings(action="ignore"), Pillow.open(file, formats=_FORMATS) as picture:
            channels = len(picture.getbands())
            return Image(picture.format or "", *picture.size, _details(picture.format, head, channels))
    except _TROUBLE as error:
        if head.startswith(_TEXTUAL):
            return None
        raise NoPicture("It begins as a picture, and its header is torn or damaged.") from error


def _details(form: str | None, head: bytes, channels: int) -> tuple[tuple[str, str], ...]:
    match form:
        case "PNG":
            return (("bits a channel", str(head[24])), ("colours", _PNG_COLOURS.get(head[25], str(head[25]))))
        case "JPEG":
            return (("channels", str(channels)),)
        case "BMP":
            return (("bits a pixel", str(int.from_bytes(head[28:30], "little"))),)
    return ()


def _webp(head: bytes) -> Image | None:
    """By hand: Pillow opens a WebP only when it has all of it, however large it is."""
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


@dataclass(frozen=True, slots=True)
class Drawn:
    """The picture, with its pixels where they could be had."""

    image: Image
    notes: tuple[str, ...] = ()


def drawn(data: bytes, image: Image, room: tuple[int, int]) -> Drawn:
    """`image` with pixels that fit into `room`, width and height."""
    from PIL import Image as Pillow
    from PIL import ImageFile

    ImageFile.LOAD_TRUNCATED_IMAGES = True
    Pillow.MAX_IMAGE_PIXELS = None  # the bound is ours: theirs warns first
    room = (min(room[0], _LARGEST), min(room[1], _LARGEST))
    try:
        with Pillow.open(io.BytesIO(data), formats=_FORMATS) as picture:
            details = (*image.details, ("mode", picture.mode))
            picture.draft("RGB", room)  # a JPEG is decoded smaller, which takes less of everything
            if picture.width * picture.height > _MOST_PIXELS:
                return Drawn(replace(image, details=details), (_too_large(image),))
            return Drawn(replace(image, details=details, pixels=_pixels(_shrunk(picture, room))))
    except MemoryError:
        return Drawn(image, (_too_large(image),))
    except _TROUBLE:
        return Drawn(image, ("It cannot be drawn: the picture is damaged, or of a kind that is not known here.",))


def _too_large(image: Image) -> str:
    return f"It is not drawn: {image.width:,} x {image.height:,} pixels are more than a preview decodes."


def _shrunk(picture: "Picture", room: tuple[int, int]) -> "Picture":
    """Upright, in eight bits a channel, without anything to see through, within `room`."""
    from PIL import Image as Pillow

    turn = _TURNS.get(picture.getexif().get(_ORIENTATION, 1))
    upright = _eight_bits(picture)
    upright.thumbnail(room[::-1] if turn in _SIDEWAYS else room, Pillow.Resampling.BOX, reducing_gap=2.0)
    if turn is not None:
        upright = upright.transpose(Pillow.Transpose(turn))
    if upright.mode != "RGBA":
        return upright.convert("RGB")
    behind = _chequerboard(upright.size)
    behind.paste(upright, mask=upright.getchannel("A"))
    return behind


def _eight_bits(picture: "Picture") -> "Picture":
    """In a mode that can be made smaller without losing colours."""
    if picture.mode.startswith(("I", "F")):
        deep = picture.convert("F")
        low, high = cast("tuple[float, float]", deep.getextrema())
        scale = 255.0 / ((high - low) or 1.0)
        return deep.point(lambda value: value * scale + -low * scale).convert("L")
    if "transparency" in picture.info or picture.mode in {"LA", "PA", "La", "RGBa"}:
        return picture.convert("RGBA")
    return picture if picture.mode in {"RGB", "RGBA", "L"} else picture.convert("RGB")


def _chequerboard(size: tuple[int, int]) -> "Picture":
    from PIL import Image as Pillow

    rows = []
    for y in range(size[1]):
        first, second = (_LIGHT, _DARK) if y // _SQUARE % 2 else (_DARK, _LIGHT)
        pair = bytes([first] * 3 * _SQUARE + [second] * 3 * _SQUARE)
        rows.append((pair * (size[0] // (2 * _SQUARE) + 1))[: 3 * size[0]])
    return Pillow.frombytes("RGB", size, b"".join(rows))


def _pixels(picture: "Picture") -> Pixels:
    return Pixels(picture.width, picture.height, base64.b64encode(picture.tobytes()).decode("ascii"))
