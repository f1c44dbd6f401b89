"""Text as lines, with the name of the lexer that colours it."""

from s3ml_tui.domain.preview.content import Markdown, Reading, StyledLine, Text
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


def read_text(
    found: Decoded, extension: str, name: str, measure: Measure, *, is_whole: bool, is_styled: bool
) -> Reading:
    """Lines of text, the last of which may be cut when the object goes on; and their colours."""
    text, notes = found.text[: measure.characters], [found.note] if found.note else []
    split = text.splitlines()
    lines = split[: measure.lines]
    if any(len(line) > LONGEST_LINE for line in lines):
        notes.append(f"Lines of over {LONGEST_LINE:,} characters are cut.")
    is_truncated = not is_whole or len(text) < len(found.text) or len(lines) < len(split)
    content = Text(
        tuple(clipped(line, LONGEST_LINE) for line in lines), language_of(extension, name), found.encoding, is_truncated
    )
    return Reading(content, tuple(notes), styled=_coloured(content) if is_styled else ())


def _coloured(content: Text) -> tuple[StyledLine, ...]:
    if not content.language:
        return ()
    from s3ml_tui.readers.formats.highlight import coloured

    return coloured(content.lines, content.language)


def read_markdown(found: Decoded, measure: Measure, *, is_whole: bool, is_styled: bool) -> Reading:
    """Text, and its lines as they are to be shown."""
    text = found.text[: measure.characters // 4]
    is_truncated = not is_whole or len(text) < len(found.text)
    content, notes = Markdown(text, found.encoding, is_truncated), [found.note] if found.note else []
    if not is_styled or not text.strip():
        return Reading(content, tuple(notes))
    from s3ml_tui.readers.formats.markdown import rendered

    styled = rendered(text)
    if not styled:
        notes.append("It takes too long to be rendered: it is shown as it is written.")
    return Reading(content, tuple(notes), styled=styled)
