"""The credentials of one session: botocore's chain, asked anew whenever what it gave comes to its end.

botocore gives up a role with MFA when its hour is over, and asks for the code on a terminal that a screen may own. So
what its chain would renew is wrapped: each renewal goes through a new chain, whose questions go to a person, and whose
errors say what to do. What programs, files and services give instead of credentials makes botocore fail in whatever way
Python does (a missing program, JSON that is none, a date that is none): all of it is said in a sentence.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.credentials import (
    DeferredRefreshableCredentials,
    RefreshableCredentials,
    create_credential_resolver,
)
from botocore.exceptions import BotoCoreError, ClientError, LoginError, SSOError, TokenRetrievalError
from botocore.session import Session
from botocore.utils import JSONFileCache

from s3ml_tui.domain.errors import ClockSkew, ExpiredCredentials, NoCredentials, RoleRefused, S3mlError
from s3ml_tui.domain.storage import secrets
from s3ml_tui.domain.text import printable
from s3ml_tui.s3.connection.mfa import SigningIn
from s3ml_tui.s3.errors.responses import code_of, message_of
from s3ml_tui.s3.errors.translate import translated

CACHE = "~/.aws/cli/cache"
"""Where aws keeps the roles it was given, each file for its owner alone; those with MFA are asked for only once."""
_WRAPPED = frozenset({"assume-role", "sso", "login"})
"""botocore's names of what may need a person."""
_MOST_CODES = 5
_WHERE_TO_LOOK = (
    "Run by hand what the profile names (credential_process, a token file), see ~/.aws/config, or use another profile"
)
_ASK_BEFORE_S, _STOP_BEFORE_S = 300, 60
"""Where a code is needed: so long before the end a person is asked while others go on, and then nobody goes on."""


class Chain:
    """In the place of botocore's credential resolver."""

    def __init__(self, session: Session, region: str) -> None:
        self._session = session
        self._region = region
        profile = session.get_config_variable("profile") or "default"
        self.sign_in = SigningIn(profile, session.full_config.get("profiles", {}))

    def load_credentials(self) -> Any:
        """What botocore asks its resolver for: credentials that renew themselves; None when there are none.

        Raises NoCredentials, ExpiredCredentials.
        """
        found = self._load()
        if found is None:
            return None
        if not isinstance(found, RefreshableCredentials):
            _check(found)
            return found
        asks_early = {"advisory_timeout": _ASK_BEFORE_S, "mandatory_timeout": _STOP_BEFORE_S}
        is_asked_for = found.method in _WRAPPED or isinstance(found, DeferredRefreshableCredentials)
        return RefreshableCredentials(
            access_key="" if is_asked_for else found._access_key,  # noqa: SLF001 - the public ones renew them
            secret_key="" if is_asked_for else found._secret_key,  # noqa: SLF001
            token="" if is_asked_for else found._token,  # noqa: SLF001
            expiry_time=datetime.fromtimestamp(0, UTC) if is_asked_for else found._expiry_time,  # noqa: SLF001
            refresh_using=self._renew,
            method=found.method,
            **(asks_early if self.sign_in.wants_code else {}),
        )

    def _load(self) -> Any:
        with _said():
            resolver = create_credential_resolver(self._session, cache=_Cache(), region_name=self._region)
            provider = resolver.get_provider("assume-role")
            provider._prompter = self.sign_in.code  # noqa: SLF001 - boto3 has no public way to set it
            return resolver.load_credentials()

    def _renew(self) -> dict[str, Any]:
        """Credentials by a new chain, as botocore wants a refresh to give them. Raises S3mlErrors alone."""
        with translated():
            return self._tried()

    def _tried(self) -> dict[str, Any]:
        self.sign_in.was_wrong("")
        for _ in range(_MOST_CODES):
            try:
                return self._new()
            except ClientError as error:
                if not _is_wrong_code(error):
                    raise
                self.sign_in.was_wrong(f"The code was refused: {printable(message_of(error)).rstrip('.')}.")
        raise RoleRefused(
            "The MFA code was refused again and again",
            cause=f"{_MOST_CODES} codes were tried",
            advice="Check which device the profile names (mfa_serial), and that its clock is right",
        )

    def _new(self) -> dict[str, Any]:
        try:
            found = self._load()
            if found is None:
                raise NoCredentials("The credentials are gone", advice="Look into ~/.aws/config, then try again")
            with _said(is_from_service=found.method in _WRAPPED):
                frozen = found.get_frozen_credentials()
                _check(frozen)
        except (SSOError, TokenRetrievalError, LoginError) as error:
            raise self._signed_out() from error
        expires = expiry_of(found)
        return {
            "access_key": frozen.access_key,
            "secret_key": frozen.secret_key,
            "token": frozen.token,
            "account_id": frozen.account_id,
            "expiry_time": (expires or datetime.max.replace(tzinfo=UTC)).isoformat(),
        }

    def _signed_out(self) -> ExpiredCredentials:
        command = self.sign_in.command
        return ExpiredCredentials(
            "You are no longer signed in",
            cause="The sign-in of this profile has expired, or was never made",
            advice=f"Run {printable(' '.join(command) or 'aws sso login')}, then try again",
            command=command,
        )


