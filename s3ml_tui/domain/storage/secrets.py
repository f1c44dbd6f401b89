"""The values of the credentials in use, so that a crash report, which is to be sent to others, holds none of them."""

import os
import re
from urllib.parse import quote

_LEAST = 6
"""Shorter values are no secrets, and stand in many words."""
_VARIABLES = re.compile(r"SECRET|TOKEN|PASSWORD|ACCESS_KEY|_KEY$|^WEED_JWT_")
_in_use: set[str] = set()


def note(*values: str | None) -> None:
    """These are in use from now on: an access key, its secret, a session's token."""
    _in_use.update(value for value in values if value and len(value) >= _LEAST)


def masked(text: str) -> str:
    """`text` with `…` in the place of each value in use, and of each that a variable of the environment holds."""
    of_environment = {value for name, value in os.environ.items() if _VARIABLES.search(name) and len(value) >= _LEAST}
    values = {form for value in _in_use | of_environment for form in _forms(value)}
    if not values:
        return text
    return re.sub("|".join(map(re.escape, sorted(values, key=len, reverse=True))), "…", text)


def _forms(value: str) -> set[str]:
    """As it is, in an address, and as Python prints it."""
    return {value, value.strip(), quote(value, safe=""), repr(value)[1:-1]} - {""}
