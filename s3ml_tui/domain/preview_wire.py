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
from collections.abc import Mapping
from typing import Any, Final

from s3ml_tui.domain.preview_plain import Garbled

MESSAGE: Final = b"J"
BYTES: Final = b"B"
HEADER = struct.Struct(">cI")
LONGEST: Final = 64 * 1024 * 1024
"""Bytes in a frame; a longer one is a broken conversation."""


def frame(kind: bytes, payload: bytes) -> bytes:
    """A whole frame."""
    return HEADER.pack(kind, len(payload)) + payload


def message(content: Mapping[str, object]) -> bytes:
    """A whole frame of JSON; ASCII, so that any text passes."""
    return frame(MESSAGE, json.dumps(content).encode("ascii"))


def header(data: bytes) -> tuple[bytes, int]:
    """Kind and length of the payload that follows. Raises Garbled."""
    kind, length = HEADER.unpack(data)
    if kind not in {MESSAGE, BYTES} or length > LONGEST:
        raise Garbled(f"a frame of kind {kind!r} and {length} bytes")
    return kind, length


def parsed(payload: bytes) -> dict[str, Any]:
    """The JSON in a frame. Raises Garbled."""
    try:
        content = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise Garbled("a message that is no JSON") from error
    if not isinstance(content, dict):
        raise Garbled("a message that is no object")
    return content
