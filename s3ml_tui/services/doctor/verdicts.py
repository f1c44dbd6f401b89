"""What a failed check says, and whether any other check could fare better."""

from collections.abc import Callable

from s3ml_tui.domain.doctor import Finding, Verdict
from s3ml_tui.domain.errors import (
    ClockSkew,
    Denied,
    ExpiredCredentials,
    NoCredentials,
    NotSupported,
    S3mlError,
    Unreachable,
)
from s3ml_tui.domain.permissions import Ability

_HOPELESS = (Unreachable, ExpiredCredentials, NoCredentials, ClockSkew)


class Over(Exception):
    """Nothing further can be found out; the last finding says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        self.finding = finding


def tried(ability: Ability, ask: Callable[[], str]) -> Finding:
    """What `ask` says, or why it failed. Raises Over."""
    try:
        return Finding(ability.name, Verdict.WORKS, ask())
    except S3mlError as error:
        return judged(ability, error)


def judged(ability: Ability, error: S3mlError) -> Finding:
    """What a failure says. Raises Over where everything else would fail in the same way."""
    if is_hopeless(error):
        raise Over(failed(ability, error, is_fatal=True)) from error
    return failed(ability, error)


def is_hopeless(error: S3mlError) -> bool:
    """Whether everything else would fail in the same way."""
    return isinstance(error, _HOPELESS) or (isinstance(error, Denied) and not error.action)


def failed(check: Ability | str, error: S3mlError, *, is_fatal: bool = False) -> Finding:
    """A finding of what failed; with `is_fatal` it gives the command its exit code."""
    exit_code = error.exit_code if is_fatal else 0
    if isinstance(check, str):
        return Finding(check, Verdict.LACKS, _said(error), follows=_sentence(error.advice), exit_code=exit_code)
    if isinstance(error, Denied):
        action = "kms:Decrypt" if "kms:decrypt" in error.cause.lower() else error.action
        follows = check.without if action else _sentence(error.advice)
        if action and error.may_be_paid:
            follows += " If it is a requester-pays bucket, --request-payer pays for it."
        return Finding(check.name, Verdict.LACKS, _said(error), action, follows, exit_code)
    if isinstance(error, NotSupported):
        return Finding(check.name, Verdict.LACKS, _said(error), follows=check.without, exit_code=exit_code)
    verdict = Verdict.LACKS if is_fatal else Verdict.UNKNOWN
    return Finding(check.name, verdict, _said(error), follows=_sentence(error.advice), exit_code=exit_code)


def _said(error: S3mlError) -> str:
    return " ".join(_sentence(part) for part in (error.title, error.cause) if part)


def _sentence(text: str) -> str:
    return text and f"{text.rstrip('.')}."


def unseen(ability: Ability, hidden: tuple[str, ...]) -> Finding:
    """A finding of what may not be looked at; `hidden` are the actions that would show it."""
    actions = ", ".join(hidden)
    return Finding(ability.name, Verdict.LACKS, "It could not be seen.", actions, ability.without)
