"""What a look inside an object shows, by kind of content.

All text is raw, as it stands in the object: whoever shows it passes it through `text.printable`. All of it is bounded.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Literal

from s3ml_tui.domain.uri import ObjectKey

READ_BYTES = 1024 * 1024
"""At most this much of an object is read, unless more is asked for."""
UNPACKED_BYTES = 4 * READ_BYTES
"""At most this much comes out of a compressed object, unless more is asked for."""
MORE_TIMES = 8
"""Who asks for more gets so many times what was read before."""
MOST_READ_BYTES = READ_BYTES * MORE_TIMES * MORE_TIMES
"""And never more than this, read or unpacked: whoever wants it all downloads it."""
HEX_BYTES = 4096
"""At most this much is shown as hex, unless more is asked for."""
_HEX_WIDTH = 16


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of text."""

    lines: tuple[str, ...]
    """Without their ends."""
    language: str = ""
    """A lexer's name, as Pygments has them; "" for plain text."""
    encoding: str = "utf-8"
    is_truncated: bool = False
    """Whether the object goes on."""


@dataclass(frozen=True, slots=True)
class Markdown:
    """Text to be rendered as Markdown."""

    text: str
    encoding: str = "utf-8"
    is_truncated: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    type: str
    """As the file says it; for text formats as the rows shown suggest: integer, number, boolean, date, text, empty."""


@dataclass(frozen=True, slots=True)
class Table:
    """The first rows of a table; every row has a cell for each column."""

    format: str
    """As `CSV`, `TSV`, `JSON Lines`, `ZIP`."""
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    total_rows: int | None = None
    """None when the object goes on and nothing says how far."""
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class JsonNode:
    """One value of a JSON document."""

    depth: int
    """0 for the document itself."""
    name: str
    """The key in its object, the number in its array; "" for the document itself."""
    text: str
    """The value as JSON has it; `{` for an object, `[` for an array."""
    children: int = 0
    """How many values are directly in it, also when not all of them are here."""


@dataclass(frozen=True, slots=True)
class Json:
    """A JSON document, every value before those in it: what is deeper, up to the next as deep, folds away."""

    nodes: tuple[JsonNode, ...]
    is_truncated: bool = False
    """Whether there are more values than these."""


@dataclass(frozen=True, slots=True)
class RowGroup:
    """One row group of a Parquet file."""

    rows: int
    size: int
    """Bytes, unpacked."""


@dataclass(frozen=True, slots=True)
class Parquet:
    """A Parquet file: what its footer says, and its first rows."""

    schema: tuple[Column, ...]
    rows: int
    row_groups: tuple[RowGroup, ...]
    """The first ones."""
    row_group_count: int
    created_by: str
    head: Table
    """The first rows of the columns that could be read."""


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture made small enough for a screen."""

    width: int
    height: int
    data: str
    """Three bytes a pixel, red, green, blue, row by row from the top; in base64."""

    def rgb(self) -> bytes:
        """The bytes; empty when they are not as many as there should be."""
        try:
            data = base64.b64decode(self.data, validate=True)
        except (binascii.Error, ValueError):
            return b""
        is_whole = self.width > 0 and self.height > 0 and len(data) == 3 * self.width * self.height
        return data if is_whole else b""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture."""

    format: str
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    details: tuple[tuple[str, str], ...] = ()
    pixels: Pixels | None = None
    """None when it was not to be drawn, or could not be."""
    is_truncated: bool = False
    """Whether the end of the file was not read, and so may be missing from the pixels."""


@dataclass(frozen=True, slots=True)
class Model:
    """A stored model or another pickled object. It was not loaded."""

    format: str
    """As `pickle`, `joblib`, `skops`."""
    details: tuple[tuple[str, str], ...] = ()
    """What could be seen without loading it, and what the manifest beside it says."""


@dataclass(frozen=True, slots=True)
class Section:
    """Some rows of a record."""

    title: str
    header: tuple[str, ...]
    """Empty for rows of a name and a value."""
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A document of ours: a run, a manifest, a move of an alias."""

    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class HexRow:
    """Up to 16 bytes."""

    offset: int
    """Bytes from the beginning."""
    hex: str
    text: str
    """ASCII; a dot for all else."""


@dataclass(frozen=True, slots=True)
class Hex:
    """The first bytes of what is nothing else."""

    rows: tuple[HexRow, ...]
    is_truncated: bool = False


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing to show; the notes say why."""


Content = Text | Markdown | Table | Json | Parquet | Image | Model | Record | Hex | Empty


Look = Literal[
    "", "title", "strong", "emphasis", "keyword", "string", "number", "comment", "name", "dim", "accent", "rule"
]
"""How a part of a line is shown: "" plain, `rule` a line across; in which colours is the screen's affair."""


@dataclass(frozen=True, slots=True)
class StyledLine:
    """A line of raw text in parts, each with its look."""

    parts: tuple[tuple[str, Look], ...]
    further: str | None = None
    """What each further line begins with where it has to be wrapped; None when it is cut instead."""

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(text for text, _ in self.parts)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of some bytes."""

    content: Content
    notes: tuple[str, ...] = ()
    """What there is to know besides, a sentence each."""
    packed: tuple[str, ...] = ()
    """What it was unpacked from, outermost first, as `gzip`."""
    styled: tuple[StyledLine, ...] = ()
    """Where looks were asked for: Markdown as it is to be shown, or none; of source as many lines as have them."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A look inside one version."""

    key: ObjectKey
    version_id: str | None
    """None on a bucket without versions."""
    size: int
    """Bytes of the whole object."""
    content: Content
    notes: tuple[str, ...] = ()
    packed: tuple[str, ...] = ()
    styled: tuple[StyledLine, ...] = ()
    """As in `Reading`."""
    read_bytes: int = 0
    """How much of it was read."""
    budget: int = READ_BYTES
    """How much of it might be read."""

    @property
    def is_partial(self) -> bool:
        """Whether there is more in it than is shown."""
        match self.content:
            case Text() | Markdown() | Json() | Hex() | Image():
                return self.content.is_truncated
            case Table():
                return self.content.total_rows != len(self.content.rows)
            case Parquet(schema=schema, rows=rows, head=head):
                return bool(rows) and (len(head.rows) < rows or len(head.columns) < len(schema))
        return False

    @property
    def next_budget(self) -> int | None:
        """How much may be read to show more; None when all is shown, or no more may be read."""
        can_grow = self.is_partial and self.budget < MOST_READ_BYTES
        return min(self.budget * MORE_TIMES, MOST_READ_BYTES) if can_grow else None


def hex_of(data: bytes, *, most: int = HEX_BYTES, is_truncated: bool = False) -> Hex:
    """`data` as hex, up to `most` bytes of it."""
    shown = data[:most]
    rows = tuple(
        HexRow(at, shown[at : at + _HEX_WIDTH].hex(" "), _ascii(shown[at : at + _HEX_WIDTH]))
        for at in range(0, len(shown), _HEX_WIDTH)
    )
    return Hex(rows, is_truncated or len(data) > most)


def _ascii(data: bytes) -> str:
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)
