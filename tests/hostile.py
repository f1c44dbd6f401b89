"""Names that would harm a terminal, a parser of markup, a shell or a list, for all tests that walk with them."""

import re
from dataclasses import dataclass

LONGEST = 1024
"""Bytes of the longest key S3 takes."""
RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]")
"""What no terminal is to be sent, besides the line feed that ends a line. Written here once more on purpose."""
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
"""Of these what a program reading lines, or a terminal behind a pipe, would obey."""


@dataclass(frozen=True, slots=True)
class Hostile:
    """One name, and how it must be shown."""

    id: str
    name: str
    """The last part of a key, or several parts of one."""
    shown: str
    """As a user sees it."""
    is_for_seaweed: bool = True
    """Whether SeaweedFS takes it as a key; elsewhere it is refused in a sentence."""
    is_for_moto: bool = True
    """Whether moto takes it, and can list its history in XML, which has no control characters."""


def _named(
    name_id: str, name: str, shown: str = "", *, is_for_seaweed: bool = True, is_for_moto: bool = True
) -> Hostile:
    return Hostile(name_id, name, shown or name, is_for_seaweed, is_for_moto)


NAMES = (
    _named("colour", "report[v2] [bold]\x1b[31m.csv", "report[v2] [bold]\\x1b[31m.csv", is_for_moto=False),
    _named("clear", "clear\x1b[2J\x1b[H.csv", "clear\\x1b[2J\\x1b[H.csv", is_for_moto=False),
    _named("clipboard", "\x1b]52;c;aGk=\x07.csv", "\\x1b]52;c;aGk=\\x07.csv", is_for_moto=False),
    _named("title", "\x1b]0;owned\x07.csv", "\\x1b]0;owned\\x07.csv", is_for_moto=False),
    _named("c1", "a\x9b31mb\x9dc.csv", "a\\x9b31mb\\x9dc.csv", is_for_moto=False),
    _named("line-feed", "two\nlines.csv", "two\\nlines.csv", is_for_moto=False),
    _named(
        "forged-row",
        "a.csv\n2026-01-01 00:00:00  1  forged.csv",
        "a.csv\\n2026-01-01 00:00:00  1  forged.csv",
        is_for_moto=False,
    ),
    _named("return", "over\rwritten.csv", "over\\rwritten.csv", is_for_moto=False),
    _named("tab", "tab\there.csv", "tab\\there.csv"),
    _named("delete", "del\x7fete\x08.csv", "del\\x7fete\\x08.csv", is_for_moto=False),
    _named("right-to-left", "\u202egnp.csv", "\\u202egnp.csv"),
    _named("isolate", "a\u2067b\u2069\u200b.csv", "a\\u2067b\\u2069\\u200b.csv"),
    _named("closing", "[/].csv"),
    _named("closing-bold", "x[/bold].csv"),
    _named("markup", "[red]red[/red] [b]b.csv"),
    _named("link", "[@click=app.quit]x[/].csv"),
    _named("style", "[link=http:__evil]x[$error].csv"),
    _named("backslashes", "\\x1b[31m\\[red].csv", is_for_seaweed=False),
    _named("action", "{browse.add} {app.go_to} %s %d {0} $x.csv"),
    _named("shell", "a'b\"c$(id)`id`;!&|<>*?#~.csv"),
    _named("option", "--yes -rf.csv"),
    _named("spaces", "  two  spaces .csv"),
    _named("ends-blank", "ends with a blank ", "ends with a blank"),
    _named("percent", "100%25 %2F%00 a+b.csv"),
    _named("entities", "&amp;<x>&#10;]]>.csv"),
    _named("non-bmp", "🦜 𝕏 \U0001f9d1\u200d\U0001f52c 数据.csv", "🦜 𝕏 \U0001f9d1\\u200d\U0001f52c 数据.csv"),
    _named("combining", "e\u0301a\u0308 \u05e9\u05dc\u05d5\u05dd.csv"),
    _named("double-slash", "a//b.csv", is_for_seaweed=False),
    _named("dot", "./b.csv", is_for_seaweed=False),
    _named("dots", "../../b.csv", is_for_seaweed=False),
    _named("leading-slash", "/b.csv", is_for_seaweed=False),
)
"""Short ones; the longest is made by `longest`."""
BY_ID = {one.id: one for one in NAMES}


def longest(prefix: str = "") -> str:
    """A name that makes a key of 1,024 bytes of it below a prefix; parts of it are as long as a file's name may be."""
    part = "n" * 200
    name = "/".join([part] * 6)[: LONGEST - len(prefix.encode())]
    return name[:-1] + "z"


def raw_in(text: str) -> list[str]:
    """What of a text no terminal should have been sent."""
    return sorted({hex(ord(found)) for found in RAW.findall(text)})


def obeyed_in(text: str) -> list[str]:
    """What of a text a program that reads lines would take for more than a name."""
    return sorted({hex(ord(found)) for found in OBEYED.findall(text)})
