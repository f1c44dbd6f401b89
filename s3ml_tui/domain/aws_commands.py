"""A request as the `aws` command that would send it, quoted for a shell."""

import json
import re
import shlex
from collections.abc import Mapping, Sequence

from s3ml_tui.domain.requests import FILE, Request
from s3ml_tui.domain.text import printable

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
