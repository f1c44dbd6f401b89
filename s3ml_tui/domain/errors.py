"""Errors a user must be told, each with what happened, why, and what to do.

S3mlError
├── BadInput            2  a name, file or spec that cannot be used
├── NotFound            3  no such bucket, object, version, run …
├── Denied              4  the credentials lack an action
├── NoCredentials       4  there are none
│   ├── WrongCredentials 4 the server does not accept them
│   └── RoleRefused      4 a role, or its MFA code, was not given
├── ExpiredCredentials  4  they were good once
├── ClockSkew           4  this machine's clock is wrong
├── ReadOnly            4  the context forbids changes
├── Untrusted           4  the user has not said to trust it
├── Unreachable         5  nobody answers
├── Throttled           1  the server asks to slow down
├── ServerFault         1  the server failed
├── NotSupported        1  this server cannot do it
├── Conflict            1  somebody else changed it meanwhile
├── StrangeAnswer       1  the answer is not what S3 says
├── Corrupted           1  bytes differ from what they should be
├── RunFailed           1  a run or a prediction did not make what it was to make
├── LocalTrouble        1  this machine: disk full, no such file, no permission
└── Cancelled         130  the user stopped it
"""

import errno
import os


class S3mlError(Exception):
    """What happened (title), why (cause), what to do (advice); the only errors a service raises."""

    exit_code = 1
    can_retry = False
    """Whether the same request may succeed when tried again."""

    def __init__(self, title: str, *, cause: str = "", advice: str = "", can_retry: bool | None = None) -> None:
        super().__init__(title)
        self.title = title
        self.cause = cause
        self.advice = advice
        if can_retry is not None:
            self.can_retry = can_retry

    @property
    def sentence(self) -> str:
        """All of it in one line, as the command line prints it."""
        return " ".join(
            part if part.endswith(("?", "!", "…")) else part.rstrip(".") + "."
            for part in (self.title, self.cause, self.advice)
            if part
        )

    def __str__(self) -> str:
        return self.sentence


class BadInput(S3mlError):
    """A name, a file or a spec that cannot be used."""

    exit_code = 2


class NotFound(S3mlError):
    """No such bucket, object, version, run or model."""

    exit_code = 3


class Denied(S3mlError):
    """The credentials lack an action."""

    exit_code = 4

    def __init__(
        self,
        title: str,
        *,
        action: str = "",
        cause: str = "",
        advice: str = "",
        can_retry: bool | None = None,
        may_be_paid: bool = False,
    ) -> None:
        super().__init__(title, cause=cause, advice=advice, can_retry=can_retry)
        self.action = action
        """The IAM action that is missing, such as s3:ListBucketVersions; "" when unknown."""
        self.may_be_paid = may_be_paid
        """Whether it may be a requester-pays bucket, which refuses whoever does not pay in the same words."""


class NoCredentials(S3mlError):
    """No credentials were found, or the profile does not exist."""

    exit_code = 4


class WrongCredentials(NoCredentials):
    """The server does not know the access key, or does not accept the secret; no permission would help."""


class RoleRefused(NoCredentials):
    """The profile's role was not given: it may not be assumed, or its MFA code was not told."""


class ExpiredCredentials(S3mlError):
    """The credentials were good once."""

    exit_code = 4

    def __init__(self, title: str, *, cause: str = "", advice: str = "", command: tuple[str, ...] = ()) -> None:
        super().__init__(title, cause=cause, advice=advice)
        self.command = command
        """What signs in again, as `aws sso login --profile prod`; empty when no program does."""


class ClockSkew(S3mlError):
    """The server refuses requests signed with this machine's time."""

    exit_code = 4


class ReadOnly(S3mlError):
    """The context is read-only; nothing was sent."""

    exit_code = 4


class Untrusted(S3mlError):
    """The user has not said to trust what was about to be run; it was not."""

    exit_code = 4


class Unreachable(S3mlError):
    """Nobody answers at the endpoint, or not in time."""

    exit_code = 5
    can_retry = True


class Throttled(S3mlError):
    """The server asks to slow down and went on asking."""

    can_retry = True


class ServerFault(S3mlError):
    """The server answered that it failed (5xx)."""

    can_retry = True


class NotSupported(S3mlError):
    """This server cannot do what was asked."""


class Conflict(S3mlError):
    """Somebody else changed it between the look and the change; nothing was done."""


class StrangeAnswer(S3mlError):
    """The server's answer is not what S3 says."""


class Corrupted(S3mlError):
    """Bytes differ from what they should be; nothing was put under the final name."""

    can_retry = True


class RunFailed(S3mlError):
    """A run or a prediction ended without what it was to make."""


class LocalTrouble(S3mlError):
    """This machine stands in the way: disk full, no such file, no permission."""


_LOCAL_ADVICE = {
    errno.ENOENT: "Check the path",
    errno.ENOTDIR: "Check the path",
    errno.EACCES: "Check who may read and write there",
    errno.EPERM: "Check who may read and write there",
    errno.ENAMETOOLONG: "Choose a shorter name",
    errno.ELOOP: "Check where its links lead",
    errno.EROFS: "Choose a place that can be written to",
    errno.ENOSPC: "Make room, or choose another disk",
    errno.EDQUOT: "Make room, or choose another disk",
}


def local_trouble(error: OSError) -> LocalTrouble:
    """What the operating system refused, with the path that it is about."""
    why, advice = error.strerror or type(error).__name__, _LOCAL_ADVICE.get(error.errno or 0, "Check it")
    path = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes | os.PathLike) else ""
    return LocalTrouble(f"{path or 'A file'} cannot be used", cause=why, advice=advice)


class Cancelled(S3mlError):
    """The user stopped it."""

    exit_code = 130

    def __init__(self, title: str = "Cancelled", *, cause: str = "", advice: str = "") -> None:
        super().__init__(title, cause=cause, advice=advice)
