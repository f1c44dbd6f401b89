"""What the app and its preview process say to each other: frames over a pipe.

A frame is a letter (J for a message in JSON, B for bytes), four bytes of length, big-endian, and the payload:

    app      J {"request": 7, "key": …, "size": …, "budget": …, …}
    process  J {"request": 7, "need": [start, length]}      any number of times
    app      B the bytes, or J {"refused": 7}               more than the budget
    process  J {"request": 7, "reading": {…}}

A new request instead of the bytes means that the old one is no longer wanted. What the process says is not trusted:
it may have been broken by what it read.
"""

import json
import struct
from dataclasses import dataclass
from typing import Any, Final, get_args

from s3ml_tui.domain.preview.content import (
    Column,
    Content,
    HexRow,
    JsonNode,
    Pixels,
    Reading,
    RowGroup,
    Section,
    StyledLine,
)
from s3ml_tui.domain.serialization import Codec, Misfit, form


@dataclass(frozen=True, slots=True)
class Request:
    """What the preview process is asked."""

    request: int
    """Its number."""
    key: str
    content_type: str
    size: int
    """Bytes of the whole object."""
    budget: int
    """How many bytes may be read."""
    unpacked: int
    """How many bytes may come out of a compressed object."""
    width: int = 0
    """Pixels that a picture is made to fit; 0 when it is not to be drawn."""
    height: int = 0
    """Pixels that a picture is made to fit."""
    is_styled: bool = False
    """Whether Markdown and source get their looks."""
    is_sparing: bool = False
    """Whether what may take much memory is left out: the process died of this object before."""


_PARTS = (Request, Reading, Column, JsonNode, RowGroup, Pixels, Section, HexRow, StyledLine)
CODEC = Codec((*map(form, get_args(Content)), *(form(part, "") for part in _PARTS)))
"""Both sides are of one version, so names are those of the code; `s3ml preview --json` has those of contents too."""

MESSAGE: Final = b"J"
BYTES: Final = b"B"
HEADER = struct.Struct(">cI")
LONGEST: Final = 64 * 1024 * 1024
"""Bytes in a frame; a longer one is a broken conversation."""


def frame(kind: bytes, payload: bytes) -> bytes:
    """A whole frame."""
    return HEADER.pack(kind, len(payload)) + payload


def message(said: object) -> bytes:
    """A whole frame of JSON; ASCII, so that any text passes."""
    return frame(MESSAGE, json.dumps(said).encode("ascii"))


def header(data: bytes) -> tuple[bytes, int]:
    """Kind and length of the payload that follows. Raises Misfit."""
    kind, length = HEADER.unpack(data)
    if kind not in {MESSAGE, BYTES} or length > LONGEST:
        raise Misfit(f"a frame of kind {kind!r} and {length} bytes")
    return kind, length


def parsed(payload: bytes) -> dict[str, Any]:
    """The JSON in a frame. Raises Misfit."""
    try:
        content = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise Misfit("a message that is no JSON") from error
    if not isinstance(content, dict):
        raise Misfit("a message that is no object")
    return content