@contextmanager
def _said(*, is_from_service: bool = False) -> Iterator[None]:
    """While botocore's chain does its work: what it raises is one of its own errors, or becomes one of ours.

    No words of the error are shown where they may hold what a program printed, keys included.
    """
    try:
        yield
    except (S3mlError, BotoCoreError, ClientError):
        raise
    except Exception as error:
        if isinstance(error, RuntimeError) and "expired" in str(error):
            if is_from_service:
                raise ClockSkew(
                    "The credentials had expired before they came",
                    cause="This machine's clock must be ahead",
                    advice="Set the clock (timedatectl set-ntp true), then try again",
                ) from error
            raise ExpiredCredentials(
                "The credentials had expired before they came",
                cause="Their source returned expired ones, or this machine's clock is ahead",
                advice="Renew them at their source (a credential_process, a file), or set the clock",
            ) from error
        raise NoCredentials("The credentials cannot be had", cause=_why(error), advice=_WHERE_TO_LOOK) from error


def _check(found: Any) -> None:
    """Raises NoCredentials where a request could not be signed with these, or not be sent; they are in use then."""
    secrets.note(*(value for value in (found.access_key, found.secret_key, found.token) if isinstance(value, str)))
    for name, value in (("access key", found.access_key), ("secret key", found.secret_key), ("token", found.token)):
        if value is None and name == "token":
            continue
        if not isinstance(value, str) or not value:
            raise NoCredentials("The credentials are incomplete", cause=f"The {name} is no text", advice=_WHERE_TO_LOOK)
        if not value.isascii() or not value.isprintable() or value != value.strip():
            cause = f"The {name} has a blank at an end, a line break, or a character that no key has"
            raise NoCredentials("The credentials cannot be used", cause=cause, advice=_WHERE_TO_LOOK)


def _why(error: Exception) -> str:
    """What went wrong, without a word that may be a secret."""
    match error:
        case FileNotFoundError() | PermissionError() | IsADirectoryError() | NotADirectoryError():
            return printable(f"{error.filename}: {error.strerror}")
        case OSError():
            return printable(error.strerror or type(error).__name__)
        case json.JSONDecodeError() | UnicodeDecodeError():
            return "What the AWS configuration names for them gives no JSON"
        case KeyError() | TypeError() | AttributeError():
            return "What the AWS configuration names for them gives JSON without all that credentials have"
    return f"What the AWS configuration names for them gives something else ({type(error).__name__})"


def expiry_of(credentials: Any) -> datetime | None:
    """When these credentials come to their end; None when that is not known, or never."""
    found = getattr(credentials, "_expiry_time", None)  # botocore keeps it to itself
    return found if isinstance(found, datetime) else None


def _is_wrong_code(error: ClientError) -> bool:
    """Whether STS did not like the code itself; it tells so only in words."""
    words = message_of(error)
    return error.operation_name == "AssumeRole" and (
        "MultiFactorAuthentication failed" in words or (code_of(error) == "ValidationError" and "tokenCode" in words)
    )


class _Cache:
    """The files of aws, as botocore's caches are used; where nothing can be written the role is only not kept."""

    def __init__(self) -> None:
        self._files = JSONFileCache(str(Path(CACHE).expanduser()))

    def __contains__(self, key: str) -> bool:
        return key in self._files

    def __getitem__(self, key: str) -> Any:
        return self._files[key]

    def __setitem__(self, key: str, value: Any) -> None:
        with suppress(OSError):  # not kept: it is asked for again
            self._files[key] = value
