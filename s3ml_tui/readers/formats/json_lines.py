"""JSON Lines as a table: a row a line, a column for every key seen."""

from s3ml_tui.domain.preview.content import Reading, Table
from s3ml_tui.domain.text import count_text
from s3ml_tui.readers.budget import Measure
from s3ml_tui.readers.cells import LONGEST_CELL, MOST_COLUMNS, clipped, columns_of, within
from s3ml_tui.readers.charset import Decoded
from s3ml_tui.readers.formats.json import NoJson, Pairs, compact, parse

EXTENSIONS = frozenset({"jsonl", "ndjson", "jsonlines"})


def looks_like_lines(text: str) -> bool:
    """Whether the first two lines are objects of their own."""
    first = [line for line in text[:200_000].split("\n", 4)[:2] if line.strip()]
    return len(first) == 2 and all(line.strip().startswith("{") and line.strip().endswith("}") for line in first)


def read_json_lines(found: Decoded, measure: Measure, *, is_whole: bool) -> Reading:
    """The first rows. Raises NoJson when most lines are none."""
    lines = [line for line in found.text.split("\n") if line.strip()]
    if not is_whole and len(lines) > 1:
        del lines[-1]
    looked_at = lines[: measure.rows(1)]
    rows, bad = _objects(looked_at)
    if not rows or bad > len(rows):
        raise NoJson("Its lines are no JSON objects.")
    names = list(dict.fromkeys(name for row in rows for name in row))
    shown_names = names[:MOST_COLUMNS]
    wide = ([row.get(name, "") for name in shown_names] for row in rows[: measure.rows(len(shown_names))])
    shown = within(wide, measure.characters)
    total = len(lines) - bad if is_whole else None
    table = Table("JSON Lines", columns_of(shown_names, shown), shown, total, found.encoding)
    notes = [found.note] if found.note else []
    if bad:
        notes.append(f"{count_text(bad, 'line')} of the first {len(looked_at):,} are no JSON objects.")
    if len(names) > len(shown_names):
        notes.append(f"Only the first {len(shown_names)} of {len(names):,} keys are shown.")
    return Reading(table, tuple(notes))


def _objects(lines: list[str]) -> tuple[list[dict[str, str]], int]:
    """The objects as cells by key, and how many lines are none."""
    rows, bad = [], 0
    for line in lines:
        try:
            value = parse(line)
        except NoJson:
            bad += 1
            continue
        if isinstance(value, Pairs):
            rows.append({name: _cell(inner) for name, inner in value})
        else:
            bad += 1
    return rows, bad


def _cell(value: object) -> str:
    if value is None:
        return ""
    if type(value) is str:
        return clipped(value)
    return clipped(compact(value, LONGEST_CELL))
