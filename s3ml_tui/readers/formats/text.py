"""Text as lines, with the name of the lexer that colours it."""

from s3ml_tui.domain.preview.content import Markdown, Reading, Text
from s3ml_tui.readers.budget import Measure
from s3ml_tui.readers.cells import LONGEST_LINE, clipped
from s3ml_tui.readers.charset import Decoded

_LANGUAGES = {
    "bash": "bash", "c": "c", "cc": "cpp", "cfg": "ini", "conf": "ini", "cpp": "cpp", "css": "css",
    "dockerfile": "docker", "go": "go", "h": "c", "hcl": "terraform", "htm": "html", "html": "html", "ini": "ini",
    "ipynb": "json", "java": "java", "jl": "julia", "js": "javascript", "json": "json", "jsonl": "json",
    "kt": "kotlin", "lua": "lua", "makefile": "make", "ndjson": "json", "php": "php", "pl": "perl",
    "properties": "properties", "proto": "protobuf", "py": "python", "pyi": "python", "r": "r", "rb": "ruby",
    "rs": "rust", "rst": "rst", "scala": "scala", "sh": "bash", "sql": "sql", "svg": "xml", "swift": "swift",
    "tex": "tex", "tf": "terraform", "toml": "toml", "ts": "typescript", "xml": "xml", "yaml": "yaml",
    "yml": "yaml", "zsh": "bash",
}  # fmt: skip


def language_of(extension: str, name: str) -> str:
    """A lexer's name for a file's name; "" for plain text."""
    return _LANGUAGES.get(extension) or _LANGUAGES.get(name.lower(), "")


def read_text(found: Decoded, extension: str, name: str, measure: Measure, *, is_whole: bool) -> Reading:
    """Lines of text. The last one may be cut when the object goes on."""
    text, notes = found.text[: measure.characters], [found.note] if found.note else []
    split = text.splitlines()
    lines = split[: measure.lines]
    if any(len(line) > LONGEST_LINE for line in lines):
        notes.append(f"Lines of over {LONGEST_LINE:,} characters are cut.")
    is_truncated = not is_whole or len(text) < len(found.text) or len(lines) < len(split)
    content = Text(
        tuple(clipped(line, LONGEST_LINE) for line in lines), language_of(extension, name), found.encoding, is_truncated
    )
    return Reading(content, tuple(notes))


def read_markdown(found: Decoded, measure: Measure, *, is_whole: bool) -> Reading:
    """Text to be rendered."""
    text = found.text[: measure.characters // 4]
    is_truncated = not is_whole or len(text) < len(found.text)
    return Reading(Markdown(text, found.encoding, is_truncated), (found.note,) if found.note else ())
