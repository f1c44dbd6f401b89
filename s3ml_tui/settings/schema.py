"""Every key the settings file may have: its kind, what it means, an example, and what makes a value of it wrong."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import parse_place

THEME_COLOURS = ("primary", "secondary", "accent", "success", "warning", "error")
PLAIN_COLOURS = ("red", "green", "blue", "yellow", "magenta", "cyan", "orange", "purple", "white")
THEME_SHORT = {"dark": "textual-dark", "light": "textual-light"}
"""Names for those who do not want to choose."""
THEMES = (
    "ansi-dark", "ansi-light", "atom-one-dark", "atom-one-light", "catppuccin-frappe", "catppuccin-latte",
    "catppuccin-macchiato", "catppuccin-mocha", "dracula", "flexoki", "gruvbox", "monokai", "nord", "rose-pine",
    "rose-pine-dawn", "rose-pine-moon", "solarized-dark", "solarized-light", "textual-dark", "textual-light",
    "tokyo-night",
)  # fmt: skip
"""Textual's own, by name; a test compares them with what it has."""
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


def _anything(_text: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the settings file."""

    name: str
    example: str
    """As it stands in TOML."""
    meaning: str
    is_switch: bool = False
    """Whether its value is true or false; otherwise a text."""
    wrong: Callable[[str], str] = _anything
    """What is wrong with a text, as a clause; "" when nothing is."""

    def problem(self, value: object) -> str:
        """What is wrong with `value`, as a clause; "" when nothing is."""
        if self.is_switch:
            return "" if isinstance(value, bool) else f"is {_shown(value)}: write true or false"
        if not isinstance(value, str):
            return f"is {_shown(value)}: write a text in quotes"
        if not value.strip():
            return "is empty: give it a value, or remove the line"
        return self.wrong(value)


def _shown(value: object) -> str:
    return printable(repr(value))[:60]


def wrong_address(text: str) -> str:
    """What is wrong with an s3:// address; "" when nothing is."""
    try:
        parse_place(text)
    except BadInput as error:
        return f"is no S3 address ({printable(text)}): {error.advice[:1].lower()}{error.advice[1:]}"
    return ""


def _wrong_endpoint(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    return "" if is_good else "is no server's address: write it as https://host or http://host:port"


def _wrong_colour(text: str) -> str:
    if text in THEME_COLOURS or text in PLAIN_COLOURS or _HEX.fullmatch(text):
        return ""
    names = ", ".join((*THEME_COLOURS, *PLAIN_COLOURS))
    return f"is {_shown(text)}: write one of {names}, or a colour as #ff8800"


def _wrong_theme(text: str) -> str:
    if text in THEMES or text in THEME_SHORT:
        return ""
    return f"is {_shown(text)}, and there is no such theme{did_you_mean(text, (*THEME_SHORT, *THEMES))}"


CONTEXT_KEYS = (
    Key("profile", '"prod"', "A profile of the AWS configuration; without it boto3's own chain decides."),
    Key("endpoint_url", '"https://minio.example.com:9000"', "An S3 server other than AWS.", wrong=_wrong_endpoint),
    Key("region", '"eu-central-1"', "The region requests are signed for."),
    Key("workspace", '"s3://acme-ml/churn"', "Where s3ml begins, and what --workspace is without saying so.",
        wrong=wrong_address),
    Key("read_only", "true", "Nothing is ever changed through this context.", is_switch=True),
    Key("request_payer", "true", "Pay for requests to requester-pays buckets, which refuse all others; it costs.",
        is_switch=True),
    Key("colour", '"error"', "Of the context's name in the header: " + ", ".join(THEME_COLOURS) + ", red … or #ff8800.",
        wrong=_wrong_colour),
    Key("local", "true", "The embedded server on this machine, instead of profile and endpoint_url.", is_switch=True),
    Key("local_dir", '"~/s3ml-data"', "Where the embedded server keeps its data; implies local."),
)  # fmt: skip
TOP_KEYS = (
    Key("context", '"prod"', "The context in use; `s3ml context use NAME` changes it, --context overrides it."),
    Key(
        "theme",
        '"textual-dark"',
        "The theme of the screens: dark, light, or one the palette offers; choosing one there writes it here.",
        wrong=_wrong_theme,
    ),
    Key(
        "ascii",
        "true",
        "Draw with plain ASCII; without it the terminal decides. S3ML_ASCII and --ascii override it.",
        is_switch=True,
    ),
)
TABLES = ("contexts", "keys", "bookmarks")
_SECRETS = re.compile(r"secret|password|token|access_?key", re.IGNORECASE)


def unknown(name: str, known: Iterable[str]) -> str:
    """A clause about a key nobody knows, with the one that was probably meant."""
    if _SECRETS.search(name):
        return "is no setting: credentials belong in the AWS configuration; s3ml keeps none"
    return "is no setting" + did_you_mean(name, known)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean profile?`, or "" when nothing is close."""
    from difflib import get_close_matches

    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""
