"""What a person does for the credentials of one session: tells MFA codes, and signs in again with a program."""

from collections.abc import Iterator, Mapping
from typing import Any

from s3ml_tui.domain.errors import RoleRefused
from s3ml_tui.domain.sign_in import AskCode, CodeWanted
from s3ml_tui.domain.text import printable

_QUESTION = "Enter MFA code for "
"""How botocore's question begins; the device follows."""
_SINGLE_SIGN_ON = ("sso_session", "sso_start_url")


class SigningIn:
    """The port `domain.sign_in.SignIn`. `profiles` is the AWS configuration, as botocore has read it."""

    def __init__(self, profile: str, profiles: Mapping[str, Mapping[str, Any]]) -> None:
        self._profile = profile
        self._profiles = profiles
        self._ask: AskCode | None = None
        self._refusal: RoleRefused | None = None
        self._wrong = ""

    def asked_by(self, ask: AskCode) -> None:
        """From now on `ask` is asked for codes."""
        self._ask = ask

    @property
    def wants_code(self) -> bool:
        """Whether a role of the profile, or of those it builds on, wants an MFA code."""
        return any("mfa_serial" in values for _, values in self._chain())

    @property
    def command(self) -> tuple[str, ...]:
        """The program that signs in again; empty when the profile has none."""
        for name, values in self._chain():
            if any(key in values for key in _SINGLE_SIGN_ON):
                return "aws", "sso", "login", "--profile", name
            if "login_session" in values:
                return "aws", "login", "--profile", name
        return ()

    def code(self, question: str) -> str:
        """A code, as botocore asks for it: in whatever thread needs the credentials. Raises RoleRefused.

        Who does not want to tell it is asked no more: other requests wait for the same code.
        """
        if self._refusal is not None:
            raise self._refusal
        if self._ask is None:
            raise self._refused("Nobody can be asked for it here", self._elsewhere)
        device = question.removeprefix(_QUESTION).rstrip(": ")
        said = self._ask(CodeWanted(printable(device), printable(self._profile), self._wrong))
        if said is None:
            self._refusal = self._refused("It was not given", "Try again, and give the code the device shows")
            raise self._refusal
        return said

    def was_wrong(self, words: str) -> None:
        """The last code was refused; the next question says so."""
        self._wrong = words

    def _refused(self, cause: str, advice: str) -> RoleRefused:
        return RoleRefused(f"Profile {printable(self._profile)} asks for an MFA code", cause=cause, advice=advice)

    @property
    def _elsewhere(self) -> str:
        name = printable(self._profile)
        return f"Sign in on a terminal first: s3ml buckets --profile {name}; the role is kept for some time"

    def _chain(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The profile, and those whose credentials it builds on."""
        name, seen = self._profile, set[str]()
        while name in self._profiles and name not in seen:
            seen.add(name)
            values = self._profiles[name]
            yield name, values
            name = str(values.get("source_profile") or "")
