"""What a check-up finds: one finding a check, and the port that tells of the connection itself."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Verdict(StrEnum):
    """How a check ended."""

    WORKS = "works"
    LACKS = "lacks"
    UNKNOWN = "unknown"
    """It was not tried, or the answer says neither."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check."""

    check: str
    """As `list versions`."""
    verdict: Verdict
    sentence: str
    """What was seen, or why not."""
    action: str = ""
    """The IAM action that is lacking; "" when it is none, or not known which."""
    follows: str = ""
    """What cannot be done without it, or what to do; "" when it works."""
    exit_code: int = 0
    """Of the command line; not 0 when nothing at all can be done here."""


@dataclass(frozen=True, slots=True)
class CredentialFacts:
    """Where the credentials are from; no secret is among it."""

    kind: str
    """For people, as `keys from the environment`."""
    is_temporary: bool = False
    expires: datetime | None = None
    """Aware; None when it is not known, or never."""


@dataclass(frozen=True, slots=True)
class Contact:
    """An answer, whatever it said."""

    elapsed_s: float
    """A round trip on an open connection."""
    server_time: datetime | None
    """What the server's clock says, to the second; None when it does not say."""
    software: str = ""
    """What the server calls itself."""


class Diagnosis(Protocol):
    """What a connection can tell of itself. Methods block and raise only `S3mlError`s."""

    def contact(self, bucket: str) -> Contact:
        """Ask without a signature; a refusal is an answer. "" asks for no bucket. Raises Unreachable, StrangeAnswer."""
        ...

    def credentials(self) -> CredentialFacts:
        """Where the credentials are from; fetched when they have to be. Raises ExpiredCredentials, NoCredentials."""
        ...
