"""The one place that makes renderables of text from outside: sanitised, never parsed as markup, cut to cells."""

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.text import printable

ELLIPSIS = "…"


def plain(text: str) -> Content:
    """Text from anywhere, as it is; control characters written out."""
    return Content(printable(text))


def lines(*texts: str) -> Content:
    """Some texts, each a line of its own."""
    return Content("\n".join(printable(text) for text in texts))


def fit(text: str, width: int, *, is_right: bool = False) -> str:
    """`text` made printable and exactly `width` cells wide: cut with an ellipsis, or padded."""
    text = printable(text)
    length = len(text) if text.isascii() else cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + ELLIPSIS if width > 0 else ""
    padding = " " * (width - length)
    return padding + text if is_right else text + padding


def parted(text: str, shown: str, hits: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """`shown`, which `fit` made of `text`, in parts: each with whether it was hit; `hits` are characters of `text`."""
    parts: list[tuple[str, bool]] = []
    done = 0
    for start, end in hits:
        first, last = len(printable(text[:start])), len(printable(text[:end]))
        for stop, is_hit in ((first, False), (last, True)):
            if shown[done:stop]:
                parts.append((shown[done:stop], is_hit))
                done = min(stop, len(shown))
    if shown[done:]:
        parts.append((shown[done:], False))
    return parts


def width_of(text: str) -> int:
    """How many cells `text` takes once printable."""
    return cell_len(printable(text))


def error_text(error: S3mlError) -> Content:
    """What happened, why, what to do, for a dialog."""
    parts = [Content.styled(printable(error.title), "bold")]
    if error.cause:
        parts.append(plain(error.cause))
    if error.advice:
        parts.append(Content.assemble(("→ ", "$accent"), printable(error.advice)))
    return Content("\n\n").join(parts)


def wrapped(text: str, width: int) -> list[str]:
    """`text` made printable, on as many lines as it takes, each at most `width` cells; cut between words if it can."""
    rows: list[str] = []
    text, start, width = printable(text), 0, max(width, 2)
    while start < len(text):
        end = start + _characters(text[start : start + width + 1], width)
        rows.append(text[start:end].rstrip())
        start = end
    return rows or [""]


def _characters(text: str, width: int) -> int:
    """How many characters of `text`, which is longer than a line when it goes on, are to stand on a line."""
    end = min(len(text), width)
    while end > 1 and cell_len(text[:end]) > width:
        end -= 1
    if end < len(text):
        space = text.rfind(" ", end // 2, end + 1)
        return space + 1 if space > 0 else end
    return end
