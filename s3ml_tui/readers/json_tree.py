"""A JSON document as a tree that folds."""

from s3ml_tui.domain.preview import Json, JsonNode, Reading
from s3ml_tui.readers.cells import LONGEST_CELL, clipped
from s3ml_tui.readers.encodings import Decoded
from s3ml_tui.readers.json_text import Pairs, parse, scalar
from s3ml_tui.readers.measure import Measure

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
