"""The embedded server's secrets: its account, and the keys with which its parts sign for each other.

Without the signing keys the server's file port serves reads and writes to any user of the machine. All of them are made
once, kept in one file of mode 0600, and reach the server by its environment: a command line can be read by everybody.
"""

import json
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from s3ml_tui.domain.local_server import LocalCredentials
from s3ml_tui.local_server.data_folder import translated, write_private

_SIGNING = ("SIGNING", "SIGNING_READ", "FILER_SIGNING", "FILER_SIGNING_READ")
_LETTERS = string.ascii_letters + string.digits
"""No punctuation: the values survive any shell, address and configuration file."""


@dataclass(frozen=True, slots=True)
class Keys:
    """All secrets of one server."""

    access_key: str
    secret_key: str = field(repr=False)
    signing: Mapping[str, str] = field(repr=False)
    """By purpose, as `FILER_SIGNING_READ`."""

    @property
    def credentials(self) -> LocalCredentials:
        """The account, without the signing keys."""
        return LocalCredentials(self.access_key, self.secret_key)

    def environment(self) -> dict[str, str]:
        """How the server is told them."""
        signing = {f"WEED_JWT_{purpose}_KEY": key for purpose, key in self.signing.items()}
        return {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key, **signing}


def make() -> Keys:
    """New secrets, in the shape AWS gives its own."""
    return Keys(
        access_key="S3ML" + "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(16)),
        secret_key="".join(secrets.choice(_LETTERS) for _ in range(40)),
        signing={purpose: secrets.token_hex(32) for purpose in _SIGNING},
    )


def read(path: Path) -> Keys | None:
    """The secrets kept there; None when there are none, or they cannot be made out. Raises LocalTrouble."""
    with translated(path.parent):
        try:
            if path.stat().st_mode & 0o077:
                path.chmod(0o600)
            text = path.read_text("utf-8")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            return None
    return _parsed(text)


def write(path: Path, keys: Keys) -> None:
    """Keep them, for the owner alone. Raises LocalTrouble."""
    write_private(path, {"access_key": keys.access_key, "secret_key": keys.secret_key, "signing": dict(keys.signing)})


def _parsed(text: str) -> Keys | None:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    match document:
        case {"access_key": str(access_key), "secret_key": str(secret_key), "signing": {**signing}}:
            found = {purpose: signing.get(purpose) for purpose in _SIGNING}
            usable = {purpose: key for purpose, key in found.items() if isinstance(key, str) and key}
            if access_key and secret_key and len(usable) == len(_SIGNING):
                return Keys(access_key, secret_key, usable)
    return None
