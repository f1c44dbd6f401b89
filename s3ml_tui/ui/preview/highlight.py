"""Text with the colours of its language, found in one pass.

A scanner of our own rather than a lexer library's: text from outside is scanned in the app's process, so every pattern
here takes time in proportion to the text, whatever is in it.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from s3ml_tui.ui.preview.sheet import Line

_IN_CODE = (
    "and as assert async await break case catch class const continue def default del do done echo elif else end enum "
    "esac except export extends false fi finally fn for foreach from func function global go if impl implements import "
    "in include interface is lambda let local match mod module mut namespace new nil none not null or package pass "
    "private protected public raise require return self static struct super switch then this throw trait true try type "
    "typedef union use using val var void when where while with yield True False None TRUE FALSE NULL"
)
_IN_SQL = (
    "and as asc between by case create delete desc distinct drop else end exists from group having in index inner "
    "insert into is join key left like limit not null on or order outer primary right select set table then union "
    "update using values view when where with"
)
_HASH = {
    "python", "bash", "yaml", "toml", "ini", "properties", "r", "ruby", "perl", "make", "docker", "terraform", "julia",
}  # fmt: skip
_SLASH = {
    "c", "cpp", "java", "javascript", "typescript", "go", "rust", "swift", "kotlin", "scala", "php", "css", "protobuf",
    "terraform",
}  # fmt: skip
_DASHES = {"sql", "lua"}
_KEYED = {"yaml", "toml", "ini", "properties", "terraform"}
_MARKED = {"xml", "html"}
_BARE = {"rst", "tex"}
"""Languages whose words are prose."""
_KEYWORDS = frozenset(_IN_CODE.split())
_SQL_KEYWORDS = frozenset(_IN_SQL.split())
_LITERALS = frozenset({"true", "false", "null", "yes", "no"})


def coloured(lines: Sequence[str], language: str) -> list[Line]:
    """`lines` with looks; tabs become spaces."""
    expanded = [line.expandtabs(4) for line in lines]
    if not language:
        return [Line(((line, ""),)) for line in expanded]
    return list(_lines(_parts("\n".join(expanded), language)))[: len(expanded)]


def _lines(parts: Iterator[tuple[str, str]]) -> Iterator[Line]:
    line: list[tuple[str, str]] = []
    for text, look in parts:
        first, *others = text.split("\n")
        line.append((first, look))
        for other in others:
            yield Line(tuple(line))
            line = [(other, look)]
    yield Line(tuple(line))


def _parts(text: str, language: str) -> Iterator[tuple[str, str]]:
    done = 0
    for match in _scanner(language).finditer(text):
        look = _look(match, language)
        if look:
            yield text[done : match.start()], ""
            yield match[0], look
            done = match.end()
    yield text[done:], ""


def _look(match: re.Match[str], language: str) -> str:
    kind = match.lastgroup or ""
    if kind != "word":
        return kind
    if language == "sql":
        return "keyword" if match[0].lower() in _SQL_KEYWORDS else ""
    known = _LITERALS if language in _KEYED | {"json"} else _KEYWORDS
    return "keyword" if match[0] in known and language not in _BARE | _MARKED else ""


def _scanner(language: str) -> re.Pattern[str]:
    """Each alternative matches from where it begins on, so that nothing is looked at twice."""
    return re.compile("|".join(chain(_comments(language), _strings(language), _names(language))), re.MULTILINE)


def _comments(language: str) -> Iterator[str]:
    marks = []
    if language in _HASH:
        marks.append(r"(?:(?<=\s)|^)#[^\n]*")
    if language in _SLASH:
        marks += [r"//[^\n]*", r"(?s:/\*.*?(?:\*/|\Z))"]
    if language in _DASHES:
        marks.append(r"--[^\n]*")
    if language in {"ini", "properties"}:
        marks.append(r"^;[^\n]*")
    if language == "tex":
        marks.append(r"%[^\n]*")
    if language in _MARKED:
        marks.append(r"(?s:<!--.*?(?:-->|\Z))")
    if marks:
        yield f"(?P<comment>{'|'.join(marks)})"


def _strings(language: str) -> Iterator[str]:
    if language == "json":
        yield r'(?P<name>^ *"(?:[^"\\\n]|\\.){0,200}"(?=:))'
    if language in _KEYED:
        yield r"(?P<name>^ *(?:- )?[\w.\-]{1,80}(?=[ ]?[:=])|^\[[^\n]*)"
    if language in _MARKED:
        yield r"(?P<name></?[\w:.\-]+|/?>)"
    if language in _BARE:
        return
    triple = r'(?s:""".*?(?:"""|\Z))|' + r"(?s:'''.*?(?:'''|\Z))|" if language == "python" else ""
    single = r"|'(?:[^'\\\n]|\\.)*'?" if language not in _MARKED | {"rust", "json"} else ""
    yield rf'(?P<string>{triple}"(?:[^"\\\n]|\\.)*"?{single})'


def _names(language: str) -> Iterator[str]:
    if language == "tex":
        yield r"(?P<keyword>\\[A-Za-z]+)"
    yield r"(?P<word>[A-Za-z_]\w*)"
    if language not in _BARE | _MARKED:
        yield r"(?P<number>\d[\w.]*)"
