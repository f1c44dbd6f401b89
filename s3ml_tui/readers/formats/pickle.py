"""Pickles, which are never loaded: their protocol, and the names they would import.

The opcodes are only looked at (`pickletools.genops`); nothing in them is carried out.
"""

import pickletools
from collections.abc import Iterator

from s3ml_tui.domain.preview.content import Model
from s3ml_tui.readers.cells import clipped

_LOOKED_AT = 64 * 1024
_MOST_NAMES = 12
_MOST_OPCODES = 20_000
_FIRST_OPCODES = frozenset(
    opcode.code.encode("latin-1")
    for opcode in pickletools.opcodes
    if opcode.name in {
        "FRAME", "MARK", "NONE", "NEWTRUE", "NEWFALSE", "BININT", "BININT1", "BININT2", "BINFLOAT", "SHORT_BINBYTES",
        "BINBYTES", "BINBYTES8", "BYTEARRAY8", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "EMPTY_LIST",
        "EMPTY_DICT", "EMPTY_SET", "EMPTY_TUPLE",
    }
)  # fmt: skip
"""What may follow the mark of protocols 4 and 5; large values stand outside of any frame."""
EXTENSIONS = frozenset({"pkl", "pickle", "joblib"})
NOT_LOADED = "It was not loaded: loading a model runs code in it."


def protocol_of(head: bytes) -> int | None:
    """The protocol of the pickle that begins so; None when it is none. Protocols 0 and 1 have no mark."""
    if len(head) < 3 or head[0] != 0x80 or not 2 <= head[1] <= 5:
        return None
    return head[1] if head[1] < 4 or head[2:3] in _FIRST_OPCODES else None


def read_pickle(head: bytes, extension: str) -> Model:
    """What is seen without loading it."""
    details = [("protocol", str(protocol_of(head)))]
    names = list(dict.fromkeys(_names(head[:_LOOKED_AT])))
    if names:
        more = " …" if len(names) == _MOST_NAMES else ""
        details.append(("names it would import", ", ".join(clipped(name, 200) for name in names) + more))
    return Model("joblib" if extension == "joblib" or _is_joblib(names) else "pickle", tuple(details))


def _is_joblib(names: list[str]) -> bool:
    return any(name.startswith("joblib.numpy_pickle") for name in names)


def _names(data: bytes) -> Iterator[str]:
    """`module.name` of what would be imported; the first ones, up to where the opcodes end or make no sense."""
    strings: list[str] = []
    memo: list[str | None] = []
    found = 0
    try:
        for at, (opcode, argument, _) in enumerate(pickletools.genops(data)):
            name = ""
            if opcode.name == "GLOBAL":
                name = str(argument).replace(" ", ".", 1)
            elif opcode.name == "STACK_GLOBAL" and len(strings) >= 2:
                name = f"{strings[-2]}.{strings[-1]}"
            elif opcode.name == "MEMOIZE":
                memo.append(strings[-1] if strings else None)
            elif opcode.name in {"BINGET", "LONG_BINGET"} and isinstance(argument, int) and argument < len(memo):
                strings.append(memo[argument] or "")
            elif isinstance(argument, str):
                strings.append(argument)
            if name:
                found += 1
                yield name
            if found == _MOST_NAMES or at > _MOST_OPCODES:
                return
    except (ValueError, IndexError, UnicodeDecodeError, MemoryError, OverflowError):
        return
