"""A JSON document as a tree that folds.

JSON parsed as it stands: numbers as written, keys in order, also those that come twice.
"""

import json

from s3ml_tui.domain.preview.content import Json, JsonNode, Reading
from s3ml_tui.readers.budget import Measure
from s3ml_tui.readers.cells import LONGEST_CELL, clipped
from s3ml_tui.readers.charset import Decoded


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


DEEPEST = 100
MOST_CHARACTERS = 16_000_000
"""Taken apart, a document takes many times its own memory."""


def read_json(found: Decoded, measure: Measure) -> Reading:
    """Every value, those before which others stand first. Raises NoJson."""
    nodes: list[JsonNode] = []
    todo: list[tuple[int, str, object]] = [(0, "", parse(found.text))]
    is_cut = is_too_deep = False
    while todo:
        if len(nodes) == measure.nodes:
            is_cut = True
            break
        depth, name, value = todo.pop()
        inner = _children(value)
        nodes.append(JsonNode(depth, clipped(name), _shown(value), len(inner)))
        if depth < DEEPEST:
            todo += [(depth + 1, key, child) for key, child in reversed(inner)]
        else:
            is_too_deep = is_too_deep or bool(inner)
    notes = [found.note] if found.note else []
    if is_cut:
        notes.append(f"Only the first {measure.nodes:,} values are shown.")
    if is_too_deep:
        notes.append(f"What lies deeper than {DEEPEST} levels is not shown.")
    return Reading(Json(tuple(nodes), is_cut), tuple(notes))


def _children(value: object) -> list[tuple[str, object]]:
    if isinstance(value, Pairs):
        return list(value)
    if isinstance(value, list):
        return [(str(at), inner) for at, inner in enumerate(value)]
    return []


def _shown(value: object) -> str:
    if isinstance(value, Pairs):
        return "{"
    return "[" if isinstance(value, list) else clipped(scalar(value), 4 * LONGEST_CELL)
