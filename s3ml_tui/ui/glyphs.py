"""What the screens are drawn with, and what stands for each sign where only ASCII can be shown.

A sign takes as many cells as what stands for it, so that nothing moves. A test names every sign in the sources that has
nothing to stand for it.

The last thing that happens to a line before the terminal gets it, where that shows ASCII alone.
"""

from rich.cells import get_character_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

UNSHOWN = "?"
"""For a cell of a name or a text from outside that ASCII has no sign for."""

SIGNS = {
    # states
    "●": "*", "○": "o", "◐": "*", "✓": "+", "✔": "+", "✗": "x", "✘": "x", "⊘": "!", "⚡": "!", "⚠": "!", "∅": "-",
    "★": "*", "☆": "o", "◆": "*", "◇": "o", "■": "#", "□": "o", "▪": "*", "⏸": "=", "⏵": ">", "∞": "~",
    # what is open, where one is, which way
    "▸": ">", "▾": "v", "▶": ">", "◀": "<", "►": ">", "◄": "<", "❯": ">", "❮": "<", "›": ">", "‹": "<", "»": ">",
    "«": "<", "▲": "^", "▼": "v", "△": "^", "▽": "v", "←": "<", "→": ">", "↑": "^", "↓": "v", "↔": "-", "↕": "|",
    "↵": "<", "⏎": "<", "⌫": "<", "⇧": "^", "⇥": ">", "↳": "`", "⤶": "<", "↻": "@", "↺": "@", "⟳": "@",
    # between words
    "…": "~", "·": "-", "•": "*", "‧": "-", "—": "-", "–": "-", "−": "-", "“": '"', "”": '"', "„": '"', "‘": "'",
    "’": "'", "′": "'", "×": "x", "÷": "/", "±": "~", "≈": "~", "≠": "!", "≤": "<", "≥": ">", "²": "2", "³": "3",
    "°": "o", "µ": "u", "μ": "u", "σ": "s", "Δ": "d", "∆": "d", "½": "/", "§": "S", "�": "?", "🔎": "/", "🔍": "/",
    # bars
    "░": ".", "▒": ":", "▓": "#", "█": "#", "▀": "#", "▌": "#", "▐": "|", "▔": "-", "▕": "|",
    "▁": "_", "▂": ".", "▃": "-", "▄": "=", "▅": "+", "▆": "*", "▇": "#",
    "▏": "|", "▎": "|", "▍": "|", "▋": "|", "▊": "|", "▉": "#",
}  # fmt: skip
"""Every sign of ours, and those of the toolkit's; boxes, braille and quarters of blocks follow rules below."""

_HORIZONTAL = frozenset("─━┄┅┈┉╌╍═╴╶╸╺╼╾")
_VERTICAL = frozenset("│┃┆┇┊┋╎╏║╵╷╹╻╽╿")
_DOTS = " ..:::###"
"""For so many dots of a braille cell."""


def in_ascii(text: str) -> str:
    """`text` drawn with ASCII alone, in as many cells; what is no sign of ours and has no form is `?`."""
    if text.isascii():
        return text
    return text.replace(" …", "..").translate(_FORMS)


def sign_of(character: str) -> str | None:
    """What stands for a sign; None for one that no screen draws with."""
    if character in SIGNS:
        return SIGNS[character].ljust(get_character_cell_size(character))
    code = ord(character)
    if 0x2500 <= code <= 0x257F:
        return "-" if character in _HORIZONTAL else "|" if character in _VERTICAL else "+"
    if 0x2596 <= code <= 0x259F:
        return "#"
    if 0x2800 <= code <= 0x28FF:
        return _DOTS[(code - 0x2800).bit_count()]
    return None


class _Forms(dict[int, str]):
    """By code point, as str.translate asks; made when asked for."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        form = character if code < 0x80 else sign_of(character)
        self[code] = UNSHOWN * get_character_cell_size(character) if form is None else form
        return self[code]


_FORMS = _Forms()


class AsciiLines(LineFilter):
    """Draws every line with ASCII: ours, the toolkit's borders and bars, and names from outside."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - the toolkit's
        """The same segments in as many cells."""
        return [
            segment if segment.text.isascii() else Segment(in_ascii(segment.text), segment.style, segment.control)
            for segment in segments
        ]
