"""What only a person can give a connection: the code of an MFA device, and a new sign-in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CodeWanted:
    """A role is given only to who tells the code that a device shows now."""

    device: str
    """The ARN or serial number of the MFA device; from the AWS configuration."""
    profile: str
    """Whose role it is."""
    wrong: str = ""
    """What the server said to the last code; "" when this is the first question."""

    @property
    def title(self) -> str:
        """As `MFA code for profile prod`."""
        return f"MFA code for profile {self.profile}"

    @property
    def hint(self) -> str:
        """Which device, and what was wrong with the last code."""
        return f"{self.wrong} The device is {self.device}.".strip()


AskCode = Callable[[CodeWanted], str | None]
"""Asks a person, in whatever thread needs it; None when they will not tell."""


def wrong_code(text: str) -> str:
    """What is wrong with a code as it was typed; "" when nothing is (STS API reference, AssumeRole, TokenCode)."""
    return "" if text.isdecimal() and text.isascii() and len(text) == 6 else "A code is six digits."


class SignIn(Protocol):
    """How a connection turns to a person."""

    def asked_by(self, ask: AskCode) -> None:
        """From now on `ask` is asked for codes; until then who needs one is told to sign in elsewhere."""
        ...
