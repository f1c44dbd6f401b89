"""What a preview's content becomes on screen: a sheet, and a few words for the title."""

from collections.abc import Sequence

from s3ml_tui.domain.preview.content import (
    Content,
    Empty,
    Hex,
    Image,
    Json,
    Markdown,
    Model,
    Parquet,
    Preview,
    Record,
    StyledLine,
    Table,
    Text,
)
from s3ml_tui.domain.text import count_text, size_text
from s3ml_tui.ui.keys import key_for, with_keys
from s3ml_tui.ui.preview.json_tree import JsonSheet
from s3ml_tui.ui.preview.markdown import ProseSheet, as_written
from s3ml_tui.ui.preview.sheet import CodeSheet, Line, Sheet, TableSheet, aligned, pairs

_BLANK = Line((("", ""),))


def sheet_of(content: Content, styled: Sequence[StyledLine] = ()) -> Sheet:
    """The rows that show it, as far as it goes with the looks it was given; none for what is empty."""
    match content:
        case Text():
            return CodeSheet(content.lines, styled)
        case Markdown():
            return ProseSheet(styled or as_written(content.text))
        case Table():
            return TableSheet(content.columns, content.rows)
        case Json():
            return JsonSheet(content.nodes)
        case Parquet():
            return _parquet(content)
        case Image():
            return _picture(content)
        case Model():
            return pairs([("model", content.format), *content.details])
        case Record():
            return _record(content)
        case Hex():
            return Sheet(
                [Line(((f"{row.offset:08x}  ", "dim"), (f"{row.hex:47}  ", ""), (row.text, "accent")))
                 for row in content.rows]
            )  # fmt: skip
    return Sheet([])


def words_of(preview: Preview) -> str:
    """What it is and how large, for a title: `CSV, 3 columns · gzip · 12.4 MB`."""
    parts = [_kind(preview.content), *preview.packed, size_text(preview.size)]
    return " · ".join(part for part in parts if part)


def notes_of(preview: Preview) -> tuple[str, ...]:
    """The reader's sentences; and how much is shown of how much, and how to see more."""
    if not preview.is_partial:
        return preview.notes
    further = [with_keys("{browse.download} downloads all of it")]
    how_much = ""
    if preview.read_bytes < preview.size:
        how_much = f", {size_text(preview.read_bytes)} of {size_text(preview.size)} were read"
        if preview.next_budget:
            most = size_text(min(preview.next_budget, preview.size))
            further.insert(0, f"{key_for('browse.more')} reads up to {most}")
    elif preview.next_budget:
        further.insert(0, with_keys("{browse.more} shows more"))
    return (*preview.notes, f"{_shown(preview.content)}{how_much}: {', '.join(further)}.")


def _shown(content: Content) -> str:
    """What there is to see of something larger."""
    match content:
        case Text():
            return _first(len(content.lines), "line")
        case Table() | Parquet():
            table = content if isinstance(content, Table) else content.head
            return _first(len(table.rows), "row", "" if table.total_rows is None else f" of {table.total_rows:,}")
        case Hex():
            return f"The first {sum(len(row.text) for row in content.rows):,} bytes are shown"
        case Image():
            return "The end of the picture is missing"
    return "Only its beginning is shown"


def _first(count: int, noun: str, total: str = "") -> str:
    if count == 1:
        return f"The first {noun}{total} is shown"
    return f"The first {count_text(count, noun)}{total} are shown"


def _kind(content: Content) -> str:
    match content:
        case Text():
            encoding = "" if content.encoding.lower() in {"utf-8", "ascii"} else f" ({content.encoding})"
            return (content.language or "text") + encoding
        case Table():
            total = "" if content.total_rows is None else f"{count_text(content.total_rows, 'row')}, "
            return f"{content.format}, {total}{count_text(len(content.columns), 'column')}"
        case Parquet():
            return f"Parquet, {count_text(content.rows, 'row')}, {count_text(len(content.schema), 'column')}"
        case Json():
            return "JSON"
        case Image():
            return f"{content.format} picture, {content.width:,} x {content.height:,}"
        case Model():
            return f"{content.format} model, not loaded"
        case Record():
            return content.title
    return {Markdown: "Markdown", Hex: "bytes", Empty: "empty"}[type(content)]


def _picture(content: Image) -> Sheet:
    from s3ml_tui.ui.preview.image import PictureSheet

    size = f"{content.width:,} x {content.height:,} pixels"
    said = pairs([("picture", content.format), ("size", size), *content.details])
    return said if content.pixels is None else PictureSheet(content.pixels, said.rows)


def _record(content: Record) -> Sheet:
    lines: list[Line] = []
    for section in content.sections:
        if section.title:
            lines += [*([_BLANK] if lines else []), Line(((section.title, "title"),))]
        rows = aligned([section.header, *section.rows] if section.header else section.rows)
        lines += [*aligned_header(rows[0]), *rows[1:]] if section.header else rows
    return Sheet(lines)


def aligned_header(line: Line) -> list[Line]:
    """The first of some aligned lines, as what stands above the others."""
    return [Line(tuple((text, "dim") for text, _ in line.parts))]


def _parquet(content: Parquet) -> Sheet:
    """The first rows, then the schema, then the row groups: a heading each."""
    names = tuple(column.name for column in content.head.columns)
    types = tuple(column.type for column in content.head.columns)
    table = aligned([names, types, *content.head.rows], look="")
    lines = [Line(((f"First {count_text(len(content.head.rows), 'row')}", "title"),))]
    opens: dict[int, Sheet] = {}
    if names:
        lines += [*aligned_header(table[0]), *aligned_header(table[1])]
        rows = TableSheet(content.head.columns, content.head.rows)
        for at, line in enumerate(table[2:]):
            opens[len(lines)] = rows.opened(at, 0)
            lines.append(line)
    lines += [_BLANK, Line((("Schema", "title"),)), *aligned([(one.name, one.type) for one in content.schema])]
    lines += [_BLANK, Line(((count_text(content.row_group_count, "row group"), "title"),))]
    groups = [(count_text(group.rows, "row"), f"{size_text(group.size)} unpacked") for group in content.row_groups]
    lines += aligned(groups)
    if content.created_by:
        lines += [_BLANK, Line((("written by  ", "accent"), (content.created_by, "")))]
    return Sheet(lines, opens)
