"""The requests a connection has sent: a bounded log that whoever sends writes, and whoever watches reads.

A request as the `aws` command that would send it, quoted for a shell.
"""

import itertools
import json
import re
import shlex
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from s3ml_tui.domain.text import printable

MOST: Final = 1000
"""So many requests are remembered; older ones are forgotten."""
FILE: Final = "FILE"
"""Stands for bytes, which are never kept."""
HIDDEN: Final = "HIDDEN"
"""Stands for a secret."""
LONG: Final = "file://LONG.json"
"""Stands for a value that is too long to be kept, as aws would read it."""

Value = str | int | bool | Mapping[str, object] | tuple[object, ...]

_BYTES = frozenset({"Body"})
_SECRETS = frozenset({"SSECustomerKey", "CopySourceSSECustomerKey", "MFA"})
_MOST_PARTS = 50
_MOST_CHARACTERS = 4096


@dataclass(slots=True)
class Request:
    """One request, which may be on its way."""

    number: int
    """Counts from 1."""
    at: float
    """When it was sent; seconds since the epoch."""
    operation: str
    """As the S3 API calls it: `ListObjectsV2`."""
    parameters: tuple[tuple[str, Value], ...]
    """By boto3's names; no bytes and no secrets."""
    is_signed: bool = True
    elapsed_s: float | None = None
    """None while no answer came; of a body that is read bit by bit, until its beginning came."""
    status: int | None = None
    """HTTP's; None when there is no answer."""
    error: str = ""
    """S3's code, or what kept the answer from coming; "" when all went well."""
    size: int | None = None
    """Bytes of the body that was sent, or else of the answer's; None when nobody said."""
    retries: int = 0


class RequestLog:
    """The last requests of one connection. Written by any thread without waiting, read by one that shows them."""

    def __init__(self, most: int = MOST) -> None:
        self.flags: tuple[str, ...] = ()
        """What `aws` must be told to speak to the same server as the same account; no secrets."""
        self._kept: deque[Request] = deque(maxlen=most)
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._changes = 0

    @property
    def changes(self) -> int:
        """Grows whenever there is something new to see."""
        return self._changes

    @property
    def last_number(self) -> int:
        """So many were sent in all, those forgotten included."""
        with self._lock:
            return self._kept[-1].number if self._kept else 0

    def began(self, operation: str, parameters: Mapping[str, object], at: float, *, is_signed: bool = True) -> Request:
        """A request is on its way; tell `ended` of it later."""
        kept = tuple((name, _kept(name, value)) for name, value in parameters.items() if value is not None)
        with self._lock:
            request = Request(next(self._numbers), at, operation, kept, is_signed)
            self._kept.append(request)
            self._changes += 1
        return request

    def ended(
        self,
        request: Request,
        elapsed_s: float,
        *,
        status: int | None = None,
        error: str = "",
        size: int | None = None,
        retries: int = 0,
    ) -> None:
        """Its answer came, or will not come."""
        request.status, request.error, request.size, request.retries = status, error, size, retries
        request.elapsed_s = elapsed_s
        with self._lock:
            self._changes += 1

    def newest_first(self) -> list[Request]:
        """What is remembered."""
        with self._lock:
            kept = list(self._kept)
        kept.reverse()
        return kept


def _kept(name: str, value: object) -> Value:
    """What may be kept of a value: not its bytes, no secret, and not too much of it."""
    if name in _BYTES or isinstance(value, bytes | bytearray | memoryview):
        return FILE
    if name in _SECRETS:
        return HIDDEN
    if isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return value if len(value) <= _MOST_CHARACTERS else LONG
    if isinstance(value, Mapping | list | tuple):
        return _copied(value) if _parts(value, _MOST_PARTS) >= 0 else LONG
    return str(value)


def _parts(value: object, room: int) -> int:
    """The room that is left once all parts of `value` have taken some; negative when there is too little."""
    if room < 0:
        return room
    if isinstance(value, Mapping):
        value = value.values()
    elif not isinstance(value, list | tuple):
        return room - 1 if not isinstance(value, str) or len(value) <= _MOST_CHARACTERS else -1
    for part in value:
        room = _parts(part, room)
        if room < 0:
            break
    return room


def _copied(value: Mapping[str, object] | list[object] | tuple[object, ...]) -> Value:
    """The same, which nobody else can change any more."""
    if isinstance(value, Mapping):
        return {name: _part(one) for name, one in value.items()}
    return tuple(_part(one) for one in value)


def _part(value: object) -> object:
    if isinstance(value, Mapping | list | tuple):
        return _copied(value)
    return value if isinstance(value, bool | int | str) else str(value)


_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_INTO_FILES = frozenset({"GetObject", "GetObjectTorrent", "SelectObjectContent"})
"""What they answer with is written to a file, named last."""
_ADDED = {"EncodingType": "url"}
"""What boto3 and aws add themselves."""


def aws_words(request: Request, flags: Sequence[str] = ()) -> list[str]:
    """The command's words; `flags` say which server and account."""
    words = ["aws", "s3api", _dashed(request.operation)]
    for name, value in request.parameters:
        if _ADDED.get(name) == value:
            continue
        if value is False:
            words.append(f"--no-{_dashed(name)}")
            continue
        option = f"--{_dashed(name)}"
        if value is True:
            words.append(option)
        elif (text := _text(value)).startswith("-"):
            words.append(f"{option}={text}")
        else:
            words += option, text
    if request.operation in _INTO_FILES:
        words.append(FILE)
    words += flags
    if not request.is_signed:
        words.append("--no-sign-request")
    return words


def aws_command(request: Request, flags: Sequence[str] = ()) -> str:
    """The command as it can be pasted into a shell: one line, with nothing in it that a terminal would obey."""
    return " ".join(shell_quoted(word) for word in aws_words(request, flags))


def shell_quoted(word: str) -> str:
    r"""`word` for a shell; what a terminal would not show is written as bash and zsh read it: `$'\x1b'`."""
    if printable(word) == word:
        return shlex.quote(word)
    return "$'" + "".join(_escaped(letter) for letter in word) + "'"


def _escaped(letter: str) -> str:
    if letter in "\\'":
        return f"\\{letter}"
    if printable(letter) == letter:
        return letter
    return "".join(f"\\x{byte:02x}" for byte in letter.encode("utf-8", "surrogatepass"))


def _text(value: object) -> str:
    if isinstance(value, Mapping | tuple):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _dashed(name: str) -> str:
    """`ListObjectsV2` as aws has it: `list-objects-v2`."""
    return _WORDS.sub("-", name).lower()
