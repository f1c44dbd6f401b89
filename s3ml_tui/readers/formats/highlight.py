"""Source in the colours of its language, by Pygments: as many lines as that gets done in its time."""

from collections.abc import Sequence
from contextlib import suppress
from itertools import accumulate

from pygments.lexers import get_lexer_by_name
from pygments.token import Token

from s3ml_tui.domain.preview.content import Look, StyledLine
from s3ml_tui.readers.budget import OutOfTime, time_limit

TIME_S = 1.0
"""A lexer takes a second for a million characters, and no end of it for some that were written to that purpose."""
_MOST_CHARACTERS = 1_000_000
_LOOKS: dict[object, Look] = {
    Token.Keyword: "keyword",
    Token.Operator.Word: "keyword",
    Token.Name.Tag: "name",
    Token.Name.Attribute: "name",
    Token.Name.Decorator: "name",
    Token.Name.Function: "name",
    Token.Name.Class: "name",
    Token.Literal.String: "string",
    Token.Literal.Number: "number",
    Token.Comment: "comment",
    Token.Generic.Heading: "title",
    Token.Generic.Subheading: "title",
    Token.Generic.Strong: "strong",
    Token.Generic.Emph: "emphasis",
}
"""Of a kind of token and all kinds below it."""


def coloured(lines: Sequence[str], language: str, time_s: float = TIME_S) -> tuple[StyledLine, ...]:
    """The first of `lines`, tabs as spaces, with looks: all of them, or those before the time was up."""
    few = [length for length in accumulate(len(line) + 1 for line in lines) if length <= _MOST_CHARACTERS]
    expanded = [line.expandtabs(4) for line in lines[: len(few)]]
    done: list[StyledLine] = []
    parts: list[tuple[str, Look]] = []
    with suppress(OutOfTime, Exception), time_limit(time_s):  # a lexer that fails colours what it had
        for _, token, text in get_lexer_by_name(language).get_tokens_unprocessed("\n".join([*expanded, ""])):
            look = _look(token)
            for at, piece in enumerate(text.split("\n")):
                if at:
                    done.append(StyledLine(tuple(parts)))
                    parts = []
                if piece and parts and parts[-1][1] == look:
                    parts[-1] = (parts[-1][0] + piece, look)
                elif piece:
                    parts.append((piece, look))
    return tuple(_as_written(done, expanded))


def _look(token: object) -> Look:
    while token is not None:
        if token in _LOOKS:
            return _LOOKS[token]
        token = getattr(token, "parent", None)
    return ""


def _as_written(done: Sequence[StyledLine], lines: Sequence[str]) -> list[StyledLine]:
    """Those before the first that is not as it was: what a lexer makes of a text must not change it."""
    same: list[StyledLine] = []
    for line, written in zip(done, lines, strict=False):
        if line.text != written:
            break
        same.append(line)
    return same
