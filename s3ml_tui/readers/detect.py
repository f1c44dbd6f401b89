"""Which reader a file gets: by what it begins with, then by its name; and what is said when they disagree."""

from dataclasses import dataclass, replace

from s3ml_tui.domain.preview.content import Empty, Image, Reading, hex_of
from s3ml_tui.domain.preview.protocol import Request
from s3ml_tui.readers.budget import Measure
from s3ml_tui.readers.charset import Decoded, decoded
from s3ml_tui.readers.formats import compression, csv, json_lines, parquet, pickle, text, zip_archive
from s3ml_tui.readers.formats import image as pictures
from s3ml_tui.readers.formats.json import MOST_CHARACTERS, NoJson, read_json
from s3ml_tui.readers.formats.s3ml_records import read_record
from s3ml_tui.readers.source import Source, Unread

_HEAD = 64 * 1024
_PACKED = {"gz": "gzip", "tgz": "gzip", "bz2": "bzip2", "xz": "xz", "zst": "zstd", "zstd": "zstd"}
_MOST_LAYERS = 2
_EXPECTED = {
    "parquet": "a Parquet file", "pq": "a Parquet file", "png": "a picture", "jpg": "a picture", "jpeg": "a picture",
    "gif": "a picture", "webp": "a picture", "bmp": "a picture", "tif": "a picture", "tiff": "a picture",
    "zip": "a ZIP archive", "skops": "a skops model", "joblib": "a joblib model", "pkl": "a pickle",
    "pickle": "a pickle", "gz": "gzip data", "tgz": "gzip data", "bz2": "bzip2 data", "xz": "xz data",
    "zst": "zstd data", "zstd": "zstd data",
}  # fmt: skip
"""What a name promises of a file that begins with a mark of its own."""
_TEXTUAL = csv.EXTENSIONS | json_lines.EXTENSIONS | {"txt", "md", "json", "log", "py", "toml", "yaml", "yml"}


@dataclass(frozen=True, slots=True)
class Name:
    """What a key tells of the content."""

    key: str

    @property
    def last(self) -> str:
        """The last segment."""
        return self.key.rstrip("/").rpartition("/")[2]

    @property
    def extension(self) -> str:
        """In lower case; "" when there is none."""
        return self.last.rpartition(".")[2].lower() if "." in self.last else ""

    def unpacked(self) -> "Name":
        """The name without the extension of a codec."""
        if self.extension == "tgz":
            return Name(self.key[:-3] + "tar")
        return Name(self.key[: -len(self.extension) - 1]) if self.extension in _PACKED else self


def look(request: Request, source: Source) -> Reading:
    """The reading of a whole request. Raises Unread."""
    return _look(Name(request.key), request, source, ())


def _look(name: Name, request: Request, source: Source, layers: tuple[str, ...]) -> Reading:
    if not source.size:
        note = "Nothing came out of it." if layers else "The object is empty."
        return Reading(Empty(), (note,), layers)
    head = source.read(0, min(_HEAD, source.size))
    codec = compression.codec_of(head) or _zlib(name, head)
    if codec and len(layers) < _MOST_LAYERS:
        found = compression.unpack(source, codec, request.unpacked)
        if found.source.size or not found.note:
            inner = _look(name.unpacked(), request, found.source, (*layers, codec))
            notes = (found.note, *inner.notes) if found.note else inner.notes
            return replace(inner, notes=notes)
    reading = _marked(name, request, head, source) or _unmarked(name, request, head, source)
    if codec and len(layers) == _MOST_LAYERS:
        said = f"It is packed more than {_MOST_LAYERS} times over; no more is unpacked."
        reading = replace(reading, notes=(said, *reading.notes))
    return replace(reading, packed=layers)


def _zlib(name: Name, head: bytes) -> str:
    """Joblib compresses with bare zlib, whose mark is too short to go by alone."""
    is_zlib = head[:1] == b"\x78" and head[1:2] in {b"\x01", b"\x5e", b"\x9c", b"\xda"}
    return "zlib" if is_zlib and name.extension in {"joblib", "pkl", "pickle", "z", "zlib"} else ""


def _marked(name: Name, request: Request, head: bytes, source: Source) -> Reading | None:
    """The reading of a file that begins with a mark of its own; None for one without."""
    measure = Measure.within(request.budget)
    if head.startswith(parquet.MAGIC):
        try:
            return parquet.read_parquet(source, measure, is_sparing=request.is_sparing)
        except parquet.NoParquet as error:
            return _hex(head, source, measure, str(error))
    if head.startswith(zip_archive.MAGIC):
        try:
            return zip_archive.read_zip(source, name.extension, measure)
        except zip_archive.NoArchive as error:
            return _hex(head, source, measure, str(error))
    is_whole = len(head) == source.size and source.is_whole
    protocol = pickle.protocol_of(head, name.extension, is_whole=is_whole)
    if protocol is not None:
        return Reading(pickle.read_pickle(head, name.extension, protocol), (pickle.NOT_LOADED,))
    try:
        image = pictures.read_image(head, source)
    except pictures.NoPicture as error:
        return _hex(head, source, measure, str(error))
    return None if image is None else _picture(image, request, source)


