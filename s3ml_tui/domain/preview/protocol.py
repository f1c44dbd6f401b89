"""What the app and its preview process say to each other: frames over a pipe.

A frame is a letter (J for a message in JSON, B for bytes), four bytes of length, big-endian, and the payload:

    app      J {"request": 7, "key": …, "size": …, "budget": …, …}
    process  J {"request": 7, "need": [start, length]}      any number of times
    app      B the bytes, or J {"refused": 7}               more than the budget
    process  J {"request": 7, "reading": {…}}

A new request instead of the bytes means that the old one is no longer wanted. What the process says is not trusted:
it may have been broken by what it read.

Readings and requests as plain JSON values: the way there, and the way back with every field checked.
"""

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from s3ml_tui.domain.preview import content
from s3ml_tui.domain.preview.content import Reading

_KINDS = {kind.__name__: kind for kind in get_args(content.Content)}


class Garbled(ValueError):
    """The other side says what it could not have meant."""


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
    is_sparing: bool = False
    """Whether what may take much memory is left out: the process died of this object before."""


@cache
def _hints(wanted: type) -> dict[str, Any]:
    return get_type_hints(wanted)


def to_plain(value: object) -> object:
    """A value of `domain.preview.content` as JSON has it; a content carries its kind."""
    if is_dataclass(value) and not isinstance(value, type):
        plain = {part.name: to_plain(getattr(value, part.name)) for part in fields(value)}
        return {"kind": type(value).__name__} | plain if type(value).__name__ in _KINDS else plain
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    return value


def to_reading(plain: object) -> Reading:
    """The way back, every field checked. Raises Garbled."""
    reading = _value(Reading, plain)
    if not isinstance(reading, Reading):
        raise Garbled("a reading that is none")
    return reading


def to_request(plain: object) -> Request:
    """The request in a message. Raises Garbled."""
    request = _value(Request, plain)
    if not isinstance(request, Request):
        raise Garbled("a request that is none")
    return request


def _value(wanted: Any, plain: object) -> object:
    if wanted == content.Content:
        return _value(_kind(plain), plain)
    if isinstance(wanted, type) and is_dataclass(wanted):
        return _dataclass(wanted, plain)
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin in {Union, UnionType} and NoneType in arguments:
        inner = next(argument for argument in arguments if argument is not NoneType)
        return None if plain is None else _value(inner, plain)
    if origin is tuple:
        return _tuple(arguments, plain)
    if type(plain) is not wanted:
        raise Garbled(f"{type(plain).__name__} where {wanted} belongs")
    return plain


def _kind(plain: object) -> Any:
    name = plain.get("kind") if isinstance(plain, dict) else None
    if not isinstance(name, str) or name not in _KINDS:
        raise Garbled("a content of no known kind")
    return _KINDS[name]


def _dataclass(wanted: Any, plain: object) -> object:
    if not isinstance(plain, dict):
        raise Garbled(f"{type(plain).__name__} where {wanted.__name__} belongs")
    hints = _hints(wanted)
    missing = [part.name for part in fields(wanted) if part.name not in plain]
    if missing:
        raise Garbled(f"{wanted.__name__} without {missing[0]}")
    return wanted(**{part.name: _value(hints[part.name], plain[part.name]) for part in fields(wanted)})


def _tuple(arguments: Sequence[Any], plain: object) -> tuple[object, ...]:
    if not isinstance(plain, list):
        raise Garbled(f"{type(plain).__name__} where a list belongs")
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        if arguments[0] is str:
            return _strings(plain)
        return tuple(_value(arguments[0], item) for item in plain)
    if len(arguments) != len(plain):
        raise Garbled(f"{len(plain)} items where {len(arguments)} belong")
    return tuple(_value(argument, item) for argument, item in zip(arguments, plain, strict=True))


def _strings(plain: list[object]) -> tuple[str, ...]:
    found = tuple(item for item in plain if isinstance(item, str))
    if len(found) != len(plain):
        raise Garbled("something else among strings")
    return found


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
