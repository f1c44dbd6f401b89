"""Names and values of large levels as columns of pyarrow, which lets Textual's thread run while it looks and sorts.

Loaded in a worker when first needed: that takes longer than all of a small level.
"""

import re
from array import array
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from s3ml_tui.ui.object_table.filter import MOST_SPANS, Filter, Span
from s3ml_tui.ui.object_table.level import Names
from s3ml_tui.ui.object_table.view import Rows, Values

STEP_ROWS = 8192
"""So many names become a column in one go; half a millisecond of it is under the interpreter's lock."""
MOST_HITS = 512
"""Of so many names they are kept, more than a screen has rows: to look again compiles the expression anew."""
_UNKNOWN = {
    r"invalid perl operator: \(\?[=!<]": "look-around",
    r"invalid perl operator: \(\?P|invalid escape sequence: \\[1-9]": "back references",
}
"""What RE2 has no notion of, by how it says so."""
_TYPES = {"q": pa.int64(), "d": pa.float64(), "B": pa.uint8(), "I": pa.uint32()}
_BEGIN, _END = "\x02", "\x03"
"""Put around hits; in a name that has one of them, none are marked."""


class NotWanted(Exception):
    """Nobody waits for the answer any more."""


class WrongExpression(Exception):
    """RE2 does not take it; the message is a sentence."""


class Arrow:
    """For large levels, and for regular expressions: RE2's time goes with the length of a name, whatever they are."""

    def __init__(self, is_wanted: Callable[[], bool] = lambda: True) -> None:
        self._is_wanted = is_wanted

    def passing(self, names: Names, count: int, wanted: Filter) -> Rows:
        """Which names pass, some thousand at a time. Raises NotWanted, WrongExpression."""
        _matches(pa.array([""]), wanted)  # a wrong one is refused where there are no names too
        passing = []
        for column in _columns(names, count, wanted.look):
            if not self._is_wanted():
                raise NotWanted
            passing.append(_matches(column, wanted))
        return _rows(pc.indices_nonzero(pa.chunked_array(passing, pa.bool_())))

    def ordered(self, values: Values, rows: Rows, *, is_descending: bool) -> Rows:
        """By a sort that leaves equal ones as they are."""
        column, order = _column(values), "descending" if is_descending else "ascending"
        if isinstance(rows, array):
            places = _column(rows)
            return _rows(places.take(pc.array_sort_indices(column.take(places), order=order)))
        return _rows(pc.array_sort_indices(column, order=order))


@lru_cache(MOST_HITS)
def hits(expression: str, name: str) -> tuple[Span, ...]:
    """Where a regular expression hit in a name it lets through."""
    if _BEGIN in name or _END in name:
        return ()
    before, *rest = pc.replace_substring_regex(pa.scalar(name), expression, rf"{_BEGIN}\0{_END}").as_py().split(_BEGIN)
    spans, at = [], len(before)
    for hit, after in (part.split(_END) for part in rest):
        spans.append((at, at + len(hit)))
        at += len(hit) + len(after)
    return tuple(span for span in spans if span[0] < span[1])[:MOST_SPANS]


def _matches(column: Any, wanted: Filter) -> Any:
    if not (wanted.is_regex or wanted.is_glob):
        return pc.match_substring(column, wanted.text.lower())
    try:
        return pc.match_substring_regex(column, wanted.expression)
    except pa.ArrowInvalid as error:
        why = str(error).removeprefix("Invalid regular expression: ")
        unknown = next((what for said, what in _UNKNOWN.items() if re.match(said, why)), "")
        said = f"regular expressions here have no {unknown}: {why.rpartition(': ')[2]}"
        raise WrongExpression(said if unknown else f"no regular expression: {why}") from error


def _columns(names: Names, count: int, look: Callable[[str], str]) -> Iterator[Any]:
    """The first names as they are looked at; what was made for the last question is kept."""
    kept = names.columns.setdefault(look, [])
    yield from kept
    for first in range(sum(map(len, kept)), count, STEP_ROWS):
        column = pa.array(names.texts[first : min(first + STEP_ROWS, count)], pa.string())
        kept.append(_looked_at(pc.utf8_slice_codeunits(column, names.skip) if names.skip else column, look))
        yield kept[-1]


def _looked_at(column: Any, look: Callable[[str], str]) -> Any:
    """Plain names by pyarrow, which is not under the lock; its lower case is not Python's beyond ASCII."""
    if look is str:
        return column
    if pc.all(pc.ascii_is_printable(column)).as_py():
        return pc.ascii_lower(column)
    return pa.array(map(look, column.to_pylist()), pa.string())


def _column(values: Values) -> Any:
    return pa.Array.from_buffers(_TYPES[memoryview(values).format], len(values), [None, pa.py_buffer(values)])


def _rows(places: Any) -> Rows:
    found = array("I")
    if len(places):
        found.frombytes(places.cast(pa.uint32()).buffers()[1])
    return found
