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
_FEWEST_OPCODES = 2
"""A value and the end; in a file that was not read whole, two values."""
_NONSENSE = (ValueError, IndexError, UnicodeDecodeError, MemoryError, OverflowError)
"""What `genops` raises where the opcodes end or make no sense."""
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


def protocol_of(head: bytes, extension: str, *, is_whole: bool) -> int | None:
    """The protocol of the pickle that begins so; None when it is none. `is_whole` tells whether that is all of it.

    Protocols 0 and 1 have no mark, and 0 looks like text: a file is taken for one where its name says that it is a
    pickle, and its opcodes make sense.
    """
    if len(head) >= 3 and head[0] == 0x80 and 2 <= head[1] <= 5:
        return head[1] if head[1] < 4 or head[2:3] in _FIRST_OPCODES else None
    return _unmarked_protocol(head, is_whole=is_whole) if extension in EXTENSIONS else None


def _unmarked_protocol(head: bytes, *, is_whole: bool) -> int | None:
    """0 or 1, by the newest of the opcodes; None where one makes no sense, or the last one is missing."""
    protocol = count = 0
    try:
        for count, (opcode, _, _) in enumerate(pickletools.genops(head), 1):
            if opcode.proto > 1:
                return None
            protocol = max(protocol, opcode.proto)
            if count > _MOST_OPCODES:
                return protocol
    except _NONSENSE as error:
        is_cut = not is_whole and not str(error).endswith("unknown")
        return protocol if is_cut and count >= _FEWEST_OPCODES else None
    return protocol if count >= _FEWEST_OPCODES else None


def read_pickle(head: bytes, extension: str, protocol: int) -> Model:
    """What is seen without loading it."""
    details = [("protocol", str(protocol))]
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
            if opcode.name in {"GLOBAL", "INST"}:
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
    except _NONSENSE:
        return
