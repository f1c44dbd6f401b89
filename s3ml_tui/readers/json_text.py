"""JSON parsed as it stands: numbers as written, keys in order, also those that come twice."""

import json


class Number(str):
    """A number as written, of any length."""

    __slots__ = ()


class Pairs(list[tuple[str, object]]):
    """An object: its keys and values, in order."""


class NoJson(Exception):
    """The text is no JSON, or none that can be taken apart; the message says why."""


def parse(text: str) -> object:
    """The document. Raises NoJson."""
    try:
        return json.loads(text, parse_int=Number, parse_float=Number, parse_constant=Number, object_pairs_hook=Pairs)
    except json.JSONDecodeError as error:
        raise NoJson(f"It is no valid JSON: line {error.lineno}, column {error.colno}: {error.msg}.") from error
    except RecursionError as error:
        raise NoJson("It is JSON nested too deeply to be taken apart.") from error


def scalar(value: object) -> str:
    """A value without children, as JSON has it."""
    if isinstance(value, Number):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def compact(value: object, longest: int) -> str:
    """Any value in one line, cut when it gets longer than `longest`."""
    parts: list[str] = []
    length = 0
    todo: list[object | _Mark] = [value]
    while todo and length <= longest:
        item = todo.pop()
        said = item.text if isinstance(item, _Mark) else _opened(item, todo)
        parts.append(said)
        length += len(said)
    return "".join(parts)


class _Mark:
    """Punctuation on the way."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def _opened(value: object, todo: list["object | _Mark"]) -> str:
    """The beginning of a value; what follows is put on `todo`, last first."""
    if isinstance(value, Pairs):
        todo.append(_Mark("}"))
        for at, (name, inner) in reversed(list(enumerate(value))):
            todo += [inner, _Mark(f"{', ' if at else ''}{json.dumps(name, ensure_ascii=False)}: ")]
        return "{"
    if isinstance(value, list):
        todo.append(_Mark("]"))
        for at, inner in reversed(list(enumerate(value))):
            todo += [inner, _Mark(", " if at else "")]
        return "["
    return scalar(value)