def _picture(image: Image, request: Request, source: Source) -> Reading:
    """The picture, drawn where that is asked for."""
    if not request.width or not request.height:
        return Reading(image)
    data = source.read(0, min(source.size, source.left))
    is_torn = len(data) < source.size or not source.is_whole
    drawn = pictures.drawn(data, image, (request.width, request.height))
    return Reading(replace(drawn.image, is_truncated=is_torn), drawn.notes)


def _unmarked(name: Name, request: Request, head: bytes, source: Source) -> Reading:
    """Text of some kind, or hex."""
    measure = Measure.within(request.budget)
    if decoded(head, is_whole=len(head) == source.size) is None:
        return _hex(_bytes(source, measure), source, measure, _surprise(name, is_text=False))
    data = source.read(0, _text_length(source, measure))
    is_whole = len(data) == source.size and source.is_whole
    found = decoded(data, is_whole=is_whole)
    if found is None:
        return _hex(head, source, measure, "It begins as text and goes on as something else.")
    if is_whole and (record := read_record(name.key, data)) is not None:
        return record
    reading = _text(name, request, found, measure, is_whole=is_whole)
    surprise = _surprise(name, is_text=True)
    return replace(reading, notes=(surprise, *reading.notes)) if surprise else reading


def _text_length(source: Source, measure: Measure) -> int:
    """All of it where that is allowed; else a good beginning, or what was asked for, as far as it can be shown."""
    if source.left >= source.size:
        return source.size
    return max(_HEAD, source.left // 4 if measure.times == 1 else min(source.left, 2 * measure.characters))


def _text(name: Name, request: Request, found: Decoded, measure: Measure, *, is_whole: bool) -> Reading:
    extension = name.extension or _extension_of(request.content_type)
    why = ""
    is_styled = request.is_styled and not request.is_sparing
    if extension in csv.EXTENSIONS and found.text.strip():
        try:
            return csv.read_delimited(found, extension, measure, is_whole=is_whole)
        except csv.NoTable:
            why = "It cannot be read as a table."
    if extension in json_lines.EXTENSIONS or (extension == "json" and json_lines.looks_like_lines(found.text)):
        try:
            return json_lines.read_json_lines(found, measure, is_whole=is_whole)
        except NoJson as error:
            why = str(error)
    if extension in {"json", "ipynb"}:
        if is_whole and len(found.text) <= MOST_CHARACTERS:
            try:
                return read_json(found, measure)
            except NoJson as error:
                why = str(error)
        else:
            why = "Too large to be taken apart as JSON: its beginning is shown as text."
    if extension in {"md", "markdown"}:
        return text.read_markdown(found, measure, is_whole=is_whole, is_styled=is_styled)
    reading = text.read_text(found, extension, name.last, measure, is_whole=is_whole, is_styled=is_styled)
    return replace(reading, notes=(why, *reading.notes)) if why else reading


def _extension_of(content_type: str) -> str:
    """The extension that a media type stands for, where a name has none."""
    known = {
        "text/csv": "csv", "text/tab-separated-values": "tsv", "application/json": "json", "text/markdown": "md",
        "application/x-ndjson": "jsonl", "application/jsonl": "jsonl", "text/html": "html", "text/x-python": "py",
    }  # fmt: skip
    return known.get(content_type.partition(";")[0].strip().lower(), "")


def _surprise(name: Name, *, is_text: bool) -> str:
    promised = _EXPECTED.get(name.extension, "")
    if promised:
        return f"Its name ends in .{name.extension}, but it is not {promised}."
    if not is_text and name.extension in _TEXTUAL:
        return f"Its name ends in .{name.extension}, but it is no text."
    return ""


def _bytes(source: Source, measure: Measure) -> bytes:
    return source.read(0, min(source.size, max(_HEAD, measure.hex_bytes)))


def _hex(data: bytes, source: Source, measure: Measure, note: str) -> Reading:
    is_truncated = source.size > len(data) or not source.is_whole
    return Reading(hex_of(data, most=measure.hex_bytes, is_truncated=is_truncated), (note,) if note else ())


def unread(source: Source, why: str) -> Reading:
    """What is left to show when a reader could not go on: the beginning, where it can be had."""
    try:
        head = source.read(0, min(_HEAD, source.size))
    except Unread:
        return Reading(Empty(), (why,))
    return _hex(head, source, Measure(), why)
