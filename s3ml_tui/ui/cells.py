"""The one place that makes renderables of text from outside: sanitised, never parsed as markup, cut to cells."""

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
